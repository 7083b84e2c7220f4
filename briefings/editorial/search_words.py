"""Words to search by, in any script: one form for each, however it is written.

Unicode's categories say what a word is made of: letters, digits, and marks, without which Tamil, Gurmukhi and Urdu
fall to pieces. Accents of Latin letters, and Arabic vowel signs, which few people type, make no difference, nor does
the script of a digit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_WORD = 40
"""Characters of a word that count."""
_SAME_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ہ", "ه": "ہ", "ھ": "ہ", "أ": "ا", "إ": "ا", "ٱ": "ا", "ـ": None,
     "ı": "i", "ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"}
)  # fmt: skip
_JOINERS = "\u200c\u200d"
_GAPS = (" ", "-", "\u00a0", "\u2011")
"""What may stand inside of a telephone number or a postcode."""


@dataclass(frozen=True)
class Word:
    """A word in a text: its one form, and where it stands."""

    form: str
    start: int
    end: int


def words_in(text: str) -> Iterator[Word]:
    """Yield the words of a text in order, with the places where they stand in it."""
    for found in _pattern().finditer(text):
        form = word_form(found[0])
        if form:
            yield Word(form, found.start(), found.end())


@lru_cache(maxsize=50_000)
def word_form(word: str) -> str:
    """Return the one form of a word.

    >>> word_form("Închisoare"), word_form("ŞIŞLİ")
    ('inchisoare', 'sisli')
    """
    return "".join(folded(word).split())[:MAX_WORD]  # what comes apart into several words, such as U+FDFA, stays one


def folded(text: str) -> str:
    """Return a text with every word of it in its one form, but for the length of words."""
    decomposed = unicodedata.normalize("NFKD", text.replace("İ", "i").casefold())
    return unicodedata.normalize("NFC", decomposed.translate(_one_form()))


@lru_cache(maxsize=1)
def _one_form() -> dict[int, str | None]:
    """Return what becomes of characters that make no other word: digits of all scripts become those of ASCII.

    Accents of Latin, Greek and Cyrillic letters, and Arabic vowel signs, go.
    """
    optional = (*range(0x300, 0x370), *range(0x64B, 0x660), 0x670, *map(ord, _JOINERS))
    digits = {code: str(unicodedata.decimal(chr(code))) for code in range(0x20000) if chr(code).isdecimal()}
    return {**digits, **_SAME_LETTERS, **dict.fromkeys(optional)}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """Runs of letters, digits and marks, with joiners inside of them."""
    marks = _ranges_of_marks()
    return re.compile(rf"[^\W_](?:[^\W_]|[{marks}{_JOINERS}])*")


def _ranges_of_marks() -> str:
    """Return all marks of Unicode's first two planes, as they stand in the brackets of a pattern."""
    spans: list[list[int]] = []
    for code in range(0x300, 0x1E950):
        if unicodedata.category(chr(code)).startswith("M"):
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in spans)


def joined_numbers(text: str) -> Iterator[str]:
    """Yield telephone numbers and postcodes as they are typed without spaces.

    >>> list(joined_numbers("Call 0800 555 111, or come to E17 4PP at noon."))
    ['0800555111', 'e174pp']
    """
    run: list[Word] = []
    for word in words_in(text):
        if run and text[run[-1].end : word.start] in _GAPS and _has_digit(word.form):
            run.append(word)
            continue
        if len(run) > 1:
            yield _joined(run)
        run = [word] if _has_digit(word.form) else []
    if len(run) > 1:
        yield _joined(run)


def _has_digit(form: str) -> bool:
    return any(letter.isdecimal() for letter in form)


def _joined(run: Sequence[Word]) -> str:
    return "".join(word.form for word in run)[:MAX_WORD]
