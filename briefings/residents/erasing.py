"""Erasing: a person's address leaves the database, its spare bytes and our files; only a keyed hash stays.

The row stays as a tombstone, for ledger rows name it and ids are never reused. UK GDPR article 17.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, or_, select, update

from briefings.log import event
from briefings.residents.asking import Askings
from briefings.residents.clearing import clear_files
from briefings.store.engine import BUSY_TIMEOUT_MS, writing
from briefings.store.people import askings, consents, follows, subscribers
from briefings.subscribers.address import is_tombstone, normalised, tombstone
from briefings.subscribers.register import Register
from briefings.subscribers.suppression import SuppressionReason, hold_register

ERASED = "erased"
"""The end reason of a tombstone."""
CHECKPOINT_WITHIN_S, CHECKPOINT_MS = 3.0, 200


def erase(register: Register, secret: bytes, subscriber_id: int, folders: Collection[Path], now: datetime) -> bool:
    """Erase a person: address, choices, consents and askings go, and the address may not be mailed any more.

    `folders` hold files that may name an address: refused rows of imports, returned mail that nobody could read.
    Returns False where there is nobody to erase. A mail that is on its way at this moment may still arrive.
    """
    with writing(register.engine) as connection:
        hold_register(connection)
        row = connection.execute(select(subscribers.c.email).where(subscribers.c.id == subscriber_id)).first()
        if row is None or is_tombstone(row.email):
            return False
        register.suppressions.suppress(connection, row.email, SuppressionReason.UNSUBSCRIBED, now)
        take_address_away(connection, subscriber_id, now)
        of_address = askings.c.address_hash == Askings(register.engine, secret).address_hash(row.email)
        connection.execute(delete(askings).where(or_(askings.c.subscriber_id == subscriber_id, of_address)))
    clear_files(folders, row.email)
    is_clean = forget_log(register.engine)
    event("resident.erased", subscriber=subscriber_id, log_is_clean=is_clean)
    return True


def erase_address(register: Register, secret: bytes, address: str, folders: Collection[Path], now: datetime) -> bool:
    """Erase whoever has an address, and who only asked for something with it or stands in a list that was refused.

    Returns False where nothing was known of it.
    """
    known = register.find(address)
    if known is not None:
        return erase(register, secret, known.id, folders, now)
    wanted = normalised(address)
    if is_tombstone(wanted):
        return False
    of_address = askings.c.address_hash == Askings(register.engine, secret).address_hash(wanted)
    in_files = clear_files(folders, wanted)
    with writing(register.engine) as connection:
        hold_register(connection)
        asked = connection.scalars(delete(askings).where(of_address).returning(askings.c.id)).all()
        if not asked and not in_files:
            return False
        register.suppressions.suppress(connection, wanted, SuppressionReason.UNSUBSCRIBED, now)
    event("resident.erased", askings=len(asked), files=in_files, log_is_clean=forget_log(register.engine))
    return True


def take_address_away(connection: Connection, subscriber_id: int, now: datetime) -> None:
    """Make a tombstone of a row of `subscribers`: no address, no choices, no consents."""
    for table in (follows, consents):
        connection.execute(delete(table).where(table.c.subscriber_id == subscriber_id))
    connection.execute(
        update(subscribers)
        .where(subscribers.c.id == subscriber_id)
        .values(email=tombstone(subscriber_id), ended_at=now, end_reason=ERASED, confirmed_at=None, paused_until=None)
    )


def forget_log(engine: Engine) -> bool:
    """Let SQLite write its log into the database and begin it anew, for old pages stand in it; say whether it could.

    Who reads at that moment can keep it from that: then the poster's next hourly round does it.
    """
    if engine.dialect.name != "sqlite":
        return True  # PostgreSQL's own log is recycled, and its spare rows are vacuumed, by the server
    deadline = time.monotonic() + CHECKPOINT_WITHIN_S
    while True:
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {CHECKPOINT_MS}")  # writers wait as long as this does for readers
            (is_busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        finally:
            connection.close()
        if not is_busy or time.monotonic() > deadline:
            return not is_busy
        time.sleep(0.05)
