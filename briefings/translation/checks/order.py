"""Facts that changed places: a number to call in another sentence, links, roads, days of the week, from and until."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from briefings.translation.clock import TargetTimes, Times, shown
from briefings.translation.dates import month_pattern, weekday_name, weekday_pattern
from briefings.translation.facts import GONE, SHORT_NUMBERS, Kind, exact_spans
from briefings.translation.findings import Finding, Pair, Severity

_STOP = re.compile(r"[.!?。।۔؟॥…]+[)\]»”’\"'*_]*(?=\s|\Z)|\n+")
_ORDERED = frozenset([Kind.LINK, Kind.URL, Kind.EMAIL, Kind.PHONE, Kind.CODE, Kind.POSTCODE])
_ROAD = re.compile(
    r"(?<![\w-])(?:[A-Z][\w'’]+ ){1,3}"
    r"(?:Road|Street|Avenue|Lane|Way|Drive|Close|Terrace|Grove|Hill|Gardens|Place|Square)\b"
)
_SPAN_GAP = 25
"""The most characters between the two times of a span in a translation."""

Fact = tuple[Kind | str, str]


def moved(pair: Pair) -> Iterator[Finding]:
    """Exact facts stand in the same order, sentence by sentence; an emergency number in another sentence blocks."""
    if len(pair.source_exact.facts) < 2 and not _ROAD.search(pair.source):
        return
    source = _sentences_of_source(pair.source)
    target = _sentences(pair.target, pair.target_exact.short, frozenset(text for _, text in _flat(source)))
    if Counter(_flat(source)) != Counter(_flat(target)) or len(set(_flat(source))) < 2 or len(source) != len(target):
        return  # other checks speak of what is missing; clauses of texts cut differently cannot be told apart
    for ours, theirs in zip(source, target, strict=True):
        calls, others = ([text for kind, text in facts if _is_emergency(kind, text)] for facts in (ours, theirs))
        if len(source) > 1 and set(calls) != set(others) and (gone := sorted(set(calls) - set(others))):
            message = f"phone number {gone[0]} stands in another sentence than in {pair.source_language}: move it back"
            yield Finding("facts.order", Severity.BLOCKS, gone[0], message)
            return
    for ours, theirs in zip(source, target, strict=True):
        if ours != theirs:
            first = next((one for one, other in zip(ours, theirs, strict=False) if one != other), (ours + theirs)[0])
            message = (
                f"“{first[1]}” stands in another place than in {pair.source_language}: check that it was not exchanged"
            )
            yield Finding("facts.order", Severity.WARNS, first[1], message)
            return


def _is_emergency(kind: Kind | str, text: str) -> bool:
    return kind is Kind.PHONE and text in SHORT_NUMBERS


def _flat(sentences: tuple[tuple[Fact, ...], ...]) -> list[Fact]:
    return [fact for facts in sentences for fact in facts]


@lru_cache(maxsize=1024)
def _sentences_of_source(text: str) -> tuple[tuple[Fact, ...], ...]:
    return _sentences(text, frozenset(), None)


def _sentences(text: str, short: frozenset[str], names: frozenset[str] | None) -> tuple[tuple[Fact, ...], ...]:
    """Return the exact facts and roads of each sentence, in order; roads only among `names` where they are given."""
    spans, shown_text, _ = exact_spans(text, short)
    found: list[tuple[int, Fact]] = [(start, (kind, text[start:end])) for kind, start, end in spans if kind in _ORDERED]
    roads = [(match.start(), match[0]) for match in _ROAD.finditer(text)]
    found += [(start, ("road", road)) for start, road in roads if names is None or road in names]
    # sentences are cut in the blanked text, as facts hold full stops
    last = len(shown_text.rstrip())
    cuts = [stop.end() for stop in _STOP.finditer(shown_text) if stop.end() < last]
    sentences: list[list[Fact]] = [[] for _ in range(len(cuts) + 1)]
    for start, fact in sorted(found, key=lambda item: item[0]):
        sentences[bisect_right(cuts, start)].append(fact)
    return tuple(map(tuple, sentences))


def spans(times: Times, target: TargetTimes, language: str) -> Iterator[Finding]:
    """A span whose ends changed places ("from 9:00 to 18:00" for 6pm to 9am) blocks."""
    placed = sorted(target.placed)
    pairs = [
        (one[2], two[2])
        for one, two in pairwise(placed)
        if two[0] - one[1] <= _SPAN_GAP and not re.search(r"[,;.!?\n۔।،؛]", target.rest[one[1] : two[0]])
    ]
    for first, last in times.spans:
        if first != last and (last, first) in pairs and (first, last) not in pairs:
            token = f"{shown(first)}–{shown(last)}"
            message = f"time {token} became {shown(last)}–{shown(first)}: write from and until as {language} does"
            yield Finding("facts.time", Severity.BLOCKS, token, message)


_AFTER = re.compile(r"[\s,(]{1,3}(?:(?:the|dia|de|на|il|el)\s)?(\d{1,2})(?![\d:])")
_BEFORE = re.compile(rf"(?<![\d:.,])(\d{{1,2}})(?:st|nd|rd|th|\.)?,?\s(?:de\s)?{GONE}*(?:\s\d{{4}})?[\s,(]*$")


def weekdays_with_days(pair: Pair, source: str, target: str) -> Iterator[Finding]:
    """A weekday that stands at another day than in the source ("lunes 27" for Monday 23) blocks."""
    said = _paired(source, pair.source_locale, translated=False)
    if not said:
        return
    of_day: dict[int, set[int]] = {}
    for weekday, days in said:
        for day in days:
            of_day.setdefault(day, set()).add(weekday)
    for weekday, days in _paired(target, pair.locale, translated=True):
        known = [day for day in sorted(days) if day in of_day]
        if known and not any(weekday in of_day[day] for day in known):
            right, day = weekday_name(min(of_day[known[0]]), pair.source_locale), known[0]
            message = (
                f"day {right} {day} became {weekday_name(weekday, pair.locale)} {day}: "
                f"pair the days as {pair.source_language} does"
            )
            yield Finding("facts.weekday", Severity.BLOCKS, f"{right} {day}", message)


def _paired(text: str, locale: str, *, translated: bool) -> list[tuple[int, set[int]]]:
    """Return each weekday of a folded text that stands next to days of the month, with those days."""
    blanked = text
    for match in month_pattern(locale).finditer(text):
        blanked = blanked[: match.start()] + GONE * len(match[0]) + blanked[match.end() :]
    found = []
    for match in weekday_pattern(locale, translated).finditer(blanked):
        weekday = int((match.lastgroup or "n1_0").split("_")[0][1:]) - 1
        after = _AFTER.match(blanked, match.end())
        before = _BEFORE.search(blanked[max(0, match.start() - 30) : match.start()])
        days = {int(side[1]) for side in (before, after) if side}
        if days:
            found.append((weekday, days))
    return found
