"""Events through corrections: which event of a corrected text is which of the one before, so that each keeps its id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from briefings.rendering.structured import ToldEvent

_ALIKE: tuple[Callable[[ToldEvent], object], ...] = (
    lambda event: (event.title.text, event.start, event.place),
    lambda event: (event.title.text, event.start),
    lambda event: (event.start, event.place),
    lambda event: event.title.text,
    lambda event: event.start,
)
"""What two texts of one event share, the surest first. An event that changes its name and its time is another one."""


@dataclass(frozen=True)
class LastingEvent:
    """An event as it was last told: as event `told` of the briefing's text number `text`. `number` is its for ever."""

    number: int
    text: int
    told: int


def through_corrections(texts: Sequence[Sequence[ToldEvent]]) -> list[LastingEvent]:
    """Follow the events of a briefing through all its published texts, oldest first, all in one locale.

    Those whose `text` is not the last one are called off. The same history always gives the same numbers.
    """
    known: list[LastingEvent] = []
    for text, events in enumerate(texts):
        for told, number in sorted(_recognised(known, events, texts).items()):
            known[number] = LastingEvent(number, text, told)
        seen = {one.told for one in known if one.text == text}
        new = [told for told in range(len(events)) if told not in seen]
        known += [LastingEvent(len(known) + at, text, told) for at, told in enumerate(new)]
    return known


def _recognised(
    known: Sequence[LastingEvent], events: Sequence[ToldEvent], texts: Sequence[Sequence[ToldEvent]]
) -> dict[int, int]:
    """Return, by its place in a text, the number of each event that was told before."""
    found: dict[int, int] = {}
    for alike in _ALIKE:
        before: dict[object, list[int]] = {}
        for one in known:
            if one.number not in found.values():
                before.setdefault(alike(texts[one.text][one.told]), []).append(one.number)
        for told, event in enumerate(events):
            if told not in found and (numbers := before.get(alike(event))):
                found[told] = numbers.pop(0)
    return found
