"""Caught mail: every message the sandbox's mail catcher accepted, byte for byte, with its envelope."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from pathlib import Path

from briefings.model.language import canonical
from briefings.model.untrusted_mail import headers
from briefings.sandbox.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL, mail_from TEXT NOT NULL, rcpt_to TEXT NOT NULL,
  sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL,
  locale TEXT NOT NULL, list_id TEXT NOT NULL, size INTEGER NOT NULL,
  searched TEXT NOT NULL,  -- case-folded here, for SQLite folds ASCII only
  raw BLOB NOT NULL        -- last, so that lists never read its pages
);
CREATE INDEX IF NOT EXISTS mail_by_locale ON mail (locale, id);
CREATE TABLE IF NOT EXISTS attempts (
  mail_from TEXT NOT NULL, rcpt_to TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (mail_from, rcpt_to)
);
"""
_SUMMARY = "id, at, mail_from, rcpt_to, sender, recipient, subject, locale, list_id, size"


@dataclass(frozen=True)
class CaughtSummary:
    """What lists show of a mail. `mail_from` and `rcpt_to` are the envelope; the rest is in its headers."""

    id: int
    at: datetime
    mail_from: str
    rcpt_to: tuple[str, ...]
    sender: str
    to: str
    subject: str
    locale: str
    """Content-Language as we write tags; empty where the mail does not say."""
    list_id: str
    size: int


@dataclass(frozen=True)
class CaughtMail(CaughtSummary):
    raw: bytes
    """The message exactly as it was transferred, after SMTP's dot-unstuffing (RFC 5321 section 4.5.2)."""


class Caught(Database):
    """The store of caught mail. Every `add` is committed before it returns."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SCHEMA)

    def add(self, mail_from: str, rcpt_to: Sequence[str], raw: bytes, at: datetime) -> int:
        """Keep one mail and return its id. Refuses nothing: odd headers are kept and shown as they are."""
        shown = _shown_headers(raw)
        locale = _locale(shown["content-language"])
        searched = "\n".join([mail_from, *rcpt_to, shown["to"], shown["subject"]]).casefold()
        values = (
            at.isoformat(),
            mail_from,
            json.dumps(list(rcpt_to)),
            shown["from"],
            shown["to"],
            shown["subject"],
            locale,
            shown["list-id"],
            len(raw),
            searched,
            raw,
        )
        columns = _SUMMARY.removeprefix("id, ") + ", searched, raw"
        with self.writing() as connection:
            marks = ", ".join("?" * len(values))
            cursor = connection.execute(f"INSERT INTO mail ({columns}) VALUES ({marks})", values)  # noqa: S608
            return int(cursor.lastrowid or 0)

    def list(self, page: int = 1, per_page: int = 50, *, q: str = "", locale: str = "") -> tuple[CaughtMail, ...]:
        """Return one page of mails with their bytes, newest first. `q` is sought in addresses and subject."""
        return tuple(_mail(row) for row in self._page(f"{_SUMMARY}, raw", page, per_page, q, locale))

    def summaries(
        self, page: int = 1, per_page: int = 50, *, q: str = "", locale: str = ""
    ) -> tuple[CaughtSummary, ...]:
        """Return what `list` returns, without the bytes. `per_page` -1 means all."""
        return tuple(_summary(row) for row in self._page(_SUMMARY, page, per_page, q, locale))

    def get(self, id: int) -> CaughtMail | None:
        found = self.rows(f"SELECT {_SUMMARY}, raw FROM mail WHERE id = ?", (id,))  # noqa: S608
        return _mail(found[0]) if found else None

    def count(self, *, q: str = "", locale: str = "") -> int:
        where, values = _where(q, locale)
        return int(self.rows(f"SELECT count(*) FROM mail{where}", values)[0][0])  # noqa: S608

    def count_by_locale(self) -> Mapping[str, int]:
        """Return the number of mails per locale, most first; the key is empty for those that do not say."""
        counted = self.rows("SELECT locale, count(*) AS n FROM mail GROUP BY locale ORDER BY n DESC, locale")
        return {row["locale"]: row["n"] for row in counted}

    def is_first_attempt(self, mail_from: str, rcpt_to: str, at: datetime) -> bool:
        """Say whether this envelope is tried for the first time, and remember that it was.

        Our return paths name the delivery (VERP), so that they stand for the message too.
        """
        with self.writing() as connection:
            row = (mail_from.casefold(), rcpt_to.casefold(), at.isoformat())
            return connection.execute("INSERT OR IGNORE INTO attempts VALUES (?, ?, ?)", row).rowcount == 1

    def clear(self) -> None:
        """Forget all mail. Ids are not used again."""
        with self.writing() as connection:
            connection.execute("DELETE FROM mail")

    def _page(self, columns: str, page: int, per_page: int, q: str, locale: str) -> Sequence[sqlite3.Row]:
        where, values = _where(q, locale)
        return self.rows(
            f"SELECT {columns} FROM mail{where} ORDER BY id DESC LIMIT ? OFFSET ?",  # noqa: S608
            (*values, per_page, max(page - 1, 0) * max(per_page, 0)),
        )


def _where(q: str, locale: str) -> tuple[str, tuple[str, ...]]:
    conditions = {"instr(searched, ?) > 0": q.strip().casefold(), "locale = ?": locale}
    chosen = {condition: value for condition, value in conditions.items() if value}
    return (" WHERE " + " AND ".join(chosen) if chosen else ""), tuple(chosen.values())


def _summary(row: sqlite3.Row) -> CaughtSummary:
    return CaughtSummary(
        row["id"],
        datetime.fromisoformat(row["at"]),
        row["mail_from"],
        tuple(json.loads(row["rcpt_to"])),
        row["sender"],
        row["recipient"],
        row["subject"],
        row["locale"],
        row["list_id"],
        row["size"],
    )


def _mail(row: sqlite3.Row) -> CaughtMail:
    return CaughtMail(**vars(_summary(row)), raw=row["raw"])


def _shown_headers(raw: bytes) -> Mapping[str, str]:
    parsed = headers(raw)
    names = ("from", "to", "subject", "content-language", "list-id")
    return {name: readable(str(parsed[name] or "")) for name in names}


def readable(value: str) -> str:
    """Return a header's value in one line with its encoded words decoded (RFC 2047)."""
    unfolded = " ".join(value.split())
    if "=?" not in unfolded:
        return unfolded
    try:
        return str(make_header(decode_header(unfolded))).encode("utf-8", "replace").decode()
    except (LookupError, ValueError, HeaderParseError):
        return unfolded


def _locale(value: str) -> str:
    first = value.partition(",")[0].strip()[:35]
    try:
        return canonical(first) if first else ""
    except ValueError:
        return first
