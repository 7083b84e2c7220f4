"""Senders: which process delivers, and whether it still lives.

A sender holds an exclusive lock on a file of its own for as long as its process lives. The kernel lets go of it however
the process ends (flock(2)), so the work of a killed sender on this host can be taken over at once. For one that is
stopped, hangs, or runs on another host, its lease tells: who has not renewed it in time is as good as dead.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO

from sqlalchemy import Engine, delete, exists, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from briefings.delivery.claims import forget_done, held
from briefings.log import event
from briefings.store.engine import reading, writing
from briefings.store.tables import senders

LEASE = timedelta(seconds=60)


class Sender:
    """This process as a sender; use as a context manager. `id` goes into the rows it claims."""

    def __init__(self, engine: Engine, lock_folder: Path, lease: timedelta = LEASE) -> None:
        self.id = secrets.token_hex(12)
        self._engine = engine
        self._folder = lock_folder
        self._lease = lease
        self._safe_until = 0.0
        self._file: IO[str] | None = None
        self._over = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="lease", daemon=True)

    @property
    def is_safe(self) -> bool:
        """True while nobody can have taken over yet what this sender holds, whatever held it up."""
        return time.monotonic() < self._safe_until

    def __enter__(self) -> Sender:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = (self._folder / f"{self.id}.lock").open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()
        began = time.monotonic()
        now = datetime.now(UTC)
        with writing(self._engine) as connection:
            row = {"id": self.id, "host": host(), "started_at": now, "lapses_at": now + self._lease}
            connection.execute(insert(senders).values(row))
        self._safe_until = began + self._lease.total_seconds()
        self._renewing.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._renewing.join()
        is_clear = False
        with suppress(SQLAlchemyError), writing(self._engine) as connection:
            holds = exists(select(held(connection, self.id).c.id))
            forget_done(connection)
            is_clear = connection.execute(delete(senders).where(senders.c.id == self.id, ~holds)).rowcount == 1
        if self._file is not None:
            self._file.close()
        if is_clear:  # otherwise the open lock tells the next sender that this one is gone
            (self._folder / f"{self.id}.lock").unlink(missing_ok=True)

    def _renew(self) -> None:
        while not self._over.wait(self._lease.total_seconds() / 4):
            began = time.monotonic()
            try:
                with writing(self._engine) as connection:
                    mine = update(senders).where(senders.c.id == self.id)
                    renewed = connection.execute(mine.values(lapses_at=datetime.now(UTC) + self._lease)).rowcount
            except SQLAlchemyError as error:  # the next turn tries again; the lease outlasts several
                event("sender.lease_not_renewed", reason=type(error).__name__)
                continue
            if not renewed:
                event("sender.lease_lost", sender=self.id)
                return
            self._safe_until = began + self._lease.total_seconds()


def host() -> str:
    """Return the name under which senders of this machine are known."""
    return socket.gethostname()


@dataclass(frozen=True)
class Dead:
    """Senders that hold rows and do not live. Those in `lapsed` may wake up, and are asked for once more."""

    gone: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.lapsed)


def dead_senders(engine: Engine, lock_folder: Path, but: str = "") -> Dead:
    """Return the senders that hold claimed rows and do not live."""
    with reading(engine) as connection:
        holding = [
            sender for sender in connection.scalars(select(held(connection).c.sender).distinct()) if sender != but
        ]
        known = {row.id: row for row in connection.execute(select(senders).where(senders.c.id.in_(holding)))}
    gone, lapsed = [], []
    for sender in holding:
        row = known.get(sender)
        if row is None or (row.host == host() and _is_locked(lock_folder / f"{sender}.lock") is False):
            gone.append(sender)
        elif datetime.now(UTC) > row.lapses_at:
            lapsed.append(sender)
    return Dead(tuple(gone), tuple(lapsed))


def tidy(lock_folder: Path, ids: list[str]) -> None:
    """Remove the lock files of senders whose rows have been taken over."""
    for sender in ids:
        (lock_folder / f"{sender}.lock").unlink(missing_ok=True)


def _is_locked(path: Path) -> bool | None:
    """Say whether somebody holds a lock file; None where there is none, as with another lock folder."""
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return True
    return False
