"""Group commit: marks and results of many connections go into the ledger in one durable transaction."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from briefings.delivery.ledger import Ledger, Result
from briefings.delivery.plan import Job
from briefings.store.engine import writing

Clock = Callable[[], datetime]

PATIENCE = 60.0
"""Seconds for which a locked database is tried again, on top of its own busy timeout."""


class GroupCommit:
    """Collects what connections want to write, and writes it together; use inside one event loop.

    While one transaction is being made durable the next one gathers, so that the group grows with
    the load and nobody waits for a timer.
    """

    def __init__(self, ledger: Ledger, job: Job, clock: Clock) -> None:
        self._ledger = ledger
        self._job = job
        self._clock = clock
        self._marks: list[tuple[int, asyncio.Future[bool]]] = []
        self._results: list[tuple[Result, asyncio.Future[None]]] = []
        self._wanted = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "ledger")

    async def mark(self, row_id: int) -> bool:
        """Mark a row as `sending`, durably. False: it may no longer go out, and has been settled."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._marks.append((row_id, future))
        self._wanted.set()
        return await future

    async def record(self, result: Result) -> None:
        """Record what became of a row, durably."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._results.append((result, future))
        self._wanted.set()
        await future

    async def run(self) -> None:
        """Write until cancelled. A database that stays locked fails those who wait, and they say so."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            marks, self._marks = self._marks, []
            results, self._results = self._results, []
            try:
                may = await loop.run_in_executor(
                    self._thread, self._write, [row for row, _ in marks], [result for result, _ in results]
                )
            except Exception as error:
                _fail([future for _, future in marks], error)
                _fail([future for _, future in results], error)
                continue
            for row, marked in marks:
                if not marked.done():
                    marked.set_result(row in may)
            for _, recorded in results:
                if not recorded.done():
                    recorded.set_result(None)

    def _write(self, marks: list[int], results: list[Result]) -> set[int]:
        """Write one group; a database that is locked is tried again, for the mails are out already."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._write_once(marks, results)
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _write_once(self, marks: list[int], results: list[Result]) -> set[int]:
        now = self._clock()
        with writing(self._ledger.engine) as connection:
            if results:
                self._ledger.record(connection, results, now)
            return self._ledger.mark(connection, marks, self._job, now) if marks else set()


def _fail(futures: Sequence[asyncio.Future[Any]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
