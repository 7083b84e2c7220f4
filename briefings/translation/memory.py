"""The translation memory: every text that was translated, by whom or what, found again when it is needed.

One row for each (source text, translation) of a locale. Of several translations of one text the most
trusted counts, and of equally trusted ones the newest. A translation that somebody rejected stays as a
row in the state `initial`: it is never used, whoever has it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select

from briefings.model.edition import SegmentState
from briefings.model.person import same_person
from briefings.store.engine import reading, writing
from briefings.store.tables import memory

T = TypeVar("T")

SIMILAR_FROM = 70
"""The least score (0 to 100) at which an earlier text is offered: below it, correcting is slower than writing anew."""

_BATCH = 400
"""Values in one statement: SQLite and PostgreSQL both take them."""

_LOCK = 7426102
"""Advisory lock of PostgreSQL under which entries are put, so that two who put the same one do not collide."""


class Origin(StrEnum):
    """Where a translation came from."""

    PERSON = "person"
    IMPORT = "import"
    ENGINE = "engine"


@dataclass(frozen=True)
class Entry:
    """A translation with its provenance. `author` is a person, an agency or an engine; `version` the engine's."""

    source: str
    target: str
    state: SegmentState
    origin: Origin
    author: str
    made_at: datetime
    version: str = ""
    reviewer: str = ""
    reviewed_at: datetime | None = None

    @property
    def is_self_reviewed(self) -> bool:
        """True where nobody but its translator has reviewed it. What an engine made is nobody's own."""
        is_reviewed = self.state in (SegmentState.REVIEWED, SegmentState.FINAL)
        return is_reviewed and self.is_by(self.reviewer)

    def is_by(self, name: str) -> bool:
        """Say whether a person of this name translated it."""
        return self.origin is not Origin.ENGINE and same_person(self.author, name)


@dataclass(frozen=True)
class Match:
    """An entry for a similar text. `score` is 0 to 100 (rapidfuzz, normalised Indel similarity of the sources)."""

    entry: Entry
    score: int


