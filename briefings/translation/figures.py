"""Figures in a text: whole and decimal numbers with the separators of a locale, matched between two texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_decimal_symbol, get_group_symbol

from briefings.model.language import cldr

_FIGURE = re.compile(
    r"\d{1,3}(?P<mark>[.,'’٬ ])\d{3}(?:(?P=mark)\d{3})*(?:[.,٫]\d+)?(?!\d)"  # 1.250.000,5
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)"  # 1,00,000: South Asian grouping
    r"|\d+(?:[.,٫]\d+)?"
)

_WORDS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
}


@dataclass(frozen=True)
class Figure:
    """A figure as written, and what it stands for."""

    text: str
    value: Decimal


def read_figures(text: str, locale: str, *, spaced: bool = True) -> list[Figure]:
    """Read the figures of a folded text. `spaced` is False where `14 250` is never one number (an English source)."""
    figures = []
    for match in _FIGURE.finditer(text):
        if match["mark"] == " " and not spaced:
            figures += [Figure(part, Decimal(part)) for part in re.findall(r"\d+", match[0])]
        else:
            figures.append(Figure(match[0], _value(match[0], locale)))
    return figures


def _value(text: str, locale: str) -> Decimal:
    """Return the value of a figure: the last of two different marks is the decimal one, else the locale decides."""
    decimal, group = _symbols(locale)
    text = text.replace("٫", decimal).replace("٬", group)
    marks = re.findall(r"\D", text)
    if not marks:
        return Decimal(text)
    last = marks[-1]
    several = len(marks) > 1
    by_threes = all(len(part) == 3 for part in re.split(r"\D", text)[1:])
    is_decimal = last in ".," and (
        set(marks[:-1]) - {last} != set() or (not several and (last == decimal or not by_threes))
    )
    if is_decimal:
        whole, _, part = text.rpartition(last)
        return Decimal(re.sub(r"\D", "", whole) + "." + part)
    return Decimal(re.sub(r"\D", "", text))


@lru_cache(maxsize=64)
def _symbols(locale: str) -> tuple[str, str]:
    return get_decimal_symbol(cldr(locale)), get_group_symbol(cldr(locale))


def unmatched(source: Iterable[Figure], target: Iterable[Figure]) -> tuple[list[Figure], list[Figure]]:
    """Match the figures of two texts one to one; return what is missing from the target and what it has besides."""
    missing, extra = list(source), list(target)
    for same in (_same_value, _same_text):
        extra = [figure for figure in extra if not _taken(missing, figure, same)]
    left: list[Figure] = []
    for figure in extra:
        # "3, 250" or "10,11" can read as one number and be two
        parts = [Figure(part, Decimal(part)) for part in re.findall(r"\d+", figure.text)]
        rest = list(missing)
        if len(parts) > 1 and all(_taken(rest, part, _same_value) for part in parts):
            missing = rest
        else:
            left.append(figure)
    return missing, left


def _same_value(one: Figure, other: Figure) -> bool:
    return one.value == other.value


def _same_text(one: Figure, other: Figure) -> bool:
    return one.text == other.text


def _taken(figures: list[Figure], figure: Figure, same: Callable[[Figure, Figure], bool]) -> bool:
    for index, candidate in enumerate(figures):
        if same(candidate, figure):
            del figures[index]
            return True
    return False


def words_for_figures(text: str, locale: str) -> list[int]:
    """Return the small numbers that a folded source text writes as words: a translation may write figures."""
    words = _WORDS.get(cldr(locale).language, "").split()
    return [words.index(word) for word in re.findall(r"[a-z]+", text) if word in words]
