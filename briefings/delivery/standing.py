"""Standing: how the rows of the ledger stand, counted when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, literal_column, or_, select, union_all

from briefings.delivery.claims import held
from briefings.delivery.plan import Job
from briefings.model.channel import Channel
from briefings.model.delivery import UNSETTLED, DeliveryState
from briefings.store.engine import reading
from briefings.store.tables import deliveries

# Word for word what the partial indexes say, or neither database uses them.
WAITS: ColumnElement[bool] = literal_column("deliveries.waits")
IS_UNCERTAIN: ColumnElement[bool] = literal_column("deliveries.is_uncertain")


def waiting(engine: Engine, job: Job, channel: Channel, now: datetime) -> int:
    """Count the rows of a channel that could be claimed now."""
    is_due = or_(deliveries.c.state == DeliveryState.QUEUED, deliveries.c.not_before <= now)
    query = select(func.count()).select_from(deliveries).where(of(job), deliveries.c.channel == str(channel), WAITS)
    with reading(engine) as connection:
        return connection.scalar(query.where(is_due)) or 0


def held_by_others(engine: Engine, job: Job, sender: str) -> int:
    """Count rows of a job that another sender has claimed or is sending."""
    with reading(engine) as connection:
        theirs = held(connection)
        query = select(func.count()).select_from(theirs).where(
            theirs.c.sender != sender, theirs.c.briefing == job.briefing, theirs.c.revision == job.revision
        )  # fmt: skip
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
    theirs = held(connection)
    waiting = select(deliveries.c.briefing, deliveries.c.revision, deliveries.c.id).where(WAITS)
    both = union_all(waiting, select(theirs.c.briefing, theirs.c.revision, theirs.c.id)).subquery()
    part = (both.c.briefing, both.c.revision)
    query = select(*part).group_by(*part).order_by(func.min(both.c.id))
    return [(row.briefing, row.revision) for row in connection.execute(query)]


def tally(rows: Sequence[Any]) -> Mapping[str, int]:
    """Add up rows of (…, state, n) by state; every state is there, also those with none."""
    totals = {str(state): 0 for state in DeliveryState}
    for row in rows:
        totals[row.state] += row.n
    return totals


def of(job: Job) -> Any:
    return and_(deliveries.c.briefing == job.briefing, deliveries.c.revision == job.revision)
