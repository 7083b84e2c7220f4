"""Events keep their numbers through corrections."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from briefings.model.edition import Phrase
from briefings.rendering.lasting import LastingEvent, through_corrections
from briefings.rendering.structured import ToldEvent

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def told(*events: tuple[str, int]) -> tuple[ToldEvent, ...]:
    """Return events by title and day."""
    return tuple(
        ToldEvent(n, Phrase(title, "en-GB"), NOON + timedelta(days=day), NOON + timedelta(days=day, hours=1), "Library")
        for n, (title, day) in enumerate(events)
    )


def numbers(*texts: tuple[ToldEvent, ...]) -> dict[str, tuple[int, bool]]:
    """Return title -> number and whether it still takes place."""
    found = through_corrections(texts)
    return {texts[x.text][x.told].title.text: (x.number, x.text == len(texts) - 1) for x in found}


def test_a_text_that_was_never_corrected_numbers_its_events_in_order() -> None:
    assert numbers(told(("Panel", 0), ("Walk", 1))) == {"Panel": (0, True), "Walk": (1, True)}


def test_an_event_put_before_the_others_moves_no_number() -> None:
    first, second = told(("Panel", 0), ("Walk", 1)), told(("Fair", 5), ("Panel", 0), ("Walk", 1))

    assert numbers(first, second) == {"Panel": (0, True), "Walk": (1, True), "Fair": (2, True)}


def test_an_event_that_is_taken_out_is_called_off_and_leaves_the_others_alone() -> None:
    first, second = told(("Panel", 0), ("Walk", 1)), told(("Walk", 1))

    assert numbers(first, second) == {"Panel": (0, False), "Walk": (1, True)}


def test_another_time_or_another_name_is_the_same_event() -> None:
    first = told(("Panel", 0), ("Walk", 1))

    assert numbers(first, told(("Panel", 3), ("Walk", 1)))["Panel"] == (0, True)
    assert numbers(first, told(("Meeting", 0), ("Walk", 1)))["Meeting"] == (0, True)


def test_another_time_and_another_name_is_another_event() -> None:
    assert numbers(told(("Panel", 0)), told(("Fair", 4))) == {"Panel": (0, False), "Fair": (1, True)}


def test_two_events_of_one_name_are_told_apart_by_their_times() -> None:
    first, second = told(("Panel", 0), ("Panel", 7)), told(("Panel", 7))

    found = through_corrections([first, second])

    assert found == [LastingEvent(0, 0, 0), LastingEvent(1, 1, 0)]


def test_an_event_that_comes_back_has_its_number_again() -> None:
    both, one = told(("Panel", 0), ("Walk", 1)), told(("Walk", 1))

    assert numbers(both, one, both) == {"Panel": (0, True), "Walk": (1, True)}


@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=4), min_size=1, max_size=5))
def test_every_event_of_every_text_has_one_number_of_its_own(history: list[list[tuple[str, int]]]) -> None:
    texts = [told(*events) for events in history]

    found = through_corrections(texts)
    again = through_corrections([tuple(replace(event, end=event.end) for event in text) for text in texts])

    assert [one.number for one in found] == list(range(len(found)))
    assert sorted(one.told for one in found if one.text == len(texts) - 1) == list(range(len(texts[-1])))
    assert found == again
