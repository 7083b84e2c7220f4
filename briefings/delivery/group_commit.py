"""Group commit: marks and results of many connections go into the ledger in one durable transaction."""

from __future__ import annotations

import asyncio
import time
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
NEAR_S = 0.01
"""A database that takes longer over a group, in seconds, is not waited for in the loop the next time."""


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

    A database that is near is asked in the loop itself: it takes less than two threads of one interpreter cost each
    other, and replies of the mail server gather in the kernel meanwhile. SQLite always is; PostgreSQL while it answers
    within NEAR_S and nothing is locked, otherwise a thread waits for it. What is not a group has its own thread there.
    """

    def __init__(self, ledger: Ledger, job: Job, clock: Clock, wrote: Callable[[Sequence[Result], Turn], None]) -> None:
        self._ledger = ledger
        self._job = job
        self._clock = clock
        self._wrote = wrote
        self._loop = asyncio.get_running_loop()
        self._thread = None if ledger.is_quick else LedgerThread()
        self._thread_for_others = None if ledger.is_quick else LedgerThread()
        self._is_near = ledger.is_quick
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
        """Run something else with the ledger, which writes no group; a locked database is tried again, as with them."""
        thread = self._thread_for_others
        give_up_at = self._loop.time() + PATIENCE_S
        while True:
            try:
                return function(*arguments) if thread is None else await thread.call(function, *arguments)
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
        for thread in (self._thread, self._thread_for_others):
            if thread is not None:
                thread.close()

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
        if self._thread is not None and not self._is_near:
            call = self._thread.call(self._turn_of, group)
            call.add_done_callback(lambda done: self._written(group, done))
            return
        try:
            turn = self._turn_of(group)
        except Exception as error:
            self._failed(group, error)
        else:
            self._durable(group, turn)

    def _turn_of(self, group: _Group) -> Turn:
        """Write a group, in the loop or in the thread, and learn how near the database is."""
        began = time.monotonic()
        self._ledger.hurry(self._is_near)
        turn = self._ledger.turn(group.results, group.rows, self._job, self._clock())
        self._is_near = self._ledger.is_quick or time.monotonic() - began <= NEAR_S
        return turn

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
        self._is_near = self._ledger.is_quick
        if isinstance(error, OperationalError) and self._loop.time() < group.give_up_at:
            self._loop.call_later(AGAIN_S, self._write, group)
            return
        self._is_writing = False
        self._error = error if isinstance(error, Exception) else RuntimeError(type(error).__name__)
        for future in (*group.waiting, *self._next.waiting):
            if not future.done():
                future.set_exception(self._error)
        self._next = _Group([], [], [])
