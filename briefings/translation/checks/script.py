"""The script and the language that a translated text is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.model.language import cldr, name_in
from briefings.translation.findings import Finding, Pair, Severity
from briefings.translation.language import has_wrong_script, other_language

# One letter of another script that looks alike hides in a word: Cyrillic а in "pаnel".
_MIXED = re.compile(
    "(?<![A-Za-z\u00c0-\u024f])[A-Za-z\u00c0-\u024f]*(?:[A-Za-z\u00c0-\u024f][\u0370-\u052f]|[\u0370-\u052f][A-Za-z\u00c0-\u024f])\\w*"
)
_FEWEST_WORDS = 5


def script(pair: Pair) -> Iterator[Finding]:
    """Most letters are of the language's script; names that the source has too may stay in Latin letters."""
    if has_wrong_script(pair.target, pair.locale, pair.source):
        name = name_in(pair.locale, "en")
        message = f"this text is not written in the letters of {name}: is it the text of another language?"
        yield Finding("text.script", Severity.WARNS, name, message)
    elif not pair.target.isascii() and (match := _MIXED.search(pair.target)):
        message = f"“{match[0]}” mixes Latin letters with others that look alike: type the word again"
        yield Finding("text.script", Severity.WARNS, match[0], message)


def language(pair: Pair) -> Iterator[Finding]:
    """The text is in the locale's language. The model costs 130 MB of memory the first time."""
    names = set(re.findall(r"[^\W\d_]+", pair.source))
    if cldr(pair.locale).language == cldr(pair.source_locale).language:
        return
    words = [word for word in pair.target.split() if not names & set(re.findall(r"[^\W\d_]+", word))]
    if len(words) < len(pair.target.split()) / 2:
        words = pair.target.split()  # nearly all is in the source's words: it may be the source's language
    found = other_language(" ".join(words), pair.locale) if len(words) >= _FEWEST_WORDS else ""
    if found:
        other = cldr("en").languages.get(found, found)
        message = f"this text reads as {other}, not as {name_in(pair.locale, 'en')}: check that it is the right text"
        yield Finding("text.language", Severity.WARNS, found, message)
