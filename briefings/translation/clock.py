"""Times of day in a text, read as minutes after midnight: 4pm, 16:00, 16.00, 16h30, شام 4 بجے."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from briefings.model.language import cldr
from briefings.translation.day_parts import hours_in, part_shared, parts_beside, parts_named
from briefings.translation.facts import GONE, fold
from briefings.translation.spoken_hours import SpokenHour, read_spoken_hours

_NOON = {"noon": 720, "midday": 720, "midnight": 0}
_NOON_WORD = re.compile(r"(?:\b12\s+)?\b(noon|midday|midnight)\b")
_HALF = r"a\.?m\b\.?|p\.?m\b\.?|in the morning|in the afternoon|in the evening"
_CLOCK = r"(?<![\d.,:])(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(
    rf"{_CLOCK}\s*({_HALF})?(\s*(?:-|–|—|to|and|or|until|till)\s*)(\d{{1,2}})(?:[:.](\d{{2}}))?\s*({_HALF})"
)
_ONE = re.compile(rf"{_CLOCK}\s*({_HALF})")
_UNTIL = re.compile(r"\s*(?:-|–|—|to|until|till|)\s*")
_BY_24_HOURS = re.compile(r"(?<![\d.,:/])(?:0\d|1[3-9]|2[0-4]):\d{2}(?![\d:/])")
_DIGITAL = re.compile(r"(?<![\d.,:])(\d{1,2}):(\d{2})(?![\d:])")


@dataclass(frozen=True)
class Times:
    """Times of the source: those that must come back, words (noon, midnight) that may come back as a figure, and hours
    as people say them (half past six), which can be of either half of the day. `spans` are pairs
    of the certain ones (from, to)."""

    certain: Counter[int]
    words: Counter[int]
    rest: str
    spoken: tuple[SpokenHour, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def expected(self) -> Counter[int]:
        """Every time that a translation may state."""
        return self.certain + self.words + Counter(time for hour in self.spoken for time in hour.times)


def shown(minutes: int) -> str:
    """Return a time as translators are asked to write it: `16:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_source_times(text: str) -> Times:
    """Read the times of a folded source text: am and pm, spans such as `4 to 7pm`, and 24-hour times."""
    spoken, rest = read_spoken_hours(text)
    times, rest = source_time_spans(rest)
    words = Counter(_NOON[word] for word in _NOON_WORD.findall(text))
    placed = sorted(times)
    pairs = pairwise(placed)
    spans = tuple((one[2], two[2]) for one, two in pairs if _UNTIL.fullmatch(text[one[1] : two[0]]))
    return Times(Counter(minutes for _, _, minutes in times), words, rest, spoken, spans)


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


@dataclass(frozen=True)
class TargetTimes:
    """Times of a translation, the rest of its text, and where each time stands (start, end, minutes)."""

    found: Counter[int]
    rest: str
    placed: tuple[tuple[int, int, int], ...]


def read_target_times(text: str, locale: str, expected: Counter[int]) -> TargetTimes:
    """Read the times of a folded translation.

    `18:30` is always a time. `18.30`, `18h`, `4 pm` or an hour beside a word such as "evening" are read as one only
    where the source states that time, as they can be other things (a figure, a date, Romanian "am": we have).
    """
    text = _quarters_spoken(text, locale)
    open_times = Counter(expected)
    placed: list[tuple[int, int, int]] = []
    by_24_hours = _BY_24_HOURS.search(text) is not None
    after_noon = by_24_hours and any(match[0][0] != "0" for match in _BY_24_HOURS.finditer(text))

    def take(match: re.Match[str]) -> str:
        hour, mark, minute = int(match["hour"]), match["mark"], int(match["minute"] or 0)
        start, end = match.start("hour"), max(match.end("hour"), match.end("minute"))
        parts = parts_beside(text, start, match.end(), locale)
        if mark == ":" and match["hour"][0] == "0" and after_noon:
            parts = set()  # "evenings from 05:00 to 21:00" starts at five in the morning
        choices = [hours * 60 + minute for part in sorted(parts) for hours in hours_in(part, hour or 12)]
        if not parts or hour > 12:
            if mark is None and match["h"] is None and not parts:
                return match[0]  # a bare hour is looked at only after the figures have been compared
            choices = [(hour * 60 + minute) % 1440 if hour == 24 else hour * 60 + minute]
            shared = part_shared(text, match.start(), match.end(), locale) if 1 <= hour <= 12 else None
            if shared and (mark != ":" or not by_24_hours):  # beside 19:00, 10:00 is not ten in the evening
                choices += [hours * 60 + minute for hours in hours_in(shared, hour)]
        known = next((choice for choice in choices if open_times[choice] > 0), None)
        if known is None and mark != ":":
            return match[0]
        value = choices[0] if known is None else known
        placed.append((start, end, value))
        open_times[value] -= 1
        before = match[0][: start - match.start()]
        return (
            before + GONE * (end - start) + match[0][end - match.start() :]
        )  # the words count for the hour after, too

    rest = _TARGET.sub(take, text)
    return TargetTimes(Counter(value for _, _, value in placed), rest, tuple(placed))


def bare_hours(text: str, locale: str, hour: int, *, silent: bool = False, spoken: bool = False) -> list[int]:
    """Return the times that a lone figure in a folded translation can stand for: `ora 16`, `شام 4 سے 7 بجے`.

    A word beside it for a part of the day decides. `silent` says that the source names no part of the day: any such
    word in the translation decides then. `spoken` says that the source names the hour by 12.
    """
    if not 1 <= hour <= 12:
        return [hour % 24 * 60] if hour <= 24 else []
    choices: list[int] = []
    named = parts_named(text, locale) if silent else set()
    for match in re.finditer(rf"(?<!\d)0?{hour}(?!\d)", text):
        parts = parts_beside(text, *match.span(), locale)
        if not parts:
            shared = part_shared(text, *match.span(), locale)
            choices += [hours * 60 for hours in hours_in(shared, hour)] if shared else []
            parts = named
            if not parts or any(hour % 24 in hours_in(part, hour) for part in parts):
                choices += [hour * 60] + ([(hour * 60 + 720) % 1440] if spoken else [])
        choices += [hours * 60 for part in sorted(parts) for hours in hours_in(part, hour)]
    return choices


# Half past, a quarter past and a quarter to, before an hour and "o'clock" (Urdu, Panjabi).
_QUARTERS = {
    "ur": ({"ساڑھے": 30, "سوا": 15, "پونے": -15}, "ایک دو تین چار پانچ چھ سات آٹھ نو دس گیارہ بارہ", "بجے|بجکر"),
    "pa": ({"ਸਾਢੇ": 30, "ਸਵਾ": 15, "ਪੌਣੇ": -15}, "ਇੱਕ ਦੋ ਤਿੰਨ ਚਾਰ ਪੰਜ ਛੇ ਸੱਤ ਅੱਠ ਨੌਂ ਦਸ ਗਿਆਰਾਂ ਬਾਰਾਂ", "ਵਜੇ"),
}


def _quarters_spoken(text: str, locale: str) -> str:
    """Return the text with `ساڑھے 8 بجے` as `8:30 بجے`."""
    language = cldr(locale).language
    if language not in _QUARTERS:
        return text
    steps, numbers, oclock = _QUARTERS[language]
    steps, words = {fold(word): step for word, step in steps.items()}, fold(numbers).split()

    def clock(match: re.Match[str]) -> str:
        hour = int(match[2]) if match[2].isdigit() else words.index(match[2]) + 1
        minutes = (hour * 60 + steps[match[1]]) or 720
        return f"{(minutes // 60) or 12}:{minutes % 60:02}"

    pattern = rf"(?<!\w)({'|'.join(steps)})\s+(\d{{1,2}}|{'|'.join(words)})(?=\s+(?:{fold(oclock)}))"
    return re.sub(pattern, clock, text)


_TARGET = re.compile(
    r"(?<![\d.,:/])(?P<hour>\d{1,2})(?:(?P<mark>[:.h])(?P<minute>\d{2}))?(?![\d:/])(?P<h>\s?h(?![^\W\d_]))?"
)
