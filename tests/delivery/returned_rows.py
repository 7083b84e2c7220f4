"""A mailing that went out, its return paths, and what became of it when mail came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select, update

from briefings.delivery.plan import Job
from briefings.model.delivery import DeliveryState
from briefings.store.engine import reading, writing
from briefings.store.tables import deliveries, returns, subscribers
from briefings.subscribers.suppression import Suppressions
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.delivery.ledger_rows import NOW, plan, planned, rows
from tests.delivery.returned_mails import DOMAIN, SECRET

TOKENS = Tokens(SECRET)


def path_of(delivery_id: int) -> str:
    return f"bounce+{TOKENS.token(TokenPurpose.BOUNCE, delivery_id)}@{DOMAIN}"


def sent(engine: Engine, count: int, job: Job | None = None) -> list[int]:
    """Plan a mailing to `count` people and have it sent; return the ids of its rows."""
    if job is None:
        planned(engine, count)
    else:
        plan(engine, job)
    with writing(engine) as connection:
        briefing = deliveries.c.briefing == (job.briefing if job else "east/2026-11-20-a")
        connection.execute(update(deliveries).where(briefing).values(state=DeliveryState.SENT, changed_at=NOW))
        return sorted(connection.scalars(select(deliveries.c.id).where(briefing)))


def state(engine: Engine, delivery_id: int) -> tuple[str, str]:
    row = next(row for row in rows(engine) if row.id == delivery_id)
    return row.state, row.detail


def suppressed(engine: Engine) -> dict[str, str]:
    """Return who has ended and is suppressed, with the reason."""
    with reading(engine) as connection:
        ended = connection.execute(select(subscribers).where(subscribers.c.ended_at.is_not(None))).all()
        reasons = Suppressions(SECRET).reasons(connection, [row.email for row in ended])
    return {address: str(reason) for address, reason in reasons.items()}


def kept(engine: Engine) -> Sequence[Any]:
    with reading(engine) as connection:
        return connection.execute(select(returns).order_by(returns.c.id)).all()
