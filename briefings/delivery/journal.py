"""The journal: tells when the database is older than what was already sent from this data folder.

Each transaction that lets mail out counts up a number in the database, and once it is durable, in a file of
the data folder. A database that was restored from a copy knows a smaller number: what its ledger calls
waiting may have gone out, so nothing is sent until a person has decided.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, exists, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.model.errors import Refused
from briefings.store.engine import writing
from briefings.store.tables import deliveries, journals

_SIZE = 24
"""Octets of the file: the number, in this machine's order, and the id in 16 hexadecimal digits."""

RESTORED = (
    "the database is older than what was sent from this data folder: was it restored from a copy? What it calls "
    "waiting may have gone out. 'briefings deliver --restored hold' lists that as uncertain, "
    "'briefings deliver --restored send' sends it, perhaps again"
)


class Journal:
    """The number of one data folder; use as a context manager. `id` names the folder in the database."""

    def __init__(self, folder: Path) -> None:
        """Open the journal of a folder, or begin one."""
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(folder / "journal", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)  # two that begin at once must agree on the id
            if os.fstat(file).st_size != _SIZE:
                os.ftruncate(file, 0)
                os.pwrite(file, bytes(8) + secrets.token_hex(8).encode("ascii"), 0)
            # Mapped, for it is written with every group of mails; a write is one aligned word, never half.
            self._map = mmap.mmap(file, _SIZE)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # closing would not do: the map has a duplicate, and that the lock
            os.close(file)
        self._words = memoryview(self._map).cast("Q")
        self.id = self._map[8:].decode("ascii")

    def open(self, engine: Engine) -> None:
        """Make sure that the database knows this folder. Raises Refused where it is older than the folder."""
        with writing(engine) as connection:
            if self.is_ahead(connection):
                raise Refused(RESTORED)
            self._make_known(connection, self._words[0])

    def is_ahead(self, connection: Connection) -> bool:
        """Say whether the database is older than this folder. A database without a ledger is new, not old."""
        # The folder's number first: another sender of this folder may count both up between the two.
        generation = self._words[0]
        known = self._known(connection)
        return known < generation if known is not None else bool(generation) and _has_rows(connection)

    def accept(self, connection: Connection) -> None:
        """Take the database as it is, on a person's word: from now on it has the folder's number again."""
        generation = self._words[0]
        self._make_known(connection, generation)
        connection.execute(update(journals).where(journals.c.id == self.id).values(generation=generation))

    def note(self, generation: int) -> None:
        """Keep the number of a transaction that is durable. A crash before this only leaves the file behind."""
        if generation > self._words[0]:
            self._words[0] = generation

    def _known(self, connection: Connection) -> int | None:
        return connection.scalar(select(journals.c.generation).where(journals.c.id == self.id))

    def _make_known(self, connection: Connection, generation: int) -> None:
        insert = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
        connection.execute(insert(journals).values(id=self.id, generation=generation).on_conflict_do_nothing())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._words.release()
        self._map.close()


def _has_rows(connection: Connection) -> bool:
    return bool(connection.scalar(select(exists(select(deliveries.c.id)))))
