"""The ledger: claim, mark, record. It is the truth; counters are derived from it and decide nothing.

A row is claimed by one sender, marked `sending` in a statement that re-checks whether it may still
go out, sent, and recorded. A crash leaves at most the rows that were marked: those are uncertain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, exists, func, or_, select, update

from briefings.delivery.plan import Job
from briefings.model.channel import Channel
from briefings.model.delivery import UNSETTLED, DeliveryState, Purpose, base_revision
from briefings.store.engine import reading, writing
from briefings.store.tables import deliveries, publications, subscribers
from briefings.subscribers.eligibility import eligible_again

REPLACED = "withdrawn, or replaced by a correction"
RESENT = "sent again after a crash: urgent"


@dataclass(frozen=True)
class Row:
    """One claimed delivery. `address` and `format` are a subscriber's, empty for other destinations."""

    id: int
    briefing: str
    revision: str
    locale: str
    channel: str
    destination: str
    purpose: Purpose
    attempts: int
    remote_id: str
    detail: str = ""
    subscriber_id: int = 0
    address: str = ""
    format: str = ""


@dataclass(frozen=True)
class Result:
    """What became of a row. `detail` never holds an address."""

    id: int
    state: DeliveryState
    detail: str = ""
    not_before: datetime | None = None
    remote_id: str = ""


class Ledger:
    """One sender's view of the ledger."""

    def __init__(self, engine: Engine, sender: str) -> None:
        self.engine = engine
        self.sender = sender

    def claim(self, job: Job, channel: Channel, limit: int, now: datetime) -> list[Row]:
        """Claim up to `limit` rows that are waiting; other senders' rows are left alone."""
        waiting = (
            select(deliveries.c.id)
            .where(_of(job, channel), _is_waiting(now))
            .order_by(deliveries.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = (
            update(deliveries)
            .where(deliveries.c.id.in_(waiting))
            .values(state=DeliveryState.CLAIMED, sender=self.sender, changed_at=now)
            .returning(deliveries.c.id)
        )
        with writing(self.engine) as connection:
            ids = sorted(connection.scalars(claimed))
            return _rows(connection, ids)

    def mark(self, connection: Connection, ids: Sequence[int], job: Job, now: datetime) -> set[int]:
        """Mark claimed rows as `sending`, if they may still go out; return the ids that may.

        One statement checks and marks: who unsubscribed before its commit is not mailed, and nothing
        goes out that is not what is published now. Other rows are settled as suppressed, expired or
        cancelled.
        """
        mine = and_(
            deliveries.c.id.in_(ids), deliveries.c.sender == self.sender, deliveries.c.state == DeliveryState.CLAIMED
        )
        if job.expires_at is not None and now >= job.expires_at:
            _settle(connection, mine, DeliveryState.EXPIRED, "the briefing expired", now)
            return set()
        is_current = or_(
            deliveries.c.purpose == Purpose.WITHDRAWAL,
            exists().where(
                publications.c.briefing == job.briefing,
                publications.c.revision == base_revision(job.revision),
                publications.c.withdrawn_at.is_(None),
            ),
        )
        is_active = or_(
            deliveries.c.subscriber_id.is_(None),
            eligible_again(deliveries.c.subscriber_id),
        )
        marked = (
            update(deliveries)
            .where(mine, is_active, is_current)
            .values(state=DeliveryState.SENDING, attempts=deliveries.c.attempts + 1, changed_at=now)
            .returning(deliveries.c.id)
        )
        may = set(connection.scalars(marked))
        if len(may) < len(ids):
            _settle(connection, and_(mine, ~is_active), DeliveryState.SUPPRESSED, "no longer subscribed", now)
            _settle(connection, and_(mine, ~is_current), DeliveryState.CANCELLED, REPLACED, now)
        return may

    def record(self, connection: Connection, results: Sequence[Result], now: datetime) -> int:
        """Record what became of rows this sender has; return how many were still its own.

        A row that was taken over in the meantime is not written: its new owner decides.
        """
        statement = (
            update(deliveries)
            .where(
                deliveries.c.id == bindparam("row_id"),
                deliveries.c.sender == self.sender,
                deliveries.c.state.in_((DeliveryState.SENDING, DeliveryState.CLAIMED)),
            )
            .values(
                state=bindparam("new_state"),
                detail=bindparam("new_detail"),
                not_before=bindparam("new_not_before", type_=deliveries.c.not_before.type),
                remote_id=bindparam("new_remote_id"),
                changed_at=now,
                sender=None,
            )
        )
        count = 0
        for result in results:
            row = {
                "row_id": result.id,
                "new_state": str(result.state),
                "new_detail": result.detail[:300],
                "new_not_before": result.not_before,
                "new_remote_id": result.remote_id,
            }
            count += connection.execute(statement, row).rowcount
        return count

    def release(self, now: datetime) -> None:
        """Put back what this sender claimed and did not start."""
        with writing(self.engine) as connection:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.sender == self.sender, deliveries.c.state == DeliveryState.CLAIMED)
                .values(state=DeliveryState.QUEUED, sender=None, changed_at=now)
            )

    def remember(self, row_id: int, remote_id: str, now: datetime) -> None:
        """Keep what a channel already did for a row that is not finished (posts of a thread)."""
        with writing(self.engine) as connection:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == row_id, deliveries.c.sender == self.sender)
                .values(remote_id=remote_id, changed_at=now)
            )

    def waiting(self, job: Job, channel: Channel, now: datetime) -> int:
        """Count the rows of a channel that could be claimed now."""
        query = select(func.count()).select_from(deliveries).where(_of(job, channel), _is_waiting(now))
        with reading(self.engine) as connection:
            return connection.scalar(query) or 0


