"""Latin words on a page of another script: English that nobody translated, unless the page says that it is English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from lxml import html

_LATIN = re.compile(r"[^\W\d_]*[A-Za-z]{2,}[^\W\d_]*")
_ADDRESS = re.compile(r"(?:https?|webcal)://\S+|\S+@\S+|\b[\w-]+(?:\.[\w-]+)+(?:/\S*)?")
_READ_OUT = ("alt", "title", "aria-label", "placeholder")
_BREAK = re.compile(r"<wbr\s*/?>|\u200b")
_GLOSS = re.compile(r"\([A-Za-z][^()]*\)")
"""A translator's own gloss: the English name in brackets behind what it means."""
SAME_EVERYWHERE = (
    *("Atom", "RSS", "JSON Feed", "iCalendar", "WhatsApp", "SMS", "JavaScript"),
    *("Web Content Accessibility Guidelines", "AA", "Equality and Human Rights Commission"),
    *("Equality Advisory and Support Service", "Equality Advisory Support Service", "Public Sector Bodies"),
    *("Accessibility Regulations", "Information Commissioner"),
)
"""Names of formats, programs, laws and authorities."""


def latin_words(document: str, names: Iterable[str] = ()) -> list[str]:
    """Return the Latin words of a page that it does not say to be of another language; `names` may stand anywhere."""
    root = html.document_fromstring(_BREAK.sub("", document))
    own = root.get("lang")
    said = []
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style"):
            said += [element.tail or ""] if element is not root and _language(element.getparent()) == own else []
            continue
        if _language(element) == own:
            said += [element.text or "", *(element.get(name) or "" for name in _READ_OUT)]
            if element.tag == "meta" and element.get("name") in ("description", "og:title", "og:description"):
                said.append(element.get("content") or "")
        if element is not root and _language(element.getparent()) == own:
            said.append(element.tail or "")
    return latin_words_of(" ".join(said), names)


def latin_words_of(text: str, names: Iterable[str] = ()) -> list[str]:
    """Return the Latin words of a text that are no address and no name."""
    text = _GLOSS.sub(" ", _ADDRESS.sub(" ", " ".join(text.split())))
    return _LATIN.findall(_any_of((*names, *SAME_EVERYWHERE)).sub(" ", text))


@lru_cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _language(element: html.HtmlElement | None) -> str | None:
    while element is not None:
        if element.get("lang"):
            return str(element.get("lang"))
        element = element.getparent()
    return None
