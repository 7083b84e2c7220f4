"""How a translated text is written: translated at all, complete, ended and typed as its language does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.model.language import cldr
from briefings.translation.findings import Finding, Pair, Severity

# Overrides and isolates turn what a reader sees (Unicode UAX 9, UTR 36).
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Characters that hide inside words and numbers. Joiners and direction marks are part of writing.
_HIDDEN = re.compile("[\u200b\u2060-\u2064\u180e\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\U000e0000-\U000e007f]")


def invisible_characters(pair: Pair) -> Iterator[Finding]:
    """No control, direction-changing or invisible characters."""
    for character in sorted(set(_BIDI.findall(pair.target))):
        token = f"U+{ord(character):04X}"
        message = f"the character {token} turns the direction of the text: delete it, the page sets the direction"
        yield Finding("text.bidi", Severity.BLOCKS, token, message)
    for character in sorted(set(_HIDDEN.findall(pair.target))):
        token = f"U+{ord(character):04X}"
        message = f"the invisible character {token} is in this text: delete it and type the words around it again"
        yield Finding("text.hidden", Severity.BLOCKS, token, message)


# Small words inside names of places and bodies ("Friends of the Park"): they do not make a name a sentence.
_IN_NAMES = frozenset({"of", "the", "and", "on", "in", "at", "by", "to", "for", "upon", "under", "le", "la", "de"})
# A word that is not part of an address.
_WORD = re.compile(r"(?<![\w./@:-])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w/@]|:/|\.\w)")


def untranslated(pair: Pair) -> Iterator[Finding]:
    """A text that equals its source was not translated, unless it holds only names and figures."""
    if pair.source.split() != pair.target.split() or cldr(pair.locale).language == cldr(pair.source_locale).language:
        return
    words = _WORD.findall(pair.source)
    if any(word.islower() and len(word) > 1 and word not in _IN_NAMES for word in words):
        severity = Severity.BLOCKS if len(words) > 3 else Severity.WARNS
        token = pair.source if len(pair.source) <= 40 else pair.source[:39] + "…"
        message = f"“{token}” is still in {pair.source_language.removeprefix('the ')}: translate it"
        yield Finding("text.untranslated", severity, token, message)


# How much longer a translation is than its English (median of our catalogs); other languages get a wider band.
_RATIOS = {"ro": 1.23, "ur": 1.13, "bg": 1.16, "pl": 1.18, "tr": 1.15, "es": 1.22, "pt": 1.25, "pa": 1.16, "it": 1.26}
_RATIOS |= {"ta": 1.42, "en": 1.0}
_DENSE = frozenset({"zh", "ja", "ko", "yue"})
_LONG_ENOUGH = 50


def usual_ratio(language: str) -> float:
    """Return how long a text in a language is beside the same text in English."""
    return _RATIOS.get(language, 0.5 if language in _DENSE else 1.2)


def length(pair: Pair) -> Iterator[Finding]:
    """A text much shorter or longer than its source has probably lost or gained a part."""
    if len(pair.source) < _LONG_ENOUGH:
        return
    language = cldr(pair.locale).language
    usual = usual_ratio(language) / usual_ratio(cldr(pair.source_locale).language)
    low, high = (0.55, 1.6) if language in _RATIOS else (0.45, 2.0)
    ratio = len(pair.target) / len(pair.source) / usual
    if not low <= ratio <= high:
        how = "shorter" if ratio < low else "longer"
        message = f"this text is much {how} than {pair.source_language}: check that nothing is missing or too much"
        yield Finding("text.length", Severity.WARNS, f"{len(pair.target)}:{len(pair.source)}", message)


_STOPS, _QUESTIONS, _COLONS = ".。．।॥۔։።", "?？؟՞", ":：："
# What a language writes instead of the Latin mark (CLDR, Unicode chapter 6.2).
_OWN: dict[str, dict[str, str]] = {
    "ur": {".": "۔", "?": "؟"},
    "ar": {"?": "؟"},
    "fa": {"?": "؟"},
    "ps": {"?": "؟"},
    "ku_Arab": {"?": "؟"},
    **{language: {".": "।"} for language in ("pa", "hi", "bn", "ne", "as", "or")},
    **{language: {".": "。", "?": "？", ":": "："} for language in ("zh", "ja", "yue")},
    "el": {"?": ";"},
    "hy": {".": "։", "?": "՞", ":": "՝"},
}
_NO_STOP = frozenset({"th", "lo", "km", "my", "bo"})  # these end a sentence otherwise
_CLOSERS = " \t\n)]»”’\"'*_\u200e\u200f>"
_NAMES = {".": "a full stop", "?": "a question mark", ":": "a colon", "!": "an exclamation mark", "": "no such mark"}


def ending(pair: Pair) -> Iterator[Finding]:
    """A text ends as its source does, with the mark of its own language."""
    language = cldr(pair.locale).language
    source, target = pair.source.rstrip(_CLOSERS), pair.target.rstrip(_CLOSERS)
    if language in _NO_STOP or not source or not target or target[-1] == "}":
        return
    own = _OWN.get(language, {})
    wanted, mark = ending_mark(source), ending_mark(target)
    if own.get("?") and target[-1] == own["?"]:
        mark = "?"
    same = wanted == mark or {wanted, mark} <= {".", "!"} or (not wanted and mark in "?!")
    if same and mark in own and target[-1] != own[mark] and target[-1] in ".?:":
        message = f"this text ends in “{target[-1]}”: end it in “{own[mark]}”, as the language does"
        yield Finding("text.ending", Severity.WARNS, target[-1], message)
    elif not same and not ({wanted, mark} == {"", "."} and _abbreviated(source if wanted else target)):
        message = (
            f"{pair.source_language} ends in {_NAMES[wanted]}, this text in {_NAMES[mark]}: end it in the same way"
        )
        yield Finding("text.ending", Severity.WARNS, target[-1], message)


def ending_mark(text: str) -> str:
    """Return the Latin mark that a text's last one stands for: `.`, `?`, `!`, `:`, or nothing."""
    last = text.rstrip(_CLOSERS)[-1:] or " "
    return (
        "."
        if last in _STOPS
        else "?"
        if last in _QUESTIONS
        else ":"
        if last in _COLONS
        else "!"
        if last in "!！"
        else ""
    )


def _abbreviated(text: str) -> bool:
    """Say whether the last stop belongs to a short form: `2027 r.`, `18:30 ч.`, `p.m.`, `etc.`, or is an ellipsis."""
    word = text.split()[-1]
    return text[-1] == "." and (len(word) <= 4 or "." in word[:-1])
