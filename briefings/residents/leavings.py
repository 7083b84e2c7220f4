"""Leavings: why people leave, where they say so, counted by month and without them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.model.errors import Refused
from briefings.store.engine import writing
from briefings.store.people import leavings

LEAVING_REASONS = ("too-many", "not-relevant", "language", "moved-away", "other")


def count_leaving(engine: Engine, reason: str, now: datetime) -> None:
    """Count one who left; an empty reason is not counted. Raises Refused for one that is not in LEAVING_REASONS."""
    if not reason:
        return
    if reason not in LEAVING_REASONS:
        raise Refused(f"reason must be empty or one of {', '.join(LEAVING_REASONS)}")
    with writing(engine) as connection:
        make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
        first = make(leavings).values(month=f"{now.astimezone(UTC):%Y-%m}", reason=reason, number=1)
        keys = [leavings.c.month, leavings.c.reason]
        connection.execute(first.on_conflict_do_update(index_elements=keys, set_={"number": leavings.c.number + 1}))
