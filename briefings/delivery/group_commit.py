"""Group commit: marks and results of many connections go into the ledger in one durable transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from briefings.delivery.ledger import Ledger, Turn
from briefings.delivery.ledger_thread import AtOnce, LedgerThread
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result, Row

Clock = Callable[[], datetime]
T = TypeVar("T")

PATIENCE_S, AGAIN_S = 60.0, 0.2
"""For so long a locked database is tried again, each time after such a pause."""


class GroupCommit:
    """Collects what connections want to write, and writes it together; use inside one event loop.

    While one transaction is being made durable the next one gathers, so that the group grows with the load
    and nobody waits for a timer. `wrote` is called with every group that is durable.
    """

    def __init__(
        self,
        ledger: Ledger,
        job: Job,
        clock: Clock,
        wrote: Callable[[Sequence[Result], Turn], None],
    ) -> None:
        self._ledger = ledger
        self._job = job
        self._clock = clock
        self._wrote = wrote
        self._also: list[asyncio.Future[None]] = []
        self._results: list[Result] = []
        self._rows: list[Row] = []
        self._waiting: list[asyncio.Future[Turn]] = []
        self._wanted = asyncio.Event()
        self._where: LedgerThread | AtOnce = AtOnce() if ledger.is_quick else LedgerThread()
        self._error: Exception | None = None

    def put(self, result: Result) -> None:
        """Hand over what became of a row, to be recorded with the next group."""
        self._results.append(result)
        self._wanted.set()

    async def mark(self, row: Row) -> Turn:
        """Mark a row as `sending`, durably, together with all that was put; `may` says whether it is."""
        self._rows.append(row)
        return await self._turn()

    async def flush(self) -> None:
        """Return when all that was put and begun is durable. Raises what the database raises."""
        await self._turn()
        while self._also:
            await self._also.pop()

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run something else where the ledger is written."""
        return await self._where.call(function, *arguments)

    def also(self, function: Callable[..., None], *arguments: Any) -> None:
        """Run something else where the ledger is written, and let `flush` wait for it."""
        self._also.append(self._where.call(function, *arguments))

    async def _turn(self) -> Turn:
        if self._error is not None:
            raise self._error  # something could not be recorded: nothing more goes out on top of that
        future: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._wanted.set()
        return await future

    async def run(self) -> None:
        """Write until cancelled. A database that stays locked fails those who wait, and they say so."""
        while True:
            await self._wanted.wait()
            await asyncio.sleep(0)  # whatever has come in by now goes along
            self._wanted.clear()
            results, self._results = self._results, []
            rows, self._rows = self._rows, []
            waiting, self._waiting = self._waiting, []
            try:
                if self._error is not None:
                    raise self._error
                turn = await self._write(results, rows)
            except Exception as error:
                self._error = error
                for future in waiting:
                    if not future.done():
                        future.set_exception(error)
                continue
            self._wrote(results, turn)
            for future in waiting:
                if not future.done():
                    future.set_result(turn)

    async def _write(self, results: Sequence[Result], rows: Sequence[Row]) -> Turn:
        """Write one group; a database that is locked is tried again, for the mails are out already."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self.call(self._ledger.turn, results, rows, self._job, self._clock())
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(AGAIN_S)

    def close(self) -> None:
        """End what writes, once it has nothing more to do."""
        self._where.close()
