"""The pseudo engine: visibly transforms letters, keeps facts and markup. Finds text nobody translated."""

from __future__ import annotations

import re

from briefings.model.language import cldr
from briefings.translation.engines import Capabilities, Request

LETTERS = str.maketrans("AEIOUYaeiouycnsz", "ÀÉÎÕÜÝàéîõüýçñšž")
"""Every replacement is one letter of Latin script, so that lengths and line breaks stay alike."""

_KEEP = re.compile(
    r"""
    \]\([^)]*\)                        # target of a Markdown link
    | <[^>]+>                          # autolink
    | (?:https?://|www\.)\S+           # address of a page
    | \b[\w.]+(?:\.[\w-]+)+\b          # bare domain
    | \S+@\S+                          # e-mail address
    | \{[^}]*\} | %\(\w+\)[sd]         # placeholders
    | \S*\d\S*                         # anything with a figure: times, phones, postcodes
    | \b(?P<day>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b
    | \b(?P<month>January|February|March|April|May|June|July|August|September|October|November|December)\b
    """,
    re.VERBOSE,
)


_DAYS = ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")


def pseudo(text: str, locale: str = "en-GB") -> str:
    """Return the text with accented letters inside ⟦brackets⟧, its facts untouched, dates in the locale's words."""
    out, at = [], 0
    for kept in _KEEP.finditer(text):
        out += [text[at : kept.start()].translate(LETTERS), _in_words_of(locale, kept)]
        at = kept.end()
    return "⟦" + "".join(out) + text[at:].translate(LETTERS) + "⟧"


def _in_words_of(locale: str, kept: re.Match[str]) -> str:
    names = cldr(locale)
    if kept["day"]:
        return str(names.days["format"]["wide"][_DAYS.index(kept["day"])])
    if kept["month"]:
        english = cldr("en-GB").months["format"]["wide"]
        return str(next(names.months["format"]["wide"][n] for n, name in english.items() if name == kept["month"]))
    return kept.group()


class PseudoEngine:
    """Not a translation: for tests, and for looking at a layout with text a third longer."""

    name = "pseudo"
    version = "1"
    capabilities = Capabilities(sends_text_to_third_party=False, writes_its_language=False)

    def can_translate(self, source_locale: str, locale: str) -> bool:
        return locale != source_locale

    def translate(self, request: Request) -> list[str]:
        return [pseudo(text, request.locale) for text in request.texts]
