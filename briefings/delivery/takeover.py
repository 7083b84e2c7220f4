"""Takeover: what a dead sender held is settled by the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, and_, delete, or_, update

from briefings.delivery.claims import forget_done, held_ids
from briefings.delivery.ledger import RESENT
from briefings.delivery.senders import Dead
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store.engine import writing
from briefings.store.tables import deliveries, senders

CRASH = "the sender stopped while this was being sent: it may have arrived"
COPY = "the database was restored from a copy: it may have gone out"


@dataclass(frozen=True)
class TakenOver:
    """What became of the rows that dead senders held. `uncertain` names the briefing of each such row."""

    senders: tuple[str, ...] = ()
    queued: int = 0
    uncertain: tuple[str, ...] = ()


def take_over(engine: Engine, dead: Dead, urgent: Sequence[str], now: datetime) -> TakenOver:
    """Settle what dead senders held, and strike them off: whoever of them wakes up writes nothing any more.

    Claimed rows were not started and go back. A mail that was being sent may have arrived: it is
    uncertain, and a briefing in `urgent` is sent once more. Posts go back: their channel looks
    before it posts again. A sender whose lease had lapsed and has been renewed since is left alone.
    """
    if not dead:
        return TakenOver()
    is_mail = deliveries.c.channel == Channel.EMAIL
    back = {"state": DeliveryState.QUEUED, "sender": None, "changed_at": now}
    lost = {"state": DeliveryState.UNCERTAIN, "sender": None, "changed_at": now, "detail": CRASH}
    with writing(engine) as connection:
        struck = _strike_off(connection, dead)
        theirs = and_(deliveries.c.sender.in_(struck), deliveries.c.id.in_(held_ids(connection, struck)))
        sending = and_(theirs, deliveries.c.state == DeliveryState.SENDING)
        again = and_(sending, is_mail, deliveries.c.briefing.in_(urgent), ~deliveries.c.detail.startswith(RESENT))
        queued = [
            connection.execute(update(deliveries).where(condition).values(values)).rowcount
            for condition, values in (
                (and_(theirs, deliveries.c.state == DeliveryState.CLAIMED), back),
                (again, {**back, "detail": RESENT}),
                (and_(sending, ~is_mail), back),
            )
        ]
        uncertain = update(deliveries).where(sending).values(lost).returning(deliveries.c.briefing)
        taken = TakenOver(tuple(struck), sum(queued), tuple(connection.scalars(uncertain)))
        forget_done(connection)
        return taken


def _strike_off(connection: Connection, dead: Dead) -> list[str]:
    """Delete the rows of senders that are still dead; return the ids of all whose deliveries may be taken."""
    is_late = and_(senders.c.id.in_(dead.lapsed), senders.c.lapses_at < datetime.now(UTC))
    is_dead = or_(senders.c.id.in_(dead.gone), is_late)
    lapsed = connection.scalars(delete(senders).where(is_dead).returning(senders.c.id))
    return sorted({*dead.gone, *lapsed})


def hold_after_restore(connection: Connection, now: datetime) -> int:
    """Call every mail that waits uncertain: the copy cannot know what went out after it; return how many."""
    waits = deliveries.c.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.CLAIMED))
    sending = deliveries.c.state == DeliveryState.SENDING
    statement = update(deliveries).where(deliveries.c.channel == Channel.EMAIL, or_(waits, sending))
    values = {"state": DeliveryState.UNCERTAIN, "sender": None, "changed_at": now, "detail": COPY}
    return connection.execute(statement.values(values)).rowcount
