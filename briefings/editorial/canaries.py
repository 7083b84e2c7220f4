"""Silent canaries: mail to subscribers of our own that should have come back to our inbox, and has not.

Accepted is not delivered: a relay that loses mail, a rule that takes newsletters for spam and a hole in the
plan look alike from here, and like success in the ledger. A canary that got nothing shows all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.model.place import Places
from briefings.store.tables import deliveries, publications, returns
from briefings.subscribers.canaries import Canary, canaries, subscribed

ARRIVES_WITHIN = timedelta(minutes=15)
LOOKED_FOR = timedelta(days=1)
"""After it was published, corrected or withdrawn, a briefing's canaries are looked for as long as this."""

KIND = "canary"
"""Of rows in the table `returns`."""

_TRIED = frozenset({DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.FAILED, DeliveryState.DEFERRED})


def silent_canaries(
    connection: Connection, places: Places, reply_domain: str, is_mailed: bool, now: datetime
) -> Iterator[tuple[str, bool]]:
    """Yield (what is the matter, whether it is wrong); nothing where canaries were never placed, or were removed.

    `is_mailed` says whether the borough sends e-mail at all.
    """
    wanted = {canary.address: canary for canary in canaries(places, reply_domain)}
    known = subscribed(connection, wanted)
    if not known:
        return
    yield from _gone(wanted.values(), known, now)
    recent = select(publications).where(publications.c.updated_at > now - LOOKED_FOR).order_by(publications.c.briefing)
    for publication in connection.execute(recent):
        for canary, subscriber in known.items():
            if canary.region == publication.region:
                yield from _missing(connection, publication, canary, subscriber, is_mailed, now)


def _gone(wanted: Iterable[Canary], known: Mapping[Canary, Row[Any]], now: datetime) -> Iterator[tuple[str, bool]]:
    """Yield the canaries that are not mailed any more, and those that were never placed although others were."""
    for canary in wanted:
        subscriber = known.get(canary)
        if subscriber is None:
            yield f"{_name(canary)} is not there: run 'briefings subscribers canaries'", False
        elif subscriber.ended_at is not None:
            yield (
                f"{_name(canary)} is not mailed any more since {subscriber.ended_at:%Y-%m-%d %H:%M} UTC "
                f"({subscriber.end_reason}): look at the inbox, then run 'briefings subscribers canaries'",
                now - subscriber.ended_at <= LOOKED_FOR,
            )


def _missing(
    connection: Connection, publication: Row[Any], canary: Canary, subscriber: Row[Any], is_mailed: bool, now: datetime
) -> Iterator[tuple[str, bool]]:
    """Yield what is the matter with the mails of one briefing to one canary."""
    rows = _mails(connection, publication.briefing, subscriber.id)
    name = f"{publication.briefing}: {_name(canary)}"
    is_active = subscriber.ended_at is None
    if not rows and is_mailed and is_active and subscriber.confirmed_at <= publication.published_at:
        yield f"{name} got no mail, for none was planned: look at what it follows, and report a fault", True
    for row in rows:
        if row.has_arrived or now - row.changed_at > LOOKED_FOR:
            continue
        if row.state == DeliveryState.SUPPRESSED and is_active:
            yield f"{name} was not mailed: {row.detail}", False
        since = publication.updated_at if row.state == DeliveryState.DEFERRED else row.changed_at
        if row.state in _TRIED and now - since > ARRIVES_WITHIN:
            why = "" if row.state == DeliveryState.SENT else f" ({row.state}: {row.detail})"
            yield f"{name} got no mail{why}: look at the relay, the spam folder rules and the inbox", True


def _mails(connection: Connection, briefing: str, subscriber_id: int) -> Sequence[Row[Any]]:
    has_arrived = exists().where(returns.c.delivery_id == deliveries.c.id, returns.c.kind == KIND).label("has_arrived")
    query = select(deliveries.c.state, deliveries.c.detail, deliveries.c.changed_at, has_arrived).where(
        deliveries.c.subscriber_id == subscriber_id,
        deliveries.c.briefing == briefing,
        deliveries.c.channel == str(Channel.EMAIL),
    )
    return connection.execute(query.order_by(deliveries.c.id)).all()


def _name(canary: Canary) -> str:
    return f"the canary of {canary.region} in {canary.locale}"
