"""The rate of complaints, and the breaker that stops all sending when it is too high."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from briefings.delivery import holds
from briefings.delivery.bounces import ReturnKind
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store import tables
from briefings.store.tables import deliveries, returns

WINDOW = timedelta(days=30)
LEAST = 3
"""So many complaints it takes at least: one of a short list is no rate."""
LIMIT = 0.001
"""Share of mails sent; large receivers turn a sender away at 0.3% and ask for less than 0.1%."""
_REASON = "complaints: "


def complaint_rate(connection: Connection, since: datetime) -> tuple[int, int]:
    """Return how many people complained about mail sent since a moment, and how many such mails there were."""
    return _complaints(connection, since), _sent(connection, since)


def break_on_complaints(connection: Connection, now: datetime) -> bool:
    """Hold everything where complaints are too many; return whether it did.

    They are counted from the time at which a person last lifted such a hold: who opens again has
    looked at what there was, and what was mailed before is complained about for days.
    """
    since = max(now - WINDOW, _last_lifted(connection) or now - WINDOW)
    complaints, sent = complaint_rate(connection, since)
    if complaints < LEAST or complaints <= LIMIT * sent:
        return False
    reason = (
        f"{_REASON}{complaints} of {sent} mails sent since {since:%Y-%m-%d} were reported as spam, more than "
        f"{LIMIT:.1%}; find out why (who was added, from which list?) before you lift this"
    )
    return holds.hold(connection, holds.ALL, reason, holds.BREAKER, now)


def _complaints(connection: Connection, since: datetime) -> int:
    """Count who complained, each once, about a mail that `_sent` counts.

    One who holds a token of ours can send any number of reports with it.
    """
    who = func.coalesce(deliveries.c.subscriber_id, -deliveries.c.id)
    query = select(func.count(who.distinct())).select_from(returns)
    query = query.join(deliveries, deliveries.c.id == returns.c.delivery_id)
    return connection.scalar(query.where(returns.c.kind == ReturnKind.COMPLAINT, *_went_out(since))) or 0


def _sent(connection: Connection, since: datetime) -> int:
    """Count mails that went out, bounced ones among them: a bounced row changed when its bounce came."""
    return connection.scalar(select(func.count()).select_from(deliveries).where(*_went_out(since))) or 0


def _went_out(since: datetime) -> Sequence[ColumnElement[bool]]:
    bounced = select(returns.c.delivery_id).where(returns.c.kind == ReturnKind.BOUNCE, returns.c.received_at >= since)
    is_out = or_(
        deliveries.c.state == DeliveryState.SENT,
        and_(deliveries.c.state == DeliveryState.FAILED, deliveries.c.id.in_(bounced)),
    )
    return deliveries.c.channel == Channel.EMAIL, deliveries.c.changed_at >= since, is_out


def _last_lifted(connection: Connection) -> datetime | None:
    table = tables.holds
    query = select(func.max(table.c.lifted_at, type_=table.c.lifted_at.type)).where(
        table.c.scope == holds.ALL, table.c.made_by == holds.BREAKER, table.c.reason.like(f"{_REASON}%")
    )
    lifted: datetime | None = connection.scalar(query)
    return lifted
