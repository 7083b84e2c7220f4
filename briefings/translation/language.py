"""Which script and which language a text is in, told offline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from babel.core import get_global

from briefings.model.language import cldr

# ISO 15924 -> first words of the names that Unicode gives to letters of the script.
_SCRIPTS = {
    "Latn": {"LATIN"}, "Cyrl": {"CYRILLIC"}, "Arab": {"ARABIC"}, "Guru": {"GURMUKHI"}, "Taml": {"TAMIL"},
    "Deva": {"DEVANAGARI"}, "Beng": {"BENGALI"}, "Grek": {"GREEK"}, "Hebr": {"HEBREW"}, "Gujr": {"GUJARATI"},
    "Hans": {"CJK"}, "Hant": {"CJK"}, "Jpan": {"CJK", "HIRAGANA", "KATAKANA"}, "Kore": {"HANGUL", "CJK"},
    "Thai": {"THAI"}, "Armn": {"ARMENIAN"}, "Geor": {"GEORGIAN"}, "Ethi": {"ETHIOPIC"}, "Sinh": {"SINHALA"},
    "Telu": {"TELUGU"}, "Mlym": {"MALAYALAM"}, "Knda": {"KANNADA"}, "Khmr": {"KHMER"}, "Laoo": {"LAO"},
    "Mymr": {"MYANMAR"}, "Tibt": {"TIBETAN"},
}  # fmt: skip

# What an engine or a mix-up may plausibly return. Languages close to a target (Galician, Macedonian) are left
# out: telling those apart is less sure than the engine is.
_CANDIDATES = (
    "en", "es", "pt", "it", "ro", "fr", "de", "nl", "pl", "tr", "bg", "ru", "ur", "ar", "fa", "pa", "hi", "ta",
    "bn", "so", "sq", "lt", "hu", "zh",
)  # fmt: skip
_CLOSE = {"uk": {"ru", "bg"}, "hi": set(), "sr": {"bg", "ru"}, "mk": {"bg"}, "gl": {"pt", "es"}, "ca": {"es"}}
_LEAST_WORDS = 4
_SURELY_NOT = 0.1
_SURELY = 0.5


def has_wrong_script(text: str, locale: str, source: str = "") -> bool:
    """Say whether the letters of a text are mostly of another script than the locale's.

    Words that stand in the source too are names; they may keep their letters.
    """
    scripts = _SCRIPTS.get(_main_script(locale))
    if scripts is None:
        return False
    names = set(re.findall(r"\w+", source)) if "LATIN" not in scripts else set()
    letters = [
        character
        for word in re.findall(r"[\w\u0900-\u0dff]+", text)
        if word not in names
        for character in word
        if character.isalpha()
    ]
    right = sum(unicodedata.name(letter, "").split(" ")[0] in scripts for letter in letters)
    return bool(letters) and right * 2 < len(letters)


@lru_cache(maxsize=64)
def _main_script(locale: str) -> str:
    tag = cldr(locale)
    if tag.script:
        return str(tag.script)
    likely = get_global("likely_subtags")
    full = likely.get(f"{tag.language}_{tag.territory}") or likely.get(tag.language) or "und_Latn"
    return next((part for part in str(full).split("_") if len(part) == 4), "Latn")


def other_language(text: str, locale: str) -> str:
    """Return the language (ISO 639-1) that a text is in rather than the locale's; empty where that is not certain.

    Of fewer than four words nothing is said.
    """
    wanted = cldr(locale).language
    if not is_long_enough(text) or wanted not in _identifier().labels:
        return ""
    chances = _chances(text, wanted)
    best = max(chances, key=lambda language: chances[language])
    return best if best != wanted and chances[wanted] < _SURELY_NOT and chances[best] > _SURELY else ""


def reads_as(text: str, locale: str) -> bool:
    """Say whether a text is rather in the locale's language than in any other one.

    Of fewer than four words, and of languages that the model has not learned, it is not said.
    """
    wanted = cldr(locale).language
    if not is_long_enough(text) or wanted not in _identifier().labels:
        return False
    chances = _chances(text, wanted)
    return max(chances, key=lambda language: chances[language]) == wanted


def is_long_enough(text: str) -> bool:
    """Say whether a text has so many words that its language can be told."""
    return len(_words(text)) >= _LEAST_WORDS


def _words(text: str) -> list[str]:
    return [word for word in text.split() if any(letter.isalpha() for letter in word)]


def _chances(text: str, wanted: str) -> dict[str, float]:
    """Return how probable each language is that could be there instead of the wanted one, and that one."""
    candidates: Collection[str] = (set(_CANDIDATES) | {wanted}) - _CLOSE.get(wanted, set())
    text = " ".join(_words(text))
    ranked = {language: chance for language, chance in _identifier().rank(text) if language in candidates}
    total = sum(ranked.values()) or 1.0
    return {language: chance / total for language, chance in ranked.items()}


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """Load py3langid's model: 0.7 s and 130 MB, so only once somebody asks."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
