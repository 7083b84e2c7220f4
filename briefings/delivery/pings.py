"""Pings: feeds that have changed and of which the hub is not told yet. One row a feed, however often it changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.store.tables import pings

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP = timedelta(days=1)
"""After so long nobody is helped by a ping: who follows a feed has looked by themselves."""


@dataclass(frozen=True)
class Ping:
    """A feed's address; `changes` tells whether it has changed again since this was read."""

    topic: str
    changes: int


def note_pings(connection: Connection, topics: Iterable[str], now: datetime) -> None:
    """Note that feeds have changed, in the transaction that changes them."""
    rows = [
        {"topic": topic, "changes": 1, "attempts": 0, "noted_at": now, "not_before": now}
        for topic in dict.fromkeys(topics)
    ]
    if not rows:
        return
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    again = {"changes": pings.c.changes + 1, "attempts": 0, "noted_at": now, "not_before": now}
    statement = make(pings).values(rows)
    connection.execute(statement.on_conflict_do_update(index_elements=["topic"], set_=again))


def due_pings(connection: Connection, now: datetime) -> Sequence[Ping]:
    query = select(pings.c.topic, pings.c.changes).where(pings.c.not_before <= now)
    rows = connection.execute(query.order_by(pings.c.noted_at, pings.c.topic))
    return [Ping(row.topic, row.changes) for row in rows]


def forget_pings(connection: Connection, done: Sequence[Ping]) -> None:
    """Forget what the hub was told, unless it has changed again meanwhile."""
    for start in range(0, len(done), 100):
        same = [and_(pings.c.topic == one.topic, pings.c.changes == one.changes) for one in done[start : start + 100]]
        connection.execute(delete(pings).where(or_(*same)))


def put_pings_off(connection: Connection, now: datetime) -> int:
    """Let all that is due wait, longer each time; return how many were given up, as they waited too long."""
    old = connection.execute(
        delete(pings).where(pings.c.noted_at <= now - GIVEN_UP, pings.c.not_before <= now).returning(pings.c.topic)
    ).all()
    for attempts in connection.scalars(select(pings.c.attempts).where(pings.c.not_before <= now).distinct()).all():
        wait = min(FIRST_WAIT * 2 ** min(attempts, 10), LONGEST_WAIT)
        connection.execute(
            update(pings)
            .where(pings.c.attempts == attempts, pings.c.not_before <= now)
            .values(attempts=attempts + 1, not_before=now + wait)
        )
    return len(old)
