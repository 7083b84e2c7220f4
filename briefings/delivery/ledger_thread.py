"""The ledger's thread: calls to a database over the network, one after the other, while the event loop goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class LedgerThread:
    """One thread for one event loop. An executor of the standard library does the same at several times the cost."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._calls: SimpleQueue[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    def call(self, function: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        """Run a function in the thread, after all that was asked for before."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._calls.put((future, function, arguments))
        return future

    def close(self) -> None:
        """End the thread once it has done all that it was asked for."""
        self._calls.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            future, function, arguments = call
            try:
                done, value = True, function(*arguments)
            except BaseException as error:
                done, value = False, error
            self._loop.call_soon_threadsafe(_tell, future, done, value)


def _tell(future: asyncio.Future[Any], done: bool, value: Any) -> None:
    if future.done():  # cancelled meanwhile
        return
    if done:
        future.set_result(value)
    else:
        future.set_exception(value)
