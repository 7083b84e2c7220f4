"""Consent records: when, where and to which words a person agreed, and when they withdrew.

UK GDPR article 7(1): whoever mails must be able to show it. Records are added, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select

from briefings.store.people import consents

MOVED = "moved to another address"
"""The source of the consent that comes with a new address."""


class ConsentAction(StrEnum):
    """`requested` is a sign-up that the person has not confirmed: it allows nothing yet."""

    REQUESTED = "requested"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Consent:
    """`words` is the exact text shown; for an import, what the list's source column says."""

    subscriber_id: int
    action: ConsentAction
    at: datetime
    source: str
    words: str
    locale: str


def record(connection: Connection, records: Sequence[Consent]) -> None:
    """Add consent records."""
    if records:
        # RETURNING makes it a few statements of many rows; pg8000 would else go to the server for each row.
        connection.execute(insert(consents).returning(consents.c.id), [vars(consent) for consent in records])


def history(connection: Connection, subscriber_id: int) -> tuple[Consent, ...]:
    """Return a subscriber's consent records, oldest first."""
    rows = connection.execute(
        select(consents).where(consents.c.subscriber_id == subscriber_id).order_by(consents.c.at, consents.c.id)
    )
    return tuple(
        Consent(row.subscriber_id, ConsentAction(row.action), row.at, row.source, row.words, row.locale) for row in rows
    )


def last_move(connection: Connection, subscriber_id: int | None) -> datetime | None:
    """Return when a subscriber last took another address; None where they never did."""
    latest = func.max(consents.c.at, type_=consents.c.at.type)
    query = select(latest).where(consents.c.subscriber_id == subscriber_id, consents.c.source == MOVED)
    moment: datetime | None = connection.scalar(query)
    return moment


def last_withdrawals(connection: Connection, subscriber_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when each of some subscribers last withdrew; those who never did are absent."""
    rows = connection.execute(
        select(consents.c.subscriber_id, func.max(consents.c.at, type_=consents.c.at.type).label("at"))
        .where(consents.c.subscriber_id.in_(list(subscriber_ids)), consents.c.action == ConsentAction.WITHDRAWN.value)
        .group_by(consents.c.subscriber_id)
    )
    return {row.subscriber_id: row.at for row in rows}
