"""Pace: how fast deliveries go out and what is left, cheap enough to ask every second of a million rows.

What waits is counted from the partial index of what waits, so that it costs less the further a mailing is.
Nothing here decides anything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, func, select

from briefings.delivery.claims import held
from briefings.delivery.standing import WAITS
from briefings.model.channel import SITE
from briefings.model.delivery import DeliveryState
from briefings.store.tables import deliveries

WINDOW = timedelta(seconds=60)
"""The pace is that of the last minute."""


@dataclass(frozen=True)
class Part:
    """One channel of one revision of a briefing: what is counted together."""

    briefing: str
    revision: str
    channel: str


@dataclass(frozen=True)
class Pace:
    """`per_second` mails and posts went out lately; `left` are not settled yet."""

    per_second: float
    left: int

    @property
    def seconds_left(self) -> int | None:
        """How long the rest takes at this pace; None where nothing moves."""
        if not self.left:
            return 0
        return ceil(self.left / self.per_second) if self.per_second else None


def left(connection: Connection, briefing: str = "") -> dict[Part, int]:
    """Count what is not settled, by part; of one briefing or of all."""
    group = (deliveries.c.briefing, deliveries.c.revision, deliveries.c.channel)
    waiting = select(*group, func.count().label("n")).where(WAITS).group_by(*group)
    if briefing:
        waiting = waiting.where(deliveries.c.briefing == briefing)
    counted = Counter({Part(r.briefing, r.revision, r.channel): r.n for r in connection.execute(waiting)})
    theirs = held(connection)
    for row in connection.execute(select(theirs.c.briefing, theirs.c.revision, theirs.c.channel)):  # never many
        if not briefing or row.briefing == briefing:
            counted[Part(row.briefing, row.revision, row.channel)] += 1
    return dict(counted)


def planned(connection: Connection, briefing: str) -> dict[Part, int]:
    """Count all rows of a briefing, by part."""
    group = (deliveries.c.briefing, deliveries.c.revision, deliveries.c.channel)
    query = select(*group, func.count().label("n")).where(deliveries.c.briefing == briefing).group_by(*group)
    return {Part(row.briefing, row.revision, row.channel): row.n for row in connection.execute(query)}


def pace(connection: Connection, briefing: str, now: datetime) -> Pace:
    """Return how fast a briefing is going out, by the ledger's own times, and how much is left."""
    open_now = sum(left(connection, briefing).values())
    if not open_now:
        return Pace(0.0, 0)
    query = select(func.count().label("n"), func.min(deliveries.c.changed_at).label("first")).where(
        deliveries.c.briefing == briefing,
        deliveries.c.state == DeliveryState.SENT,
        deliveries.c.channel.not_in([str(channel) for channel in SITE]),
        deliveries.c.changed_at > now - WINDOW,
        deliveries.c.changed_at <= now,
    )
    row = connection.execute(query).one()
    if not row.n:
        return Pace(0.0, open_now)
    span = min(WINDOW, max(now - row.first, timedelta(seconds=1)))  # a mailing that began just now has no minute yet
    return Pace(round(row.n / span.total_seconds(), 1), open_now)
