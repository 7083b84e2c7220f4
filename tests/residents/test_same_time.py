"""Nobody learns from an answer, or from how long it takes, whether an address is known."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from random import Random

import pytest

from briefings.residents.door import Door
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment
from briefings.subscribers.suppression import SuppressionReason

from .conftest import NOW, WORDS, wish

CALLS = 500


def ks_probability(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the p-value of the two-sample Kolmogorov-Smirnov test (asymptotic, Stephens 1970)."""
    both = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    seen, widest = [0, 0], 0.0
    for _, which in both:
        seen[which] += 1
        widest = max(widest, abs(seen[0] / len(one) - seen[1] / len(other)))
    root = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (root + 0.12 + 0.11 / root) * widest
    terms = ((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * sum(terms))) if scaled > 0.2 else 1.0


def test_the_measure_tells_apart_what_differs() -> None:
    chance = Random(1)
    same = [chance.gauss(5, 1) for _ in range(250)], [chance.gauss(5, 1) for _ in range(250)]
    slower = [chance.gauss(6, 1) for _ in range(250)]

    alike, apart = ks_probability(*same), ks_probability(same[0], slower)

    assert alike > 0.05
    assert apart < 0.001


def timed(door: Door, register: Register, asks: str, trial: int) -> tuple[list[float], list[float]]:
    """Time CALLS calls with known and unknown addresses, mixed; a third of the known may be mailed no more."""
    known = [f"known{trial}-{number}@example.org" for number in range(CALLS // 2)]
    unknown = [f"other{trial}-{number}@example.org" for number in range(CALLS // 2)]
    register.add_all((Enrolment(one, Choices("ro", ("north",)), "web form", WORDS, NOW) for one in known), NOW)
    for number, one in enumerate(known[::3]):
        if number % 2:
            register.unsubscribe(one, "one-click", NOW)
        else:
            register.suppress(one, SuppressionReason.BOUNCED, NOW)
    mixed = [(one, True) for one in known] + [(one, False) for one in unknown]
    Random(trial).shuffle(mixed)
    for number in range(20):  # connections and caches are warm afterwards
        door.subscribe(wish(f"warm{trial}-{number}@example.org"), NOW)
    took: dict[bool, list[float]] = {True: [], False: []}
    for email, is_known in mixed:
        began = time.perf_counter()
        if asks == "subscribe":
            door.subscribe(wish(email), NOW)
        else:
            door.send_link(email, "ro", NOW)
        took[is_known].append(time.perf_counter() - began)
    return took[True], took[False]


@pytest.mark.parametrize("asks", ["subscribe", "link"])
def test_known_and_unknown_addresses_take_the_same_time(door: Door, register: Register, asks: str) -> None:
    # Of what does not differ, one trial in a hundred says that it does: what differs fails in every one.
    trials = (ks_probability(*timed(door, register, asks, trial)) for trial in range(3))

    found = []
    for probability in trials:
        found.append(probability)
        if probability > 0.01:
            break

    assert found[-1] > 0.01, found
