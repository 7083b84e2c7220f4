"""Demo subscribers: the same every time, in every language, spread as people are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.model.place import Places
from briefings.subscribers.demo import apportioned, demo_subscribers
from briefings.subscribers.enrol import Outcome
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Format

from .conftest import NOW

SPEAKERS = {"en-GB": 7800, "ro": 1000, "ur": 1}


def test_the_same_arguments_give_the_same_people_and_change_nothing_twice(register: Register, places: Places) -> None:
    first = list(demo_subscribers(places, SPEAKERS, 1000, 7, NOW))

    added = register.add_all(first, NOW)
    again = register.add_all(demo_subscribers(places, SPEAKERS, 1000, 7, NOW), NOW)

    assert added[Outcome.ADDED] == again[Outcome.UNCHANGED] == 1000
    assert first != list(demo_subscribers(places, SPEAKERS, 1000, 8, NOW))
    assert {person.email.partition("@")[2] for person in first} == {"example.org"}


def test_every_language_has_somebody_in_proportion_and_in_every_region(places: Places) -> None:
    people = list(demo_subscribers(places, SPEAKERS, 1000, 7, NOW))

    locales = Counter(person.choices.locale for person in people)
    homes = {(person.choices.locale, region) for person in people for region in person.choices.regions}

    assert locales["ur"] == 1
    assert locales["pt-PT"] == locales["ro"]  # the median of the others, for want of a number
    assert locales["en-GB"] > 7 * locales["ro"]
    assert {(locale, region) for locale in ("en-GB", "ro", "pt-PT") for region in places.regions} <= homes


def test_forms_and_places_are_mixed_as_promised(places: Places) -> None:
    people = list(demo_subscribers(places, SPEAKERS, 1000, 7, NOW))

    formats = Counter(person.choices.format for person in people)
    only_ward = sum(not person.choices.regions for person in people)
    two_places = sum(len(person.choices.regions) + len(person.choices.wards) == 2 for person in people)
    overlapping = [person for person in people if person.choices.regions and person.choices.wards]

    assert formats[Format.HTML] > 800
    assert formats[Format.TEXT] > formats[Format.LARGE_PRINT] > 20
    assert 200 < only_ward < 300
    assert 70 < two_places < 130
    assert overlapping
    assert all(person.choices.wards[0] in places.regions[person.choices.regions[0]].wards for person in overlapping)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5])
def test_small_demos_have_as_many_people_as_were_asked_for(places: Places, count: int) -> None:
    people = list(demo_subscribers(places, {}, count, 1, NOW))

    locales = {person.choices.locale for person in people}

    assert len(people) == count
    assert len(locales) == min(count, len(places.locales))


@given(st.dictionaries(st.text(), st.floats(0.001, 1e6), min_size=1, max_size=30), st.integers(0, 2000))
def test_sharing_out_always_adds_up_and_leaves_nobody_out(weights: dict[str, float], count: int) -> None:
    shares = apportioned(weights, count)

    smallest = min(shares.values())

    assert sum(shares.values()) == count
    assert smallest >= (1 if count >= len(weights) else 0)
