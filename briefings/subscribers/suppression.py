"""Suppressions: addresses that must not be mailed again, kept as keyed hashes only.

Suppressing also ends the subscriber's row, in the same transaction: a confirmed row that has not
ended is never suppressed, so deciding who is mailed needs the rows alone.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from briefings.store.people import subscribers, suppressions
from briefings.subscribers.address import normalised
from briefings.subscribers.tokens import derived_key

_REGISTER_LOCK = 7426102


class SuppressionReason(StrEnum):
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BLOCKED = "blocked"

    @property
    def ends_by_own_wish(self) -> bool:
        """True where the person themself may come back by subscribing again."""
        return self is SuppressionReason.UNSUBSCRIBED


def hold_register(connection: Connection) -> None:
    """Let one transaction at a time change the register, until it ends.

    SQLite's immediate transactions do so by themselves.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_REGISTER_LOCK})")


class Suppressions:
    """Reads and writes suppressions. Another secret means other hashes: it must outlive the database."""

    def __init__(self, secret: bytes) -> None:
        self._key = derived_key(secret, "suppression")

    def address_hash(self, address: str) -> str:
        """Return HMAC-SHA256 of the normalised address, in hexadecimal."""
        return hmac.digest(self._key, normalised(address).encode("utf-8", "surrogatepass"), "sha256").hex()

    def suppress(self, connection: Connection, address: str, reason: SuppressionReason, now: datetime) -> None:
        """Never mail this address again, and end its subscription. Doing it twice changes nothing."""
        hold_register(connection)
        known = self.reason(connection, address)
        row = {"address_hash": self.address_hash(address), "reason": reason.value, "at": now}
        if known is None:
            connection.execute(insert(suppressions).values(row))
        elif known.ends_by_own_wish and not reason.ends_by_own_wish:
            # A complaint weighs more than an unsubscribe before it: coming back is not up to a form any more.
            connection.execute(
                update(suppressions).where(suppressions.c.address_hash == row["address_hash"]).values(row)
            )
        connection.execute(
            update(subscribers)
            .where(subscribers.c.email == normalised(address), subscribers.c.ended_at.is_(None))
            .values(ended_at=now, end_reason=reason.value)
        )

    def lift(self, connection: Connection, address: str) -> bool:
        """Take a suppression away; the subscription stays ended. Returns False where there was none."""
        hold_register(connection)
        where = suppressions.c.address_hash == self.address_hash(address)
        return connection.execute(delete(suppressions).where(where)).rowcount > 0

    def is_suppressed(self, connection: Connection, address: str) -> bool:
        return self.reason(connection, address) is not None

    def reason(self, connection: Connection, address: str) -> SuppressionReason | None:
        """Return why an address is suppressed, or None where it is not."""
        return self.reasons(connection, [address]).get(address)

    def reasons(self, connection: Connection, addresses: Iterable[str]) -> dict[str, SuppressionReason]:
        """Return the suppressed ones of up to some thousand addresses, each with its reason."""
        by_hash = {self.address_hash(address): address for address in addresses}
        rows = connection.execute(
            select(suppressions.c.address_hash, suppressions.c.reason).where(
                suppressions.c.address_hash.in_(list(by_hash))
            )
        )
        return {by_hash[row.address_hash]: SuppressionReason(row.reason) for row in rows}