class Memory:
    """The memory of one installation for one source locale."""

    def __init__(self, engine: Engine, source_locale: str) -> None:
        self._engine = engine
        self._source_locale = source_locale
        self._sources: dict[str, tuple[int, list[str]]] = {}

    def exact(self, locale: str, sources: Collection[str]) -> dict[str, Entry]:
        """Return the translation that counts for each of these texts that has one."""
        found: dict[str, Entry] = {}
        for source, entries in self.known(locale, sources).items():
            best = max(entries, key=_trust)
            if best.state is not SegmentState.INITIAL:
                found[source] = best
        return found

    def known(self, locale: str, sources: Collection[str]) -> dict[str, list[Entry]]:
        """Return everything that is known for these texts, rejected translations too."""
        found: dict[str, list[Entry]] = {}
        with reading(self._engine) as connection:
            for part in _batches(sources):
                hashes = [digest(source) for source in part]
                for row in connection.execute(self._of(locale).where(memory.c.source_hash.in_(hashes))):
                    found.setdefault(row.source, []).append(_entry(row))
        return found

    def rejected(self, locale: str, sources: Collection[str]) -> dict[str, list[tuple[str, str]]]:
        """Return, for each text that has some, its rejected translations with the engines (or "") that made them."""
        found: dict[str, list[tuple[str, str]]] = {}
        for source, entries in self.known(locale, sources).items():
            for entry in entries:
                if entry.state is SegmentState.INITIAL:
                    made_by = entry.author if entry.origin is Origin.ENGINE else ""
                    found.setdefault(source, []).append((entry.target, made_by))
        return found

    def entries(self, locale: str) -> Iterator[Entry]:
        """Yield everything that is known in a locale, oldest first. Do not write while it runs."""
        with reading(self._engine) as connection:
            rows = connection.execution_options(yield_per=1000).execute(self._of(locale).order_by(memory.c.id))
            for row in rows:
                yield _entry(row)

    def similar(self, locale: str, source: str, limit: int = 3) -> list[Match]:
        """Return translations of similar texts, the most similar first; never of the same text."""
        choices = [text for text in self._all_sources(locale) if text != source]
        near = process.extract(source, choices, scorer=fuzz.ratio, limit=limit, score_cutoff=SIMILAR_FROM)
        exact = self.exact(locale, [text for text, _score, _index in near])
        return [Match(exact[text], round(score)) for text, score, _index in near if text in exact]

    def put(self, locale: str, entries: Sequence[Entry], *, restore: bool = False) -> None:
        """Keep these, all or none. A translation that is there already is trusted more from now on, never less.

        Only a rejection (state initial) takes trust away, and a rejected text stays so, whoever has it too,
        unless it is to be restored.
        """
        if not entries:
            return
        with writing(self._engine) as connection:
            self._put(connection, locale, {(digest(e.source), digest(e.target)): e for e in entries}, restore)

    def _put(self, connection: Connection, locale: str, entries: dict[tuple[str, str], Entry], restore: bool) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        there: dict[tuple[str, str], Row[Any]] = {}
        for part in _batches({source for source, _ in entries}):
            for row in connection.execute(self._of(locale).where(memory.c.source_hash.in_(part))):
                there[row.source_hash, row.target_hash] = row
        new = {
            key: entry for key, entry in entries.items() if key not in there or _replaces(entry, there[key], restore)
        }
        replaced = [there[key].id for key in new if key in there]
        for ids in _batches(replaced):
            connection.execute(delete(memory).where(memory.c.id.in_(ids)))
        rows = [self._row(locale, *key, entry) for key, entry in new.items()]
        for some in _batches(rows):
            connection.execute(insert(memory), some)

    def _all_sources(self, locale: str) -> list[str]:
        here = (memory.c.locale == locale, memory.c.source_locale == self._source_locale)
        with reading(self._engine) as connection:
            newest = connection.scalar(select(func.max(memory.c.id)).where(*here)) or 0
            if self._sources.get(locale, (-1,))[0] != newest:
                found = connection.scalars(select(memory.c.source).where(*here).distinct().order_by(memory.c.source))
                self._sources[locale] = newest, list(found)
        return self._sources[locale][1]

    def _of(self, locale: str) -> Select[Any]:
        return select(memory).where(memory.c.locale == locale, memory.c.source_locale == self._source_locale)

    def _row(self, locale: str, source_hash: str, target_hash: str, entry: Entry) -> dict[str, Any]:
        return {
            "locale": locale, "source_locale": self._source_locale, "source_hash": source_hash,
            "target_hash": target_hash, "source": entry.source, "target": entry.target, "state": str(entry.state),
            "origin": str(entry.origin), "author": entry.author, "version": entry.version[:120],
            "made_at": entry.made_at, "reviewer": entry.reviewer, "reviewed_at": entry.reviewed_at,
        }  # fmt: skip


def _batches(items: Collection[T]) -> Iterator[list[T]]:
    found = list(items)
    return (found[start : start + _BATCH] for start in range(0, len(found), _BATCH))


def digest(text: str) -> str:
    """Return what a text is looked up by: SHA-256, 32 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


_STATES = list(SegmentState)


def _rank(state: str) -> int:
    return _STATES.index(SegmentState(state))


def _replaces(entry: Entry, row: Row[Any], restore: bool) -> bool:
    if entry.state is SegmentState.INITIAL:
        return True
    if row.state == SegmentState.INITIAL:
        return restore
    return _rank(entry.state) >= _rank(row.state)


def _trust(entry: Entry) -> tuple[int, datetime]:
    return _rank(entry.state), entry.made_at


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.source, row.target, SegmentState(row.state), Origin(row.origin), row.author, row.made_at,
        row.version, row.reviewer, row.reviewed_at,
    )  # fmt: skip