@dataclass(frozen=True)
class TakenOver:
    """What became of the rows that dead senders held. `uncertain` names the briefing of each such row."""

    queued: int = 0
    uncertain: tuple[str, ...] = ()


def take_over(engine: Engine, dead: Sequence[str], urgent: Sequence[str], now: datetime) -> TakenOver:
    """Settle what dead senders held.

    Claimed rows were not started and go back. A mail that was being sent may have arrived: it is
    uncertain, and a briefing in `urgent` is sent once more. Posts go back: their channel looks
    before it posts again.
    """
    if not dead:
        return TakenOver()
    theirs = deliveries.c.sender.in_(dead)
    sending = and_(theirs, deliveries.c.state == DeliveryState.SENDING)
    is_mail = deliveries.c.channel == Channel.EMAIL
    again = and_(sending, is_mail, deliveries.c.briefing.in_(urgent), deliveries.c.detail != RESENT)
    back = {"state": DeliveryState.QUEUED, "sender": None, "changed_at": now}
    crash = "the sender stopped while this was being sent: it may have arrived"
    lost = {"state": DeliveryState.UNCERTAIN, "sender": None, "changed_at": now, "detail": crash}
    with writing(engine) as connection:
        queued = [
            connection.execute(update(deliveries).where(condition).values(values)).rowcount
            for condition, values in (
                (and_(theirs, deliveries.c.state == DeliveryState.CLAIMED), back),
                (again, {**back, "detail": RESENT}),
                (and_(sending, ~is_mail), back),
            )
        ]
        uncertain = update(deliveries).where(sending).values(lost).returning(deliveries.c.briefing)
        return TakenOver(sum(queued), tuple(connection.scalars(uncertain)))


def held_by_others(engine: Engine, job: Job, sender: str) -> int:
    """Count rows of a job that another sender has claimed or is sending."""
    query = select(func.count()).select_from(deliveries).where(
        deliveries.c.briefing == job.briefing,
        deliveries.c.revision == job.revision,
        deliveries.c.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),
        deliveries.c.sender != sender,
    )  # fmt: skip
    with reading(engine) as connection:
        return connection.scalar(query) or 0


def counts(connection: Connection, briefing: str, revision: str) -> list[Any]:
    """Return rows of (channel, locale, state, n) for one revision."""
    group = (deliveries.c.channel, deliveries.c.locale, deliveries.c.state)
    query = (
        select(*group, func.count().label("n"))
        .where(deliveries.c.briefing == briefing, deliveries.c.revision == revision)
        .group_by(*group)
    )
    return list(connection.execute(query))


def unsettled(connection: Connection, briefing: str) -> int:
    """Count the rows of a briefing, over all revisions, with which something is still to be done."""
    query = select(func.count()).select_from(deliveries)
    return connection.scalar(query.where(deliveries.c.briefing == briefing, deliveries.c.state.in_(UNSETTLED))) or 0


def unsettled_jobs(connection: Connection) -> list[tuple[str, str]]:
    """Return (briefing, revision) of everything with which something is still to be done, oldest first."""
    query = (
        select(deliveries.c.briefing, deliveries.c.revision)
        .where(deliveries.c.state.in_(UNSETTLED))
        .group_by(deliveries.c.briefing, deliveries.c.revision)
        .order_by(func.min(deliveries.c.id))
    )
    return [(row.briefing, row.revision) for row in connection.execute(query)]


def tally(rows: Sequence[Any]) -> Mapping[str, int]:
    """Add up rows of (…, state, n) by state; every state is there, also those with none."""
    totals = {str(state): 0 for state in DeliveryState}
    for row in rows:
        totals[row.state] += row.n
    return totals


def _of(job: Job, channel: Channel) -> Any:
    return and_(
        deliveries.c.briefing == job.briefing,
        deliveries.c.revision == job.revision,
        deliveries.c.channel == str(channel),
    )


def _is_waiting(now: datetime) -> Any:
    return or_(
        deliveries.c.state == DeliveryState.QUEUED,
        and_(deliveries.c.state == DeliveryState.DEFERRED, deliveries.c.not_before <= now),
    )


def _settle(connection: Connection, condition: Any, state: DeliveryState, detail: str, now: datetime) -> None:
    connection.execute(
        update(deliveries).where(condition).values(state=state, detail=detail, sender=None, changed_at=now)
    )


def _rows(connection: Connection, ids: Sequence[int]) -> list[Row]:
    query = (
        select(deliveries, subscribers.c.email, subscribers.c.format)
        .select_from(deliveries.outerjoin(subscribers, subscribers.c.id == deliveries.c.subscriber_id))
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.id)
    )
    return [
        Row(
            r.id, r.briefing, r.revision, r.locale, r.channel, r.destination, Purpose(r.purpose), r.attempts,
            r.remote_id, r.detail, r.subscriber_id or 0, r.email or "", r.format or "",
        )
        for r in connection.execute(query)
    ]  # fmt: skip
