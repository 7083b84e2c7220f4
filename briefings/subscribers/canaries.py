"""Canaries: a subscriber of our own in each region and locale, whose mail comes back to our inbox if all is well.

They are mailed exactly as residents are: the same plan, the same ledger. Their addresses are at the reply domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from briefings.model.errors import Refused
from briefings.model.place import Places
from briefings.store.engine import reading
from briefings.store.people import consents, subscribers
from briefings.subscribers import address
from briefings.subscribers.enrol import Outcome
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency

SOURCE = "canary"
WORDS = "Added by the comms team to see whether newsletters arrive."
REMOVED = "canary removed"
"""The end reason of one that was taken away on purpose: nobody misses its mail."""

_PREFIX = "canary+"


@dataclass(frozen=True)
class Canary:
    region: str
    locale: str
    address: str


def canaries(places: Places, reply_domain: str) -> Iterator[Canary]:
    """Give the canary of every region in every locale offered there, whether it is subscribed or not."""
    for region in places.regions.values():
        for locale in region.locales:
            local = f"{_PREFIX}{region.id}.{locale}".lower()
            yield Canary(region.id, locale, address.normalised(f"{local}@{reply_domain}"))


def place_canaries(register: Register, reply_domain: str, now: datetime) -> dict[Outcome, int]:
    """Subscribe all canaries; end those of places, locales and domains that are no more. Repeatable.

    One that had ended comes back, whatever ended it: it is ours. Raises Refused where the domain cannot be mailed.
    """
    wanted = {canary.address: canary for canary in canaries(register.places, reply_domain)}
    for canary in wanted.values():
        _check(canary, reply_domain)
    _end(register, but=wanted, now=now)
    counts = dict.fromkeys(Outcome, 0)
    for canary in wanted.values():
        choices = Choices(canary.locale, (canary.region,), (), Frequency.IMMEDIATE, Format.HTML)
        register.lift(canary.address)
        _, outcome = register.add(Enrolment(canary.address, choices, SOURCE, WORDS, now), now, own_wish=True)
        counts[outcome] += 1
    return counts


def remove_canaries(register: Register, now: datetime) -> int:
    """End all canaries, also those of an earlier reply domain; return how many there were. Repeatable."""
    return _end(register, but={}, now=now)


def subscribed(connection: Connection, wanted: Mapping[str, Canary]) -> dict[Canary, Row[Any]]:
    """Return the rows of `subscribers` of canaries, in the order given; without those removed on purpose.

    `wanted` has them by address.
    """
    query = select(subscribers).where(subscribers.c.email.in_(list(wanted)))
    rows = {row.email: row for row in connection.execute(query)}
    found = {canary: rows[email] for email, canary in wanted.items() if email in rows}
    return {canary: row for canary, row in found.items() if row.ended_at is None or row.end_reason != REMOVED}


def _check(canary: Canary, reply_domain: str) -> None:
    try:
        address.checked(canary.address)
    except ValueError as error:
        raise Refused(
            f"the canary of {canary.region} in {canary.locale} cannot be mailed at {reply_domain!r} "
            f"(BRIEFINGS_REPLY_DOMAIN): its address {error}"
        ) from None


def _end(register: Register, but: Mapping[str, Canary], now: datetime) -> int:
    ours = exists().where(consents.c.subscriber_id == subscribers.c.id, consents.c.source == SOURCE)
    query = select(subscribers.c.id, subscribers.c.email).where(
        subscribers.c.email.startswith(_PREFIX), subscribers.c.ended_at.is_(None), ours
    )
    with reading(register.engine) as connection:
        ending = [row.id for row in connection.execute(query) if row.email not in but]
    for subscriber_id in ending:
        register.unsubscribe(subscriber_id, REMOVED, now)
    return len(ending)
