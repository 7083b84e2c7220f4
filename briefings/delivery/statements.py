"""Statements: the ledger's SQL, for SQLite and PostgreSQL, on a connection that stays open.

Written out, because it runs for every mail: the same through SQLAlchemy's execution took ten times the CPU. Names are
given as `:name`. What differs between the two databases is a list of values (JSON or an array).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

CLAIM = """
UPDATE deliveries SET state = 'claimed', sender = :sender, changed_at = :now WHERE id IN (
  SELECT d.id FROM deliveries d
  WHERE d.briefing = :briefing AND d.revision = :revision AND d.channel = :channel
    AND d.state IN ('queued', 'deferred') AND (d.state = 'queued' OR d.not_before <= :now)
  ORDER BY d.id LIMIT :limit {skip_locked})
RETURNING id
"""
CLAIM_OTHER_DOMAINS = CLAIM.replace(
    "FROM deliveries d", "FROM deliveries d LEFT JOIN subscribers s ON s.id = d.subscriber_id"
).replace("ORDER BY", "AND {domain} NOT IN (SELECT {text_values}) ORDER BY")

READ = """
SELECT d.id, d.briefing, d.revision, d.locale, d.channel, d.destination, d.purpose, d.attempts, d.remote_id, d.detail,
  coalesce(d.subscriber_id, 0), coalesce(s.email, ''), coalesce(s.format, '')
FROM deliveries d LEFT JOIN subscribers s ON s.id = d.subscriber_id
WHERE d.id IN (SELECT {values}) ORDER BY d.id
"""

HOLDS = """
SELECT scope, reason, made_by FROM holds
WHERE lifted_at IS NULL AND (until IS NULL OR until > :now)
  AND (scope IN ('all', :scope) OR substr(scope, 1, 7) = 'domain:') ORDER BY id
"""

IS_ACTIVE = """(subscriber_id IS NULL OR EXISTS (SELECT 1 FROM subscribers s
  WHERE s.id = subscriber_id AND s.confirmed_at IS NOT NULL AND s.ended_at IS NULL {in_turn}))"""
FOLLOWS = """(subscriber_id IS NULL OR purpose <> 'briefing' OR EXISTS (SELECT 1 FROM follows f
  WHERE f.subscriber_id = deliveries.subscriber_id
    AND (f.kind = 'region' AND f.place = :region OR f.kind = 'ward' AND f.place IN (SELECT {wards}))))"""
IS_CURRENT = """(purpose = 'withdrawal' OR EXISTS (SELECT 1 FROM publications p
  WHERE p.briefing = :briefing AND p.revision = :base AND p.withdrawn_at IS NULL))"""
MINE = "id IN (SELECT {values}) AND sender = :sender AND state = 'claimed'"

MARK = """
UPDATE deliveries SET state = 'sending', attempts = attempts + 1, changed_at = :now
WHERE {mine} AND {is_active} AND {follows} AND {is_current} RETURNING id
"""
SETTLE = """
UPDATE deliveries SET sender = NULL, changed_at = :now,
  state = CASE WHEN {is_current} THEN 'suppressed' ELSE 'cancelled' END,
  detail = CASE WHEN NOT {is_current} THEN :replaced WHEN {is_active} THEN :moved ELSE :gone END
WHERE {mine}
"""
PUT_BACK = "UPDATE deliveries SET state = 'queued', sender = NULL, changed_at = :now WHERE {mine}"
EXPIRE = "UPDATE deliveries SET state = 'expired', detail = :detail, sender = NULL, changed_at = :now WHERE {mine}"

RECORD = """
UPDATE deliveries SET state = :state, detail = :detail, not_before = :not_before, remote_id = :remote_id,
  attempts = coalesce(:attempts, attempts), changed_at = :now, sender = NULL
WHERE id = :id AND sender = :sender AND state IN ('sending', 'claimed')
"""
RECORD_MANY = """
UPDATE deliveries d SET state = r.state, detail = r.detail, not_before = r.not_before, remote_id = r.remote_id,
  attempts = coalesce(r.attempts, d.attempts), changed_at = :now, sender = NULL
FROM jsonb_to_recordset(CAST(:results AS jsonb))
  AS r(id integer, state text, detail text, not_before timestamptz, remote_id text, attempts integer)
