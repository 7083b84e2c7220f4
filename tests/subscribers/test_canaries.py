"""Canaries in the register: one per region and locale offered there, added and removed as often as one likes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from briefings.model.errors import Refused
from briefings.store.engine import reading
from briefings.store.people import subscribers
from briefings.subscribers.canaries import REMOVED, SOURCE, canaries, place_canaries, remove_canaries
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency
from briefings.subscribers.suppression import SuppressionReason
from tests.subscribers.conftest import NOW

DOMAIN = "briefings.example"


def active(register: Register) -> set[str]:
    with reading(register.engine) as connection:
        query = select(subscribers.c.email).where(subscribers.c.ended_at.is_(None))
        return set(connection.scalars(query))


def addresses(register: Register, domain: str = DOMAIN) -> set[str]:
    return {canary.address for canary in canaries(register.places, domain)}


def outcomes(register: Register, now: datetime, domain: str = DOMAIN) -> dict[str, int]:
    return {str(outcome): n for outcome, n in place_canaries(register, domain, now).items() if n}


def test_there_is_one_for_each_region_and_locale_offered_there_and_no_second_one(register: Register) -> None:
    first = outcomes(register, NOW)
    again = outcomes(register, NOW + timedelta(days=1))

    pairs = [(region.id, locale) for region in register.places.regions.values() for locale in region.locales]
    assert (first, again) == ({"added": len(pairs)}, {"unchanged": len(pairs)})
    assert active(register) == {f"canary+{region}.{locale}@{DOMAIN}".lower() for region, locale in pairs}
    assert len(active(register)) == len(pairs)


def test_it_is_a_subscriber_like_any_other(register: Register) -> None:
    place_canaries(register, DOMAIN, NOW)

    canary = next(canaries(register.places, DOMAIN))
    found = register.find(canary.address)
    assert found is not None
    assert found.choices == Choices(canary.locale, (canary.region,), (), Frequency.IMMEDIATE, Format.HTML)
    assert found.confirmed_at == NOW
    assert [consent.source for consent in register.consents(found.id)] == [SOURCE]


def test_removing_ends_all_of_them_and_nobody_else(register: Register) -> None:
    region = next(iter(register.places.regions))
    for address in ("jo@example.org", f"canary+friend@{DOMAIN}"):
        wish = Enrolment(address, Choices(register.places.locales[0], (region,)), "paper", "Yes.", NOW)
        register.add(wish, NOW)
    place_canaries(register, DOMAIN, NOW)

    removed = [remove_canaries(register, NOW + timedelta(hours=hour)) for hour in (1, 2)]

    assert removed == [len(addresses(register)), 0]
    assert active(register) == {"jo@example.org", f"canary+friend@{DOMAIN}"}
    ended = register.find(next(iter(addresses(register))))
    assert ended is not None
    assert ended.end_reason == REMOVED


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_one_that_ended_comes_back_whatever_ended_it(register: Register, reason: SuppressionReason) -> None:
    place_canaries(register, DOMAIN, NOW)
    address = next(canaries(register.places, DOMAIN)).address
    register.suppress(address, reason, NOW + timedelta(hours=1))

    found = outcomes(register, NOW + timedelta(hours=2))

    assert found["resubscribed"] == 1
    assert active(register) == addresses(register)


def test_those_of_an_earlier_reply_domain_end(register: Register) -> None:
    place_canaries(register, DOMAIN, NOW)

    place_canaries(register, "new.example", NOW)

    assert active(register) == addresses(register, "new.example")


def test_a_domain_that_cannot_be_mailed_is_refused_before_anything_is_changed(register: Register) -> None:
    place_canaries(register, DOMAIN, NOW)

    with pytest.raises(Refused, match=r"cannot be mailed at 'localhost' \(BRIEFINGS_REPLY_DOMAIN\)"):
        place_canaries(register, "localhost", NOW)

    assert active(register) == addresses(register)
