"""Facts that must not change by a character: addresses, phone numbers, codes. The rest of the text, folded."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

GONE = "\x1a"
"""Stands, character by character, where a fact was taken out: neither a digit, nor a letter, nor a space."""

SHORT_NUMBERS = frozenset(["999", "112", "101", "111", "105", "119", "18000", "18001", "18002", "61016"])
"""Numbers to call or text in the whole United Kingdom (Ofcom, National Telephone Numbering Plan, part A)."""


class Kind(StrEnum):
    """Facts that are compared character by character."""

    LINK = "link"
    URL = "url"
    EMAIL = "email"
    PLACEHOLDER = "placeholder"
    POSTCODE = "postcode"
    PHONE = "phone"
    CODE = "code"


@dataclass(frozen=True)
class Exact:
    """The exact facts of a text, and what is left of it: folded, with the facts blanked."""

    facts: Counter[tuple[Kind, str]]
    rest: str
    short: frozenset[str]


_DIGITS = {code: str(unicodedata.decimal(chr(code))) for code in range(128, 0x20000) if chr(code).isdecimal()}

_OPENERS = r"\s<>\"'’‘“”„«»()\[\]{}،؛۔।…" + GONE
_TLD = r"(?:uk|org|com|net|info|eu|london|gov|edu|police|scot|wales|ie)"
_URL = re.compile(
    rf"https?://[^{_OPENERS}]+"
    rf"|(?<![\w@/.-])www\.[^{_OPENERS}]+"
    rf"|(?<![\w@/.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+{_TLD}(?![^\W_])(?:/[^{_OPENERS}]*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]*[A-Za-z0-9])+(?![^\W_])")
_LINK = re.compile(r"(?<=\]\()\s*<?([^()\s<>]+)>?(?:\s+\"[^\"]*\")?\s*(?=\))")
_PLACEHOLDER = re.compile(r"%\([A-Za-z_]\w*\)[a-z]|(?<!\d)%[sd](?!\w)|\{[A-Za-z0-9_.:!]*\}")
_POSTCODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}\d[A-Z\d]?[ \u00a0]?\d[A-Z]{2}(?![A-Za-z0-9])")
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,3}\d{1,10}[A-Z]?(?![A-Za-z0-9])")
_RELAY = re.compile(r"(?<!\d)1800[12][ \u00a0-]?(?:0\d(?:[ -]?\d){7,9}|\d{3})(?!\d)")
_DATE_SHAPE = r"(?!\d{1,2}[-./]\d{1,2}[-./]\d{2,4}(?!\d))"
_PHONE = re.compile(rf"(?<![\w+]){_DATE_SHAPE}(?:\+\d{{1,4}}|\(?0\d{{1,10}}\)?)(?:[ \u00a0\u202f-]?\(?\d+\)?)*")
_CALLED = re.compile(
    r"\b(?:call|dial|ring|text|sms|phone|textphone)(?:ing|s)?\s+(?:us\s+on\s+)?(\d{3,6})(?![\d,.]\d)", re.I
)


def ascii_digits(text: str) -> str:
    """Return the text with the decimal digits of every script as 0-9; its length does not change."""
    return text if text.isascii() else text.translate(_DIGITS)


def read_exact(text: str, short: frozenset[str] = frozenset()) -> Exact:
    """Take the exact facts out of a text.

    `short` are more short numbers to call than the known ones, such as those found in the source text.
    """
    spans, shown, short = exact_spans(text, short)
    return Exact(Counter((kind, text[start:end]) for kind, start, end in spans), fold(shown), short)


def exact_spans(
    text: str, short: frozenset[str] = frozenset()
) -> tuple[list[tuple[Kind, int, int]], str, frozenset[str]]:
    """Return where the exact facts stand, the text (digits 0-9) with them blanked, and its short numbers to call."""
    shown = ascii_digits(text)
    short = SHORT_NUMBERS | short | frozenset(_CALLED.findall(shown))
    spans = []
    for kind, find in _FINDERS:
        for start, end in list(find(shown, short)):
            spans.append((kind, start, end))
            shown = shown[:start] + GONE * (end - start) + shown[end:]
    return spans, shown, short


def _all(pattern: re.Pattern[str]) -> Callable[[str, frozenset[str]], Iterator[tuple[int, int]]]:
    return lambda text, short: (match.span() for match in pattern.finditer(text))


def _links(text: str, short: frozenset[str]) -> Iterator[tuple[int, int]]:
    return (match.span(1) for match in _LINK.finditer(text))


def _urls(text: str, short: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Find addresses without the punctuation, emphasis or case ending (`-та`) of the sentence around them."""
    for match in _URL.finditer(text):
        address = re.sub(r"[.,;:!?*_-]+$", "", match[0])
        address = re.sub(r"-[^\x00-\x7f]+$", "", address)
        yield match.start(), match.start() + len(address)


def _phones(text: str, short: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Find phone numbers: 7 digits or more after 0 or +, whose last group has at least three."""
    yield from (match.span() for match in _RELAY.finditer(text))
    for match in _PHONE.finditer(text):
        most = 11 if match[0].lstrip("(").startswith("0") else 15
        count, good = 0, None
        for group in re.finditer(r"\d+", match[0]):
            count += len(group[0])
            if count > most:
                break
            if count >= 7 and len(group[0]) >= 3:
                good = group.end()
        if good is not None:
            yield match.start(), match.start() + good


def _short_numbers(text: str, short: frozenset[str]) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"(?<!\d)(?<!\d[.,:])\d{3,6}(?!\d)(?![.,:]\d)", text):
        if match[0] in short:
            yield match.span()


# In this order: what holds other facts (an address with digits) before what it could hold.
_FINDERS: tuple[tuple[Kind, Callable[[str, frozenset[str]], Iterator[tuple[int, int]]]], ...] = (
    (Kind.LINK, _links),
    (Kind.EMAIL, _all(_EMAIL)),
    (Kind.URL, _urls),
    (Kind.PLACEHOLDER, _all(_PLACEHOLDER)),
    (Kind.POSTCODE, _all(_POSTCODE)),
    (Kind.CODE, _all(_CODE)),
    (Kind.PHONE, _phones),
    (Kind.PHONE, _short_numbers),
)

# Marks that writers leave out or encode in two ways: Latin and Cyrillic accents, Arabic vowels and hamza, Gurmukhi
# nukta and addak, joiners and direction marks. Names are compared without them.
_IGNORED = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u0a3c\u0a71\u00ad\u200b-\u200f\ufeff]")
_SAME = str.maketrans({"ı": "i", "ł": "l", "ي": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "٪": "%"})
_SPACES = re.compile(r"[^\S\n]")


def fold(text: str) -> str:
    """Return text for comparing names and figures: lower case, no accents, plain spaces, digits 0-9."""
    if not text.isascii():
        text = _IGNORED.sub("", unicodedata.normalize("NFD", text)).translate(_DIGITS)
    return _SPACES.sub(" ", text.casefold()).translate(_SAME)
