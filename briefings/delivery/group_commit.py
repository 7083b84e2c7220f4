"""Group commit: marks and results of many connections go into the ledger in one durable transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from briefings.delivery.ledger import Ledger, Turn
from briefings.delivery.ledger_thread import LedgerThread
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result, Row

Clock = Callable[[], datetime]
T = TypeVar("T")

PATIENCE_S, AGAIN_S = 60.0, 0.2
"""For so long a locked database is tried again, each time after such a pause."""


@dataclass(slots=True)
class _Group:
    results: list[Result]
    rows: list[Row]
    waiting: list[asyncio.Future[Turn]]
    give_up_at: float = 0.0


class GroupCommit:
    """Collects what connections want to write, and writes it together; use inside one event loop.

    While one transaction is being made durable the next one gathers, so that the group grows with the load
    and nobody waits for a timer. `wrote` is called with every group that is durable.

    A database over the network is asked in a thread. SQLite is asked in the loop itself: it takes less than two
    threads of one interpreter cost each other, and replies of the mail server gather in the kernel meanwhile.
    """

    def __init__(self, ledger: Ledger, job: Job, clock: Clock, wrote: Callable[[Sequence[Result], Turn], None]) -> None:
        self._ledger = ledger
        self._job = job
        self._clock = clock
        self._wrote = wrote
        self._loop = asyncio.get_running_loop()
        self._thread = None if ledger.is_quick else LedgerThread()
        self._next = _Group([], [], [])
        self._is_writing = False
        self._also: list[asyncio.Task[None]] = []
        self._error: Exception | None = None

    def put(self, result: Result) -> None:
        """Hand over what became of a row, to be recorded with the next group."""
        self._next.results.append(result)
        self._want()

    def mark(self, row: Row) -> asyncio.Future[Turn]:
        """Mark a row as `sending`, durably, together with all that was put; `may` says whether it is."""
        self._next.rows.append(row)
        return self._turn()

    async def flush(self) -> None:
        """Return when all that was put and begun is durable. Raises what the database raises."""
        await self._turn()
        while self._also:
            await self._also.pop()

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run something else with the ledger, between two groups; a locked database is tried again, as with them."""
        give_up_at = self._loop.time() + PATIENCE_S
        while True:
            try:
                return function(*arguments) if self._thread is None else await self._thread.call(function, *arguments)
            except (OperationalError, InterfaceError):  # the driver's word for a server that is not there
                if self._loop.time() >= give_up_at:
                    raise
            await asyncio.sleep(AGAIN_S)

    def also(self, function: Callable[..., None], *arguments: Any) -> None:
        """Run something else with the ledger, and let `flush` wait for it."""
        self._also.append(self._loop.create_task(self.call(function, *arguments)))

    async def close(self) -> None:
        """Write what was put, if the database lets us, and end."""
        with suppress(Exception):
            await self.flush()
        if self._thread is not None:
            self._thread.close()

    def _turn(self) -> asyncio.Future[Turn]:
        future: asyncio.Future[Turn] = self._loop.create_future()
        if self._error is not None:
            future.set_exception(self._error)  # something could not be recorded: nothing more goes out on top of that
            return future
        self._next.waiting.append(future)
        self._want()
        return future

    def _want(self) -> None:
        if not self._is_writing:
            self._is_writing = True
            self._loop.call_soon(self._begin, 0)

    def _begin(self, seen: int) -> None:
        """Begin a group, once a turn of the event loop has brought nothing more for it."""
        size = len(self._next.results) + len(self._next.waiting)
        if size > seen:
            self._loop.call_soon(self._begin, size)
            return
        group, self._next = self._next, _Group([], [], [])
        group.give_up_at = self._loop.time() + PATIENCE_S
        self._write(group)

    def _write(self, group: _Group) -> None:
        if self._thread is not None:
            call = self._thread.call(self._ledger.turn, group.results, group.rows, self._job, self._clock())
            call.add_done_callback(lambda done: self._written(group, done))
            return
        try:
            turn = self._ledger.turn(group.results, group.rows, self._job, self._clock())
        except Exception as error:
            self._failed(group, error)
        else:
            self._durable(group, turn)

    def _written(self, group: _Group, done: asyncio.Future[Turn]) -> None:
        if (error := done.exception()) is None:
            self._durable(group, done.result())
        else:
            self._failed(group, error)

    def _durable(self, group: _Group, turn: Turn) -> None:
        self._is_writing = False
        try:
            self._wrote(group.results, turn)
        finally:
            for future in group.waiting:
                if not future.done():
                    future.set_result(turn)
        if self._next.results or self._next.waiting:
            self._want()

    def _failed(self, group: _Group, error: BaseException) -> None:
        """Try again what a locked database refused, for the mails are out already; or say so to all who wait."""
        if isinstance(error, OperationalError) and self._loop.time() < group.give_up_at:
            self._loop.call_later(AGAIN_S, self._write, group)
            return
        self._is_writing = False
        self._error = error if isinstance(error, Exception) else RuntimeError(type(error).__name__)
        for future in (*group.waiting, *self._next.waiting):
            if not future.done():
                future.set_exception(self._error)
        self._next = _Group([], [], [])
