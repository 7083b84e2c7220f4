"""Domains: whose turn it is, so that one slow or refusing mail domain does not hold up the others.

Rows go out in the order of the plan. A domain may have so many messages on their way at once: four to begin
with, one more for each that goes well, half as many after one that was slow or put off. What has no room waits
aside, and goes first when it has.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from briefings.delivery.rows import Row

FIRST_ROOM = 4
SLOW_S = 0.5
"""A message that takes less is never slow, in seconds."""
SLOW_TIMES = 4.0
"""A message is slow that takes so many times as long as messages usually do."""
MOST_ASIDE = 200
"""So many rows of one domain may wait aside; then no more of that domain are claimed."""


@dataclass
class _Domain:
    room: float = FIRST_ROOM
    on_the_way: int = 0
    free_at: float = 0.0
    aside: deque[Row] = field(default_factory=deque)


class Domains:
    """The claimed rows of one mailing, and how many of each domain are on their way.

    `most` is how many of one domain may be on their way at once; `per_second` how many of one domain may
    begin in a second (0: any number). Times are seconds of a clock that never goes back.
    """

    def __init__(self, most: int, per_second: float = 0.0) -> None:
        self._most = most
        self._gap = 1 / per_second if per_second else 0.0
        self._rows: deque[Row] = deque()
        self._domains: dict[str, _Domain] = {}
        self._with_aside: deque[str] = deque()
        self._usual = 0.0
        self._aside = 0

    def __len__(self) -> int:
        """Return how many rows wait here."""
        return len(self._rows) + self._aside

    @property
    def in_line(self) -> int:
        """Return how many rows have not been looked at yet."""
        return len(self._rows)

    @property
    def crowded(self) -> list[str]:
        """Return the domains of which no more rows should be claimed."""
        return [name for name in self._with_aside if len(self._domains[name].aside) >= MOST_ASIDE]

    def add(self, rows: Iterable[Row]) -> None:
        self._rows.extend(rows)

    def put_back(self, row: Row) -> None:
        """Give back a row that `take` gave and that was not begun: it goes first."""
        self._domain(row.domain).on_the_way -= 1
        self._rows.appendleft(row)

    def take(self, now: float) -> Row | None:
        """Return the next row whose domain has room, counted as on its way; None where there is none now."""
        for _ in range(len(self._with_aside)):
            name = self._with_aside[0]
            domain = self._domains[name]
            if self._has_room(domain, now):
                self._aside -= 1
                row = domain.aside.popleft()
                if not domain.aside:
                    self._with_aside.popleft()
                return self._begun(domain, row, now)
            self._with_aside.rotate(-1)
        while self._rows:
            row = self._rows.popleft()
            domain = self._domain(row.domain)
            if not domain.aside and self._has_room(domain, now):
                return self._begun(domain, row, now)
            if not domain.aside:
                self._with_aside.append(row.domain)
            domain.aside.append(row)
            self._aside += 1
        return None

    def done(self, row: Row, seconds: float, *, was_put_off: bool = False) -> None:
        """Learn how long a message took, and whether the domain put it off."""
        domain = self._domain(row.domain)
        domain.on_the_way -= 1
        is_slow = seconds > max(SLOW_S, SLOW_TIMES * self._usual)
        if not is_slow:
            self._usual += (seconds - self._usual) * 0.05
        if is_slow or was_put_off:
            domain.room = max(1.0, domain.room / 2)
        elif domain.room < self._most:
            domain.room += 1

    def without(self, names: Collection[str]) -> list[Row]:
        """Take out and return all rows of some domains."""
        taken = [row for row in self._rows if row.domain in names]
        if taken:
            self._rows = deque(row for row in self._rows if row.domain not in names)
        for name in [name for name in self._with_aside if name in names]:
            self._with_aside.remove(name)
            aside = self._domains[name].aside
            self._aside -= len(aside)
            taken.extend(aside)
            aside.clear()
        return taken

    def _domain(self, name: str) -> _Domain:
        found = self._domains.get(name)
        if found is None:
            found = self._domains[name] = _Domain(min(FIRST_ROOM, self._most))
        return found

    def _has_room(self, domain: _Domain, now: float) -> bool:
        return domain.on_the_way < int(domain.room) and (not self._gap or domain.free_at <= now)

    def _begun(self, domain: _Domain, row: Row, now: float) -> Row:
        domain.on_the_way += 1
        if self._gap:
            domain.free_at = max(domain.free_at, now - 1.0) + self._gap
        return row
