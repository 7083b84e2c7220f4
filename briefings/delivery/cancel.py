"""Cancel: what a person has called off does not go out, also not what was on its way and came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from briefings.delivery.plan import Job, cancel_waiting
from briefings.delivery.standing import WAITS
from briefings.model.channel import Channel
from briefings.model.delivery import FOLLOWS, DeliveryState, Purpose
from briefings.store.tables import deliveries

CALLED_OFF = "cancelled by "
"""Begins the detail of every row that a person cancelled; who and why follow."""


def call_off(connection: Connection, briefing: str, by: str, reason: str, now: datetime) -> None:
    """Cancel everything of a briefing that waits, on every channel. What is being sent is let finish."""
    detail = f"{CALLED_OFF}{by}" + (f": {reason}" if reason else "")
    cancel_waiting(connection, briefing, detail[:300], now)


def called_off(connection: Connection, briefing: str, since: datetime) -> Mapping[str, int]:
    """Count, by channel, what persons have cancelled of a briefing since a moment."""
    query = select(deliveries.c.channel, func.count().label("n")).where(
        deliveries.c.briefing == briefing, _by_a_person(), deliveries.c.changed_at >= since
    )
    return {row.channel: row.n for row in connection.execute(query.group_by(deliveries.c.channel))}


def being_sent(connection: Connection, briefing: str) -> int:
    """Count what is on its way at this moment."""
    query = select(func.count()).where(deliveries.c.briefing == briefing, deliveries.c.state == DeliveryState.SENDING)
    return connection.scalar(query) or 0


def keep_called_off(connection: Connection, job: Job, now: datetime) -> int:
    """Cancel what came back of a mailing after a person had cancelled it (deferred, or its sender died).

    Not of follow-ups: later ones share their revision, and go out. Returns how many there were.
    """
    if job.revision.endswith(FOLLOWS):
        return 0
    of_job = (deliveries.c.briefing == job.briefing, deliveries.c.revision == job.revision)
    came_back = (*of_job, WAITS, deliveries.c.attempts > 0)
    if connection.scalar(select(deliveries.c.id).where(*came_back).limit(1)) is None:
        return 0
    detail = connection.scalar(select(deliveries.c.detail).where(*of_job, _by_a_person()).limit(1))
    if detail is None:
        return 0
    called = {"state": DeliveryState.CANCELLED, "detail": detail, "sender": None, "changed_at": now}
    return connection.execute(update(deliveries).where(*came_back).values(called)).rowcount


def pass_over_called_off(connection: Connection, job: Job, now: datetime) -> int:
    """Cancel the rows of a correction for people whose earlier mail a person had cancelled.

    They did not get what was wrong, and somebody decided that they get nothing. Returns how many there were.
    """
    mails = (deliveries.c.briefing == job.briefing, deliveries.c.channel == str(Channel.EMAIL))
    earlier = select(deliveries.c.subscriber_id).where(*mails, deliveries.c.revision != job.revision, _by_a_person())
    theirs = (
        *mails,
        deliveries.c.revision == job.revision,
        deliveries.c.state == DeliveryState.QUEUED,
        deliveries.c.purpose == Purpose.BRIEFING,
        deliveries.c.subscriber_id.in_(earlier),
    )
    called = {"state": DeliveryState.CANCELLED, "detail": f"{CALLED_OFF}a person before the correction"}
    return connection.execute(update(deliveries).where(*theirs).values(**called, changed_at=now)).rowcount


def _by_a_person() -> Any:
    return (deliveries.c.state == DeliveryState.CANCELLED) & deliveries.c.detail.startswith(CALLED_OFF)
