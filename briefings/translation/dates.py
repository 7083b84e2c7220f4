"""Dates in a text: days with their month, months alone and weekdays, by the names that CLDR has for a locale."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from briefings.model.language import cldr
from briefings.translation.facts import GONE, fold

# Languages whose month and weekday names take no case endings; elsewhere the end of a name may differ.
_INVARIABLE = frozenset(["en", "es", "pt", "it", "ro", "bg", "ur", "pa", "fr", "de", "nl", "cy"])

# Spellings in use that CLDR lacks: Tamil as written in Sri Lanka, months of the Levant (CLDR's ar-SY), older Panjabi
# and Urdu names of days.
_LEVANT = "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول"
_MORE_MONTHS: Mapping[str, Mapping[int, str]] = {
    "ta": {1: "சனவரி", 2: "பெப்ரவரி", 6: "யூன்", 7: "யூலை", 8: "ஓகஸ்ட்", 9: "செப்டெம்பர்", 10: "ஒக்டோபர்", 12: "டிசெம்பர்"},
    "es": {9: "setiembre"},
    "pa": {8: "ਅਗਸਤ", 4: "ਅਪਰੈਲ"},
    "ar": dict(enumerate(_LEVANT.split(","), 1)),
}
_MORE_DAYS: Mapping[str, Mapping[int, str]] = {
    "pa": {5: "ਸ਼ਨੀਵਾਰ"},
    "ur": {0: "سوموار", 5: "سنیچر"},
    "en": {1: "Tues", 3: "Thurs"},
}

# A letter or mark of any script: Python's \w leaves out the vowel signs of Indic scripts.
_LETTER = r"(?:[^\W\d_]|[\u0900-\u0963\u0966-\u0dff])"
_NO_LETTER_BEFORE = r"(?<![^\W\d_])(?<![\u0900-\u0963\u0966-\u0dff])"

_FULL = re.compile(r"(?<![\d./-])(?:(\d{1,2})([./-])(\d{1,2})\2(\d{4})|(\d{4})-(\d{2})-(\d{2}))(?![\d/-])")
_SHORT = re.compile(r"(?<![\d.,/:-])(\d{1,2})[./](\d{1,2})(?![\d/:,-])")
_DAYS_BEFORE = re.compile(
    rf"((?:\d{{1,2}}(?!\d)[^\d\n.!?;{GONE}]{{1,25}})*?(?<!\d)\d{{1,2}})(?!\d)[^\d\n{GONE}]{{0,10}}$"
)
_DAYS_AFTER = re.compile(rf"[^\d\n{GONE}]{{0,10}}(\d{{1,2}}(?!\d)(?:[^\d\n.!?;{GONE}]{{1,25}}\d{{1,2}}(?!\d)){{0,3}})")
_LIST = r"\d{1,2}(?:st|nd|rd|th)?"
_SOURCE_BEFORE = re.compile(rf"(?<!\d)({_LIST}(?:\s*(?:-|–|,|and|to|or|&|/)\s*{_LIST})*)(?:\s+of|\s+de|\.)?\s*$")
_SOURCE_AFTER = re.compile(rf"\s+(?:the\s+)?({_LIST}(?:\s*(?:-|–|,|and|to|or|&)\s*{_LIST})*)(?![\d:%])")
_YEAR_BEFORE, _YEAR_AFTER = re.compile(r"(?<!\d)20\d\d\s$"), re.compile(r"\s(?:de )?20\d\d(?!\d)")
_DAY_BEFORE, _DAY_AFTER = re.compile(r"(?<![\d:.,])\d{1,2}\.?\s(?:de )?$"), re.compile(r"\s\d{1,2}(?![\d:.])")


@dataclass(frozen=True)
class Dates:
    """The dates of a text. `days` are (day, month) pairs, `months` every month named, `figures` the figures that
    stood in numeric dates, `rest` the text without those. `dated` are the months that surely are one, as a day or a
    year stands beside the name."""

    days: frozenset[tuple[int, int]]
    months: frozenset[int]
    weekdays: Counter[int]
    figures: tuple[int, ...]
    rest: str
    dated: frozenset[int]


def read_dates(text: str, locale: str, expected: frozenset[tuple[int, int]] | None = None) -> Dates:
    """Read the dates of a folded text without its times.

    `expected` is given for a translation: the (day, month) pairs of the source. `26.11.` is read as a date only where
    the source has that day, and days are looked for more widely around the name of a month.
    """
    days: set[tuple[int, int]] = set()
    figures: list[int] = []

    def take_full(match: re.Match[str]) -> str:
        day, _, month, year, iso_year, iso_month, iso_day = match.groups()
        days.add((int(day or iso_day), int(month or iso_month)))
        figures.extend((int(day or iso_day), int(year or iso_year)))
        return GONE * len(match[0])

    def take_short(match: re.Match[str]) -> str:
        pair = int(match[1]), int(match[2])
        if expected is None or pair not in expected:
            return match[0]
        days.add(pair)
        figures.append(pair[0])
        return GONE * len(match[0])

    rest = _SHORT.sub(take_short, _FULL.sub(take_full, text))
    months = {month for _, month in days}
    found = [(_number(match), match.start(), match.end()) for match in month_pattern(locale).finditer(rest)]
    blanked = rest
    for _, start, end in found:
        blanked = blanked[:start] + GONE * (end - start) + blanked[end:]
    translated = expected is not None
    dated: set[int] = set()
    for month, start, end in found:
        beside = set(_days_beside(blanked, start, end, wide=translated))
        days.update((day, month) for day in beside)
        sure = _is_dated(blanked, start, end)
        if beside or translated or sure or end - start > 3:  # "may" without a day or year is rarely the month
            months.add(month)
        if sure:
            dated.add(month)
    weekdays = Counter(_number(match) - 1 for match in weekday_pattern(locale, translated).finditer(blanked))
    return Dates(frozenset(days), frozenset(months), weekdays, tuple(figures), rest, frozenset(dated))


def _is_dated(text: str, start: int, end: int) -> bool:
    """Say whether a year stands beside a month, or a day beside a name too long to be another word (Romanian mai)."""
    before, after = text[max(0, start - 9) : start], text[end : end + 9]
    return bool(_YEAR_BEFORE.search(before) or _YEAR_AFTER.match(after)) or (
        end - start > 3 and bool(_DAY_BEFORE.search(before) or _DAY_AFTER.match(after))
    )


def _days_beside(text: str, start: int, end: int, *, wide: bool) -> Iterable[int]:
    before = (_DAYS_BEFORE if wide else _SOURCE_BEFORE).search(text[max(0, start - 70) : start])
    after = (_DAYS_AFTER if wide else _SOURCE_AFTER).match(text[end : end + 70])
    sides = (before, after) if wide else ((before or after),)
    return (int(day) for side in sides if side for day in re.findall(r"\d+", side[1]))


def _number(match: re.Match[str]) -> int:
    return int((match.lastgroup or "n0_0").split("_")[0][1:])


def month_name(month: int, locale: str) -> str:
    return str(cldr(locale).months["format"]["wide"][month]) if 1 <= month <= 12 else str(month)


def weekday_name(day: int, locale: str) -> str:
    return str(cldr(locale).days["format"]["wide"][day])


@lru_cache(maxsize=64)
def month_pattern(locale: str) -> re.Pattern[str]:
    """Return what finds the months of a locale in folded text, in any case form."""
    names = cldr(locale).months
    full = [(i, names[form]["wide"][i]) for form in ("format", "stand-alone") for i in range(1, 13)]
    short = [(i, names["format"]["abbreviated"][i]) for i in range(1, 13)]
    return _pattern(locale, full + list(_MORE_MONTHS.get(cldr(locale).language, {}).items()), short)


@lru_cache(maxsize=64)
def weekday_pattern(locale: str, translated: bool = True) -> re.Pattern[str]:
    """Return what finds the weekdays of a locale in folded text: in a translation in any case form.

    In a source text short names count beside a figure only ("Sat 28"), as "sat" and "sun" are words too.
    """
    # Not the stand-alone forms: in Babel 2.18 those of every locale turn into those of another one once it is loaded.
    names = cldr(locale).days["format"]
    more = [(day + 1, name) for day, name in _MORE_DAYS.get(cldr(locale).language, {}).items()]
    full = [(day + 1, names["wide"][day]) for day in range(7)]
    short = [(day + 1, names["abbreviated"][day]) for day in range(7)]
    if translated:
        return _pattern(locale, full + more, short, inflected=True)
    forms = [(n, re.escape(fold(name)) + "s?") for n, name in full]
    forms += [(n, re.escape(fold(name).rstrip(".")) + r"\b(?=[.,]{0,2} ?\d)") for n, name in short + more]
    return _joined(forms)


def _pattern(
    locale: str, full: Iterable[tuple[int, str]], short: Iterable[tuple[int, str]], *, inflected: bool | None = None
) -> re.Pattern[str]:
    # Weekdays take endings nearly everywhere (sâmbăta, петъка); months only in some languages.
    inflected = cldr(locale).language not in _INVARIABLE if inflected is None else inflected
    welsh = cldr(locale).language == "cy"
    forms = {
        (number, name): _mutated(name) if welsh else _form(name, inflected)
        for number, name in ((number, fold(name).rstrip(".")) for number, name in full)
    }
    for number, name in short:
        forms.setdefault((number, fold(name).rstrip(".")), re.escape(fold(name).rstrip(".")))
    return _joined([(number, forms[number, name]) for number, name in sorted(forms, key=lambda k: (-len(k[1]), k))])


def _joined(forms: Iterable[tuple[int, str]]) -> re.Pattern[str]:
    """Return a pattern with one group for each form, named `n<number>_<serial>`; the first that fits wins."""
    groups = "|".join(f"(?P<n{number}_{serial}>{form})" for serial, (number, form) in enumerate(forms))
    return re.compile(rf"{_NO_LETTER_BEFORE}(?:{groups})(?!{_LETTER})")


def _form(name: str, inflected: bool) -> str:
    if not inflected or len(name) < 3:
        return re.escape(name)
    if name.endswith("ہ"):  # Urdu: جمعہ, جمعے
        return re.escape(name[:-1]) + "[ہے]"
    return re.escape(name[: max(min(len(name), 4), len(name) - 2)]) + _LETTER + "{0,14}"


# Welsh words change their first letter after many others (3 o Fawrth, yng Ngorffennaf): the mutations.
_MUTATIONS = (
    ("rh", "rh?"),
    ("ll", "ll?"),
    ("m", "[mf]"),
    ("g", "(?:g|ng)?"),
    ("t", "(?:th?|d|nh)"),
    ("d", "(?:dd?|n)"),
)


def _mutated(name: str) -> str:
    """Return a pattern for a Welsh month or weekday; "dydd Mawrth", "nos Fawrth" (Tuesday) are not the month Mawrth."""
    day, _, last = name.rpartition(" ")
    first = next(((initial, form) for initial, form in _MUTATIONS if last.startswith(initial)), ("", ""))
    word = first[1] + re.escape(last.removeprefix(first[0]))
    return r"(?:d?dydd|nos)\s" + word if day else r"(?<!dydd )(?<!nos )" + word
