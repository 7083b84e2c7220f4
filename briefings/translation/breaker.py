"""What keeps an engine from being asked: a circuit breaker and a daily budget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from briefings.store.engine import writing
from briefings.store.tables import engine_uses


class Breaker:
    """Open while an engine is not to be asked: after repeated failure, or when it said so. Times are of one clock."""

    def __init__(self, most_failures: int = 3) -> None:
        self._most = most_failures
        self._failures = 0
        self._until = 0.0
        self.why = ""

    def is_open(self, now: float) -> bool:
        return now < self._until

    def opens_in(self, now: float) -> float:
        """Return the seconds until the engine may be asked again."""
        return max(self._until - now, 0.0)

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, why: str) -> None:
        """Count a failure; the last one that is allowed opens the breaker for the rest of the run."""
        self._failures += 1
        if self._failures >= self._most:
            self.open(why)

    def open(self, why: str, until: float = float("inf")) -> None:
        self._until, self.why = until, why


class Budget:
    """Characters of source text that each engine may be given on one day (UTC), kept in the database.

    What was sent is counted before it goes: a crash counts too much, never too little. A budget of 0
    gives nothing to engines.
    """

    def __init__(self, engine: Engine, characters_a_day: int, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._most = characters_a_day
        self._now = now

    def take(self, name: str, characters: int) -> bool:
        """Count characters for an engine and say True, or leave the count alone where they do not fit."""
        day = self._now().date().isoformat()
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        row = insert(engine_uses).values(engine=name, day=day, characters=0).on_conflict_do_nothing()
        mine = (engine_uses.c.engine == name) & (engine_uses.c.day == day)
        used = engine_uses.c.characters
        with writing(self._engine) as connection:
            connection.execute(row)
            taken = connection.execute(
                engine_uses.update()
                .where(mine, used + characters <= self._most)
                .values(characters=used + characters)
                .returning(used)
            )
            return taken.first() is not None

    def used(self, name: str) -> int:
        """Return the characters an engine was given today."""
        day = self._now().date().isoformat()
        query = select(engine_uses.c.characters).where(engine_uses.c.engine == name, engine_uses.c.day == day)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)