WHERE d.id = r.id AND d.sender = :sender AND d.state IN ('sending', 'claimed')
"""
COUNT_WRITE = "UPDATE journals SET generation = generation + 1 WHERE id = :journal RETURNING generation"
IS_SENDER = "SELECT 1 FROM senders WHERE id = :sender"

_CONDITIONS = {"mine": MINE, "is_active": IS_ACTIVE, "follows": FOLLOWS, "is_current": IS_CURRENT}
_SQLITE = {
    "values": "value FROM json_each(:ids)",
    "text_values": "value FROM json_each(:domains)",
    "wards": "value FROM json_each(:wards)",
    "domain": "coalesce(substr(s.email, instr(s.email, '@') + 1), '')",
    "skip_locked": "",
    "in_turn": "",
}
_POSTGRESQL = {
    "values": "unnest(CAST(:ids AS integer[]))",
    "text_values": "unnest(CAST(:domains AS text[]))",
    "wards": "unnest(CAST(:wards AS text[]))",
    "domain": "coalesce(split_part(s.email, '@', 2), '')",
    "skip_locked": "FOR UPDATE OF d SKIP LOCKED",
    "in_turn": "FOR SHARE OF s",  # who unsubscribes at this moment commits before the mark or after it
}
_NAME = re.compile(r"(?<!:):([a-z_]+)")


class HotConnection:
    """One database connection of a sender, kept open; for one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._proxied: Any = None
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Give a cursor inside a write transaction that is durable when this ends. Raises OperationalError."""
        try:
            if self._proxied is None:
                self._proxied = self._engine.raw_connection()
            cursor = self._proxied.cursor()
            if self.is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            yield cursor
            self._proxied.commit()
        except BaseException as error:
            self._give_up()
            if isinstance(error, (self._engine.dialect.dbapi.Error, OSError)):  # type: ignore[union-attr]
                # A broken connection and a locked database alike: the caller tries again, or says so.
                raise OperationalError("the ledger", {}, error) from error
            raise

    def run(self, cursor: Any, statement: str, values: Mapping[str, Any]) -> Any:
        """Execute one of the statements above and return the cursor."""
        text, names = _prepared(statement, self.is_sqlite)
        cursor.execute(text, values if self.is_sqlite else [values[name] for name in names])
        return cursor

    def column(self, cursor: Any, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """Execute a statement and return the first column of what it gives."""
        return [row[0] for row in self.run(cursor, statement, values).fetchall()]

    def record(self, cursor: Any, rows: Sequence[Mapping[str, Any]], sender: str, now: datetime) -> int:
        """Write results; return how many rows were still this sender's."""
        if self.is_sqlite:
            at = self.moment(now)
            text, _ = _prepared(RECORD, True)
            cursor.executemany(text, [{**row, "sender": sender, "now": at} for row in rows])
            return int(cursor.rowcount)
        return int(self.run(cursor, RECORD_MANY, {"results": json.dumps(rows), "sender": sender, "now": now}).rowcount)

    def moment(self, at: datetime | None) -> Any:
        """Return a moment as the driver and `Moment` columns take it."""
        if at is None or not self.is_sqlite:
            return at
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"

    def values(self, values: Sequence[int] | Sequence[str]) -> str:
        """Return a list as a statement's one argument."""
        if self.is_sqlite:
            return json.dumps(values)
        return "{" + ",".join(str(v) if isinstance(v, int) else _quoted(v) for v in values) + "}"

    def close(self) -> None:
        if self._proxied is not None:
            self._proxied.close()
            self._proxied = None

    def _give_up(self) -> None:
        proxied, self._proxied = self._proxied, None
        if proxied is not None:
            proxied.invalidate()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(maxsize=64)
def _prepared(statement: str, for_sqlite: bool) -> tuple[str, tuple[str, ...]]:
    """Return a statement in a driver's own form, and the names of its arguments in order (PostgreSQL: by place)."""
    own = _Filled(_SQLITE if for_sqlite else _POSTGRESQL)
    filled = statement.format_map(_Filled(_CONDITIONS)).format_map(own)
    if for_sqlite:
        return filled, ()
    return _NAME.sub("%s", filled.replace("%", "%%")), tuple(_NAME.findall(filled))


class _Filled(dict[str, str]):
    """Fills in what it knows and leaves the rest for the next time."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
