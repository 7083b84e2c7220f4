"""Senders: which process delivers, and whether it still lives.

A sender holds an exclusive lock on a file of its own for as long as its process lives. The kernel
lets go of it however the process ends (flock(2)), so the work of a killed sender on this host can be
taken over at once. For a sender on another host, silence for LEASE tells.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO

from sqlalchemy import Engine, delete, exists, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from briefings.log import event
from briefings.store.engine import reading, writing
from briefings.store.tables import deliveries, senders

LEASE, RENEW = timedelta(minutes=5), timedelta(minutes=1)


class Sender:
    """This process as a sender; use as a context manager. `id` goes into the rows it claims."""

    def __init__(self, engine: Engine, lock_folder: Path) -> None:
        self.id = secrets.token_hex(12)
        self._engine = engine
        self._folder = lock_folder
        self._file: IO[str] | None = None
        self._over = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> Sender:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = (self._folder / f"{self.id}.lock").open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._file.write(f"{os.getpid()}\n")
        self._file.flush()
        now = datetime.now(UTC)
        with writing(self._engine) as connection:
            row = {"id": self.id, "host": host(), "started_at": now, "lapses_at": now + LEASE}
            connection.execute(insert(senders).values(row))
        self._renewing.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._renewing.join()
        is_clear = False
        with suppress(SQLAlchemyError), writing(self._engine) as connection:
            holds = exists().where(deliveries.c.sender == self.id)
            is_clear = connection.execute(delete(senders).where(senders.c.id == self.id, ~holds)).rowcount == 1
        if self._file is not None:
            self._file.close()
        if is_clear:  # otherwise the open lock tells the next sender that this one is gone
            (self._folder / f"{self.id}.lock").unlink(missing_ok=True)

    def _renew(self) -> None:
        while not self._over.wait(RENEW.total_seconds()):
            try:
                with writing(self._engine) as connection:
                    statement = update(senders).where(senders.c.id == self.id)
                    connection.execute(statement.values(lapses_at=datetime.now(UTC) + LEASE))
            except SQLAlchemyError as error:  # the next turn tries again; the lease outlasts several
                event("sender.lease_not_renewed", reason=type(error).__name__)


def host() -> str:
    """Return the name under which senders of this machine are known."""
    return socket.gethostname()


def dead_senders(engine: Engine, lock_folder: Path, but: str = "") -> list[str]:
    """Return the ids of senders that hold claimed rows and no longer live."""
    holding = select(deliveries.c.sender).where(deliveries.c.state.in_(("claimed", "sending"))).distinct()
    with reading(engine) as connection:
        held = [row.sender for row in connection.execute(holding) if row.sender and row.sender != but]
        known = {row.id: row for row in connection.execute(select(senders).where(senders.c.id.in_(held)))}
    dead = []
    for sender in held:
        row = known.get(sender)
        if row is None:
            dead.append(sender)
        elif row.host == host() and (is_locked := _is_locked(lock_folder / f"{sender}.lock")) is not None:
            if not is_locked:
                dead.append(sender)
        elif datetime.now(UTC) > row.lapses_at:
            dead.append(sender)
    return dead


def forget(engine: Engine, lock_folder: Path, ids: list[str]) -> None:
    """Remove what dead senders left behind, once their rows have been taken over."""
    with writing(engine) as connection:
        connection.execute(delete(senders).where(senders.c.id.in_(ids)))
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
