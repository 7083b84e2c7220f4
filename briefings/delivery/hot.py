"""Hot connections: a sender's own connection to the ledger, kept open, on which `statements.py` runs prepared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from briefings.delivery import statements as sql
from briefings.store.engine import ANSWER_S, BUSY_TIMEOUT_MS, wait_for

IMPATIENT_MS = 200
"""For as long the database itself waits for others' locks where who calls can do other things and ask again."""
HOT_S = 60.0
"""For as long PostgreSQL is waited for. Nothing that a sender asks takes it a second; others' locks may take more."""


class HotConnection:
    """One database connection of a sender; for one thread at a time."""

    is_sqlite = True

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._proxied: Any = None
        self.is_impatient = False

    @property
    def _driver(self) -> Any:
        if self._proxied is None:
            self._proxied = self._engine.raw_connection()
            self._tune(is_ours=True)
        return self._proxied.driver_connection

    def _tune(self, *, is_ours: bool) -> None:
        """Make a connection of the pool ours, or leave it as others in the pool expect it."""
        self._wait_for_locks(briefly=is_ours and self.is_impatient)

    def _wait_for_locks(self, *, briefly: bool) -> None:
        milliseconds = IMPATIENT_MS if briefly else BUSY_TIMEOUT_MS
        self._proxied.driver_connection.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def hurry(self, is_impatient: bool) -> None:
        """Say whether what is locked by others is waited for no longer than IMPATIENT_MS. Raises as `transaction`."""
        if is_impatient != self.is_impatient:
            self.is_impatient = is_impatient
            if self._proxied is not None:
                with self._given_up_on_errors():
                    self._wait_for_locks(briefly=is_impatient)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a write transaction that is durable when this ends.

        Raises OperationalError for what may pass (a locked database, a broken connection), DatabaseError
        for what will not (a full disk).
        """
        with self._given_up_on_errors():
            self._execute(self._driver, "BEGIN IMMEDIATE")
            yield
            self._execute(self._driver, "COMMIT")

    @contextmanager
    def _given_up_on_errors(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self._give_up()
            if isinstance(error, (self._engine.dialect.dbapi.Error, OSError)):  # type: ignore[union-attr]
                kind = OperationalError if self._may_pass(error) else DatabaseError
                raise kind("the ledger", {}, error) from error
            raise

    def _may_pass(self, error: BaseException) -> bool:
        return "locked" in str(error)  # SQLITE_BUSY and SQLITE_LOCKED; the code itself came with Python 3.11

    def _execute(self, driver: Any, words: str) -> None:
        driver.execute(words)

    def rows(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """Execute one of the ledger's statements and return its rows."""
        found: list[Any] = self._driver.execute(sql.in_words_of(statement, True), values).fetchall()
        return found

    def column(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """Execute a statement and return the first column of its rows."""
        return [row[0] for row in self.rows(statement, values)]

    def claim(self, values: Mapping[str, Any], *, without_domains: bool) -> list[Any]:
        """Claim rows in an open transaction, and return them as `Row` names their columns, by id."""
        ids = sorted(self.column(sql.CLAIM_OTHER_DOMAINS if without_domains else sql.CLAIM, values))
        return self.rows(sql.READ, {"ids": self.values(ids)}) if ids else []

    def record(self, results: Sequence[Mapping[str, Any]], sender: str, now: datetime) -> int:
        """Write results; return how many rows were still this sender's."""
        at = self.moment(now)
        rows = [{**result, "sender": sender, "now": at} for result in results]
        return int(self._driver.executemany(sql.in_words_of(sql.RECORD, True), rows).rowcount)

    def moment(self, at: datetime | None) -> Any:
        """Return a moment as the driver and `Moment` columns take it."""
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" if at is not None else None

    def values(self, values: Sequence[int] | Sequence[str]) -> str:
        """Return a list as a statement's one argument."""
        return json.dumps(values)

    def close(self) -> None:
        """Give the connection back; the next use opens one again."""
        if self._proxied is None:
            return
        try:
            self._tune(is_ours=False)
        except (self._engine.dialect.dbapi.Error, OSError):  # type: ignore[union-attr]
            self._give_up()  # it broke while nobody used it: the pool is not to have it back
        else:
            self._proxied.close()
            self._proxied = None

    def _give_up(self) -> None:
        proxied, self._proxied = self._proxied, None
        if proxied is not None:
            proxied.invalidate()


class HotPostgres(HotConnection):
    """The same on PostgreSQL: each statement is parsed once for a connection, and then costs one round trip."""

    is_sqlite = False

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._prepared: dict[str, Any] = {}

    def _tune(self, *, is_ours: bool) -> None:
        """Have each of our statements planned once, for ids in an index.

        Planning it anew for every group takes as long as running it, and for a large group can end in a full scan.
        Nor is it compiled (`jit`): where a table's size is only guessed that takes several times as long as running it.
        """
        wait_for(self._proxied.driver_connection, HOT_S if is_ours else ANSWER_S)
        for prepared in self._prepared.values():
            prepared.close()
        self._prepared.clear()
        for name, ours in (("plan_cache_mode", "force_generic_plan"), ("jit", "off")):
            value = ours if is_ours else "DEFAULT"
            self._proxied.driver_connection.execute_simple(f"SET {name} = {value}")
        super()._tune(is_ours=is_ours)
        self._proxied.driver_connection.execute_simple("COMMIT")

    def _wait_for_locks(self, *, briefly: bool) -> None:
        milliseconds = IMPATIENT_MS if briefly else 0  # 0: as long as it takes
        self._proxied.driver_connection.execute_simple(f"SET lock_timeout = {milliseconds}")

    def _may_pass(self, error: BaseException) -> bool:
        return True

    def _execute(self, driver: Any, words: str) -> None:
        driver.execute_simple(words.removesuffix(" IMMEDIATE"))

    def rows(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        prepared = self._prepared.get(statement)
        if prepared is None:
            from pg8000.native import PreparedStatement

            prepared = PreparedStatement(self._driver, sql.in_words_of(statement, False))
            self._prepared[statement] = prepared
        return prepared.run(**values) or []

    def claim(self, values: Mapping[str, Any], *, without_domains: bool) -> list[Any]:
        (found,) = self.column(sql.CLAIM_OTHER_DOMAINS_AT_ONCE if without_domains else sql.CLAIM_AT_ONCE, values)
        return found or []

    def record(self, results: Sequence[Mapping[str, Any]], sender: str, now: datetime) -> int:
        return len(self.rows(sql.RECORD_MANY, {**self._of_results(results), "sender": sender, "now": now}))

    def turn_at_once(
        self, results: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
    ) -> tuple[list[int], int, int]:
        """Record and mark in a transaction of one statement.

        Returns the ids that are marked, what the journal has come to (0: none is marked) and how many results counted.
        """
        with self._given_up_on_errors():
            ((ids, generation, recorded),) = self.rows(sql.TURN_AT_ONCE, {**values, **self._of_results(results)})
        return ids or [], generation or 0, recorded

    def _of_results(self, results: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        rows = [{name: value for name, value in one.items() if value is not None} for one in results]
        return {
            "results": json.dumps(rows, default=datetime.isoformat),
            "recorded_ids": self.values([one["id"] for one in results]),
        }

    def moment(self, at: datetime | None) -> Any:
        return at

    def values(self, values: Sequence[int] | Sequence[str]) -> str:
        return "{" + ",".join(str(v) if isinstance(v, int) else _quoted(v) for v in values) + "}"

    def _give_up(self) -> None:
        self._prepared.clear()
        super()._give_up()


def hot_connection(engine: Engine) -> HotConnection:
    """Return a connection of a sender's own to the database of an engine."""
    return HotConnection(engine) if engine.dialect.name == "sqlite" else HotPostgres(engine)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
