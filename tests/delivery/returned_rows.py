"""A mailing that went out, its return paths, and what became of it when mail came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from briefings.delivery.plan import Job
from briefings.delivery.returned import ReturnedMail, Taken
from briefings.model.delivery import DeliveryState
from briefings.store.engine import reading, writing
from briefings.store.people import subscribers
from briefings.store.tables import deliveries, returns
from briefings.subscribers.suppression import Suppressions
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.delivery import returned_mails as mails
from tests.delivery.ledger_rows import NOW, plan, planned, rows
from tests.delivery.returned_mails import DOMAIN, SECRET, filled

TOKENS = Tokens(SECRET)
LATER = NOW + timedelta(hours=1)


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


def take(returned: ReturnedMail, raw: bytes, to: str, sender: str = "", now: datetime = LATER) -> Taken:
    return returned.take(raw, returned.addresses.recipient(to), sender, now)


def bounce(returned: ReturnedMail, delivery_id: int, mail: str = mails.POSTFIX, now: datetime = LATER) -> Taken:
    return take(returned, filled(mail, path_of(delivery_id)), path_of(delivery_id), now=now)


def complain(returned: ReturnedMail, delivery_id: int, now: datetime = LATER) -> Taken:
    raw = filled(mails.ABUSE, f"fbl@{DOMAIN}", path=path_of(delivery_id), unsubscribe="blackened")
    return take(returned, raw, f"fbl@{DOMAIN}", now=now)


def unsubscribe_by_mail(engine: Engine, returned: ReturnedMail, text: str = "unsubscribe") -> Taken:
    with reading(engine) as connection:
        subscriber = connection.scalar(select(subscribers.c.id).order_by(subscribers.c.id)) or 0
    to = f"unsubscribe+{TOKENS.token(TokenPurpose.UNSUBSCRIBE, subscriber)}@{DOMAIN}"
    return take(returned, f"From: x@example.org\r\n\r\n{text}".encode(), to, "x@example.org")
