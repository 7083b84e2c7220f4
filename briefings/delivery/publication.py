"""Publication: pages and feeds of an edition become visible, all in one moment, and not before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from briefings.delivery.plan import Job
from briefings.model.channel import SITE
from briefings.model.delivery import DeliveryState
from briefings.store.tables import deliveries, publications


def show(connection: Connection, job: Job, severity: str, wards: Sequence[str], now: datetime) -> None:
    """Make a planned revision the one the public sees, and settle its pages and feeds in the ledger."""
    connection.execute(
        update(deliveries)
        .where(_site_rows(job), deliveries.c.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.SENT, changed_at=now, attempts=deliveries.c.attempts + 1)
    )
    _put(connection, job, severity, wards, now)


def _put(connection: Connection, job: Job, severity: str, wards: Sequence[str], now: datetime) -> None:
    row = connection.execute(
        select(publications.c.revision).where(publications.c.briefing == job.briefing)
    ).one_or_none()
    if row is None:
        values = {
            "briefing": job.briefing, "revision": job.revision, "region": job.region, "severity": severity,
            "wards": list(wards), "published_at": now, "updated_at": now, "expires_at": job.expires_at,
            "withdrawn_at": None, "correction": False,
        }  # fmt: skip
        connection.execute(insert(publications).values(values))
    elif row.revision != job.revision:
        connection.execute(
            update(publications)
            .where(publications.c.briefing == job.briefing)
            .values(
                revision=job.revision,
                region=job.region,
                severity=severity,
                wards=list(wards),
                updated_at=now,
                expires_at=job.expires_at,
                correction=True,
            )
        )


def hide(connection: Connection, briefing: str, now: datetime) -> None:
    """Take a briefing off pages and feeds: its address then says that it was withdrawn."""
    connection.execute(
        update(publications)
        .where(publications.c.briefing == briefing, publications.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now, updated_at=now)
    )


def _site_rows(job: Job) -> ColumnElement[bool]:
    return (
        (deliveries.c.briefing == job.briefing)
        & (deliveries.c.revision == job.revision)
        & deliveries.c.channel.in_([str(channel) for channel in SITE])
    )
