"""People and planned rows for the tests of the ledger and of mailing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from briefings.delivery.plan import Job, plan_email
from briefings.store.engine import reading, writing
from briefings.store.people import follows, subscribers
from briefings.store.tables import deliveries, publications

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
JOB = Job("east/2026-11-20-a", "r1", "east", ("en-GB", "pl"), "en-GB")


def add_people(engine: Engine, *addresses: str, locale: str = "pl") -> None:
    rows = [
        {
            "email": each,
            "locale": locale,
            "frequency": "weekly",
            "format": "text",
            "created_at": NOW,
            "confirmed_at": NOW,
        }
        for each in addresses
    ]
    with writing(engine) as connection:
        connection.execute(insert(subscribers), rows)
        people = connection.scalars(select(subscribers.c.id).where(subscribers.c.email.in_(addresses)))
        connection.execute(insert(follows), [{"subscriber_id": id, "kind": "region", "place": "east"} for id in people])


def plan(engine: Engine, job: Job = JOB) -> None:
    """Publish a job: it is the one the public sees, and everybody has a row."""
    published = {
        "briefing": job.briefing, "revision": job.revision, "region": job.region, "severity": "routine", "wards": [],
        "published_at": NOW, "updated_at": NOW, "correction": False,
    }  # fmt: skip
    everybody = select(subscribers.c.id, subscribers.c.locale, subscribers.c.format)
    with writing(engine) as connection:
        if not connection.scalar(select(publications.c.briefing).where(publications.c.briefing == job.briefing)):
            connection.execute(insert(publications).values(published))
        plan_email(connection, job, everybody, NOW)


def planned(engine: Engine, count: int, job: Job = JOB) -> None:
    add_people(engine, *(f"person{number}@example.org" for number in range(count)))
    plan(engine, job)


def rows(engine: Engine) -> Sequence[Any]:
    with reading(engine) as connection:
        return connection.execute(select(deliveries).order_by(deliveries.c.id)).all()


def states(engine: Engine) -> Counter[str]:
    return Counter(row.state for row in rows(engine))
