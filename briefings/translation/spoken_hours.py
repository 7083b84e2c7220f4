"""Hours of an English source text that no am or pm makes certain: `at 7 on Friday evening`, `half past six`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefings.translation.day_parts import Part, hours_in
from briefings.translation.facts import GONE

_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_MINUTES = {"half": 30, "quarter": 15, "a quarter": 15, "five": 5, "ten": 10, "twenty": 20, "5": 5, "10": 10, "20": 20}
_HOUR = r"(\d{1,2}|" + "|".join(_WORDS) + ")"
_CLOCK = _HOUR + r"(?:[:.](\d{2}))?(?!\d)(?:\s*o['’]\s?clock)?"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_FOLLOWS = (
    r"(?=\s*(?:\Z|[!?;)\n]|[.,](?!\s?\d)|"
    rf"(?:on|this|at night|every|each|tomorrow|today|tonight|yesterday|sharp|next|last|{_DAYS})\b))"
)
_PAST = re.compile(
    rf"(?<![\w.,:])(?:(a quarter|quarter|half|five|ten|twenty|5|10|20)(?: minutes)? past|(?:a )?(quarter) to) {_HOUR}\b"
)
_OCLOCK = re.compile(rf"(?<![\w.,:]){_HOUR}(?:[:.](\d{{2}}))?\s*o['’]\s?clock\b")
_AT = re.compile(
    rf"\b(?:at|by|from|until|till|before|after|between|since|around|about)\s+{_CLOCK}"
    rf"(?:\s*(?:-|–|to|and|or|until|till)\s*{_CLOCK})?{_FOLLOWS}"
)
_BY_24_HOURS = re.compile(r"(?<![\d.,:/])(?:0\d|1[3-9]|2[0-4]):\d{2}")
_PART = re.compile(r"\b(morning|afternoon|evening|tonight|night)s?\b")
_PARTS = {"morning": Part.AM, "afternoon": Part.PM, "evening": Part.PM, "tonight": Part.NIGHT, "night": Part.NIGHT}
_ANY_PART = re.compile(
    r"\b(?:(?:mid|over|to)?night|(?:after)?noon|midday|morning|evening|dawn|dusk|dark|sunset|sunrise|late|early|lunch)"
)
_NEAR_PART = re.compile(
    rf"\s(?:(?:on|in|at|this|the|tomorrow|{_DAYS})\s){{0,3}}(morning|afternoon|evening|tonight|night)"
)
_SENTENCE = 200
"""The most characters on each side of an hour in which its sentence is read."""
_STOP = re.compile(r"[.!?](?=\s|\Z)|\n")


@dataclass(frozen=True)
class SpokenHour:
    """An hour as people say it: the times it can mean (minutes after midnight), and whether it was in figures."""

    times: frozenset[int]
    minute: int
    figures: bool


def read_spoken_hours(text: str) -> tuple[tuple[SpokenHour, ...], str]:
    """Read the spoken hours of a folded source text; return them and the text without them."""
    hours: list[SpokenHour] = []

    def heard(match: re.Match[str], hour: str, minute: int, after: bool = True) -> bool:
        number = int(hour) if hour.isdigit() else _WORDS.index(hour) + 1
        if not 1 <= number <= 12 or hour.startswith("0"):
            return False
        step = minute if after else -minute
        of_day = _part_of_day(match.string, match.start(), match.end())
        clock = hours_in(of_day, number) if of_day else (number % 12, number % 12 + 12)
        times = frozenset((hour * 60 + step) % 1440 for hour in clock)
        hours.append(SpokenHour(times, step % 60, hour.isdigit()))
        return True

    def take_past(match: re.Match[str]) -> str:
        minute = _MINUTES[match[1] or match[2]]
        return GONE * len(match[0]) if heard(match, match[3], minute, match[1] is not None) else match[0]

    def take(match: re.Match[str]) -> str:
        pairs = [(match[1], match[2])] + ([(match[3], match[4])] if match.re is _AT and match[3] else [])
        if not all(heard(match, hour, int(minute or 0)) for hour, minute in pairs):
            return match[0]
        return GONE * len(match[0])

    if _BY_24_HOURS.search(text):
        return (), text
    rest = _AT.sub(take, _PAST.sub(take_past, text))
    rest = _OCLOCK.sub(take, rest)
    return tuple(hours), rest


def _part_of_day(text: str, start: int, end: int) -> Part | None:
    """Return the part of the day that the sentence of an hour names, unless it names several and none close by."""
    earliest, latest = max(0, start - _SENTENCE), min(len(text), end + _SENTENCE)
    first = max((stop.end() for stop in _STOP.finditer(text, earliest, start)), default=earliest)
    stop = _STOP.search(text, end, latest)
    last = stop.start() if stop else latest
    after = [_PARTS[match[1]] for match in _PART.finditer(text, end, last)]
    before = [_PARTS[match[1]] for match in _PART.finditer(text, first, start)]
    near = _NEAR_PART.match(text, end)
    if near:
        return _PARTS[near[1]]
    return (after or before)[0] if len(set(after + before)) == 1 else None


def names_part_of_day(text: str) -> bool:
    """Say whether a folded source text names a part of the day in words, so that a translation may as well."""
    return _ANY_PART.search(text) is not None
