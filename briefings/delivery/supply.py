"""Supply: claimed rows for the connections of one mailing, in order, at the pace that is allowed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from briefings.delivery.domains import Domains
from briefings.delivery.rows import Row

BATCH, LARGEST_BATCH = 500, 2000
SOON_S = 0.5
"""A batch that lasts less long than this is followed by one of twice as many rows. Each claim costs a database a
disk wait and several round trips; but what one sender holds, no other sender can send."""
LOW = 0.25
"""Less than this part of a batch in line, and the next one is claimed while the others are sent."""
LOOK_AGAIN_S = 0.1

Claim = Callable[[int, Collection[str]], Awaitable[Sequence[Row]]]
"""Claims up to so many rows, none of these domains."""


class Supply:
    """Gives rows to whoever asks; use inside one event loop. `per_second`: messages that may begin, 0: any number."""

    def __init__(self, claim: Claim, domains: Domains, per_second: float = 0.0) -> None:
        self._claim = claim
        self._loop = asyncio.get_running_loop()
        self._domains = domains
        self._gap = 1 / per_second if per_second else 0.0
        self._free_at = 0.0
        self._claiming: asyncio.Task[None] | None = None
        self._batch = BATCH
        self._claimed_at = float("-inf")
        self._exhausted = False
        self._again = 0
        self._no_others: frozenset[str] | None = None
        self._held: frozenset[str] = frozenset()
        self._changed = asyncio.Event()
        self._over = False

    @property
    def is_empty(self) -> bool:
        """True where nothing is left to give out."""
        return self._over or (self._exhausted and not len(self._domains))

    async def next(self) -> Row | None:
        """Return the next row, as soon as one may begin; None where nothing is left to send."""
        while not self._over:
            row = self.at_once()
            if row is not None:
                return row
            if self._claiming is not None:
                await asyncio.shield(self._claiming)
                continue
            if self.is_empty:
                return None
            await self._change()
        return None

    def at_once(self) -> Row | None:
        """Return a row that may begin without waiting, or None."""
        if self._over:
            return None
        now = self._loop.time()
        if self._gap and now < self._free_at:
            return None
        row = self._domains.take(now)
        if row is not None and self._gap:
            self._free_at = max(self._free_at, now - 1.0) + self._gap
        if (
            self._domains.in_line < LOW * self._batch
            and not self._exhausted
            and self._claiming is None
            and self._may_find_some()
        ):
            self._claiming = asyncio.create_task(self._refill())
        return row

    def put_back(self, row: Row) -> None:
        """Give back a row that was not begun."""
        self._domains.put_back(row)
        self._changed.set()

    def done(self, row: Row, seconds: float, *, was_put_off: bool = False) -> None:
        """Say that a row was sent or refused, and how long that took."""
        self._domains.done(row, seconds, was_put_off=was_put_off)
        self._changed.set()

    def look_again(self) -> None:
        """Claim once more: a row that was given out waits in the ledger again."""
        self._exhausted = False
        self._no_others = None
        self._again += 1
        self._changed.set()

    def leave_alone(self, domains: Collection[str]) -> None:
        """Begin nothing more to these domains; what was claimed of them waits for the end of the mailing."""
        if not self._held.issuperset(domains):
            self._held = self._held.union(domains)
            self._domains.without(self._held)
            self._no_others = None
            self._changed.set()

    def stop(self) -> None:
        """Give nothing more out."""
        self._over = True
        self._changed.set()

    async def close(self) -> None:
        """Let a claim that is under way come to its end."""
        if self._claiming is not None:
            await asyncio.wait([self._claiming])

    def _may_find_some(self) -> bool:
        """Say whether a claim may find rows. Looking costs a database more, the more rows of crowded domains wait."""
        return self._no_others is None or not self._no_others.issubset(self._held.union(self._domains.crowded))

    async def _refill(self) -> None:
        try:
            held, again = self._held, self._again
            without = held.union(self._domains.crowded)
            rows = await self._claim(self._next_batch(), without)
            self._domains.add(row for row in rows if row.domain not in self._held)
            if not rows and held == self._held and again == self._again:
                self._exhausted = without == held
                self._no_others = without  # only these wait; look again when one of them has room
        finally:
            self._claiming = None
            self._changed.set()

    def _next_batch(self) -> int:
        now, before = self._loop.time(), self._claimed_at
        self._batch = min(2 * self._batch, LARGEST_BATCH) if now - before < SOON_S else BATCH
        self._claimed_at = now
        return self._batch

    async def _change(self) -> None:
        """Wait until something may have changed; the clock is such a thing too."""
        self._changed.clear()
        try:
            async with asyncio.timeout(LOOK_AGAIN_S):
                await self._changed.wait()
        except TimeoutError:
            return
