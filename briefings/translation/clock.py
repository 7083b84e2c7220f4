"""Times of day in a text, read as minutes after midnight: 4pm, 16:00, 16.00, 16h30, شام 4 بجے."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from briefings.model.language import cldr
from briefings.translation.facts import GONE, fold

# Words that people write and CLDR's day periods lack.
_MORE_PERIODS = {"pa": {"pm": ("ਸ਼ਾਮ", "ਸ਼ਾਮ ਦੇ", "ਦੁਪਹਿਰ"), "am": ("ਸਵੇਰ",), "night": ("ਰਾਤ",)}}

_NOON = {"noon": 720, "midday": 720, "midnight": 0}
_NOON_WORD = re.compile(r"(?:\b12\s+)?\b(noon|midday|midnight)\b")
_HALF = r"a\.?m\b\.?|p\.?m\b\.?|in the morning|in the afternoon|in the evening"
_CLOCK = r"(?<![\d.,:])(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(
    rf"{_CLOCK}\s*({_HALF})?(\s*(?:-|–|—|to|and|or|until|till)\s*)(\d{{1,2}})(?:[:.](\d{{2}}))?\s*({_HALF})"
)
_ONE = re.compile(rf"{_CLOCK}\s*({_HALF})")
_BY_24_HOURS = re.compile(r"(?<![\d.,:/])(?:0\d|1[3-9]|2[0-4]):\d{2}(?![\d:/])")
_DIGITAL = re.compile(r"(?<![\d.,:])(\d{1,2}):(\d{2})(?![\d:])")


@dataclass(frozen=True)
class Times:
    """Times of the source: those that must come back, and words (noon, midnight) that may come back as a figure."""

    certain: Counter[int]
    words: Counter[int]
    rest: str


def shown(minutes: int) -> str:
    """Return a time as translators are asked to write it: `16:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_source_times(text: str) -> Times:
    """Read the times of a folded source text: am and pm, spans such as `4 to 7pm`, and 24-hour times."""
    times, rest = source_time_spans(text)
    words = Counter(_NOON[word] for word in _NOON_WORD.findall(text))
    return Times(Counter(minutes for _, _, minutes in times), words, rest)


def source_time_spans(text: str) -> tuple[list[tuple[int, int, int]], str]:
    """Return where each time of a folded source text starts and ends and its minutes; and the text without them.

    Words (noon, midnight) are blanked too, but are not among the times.
    """
    times: list[tuple[int, int, int]] = []

    def take_span(match: re.Match[str]) -> str:
        hour, minute, half, _, last_hour, last_minute, last_half = match.groups()
        if half is None and int(hour) > 12:  # "on the 26th and 7pm", a figure and a time
            return match[0]
        end = _minutes(last_hour, last_minute, last_half)
        start = _minutes(hour, minute, half or last_half)
        if half is None and start >= end:  # "11 to 1pm" starts in the morning
            start = _minutes(hour, minute, "am")
        times.extend([(match.start(), match.start(4), start), (match.end(4), match.end(), end)])
        return GONE * len(match[0])

    def take(match: re.Match[str]) -> str:
        times.append((*match.span(), _minutes(match[1], match[2], match[3] if match.re is _ONE else None)))
        return GONE * len(match[0])

    rest = _NOON_WORD.sub(lambda match: GONE * len(match[0]), text)
    for pattern, taker in ((_SPAN, take_span), (_ONE, take), (_DIGITAL, take)):
        rest = pattern.sub(taker, rest)
    return times, rest


def _minutes(hour: str, minute: str | None, half: str | None) -> int:
    hours = int(hour)
    if half and hours <= 12:
        after_noon = half[0] == "p" or half.endswith(("afternoon", "evening"))
        hours = hours % 12 + (12 if after_noon else 0)
    total = hours * 60 + int(minute or 0)
    return 0 if total == 1440 else total


def read_target_times(text: str, locale: str, expected: Counter[int]) -> tuple[Counter[int], str]:
    """Read the times of a folded translation; return them and the rest of the text.

    `18:30` is always a time. `18.30`, `18h`, `4 pm` or an hour beside a word such as "evening" are read as one only
    where the source states that time, as they can be other things (a figure, a date, Romanian "am": we have).
    """
    open_times = Counter(expected)
    found: Counter[int] = Counter()
    by_24_hours = _BY_24_HOURS.search(text) is not None
    after_noon = by_24_hours and any(match[0][0] != "0" for match in _BY_24_HOURS.finditer(text))

    def take(match: re.Match[str]) -> str:
        hour, mark, minute = match["hour"], match["mark"], match["minute"]
        period = _period(match["after"], locale) or _period(match["before"], locale)
        if mark == ":" and hour[0] == "0" and after_noon:
            period = None  # "evenings from 05:00 to 21:00" starts at five in the morning
        choices = list(_choices(int(hour), int(minute or 0), period))
        if period is None:
            if mark is None and match["h"] is None:
                return match[0]  # a bare hour is looked at only after the figures have been compared
            if mark != ":" or not by_24_hours:  # beside 19:00, 10:00 is not ten in the evening
                choices += _inherited(match, locale)
        known = next((choice for choice in choices if open_times[choice] > 0), None)
        if known is None and mark != ":":
            return match[0]
        value = choices[0] if known is None else known
        found[value] += 1
        open_times[value] -= 1
        start, end = match.start("hour") - match.start(), max(match.end("hour"), match.end("minute")) - match.start()
        return match[0][:start] + GONE * (end - start) + match[0][end:]  # the words count for the hour after, too

    return found, _target_pattern(locale).sub(take, text)


def _choices(hour: int, minute: int, period: str | None) -> Iterable[int]:
    if hour > 12 or period is None:
        halves: tuple[int, ...] = (hour,)
    elif period == "night" or (hour == 12 and period == "am"):
        halves = (hour % 12, hour % 12 + 12)
    else:
        halves = (hour % 12 + (12 if period == "pm" else 0),)
    return ((half * 60 + minute) % 1440 if half == 24 else half * 60 + minute for half in halves)


def _inherited(match: re.Match[str], locale: str) -> Iterable[int]:
    words = _period_around(match.string, match.start(), match.end(), locale)
    return _choices(int(match["hour"]), int(match["minute"] or 0), words) if words else ()


def _period_around(text: str, start: int, end: int, locale: str) -> str | None:
    """Return the part of the day that an hour of a span shares: `شام 4 سے 7 بجے`, `entre las 4 y las 7 de la tarde`."""
    pattern = _period_pattern(locale)
    before = [match[0] for match in pattern.finditer(text[max(0, start - 30) : start])]
    after = pattern.search(text[end : end + 30])
    beside = after is not None and len(text[end : end + after.start()].split()) <= 1
    if after is not None and (beside or not before):
        return _period(after[0], locale)
    return _period(before[-1], locale) if before else None


def bare_hours(text: str, locale: str, hour: int) -> list[int]:
    """Return the times that a lone figure in a folded translation can stand for: `ora 16`, `شام 4 سے 7 بجے`."""
    choices = [hour % 24 * 60] if hour <= 24 else []
    for match in re.finditer(rf"(?<!\d)0?{hour}(?!\d)", text):
        period = _period_around(text, match.start(), match.end(), locale)
        if period and hour <= 12:
            choices += _choices(hour, 0, period)
    return choices


def _period(words: str | None, locale: str) -> str | None:
    if not words:
        return None
    match = _period_pattern(locale).search(words)
    return None if match is None else _periods(locale)[re.sub(r"\s+", " ", match[0])]


@lru_cache(maxsize=64)
def _periods(locale: str) -> dict[str, str]:
    """Return the locale's words for parts of the day, folded, with the half of the day they mean."""
    found = {"am": "am", "pm": "pm", "a.m.": "am", "p.m.": "pm", "a. m.": "am", "p. m.": "pm"}
    for width in ("wide", "abbreviated"):
        for key, name in cldr(locale).day_periods["format"].get(width, {}).items():
            half = key.rstrip("0123456789")
            half = {"morning": "am", "afternoon": "pm", "evening": "pm", "noon": "pm", "midnight": "night"}.get(
                half, half
            )
            found[fold(name)] = half
    for half, names in _MORE_PERIODS.get(cldr(locale).language, {}).items():
        found |= {fold(name): half for name in names}
    return found


@lru_cache(maxsize=64)
def _period_pattern(locale: str) -> re.Pattern[str]:
    names = sorted(_periods(locale), key=len, reverse=True)
    return re.compile(r"(?<![^\W\d_])(?:" + "|".join(re.escape(name) for name in names) + r")(?![^\W\d_])")


@lru_cache(maxsize=64)
def _target_pattern(locale: str) -> re.Pattern[str]:
    period = _period_pattern(locale).pattern
    return re.compile(
        rf"(?P<before>{period}\s?)?(?<![\d.,:/])(?P<hour>\d{{1,2}})(?:(?P<mark>[:.h])(?P<minute>\d{{2}}))?(?![\d:/])"
        rf"(?P<h>\s?h(?![^\W\d_]))?(?P<after>(?:\s?[^\s\d,;:.()–-]{{1,8}})?\s?{period})?"
    )
