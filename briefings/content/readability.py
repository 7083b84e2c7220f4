"""How hard an English text is to read: sentences, words, syllables and reading age."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])")
_SHORTENED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Sgt|Insp|Rd|Ave|vs|etc)|\b[A-Z]|[ap]\.m|e\.g|i\.e)\.$")
_WORD = re.compile(r"[A-Za-z0-9£€$][\w'’.,:/@-]*[\w'’]|[A-Za-z0-9]")
_VOWELS = re.compile(r"[aeiouy]+")
_APART = re.compile(r"eing|creat|rea$|scien|quiet|ia(?![ln])|io(?![nu])|uou")
"""Vowels side by side that are spoken apart."""
_SILENT = re.compile(r"(?:(?<![aeiouylsxzcgh])es|(?<![td])ed|(?<![laeiouy])e|[aeiouy]le)$")


@dataclass(frozen=True)
class Measures:
    """`reading_age` is in years; 0 for a text without words."""

    words: int
    sentences: int
    syllables: int

    @property
    def average_sentence(self) -> float:
        """Words in a sentence, on average."""
        return round(self.words / self.sentences, 1) if self.sentences else 0.0

    @property
    def reading_age(self) -> float:
        """Flesch-Kincaid grade level (Kincaid and others, 1975) plus five: the age of a child in that grade."""
        if not self.words:
            return 0.0
        grade = 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59
        return round(max(grade + 5, 5.0), 1)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield position and text of every sentence; an abbreviation such as `St.` ends none."""
    start = 0
    for match in _END.finditer(text):
        if not _SHORTENED.search(text[start : match.start()]):
            yield start, text[start : match.start()]
            start = match.end()
    if text[start:].strip():
        yield start, text[start:]


def words(text: str) -> list[str]:
    """Return the words of a text; a number, a time or an address counts as one."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """Estimate the syllables of an English word: groups of vowels, less a silent ending. Never below 1.

    A number counts as one: digits are read at a glance.

    >>> [syllables(word) for word in ("patrol", "stopped", "little", "neighbourhood", "101", "are")]
    [2, 1, 2, 3, 1, 1]
    """
    letters = re.sub(r"[^a-z]", "", word.lower().removesuffix("'s").removesuffix("’s"))
    if not letters or any(character.isdigit() for character in word):
        return 1
    count = len(_VOWELS.findall(letters)) + len(_APART.findall(letters))
    if len(letters) > 2 and _SILENT.search(letters):
        count -= 1
    return max(count, 1)


def measure(texts: Iterable[str]) -> Measures:
    """Measure texts together; each ends a sentence."""
    total = counted = spoken = 0
    for text in texts:
        for _start, sentence in sentences(text):
            found = words(sentence)
            if found:
                total += 1
                counted += len(found)
                spoken += sum(map(syllables, found))
    return Measures(counted, total, spoken)
