"""The end of a subscription, in one transaction with its suppression and its consent record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from briefings.store.people import subscribers
from briefings.subscribers import consent
from briefings.subscribers.address import is_tombstone
from briefings.subscribers.consent import Consent, ConsentAction
from briefings.subscribers.suppression import SuppressionReason, Suppressions, hold_register

MAX_REASON = 80


def end_by_own_wish(
    connection: Connection,
    suppressions: Suppressions,
    subscriber_id: int,
    suppression: SuppressionReason,
    reason: str,
    now: datetime,
) -> bool:
    """End a subscription because the person wants no more, and suppress the address. Idempotent.

    `reason` says how it came about (`one-click`, `by phone`); their consent is withdrawn by it. Of
    one who has ended before, the suppression may still become a stronger one. Returns False where
    nothing ended now.
    """
    hold_register(connection)
    person = connection.execute(select(subscribers).where(subscribers.c.id == subscriber_id)).first()
    if person is None or is_tombstone(person.email):
        return False
    suppressions.suppress(connection, person.email, suppression, now)
    if person.ended_at is not None:
        return False
    reason = reason[:MAX_REASON]
    connection.execute(update(subscribers).where(subscribers.c.id == subscriber_id).values(end_reason=reason))
    withdrawn = Consent(subscriber_id, ConsentAction.WITHDRAWN, now, reason, "", person.locale)
    consent.record(connection, [withdrawn])
    return True
