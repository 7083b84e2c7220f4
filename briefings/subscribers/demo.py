"""Demo subscribers: invented residents at example.org, spread over languages and places as people are."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from random import Random
from statistics import median
from typing import TypeVar

from briefings.model.place import Places
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency

SOURCE = "demo"
WORDS = "Invented for a demonstration."
_FORMATS = {Format.HTML: 85, Format.TEXT: 10, Format.LARGE_PRINT: 5}
_FREQUENCIES = {Frequency.IMMEDIATE: 30, Frequency.WEEKLY: 60, Frequency.MONTHLY: 10}
_WARD_PERCENT, _TWO_PLACES_PERCENT = 25, 10

Key = TypeVar("Key", bound=Hashable)


def demo_subscribers(
    places: Places, speakers: Mapping[str, int], count: int, seed: int, confirmed_at: datetime
) -> Iterator[Enrolment]:
    """Give `count` invented enrolments; the same arguments give the same ones.

    Locales stand in proportion to `speakers` (number of people by locale), each with at least one
    person when there are enough; regions in proportion to their wards, within each locale too. Some
    follow a ward instead, some two places that overlap, so that sending once is put to the test.
    """
    random = Random(seed)  # noqa: S311 - invented people, nothing secret
    locales = apportioned(_weights(places.locales, speakers), count)
    regions = _in_turn({region.id: max(1, len(region.wards)) for region in places.regions.values()})
    homes = [(locale, region) for locale, people in locales.items() for region in islice(regions, people)]
    random.shuffle(homes)
    for number, (locale, region) in enumerate(homes, start=1):
        followed, wards = _places(places, region, random)
        yield Enrolment(
            email=f"resident{number:04d}@example.org",
            choices=Choices(
                locale=locale,
                regions=followed,
                wards=wards,
                frequency=random.choices(list(_FREQUENCIES), list(_FREQUENCIES.values()))[0],
                format=random.choices(list(_FORMATS), list(_FORMATS.values()))[0],
            ),
            source=SOURCE,
            words=WORDS,
            confirmed_at=confirmed_at,
        )


def apportioned(weights: Mapping[Key, float], count: int) -> dict[Key, int]:
    """Share a number out in proportion, by largest remainder; nobody gets 0 if there is enough for all.

    >>> apportioned({"en": 90, "ro": 9, "ta": 0.1}, 10)
    {'en': 8, 'ro': 1, 'ta': 1}
    """
    total = sum(weights.values())
    exact = {key: count * weight / total for key, weight in weights.items()}
    shares = {key: int(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: shares[key] - exact[key])
    for key in by_remainder[: count - sum(shares.values())]:
        shares[key] += 1
    if count >= len(shares):
        for key in [key for key, share in shares.items() if share == 0]:
            shares[max(shares, key=lambda each: shares[each])] -= 1
            shares[key] = 1
    return shares


def _weights(locales: tuple[str, ...], speakers: Mapping[str, int]) -> dict[str, float]:
    """Return how much each locale weighs; one whose number of people is unknown weighs the median."""
    known = [speakers[locale] for locale in locales if speakers.get(locale, 0) > 0]
    usual = median(known) if known else 1
    return {locale: max(speakers.get(locale, 0), 0) or usual for locale in locales}


def _in_turn(weights: Mapping[Key, int]) -> Iterator[Key]:
    """Give keys for ever, in proportion and evenly mixed (smooth weighted round-robin)."""
    total, credit = sum(weights.values()), dict.fromkeys(weights, 0)
    while credit:
        for key, weight in weights.items():
            credit[key] += weight
        chosen = max(credit, key=lambda each: credit[each])
        credit[chosen] -= total
        yield chosen


def _places(places: Places, region: str, random: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose the regions and wards that somebody who lives in a region follows."""
    wards = places.regions[region].wards
    others = [other for other in places.regions if other != region]
    chance = random.random() * 100
    if wards and chance < _WARD_PERCENT:
        return (), (random.choice(wards),)
    if chance >= 100 - _TWO_PLACES_PERCENT:
        if wards and (not others or random.random() < 0.5):
            return (region,), (random.choice(wards),)
        if others:
            return (region, random.choice(others)), ()
    return (region,), ()
