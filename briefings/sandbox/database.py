"""The stand-ins' own SQLite files: one process writes, others read at the same time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

BUSY_TIMEOUT_S = 5.0


class Database:
    """One SQLite file in WAL mode behind one connection, usable from several threads.

    A commit survives the process being killed at once after it; only a power cut may lose the newest
    (`synchronous=NORMAL`, https://www.sqlite.org/pragma.html#pragma_synchronous), and this is a sandbox.
    """

    def __init__(self, path: Path, schema: str) -> None:
        """Open the file, and create what `schema` has and the file lacks."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        version = crc32(schema.encode()) >> 1  # fits SQLite's signed 32 bits
        if self.rows("PRAGMA user_version")[0][0] != version:
            # IF NOT EXISTS everywhere: the file may be of an earlier release, or another process at the same work.
            self._connection.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {version}; COMMIT;")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Run a query and return all its rows."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a write transaction; commits at the end, rolls back on an error."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
