"""The script and the language that a translated text is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.core import get_global

from briefings.model.language import cldr, name_in
from briefings.translation.findings import Finding, Pair, Severity

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# The main blocks of the scripts that a locale is likely to use (Unicode Blocks.txt), by ISO 15924 code.
_BLOCKS = {
    "Latn": "A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff",
    "Cyrl": "\u0400-\u052f",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Armn": "\u0530-\u058f",
    "Hebr": "\u0590-\u05ff",
    "Arab": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff",
    "Deva": "\u0900-\u097f",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Orya": "\u0b00-\u0b7f",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Tibt": "\u0f00-\u0fff",
    "Mymr": "\u1000-\u109f",
    "Geor": "\u10a0-\u10ff",
    "Ethi": "\u1200-\u139f",
    "Khmr": "\u1780-\u17ff",
    "Hans": "\u4e00-\u9fff",
    "Hant": "\u4e00-\u9fff",
    "Jpan": "\u3040-\u30ff\u4e00-\u9fff",
    "Kore": "\uac00-\ud7af\u1100-\u11ff\u4e00-\u9fff",
}
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LETTER = re.compile(r"[^\W\d_]")
# One letter of another script that looks alike hides in a word: Cyrillic а in "pаnel".
_MIXED = re.compile(
    "[A-Za-z\u00c0-\u024f]*(?:[A-Za-z\u00c0-\u024f][\u0370-\u052f]|[\u0370-\u052f][A-Za-z\u00c0-\u024f])[\\w]*"
)
_FEWEST_WORDS = 5
_SURE = 0.9


@lru_cache(maxsize=256)
def script_of(locale: str) -> str:
    """Return the ISO 15924 code of the script that a locale is written in (CLDR, likely subtags): `Guru` for `pa`."""
    parsed = cldr(locale)
    if parsed.script:
        return parsed.script
    likely = get_global("likely_subtags")
    name = str(parsed)
    found = likely.get(name) or likely.get(parsed.language) or ""
    parts = found.split("_")
    return parts[1] if len(parts) > 1 and len(parts[1]) == 4 else "Latn"


@lru_cache(maxsize=256)
def _letters(script: str) -> re.Pattern[str]:
    return re.compile(f"[{_BLOCKS[script]}]")


def script(pair: Pair) -> Iterator[Finding]:
    """Most letters are of the language's script; names that the source has too may stay in Latin letters."""
    own = script_of(pair.locale)
    if own not in _BLOCKS:
        return
    text = pair.target_exact.rest
    # in a language of Latin letters, plain ASCII needs no count
    if own != "Latn" or not text.isascii():
        if own == "Latn":
            mine = len(_letters(own).findall(text))
            others = len(_LETTER.findall(text)) - mine
        else:
            names = set(_LATIN_WORD.findall(pair.source.casefold()))
            foreign = _LATIN_WORD.sub(lambda word: "" if word[0] in names else word[0], text)
            mine = len(_letters(own).findall(text))
            others = sum(1 for letter in _LETTER.findall(foreign) if not _letters(own).match(letter))
        if others > mine:
            name = name_in(pair.locale, "en")
            message = f"this text is not written in the letters of {name}: is it the text of another language?"
            yield Finding("text.script", Severity.WARNS, own, message)
            return
    if text.isascii():
        return
    for match in _MIXED.finditer(pair.target):
        message = f"“{match[0]}” mixes Latin letters with others that look alike: type the word again"
        yield Finding("text.script", Severity.WARNS, match[0], message)
        return


def language(pair: Pair) -> Iterator[Finding]:
    """The text is in the locale's language. The model costs 130 MB of memory the first time."""
    names = set(_LATIN_WORD.findall(pair.source.casefold()))
    if cldr(pair.locale).language == cldr(pair.source_locale).language:
        names = set()
    words = [word for word in pair.target.split() if _LETTER.search(word) and not _is_name(word, names)]
    if len(words) < _FEWEST_WORDS and len(pair.target.split()) >= _FEWEST_WORDS and len(words) < len(names) / 2:
        words = pair.target.split()  # nearly all is in the source's words: then it is the source's language
    if len(words) < _FEWEST_WORDS:
        return
    text = " ".join(words)
    identifier = _identifier()
    wanted = cldr(pair.locale).language
    found, sure = identifier.classify(text)
    if found != wanted and sure >= _SURE and wanted in identifier.labels:
        name = name_in(pair.locale, "en")
        other = cldr("en").languages.get(found, found)
        message = f"this text reads as {other}, not as {name}: check that it stands at the right language"
        yield Finding("text.language", Severity.WARNS, found, message)


def _is_name(word: str, names: set[str]) -> bool:
    parts = _LATIN_WORD.findall(word.casefold())
    return bool(parts) and parts[0] in names


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # costs memory: only where somebody asks

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
