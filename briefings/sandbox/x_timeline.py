"""The stand-in's timeline: posts, residents' mentions and images, with X's rules for accepting them."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from briefings.sandbox.database import Database
from briefings.sandbox.x_language import language_of
from briefings.sandbox.x_text import LIMIT, weighted_length

SNOWFLAKE_EPOCH_MS = 1288834974657
RECENT = 200
"""Among this many of the account's newest posts no text may occur twice."""
MEDIA_A_POST = 4
ALT_LIMIT = 1000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS post (
  id INTEGER PRIMARY KEY,  -- a snowflake: sorts by time, as X's ids do
  author INTEGER NOT NULL, text TEXT NOT NULL, lang TEXT NOT NULL,
  reply_to INTEGER, conversation INTEGER NOT NULL, media TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS post_by_author ON post (author, id);
CREATE INDEX IF NOT EXISTS post_by_conversation ON post (conversation, id);
CREATE TABLE IF NOT EXISTS media (id INTEGER PRIMARY KEY, mime TEXT NOT NULL, alt TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS resident (id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
"""


class Reason(StrEnum):
    """Why X would not take a post."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    DUPLICATE = "duplicate"
    UNKNOWN_REPLY = "unknown reply"
    UNKNOWN_MEDIA = "unknown media"


class PostRefused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Account:
    id: int
    username: str
    name: str


ACCOUNT = Account(1000000000000000001, "sandbox", "Sandbox account")
"""The account whose posts these are: the only one that the API's credentials open."""


@dataclass(frozen=True)
class Post:
    id: int
    author: int
    text: str
    lang: str
    reply_to: int | None
    conversation: int
    media: tuple[int, ...]

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(((self.id >> 22) + SNOWFLAKE_EPOCH_MS) / 1000, UTC)

    @property
    def is_mention(self) -> bool:
        return self.author != ACCOUNT.id


@dataclass(frozen=True)
class Medium:
    id: int
    mime: str
    alt: str
    content: bytes


class Timeline(Database):
    """The store behind the stand-in. Every write is committed before it returns."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SCHEMA)

    def post(
        self,
        text: str,
        at: datetime,
        *,
        author: int = ACCOUNT.id,
        reply_to: int | None = None,
        media: Sequence[int] = (),
    ) -> Post:
        """Accept a post. Raises PostRefused where X would refuse it."""
        text = unicodedata.normalize("NFC", text).strip()
        if not text and not media:
            raise PostRefused(Reason.EMPTY)
        if weighted_length(text) > LIMIT:
            raise PostRefused(Reason.TOO_LONG)
        with self.writing() as connection:
            parent = self.get(reply_to) if reply_to is not None and reply_to < 2**63 else None
            if reply_to is not None and parent is None:
                raise PostRefused(Reason.UNKNOWN_REPLY)
            if len(media) > MEDIA_A_POST or not all(self._has_medium(id) for id in media):
                raise PostRefused(Reason.UNKNOWN_MEDIA)
            if text and any(earlier.text == text for earlier in self.posts(author, limit=RECENT)):
                raise PostRefused(Reason.DUPLICATE)
            id = self._next_id(at)
            conversation = parent.conversation if parent else id
            connection.execute(
                "INSERT INTO post (id, author, text, lang, reply_to, conversation, media) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (id, author, text, language_of(text), reply_to, conversation, json.dumps(list(media))),
            )
        return Post(id, author, text, language_of(text), reply_to, conversation, tuple(media))

    def mention(self, username: str, text: str, at: datetime, *, name: str = "", reply_to: int | None = None) -> Post:
        """Let a resident write to the account; where neither reply nor mention, the mention is put before."""
        if reply_to is None and f"@{ACCOUNT.username}" not in text.lower():
            text = f"@{ACCOUNT.username} {text}"
        return self.post(text, at, author=self._resident(username, name, at).id, reply_to=reply_to)

    def delete(self, id: int) -> None:
        with self.writing() as connection:
            connection.execute("UPDATE post SET deleted = 1 WHERE id = ?", (id,))

    def get(self, id: int) -> Post | None:
        found = self.rows("SELECT * FROM post WHERE id = ? AND NOT deleted", (id,))
        return _post(found[0]) if found else None

    def posts(
        self, author: int, *, limit: int, since: int = 0, before: int | None = None, replies: bool = True
    ) -> tuple[Post, ...]:
        """Return an author's posts, newest first: ids greater than `since` and less than `before`."""
        return self._newest("author = ?", author, limit, since, before, replies)

    def mentions(self, *, limit: int, since: int = 0, before: int | None = None) -> tuple[Post, ...]:
        """Return what residents wrote to the account, newest first."""
        return self._newest("author != ?", ACCOUNT.id, limit, since, before, True)

    def conversations(self, page: int, per_page: int) -> tuple[tuple[Post, ...], ...]:
        """Return one page of conversations, that with the newest start first, each oldest post first."""
        roots = self.rows(
            "SELECT DISTINCT conversation FROM post WHERE NOT deleted ORDER BY conversation DESC LIMIT ? OFFSET ?",
            (per_page, max(page - 1, 0) * per_page),
        )
        sql = "SELECT * FROM post WHERE conversation = ? AND NOT deleted ORDER BY id"
        return tuple(tuple(_post(row) for row in self.rows(sql, (root[0],))) for root in roots)

    def count_by_language(self) -> dict[str, int]:
        """Return the number of the account's posts in each language, most first."""
        counted = self.rows(
            "SELECT lang, count(*) AS n FROM post WHERE author = ? AND NOT deleted GROUP BY lang ORDER BY n DESC, lang",
            (ACCOUNT.id,),
        )
        return {row["lang"]: row["n"] for row in counted}

    def count_conversations(self) -> int:
        return int(self.rows("SELECT count(DISTINCT conversation) FROM post WHERE NOT deleted")[0][0])

    def count_mentions(self) -> int:
        return int(self.rows("SELECT count(*) FROM post WHERE author != ? AND NOT deleted", (ACCOUNT.id,))[0][0])

    def account(self, id: int) -> Account | None:
        if id == ACCOUNT.id:
            return ACCOUNT
        found = self.rows("SELECT id, username, name FROM resident WHERE id = ?", (id,))
        return Account(*found[0]) if found else None

    def add_medium(self, content: bytes, mime: str, at: datetime) -> Medium:
        with self.writing() as connection:
            id = self._next_id(at)
            connection.execute("INSERT INTO media (id, mime, alt, content) VALUES (?, ?, '', ?)", (id, mime, content))
        return Medium(id, mime, "", content)

    def describe(self, id: int, alt: str) -> bool:
        """Give an image its alternative text; False where there is no such image."""
        with self.writing() as connection:
            return connection.execute("UPDATE media SET alt = ? WHERE id = ?", (alt, id)).rowcount == 1

    def medium(self, id: int) -> Medium | None:
        found = self.rows("SELECT id, mime, alt, content FROM media WHERE id = ?", (id,))
        return Medium(*found[0]) if found else None

    def alt_of(self, id: int) -> str:
        """Return an image's alternative text without reading the image."""
        found = self.rows("SELECT alt FROM media WHERE id = ?", (id,))
        return str(found[0]["alt"]) if found else ""

    def _has_medium(self, id: int) -> bool:
        return bool(self.rows("SELECT 1 FROM media WHERE id = ?", (id,)))

    def _newest(
        self, condition: str, author: int, limit: int, since: int, before: int | None, replies: bool
    ) -> tuple[Post, ...]:
        found = self.rows(
            f"SELECT * FROM post WHERE {condition} AND NOT deleted AND id > ? AND id < ?"  # noqa: S608
            " AND (? OR reply_to IS NULL) ORDER BY id DESC LIMIT ?",
            (author, since, before or 2**63 - 1, replies, limit),
        )
        return tuple(_post(row) for row in found)

    def _resident(self, username: str, name: str, at: datetime) -> Account:
        with self.writing() as connection:
            found = self.rows("SELECT id, username, name FROM resident WHERE username = ?", (username,))
            if found:
                return Account(*found[0])
            resident = Account(self._next_id(at), username, name or username)
            connection.execute("INSERT INTO resident VALUES (?, ?, ?)", (resident.id, username, resident.name))
        return resident

    def _next_id(self, at: datetime) -> int:
        newest = self.rows(
            "SELECT max(coalesce((SELECT max(id) FROM post), 0), coalesce((SELECT max(id) FROM media), 0),"
            " coalesce((SELECT max(id) FROM resident), 0))"
        )[0][0]
        return max((int(at.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS) << 22, int(newest) + 1)


def _post(row: sqlite3.Row) -> Post:
    return Post(
        row["id"],
        row["author"],
        row["text"],
        row["lang"],
        row["reply_to"],
        row["conversation"],
        tuple(json.loads(row["media"])),
    )
