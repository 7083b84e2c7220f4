"""Times, dates and figures of a source text as another language writes them, for engines that garble them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from briefings.model.language import cldr
from briefings.translation.clock import shown, source_time_spans
from briefings.translation.dates import weekday_name
from briefings.translation.facts import GONE, exact_spans, fold
from briefings.translation.figures import read_figures


@dataclass(frozen=True)
class Value:
    """A span of the source text, and how the target language writes it."""

    start: int
    end: int
    shown: str


def localised_values(text: str, source_locale: str, locale: str, *, bare: bool = False) -> list[Value]:
    """Find what has a value, in order of the text. What cannot be read with certainty is left to the engine.

    `bare`: a date takes the English "on" before it along, which a rule-based engine reads as "on top of".
    """
    folded, origin = _folded(exact_spans(text)[1])
    values: list[Value] = []

    def take(start: int, end: int, words: str) -> None:
        nonlocal folded
        values.append(Value(origin[start], origin[end - 1] + 1, words))
        folded = folded[:start] + GONE * (end - start) + folded[end:]

    for start, end, minutes in source_time_spans(folded)[0]:
        # the stop after "11pm" ends the sentence, that of "11 p.m." may not
        take(start, end - bool(re.search(r"[ap]m\.$", folded[start:end])), shown(minutes))
    for start, end, words in list(_dates(folded, source_locale, locale)):
        on = re.search(r"\bon $", folded[:start]) if bare else None
        take(on.start() if on else start, end, words)
    english = cldr(source_locale).language == "en"
    at = 0
    for figure in read_figures(folded, source_locale, spaced=not english):
        start = folded.index(figure.text, at)
        at = start + len(figure.text)
        plain = figure.text.isdigit()
        take(start, at, figure.text if plain else format_decimal(figure.value, locale=cldr(locale)))
    return sorted(values, key=lambda value: value.start)


def glossary_values(text: str, terms: Mapping[str, str]) -> list[Value]:
    """Find the terms (source -> target) in a text, whatever their capitals, the longest first."""
    found: list[Value] = []
    for source in sorted(terms, key=lambda source: (-len(source), source)):
        for match in re.finditer(rf"(?<!\w){re.escape(source)}(?!\w)", text, re.IGNORECASE):
            if all(match.end() <= one.start or one.end <= match.start() for one in found):
                target = terms[source]
                # "Ward panel" at the start of a sentence; a name in capitals is not made one
                capital = match[0][:1].isupper() and not source[:1].isupper() and not text[: match.start()].strip()
                found.append(Value(*match.span(), target[:1].upper() + target[1:] if capital else target))
    return found


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text folded, and for each of its characters the place in the text that it comes from."""
    parts = [fold(character) for character in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


def _dates(folded: str, source_locale: str, locale: str) -> Iterator[tuple[int, int, str]]:
    """Yield dates with a month in words, months with a year, and weekdays. A list of days keeps only its last one."""
    for match in _date_pattern(source_locale).finditer(folded):
        weekday = _index(match, "w") or _index(match, "v")
        month = _index(match, "m") or _index(match, "n") or _index(match, "o")
        day = int(match["day"] or match["later"] or 0)
        year = int(match["year"] or match["after"] or match["alone"] or 0)
        try:
            words = _words(weekday, day, month, year, locale)
        except (ValueError, KeyError):  # 31 June; or CLDR has no such pattern for the locale
            continue
        yield (*match.span(), words)


def _index(match: re.Match[str], prefix: str) -> int:
    """Return the number in the name of the group that matched (`w1` to `w7`, `m1` to `m12`), 0 for none."""
    return next(
        (int(name[1:]) for name, found in match.groupdict().items() if found and re.fullmatch(prefix + r"\d+", name)), 0
    )


def _words(weekday: int, day: int, month: int, year: int, locale: str) -> str:
    if not month:
        return weekday_name(weekday - 1, locale)
    skeleton = ("y" if year else "") + "MMMM" + ("d" if day else "")
    when = date(year or 2024, month, day or 1)
    words = format_skeleton(skeleton, when, locale=cldr(locale), fuzzy=True)
    # A weekday goes before, whatever the year: a date that does not fit its day is the comms team's to mend.
    return f"{weekday_name(weekday - 1, locale)} {words}" if weekday else str(words)


@lru_cache(maxsize=16)
def _date_pattern(source_locale: str) -> re.Pattern[str]:
    locale = cldr(source_locale)
    months = {number: fold(name) for number, name in locale.months["format"]["wide"].items()}
    days = {number + 1: fold(name) for number, name in locale.days["format"]["wide"].items()}

    def one_of(names: dict[int, str], prefix: str) -> str:
        return "(?:" + "|".join(f"(?P<{prefix}{number}>{re.escape(name)})" for number, name in names.items()) + ")"

    weekday = one_of(days, "w")
    return re.compile(
        rf"\b(?:{weekday}(?:,? (?:the )?))?"
        rf"(?<![\d.,:/])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {one_of(months, 'm')}\b"
        rf"(?:,? (?P<year>\d{{4}}))?(?!\d)"
        rf"|\b{one_of(months, 'n')} (?P<later>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]),?(?: (?P<after>\d{{4}})(?!\d))?"
        rf"|\b{one_of(months, 'o')} (?P<alone>\d{{4}})(?!\d)"
        rf"|\b{one_of(days, 'v')}\b"
    )
