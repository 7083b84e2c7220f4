"""What stands around a page: what comes next in its region, and which briefings came before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.published import PublishedEditions
from briefings.rendering.structured import ToldEvent
from briefings.store.engine import reading
from briefings.store.tables import publications, searchable

LOOKED_THROUGH = 12
"""Newest briefings of a region in which events are looked for: they are announced weeks ahead, not months."""


@dataclass(frozen=True)
class Coming:
    """An event that is not over, and the briefing that tells of it, in the locale it can be read in."""

    event: ToldEvent
    briefing: str
    locale: str


@dataclass(frozen=True)
class Neighbour:
    """A briefing of the same region. `locale` is that of its page, `title_locale` the one its title is truly in."""

    briefing: str
    title: str
    locale: str
    title_locale: str


@dataclass(frozen=True)
class Neighbours:
    """The briefings of a region that were published just before and just after one of them."""

    earlier: Neighbour | None = None
    later: Neighbour | None = None


class Around(Protocol):
    """Asked in worker threads. Nothing that is not published comes out of it (embargo)."""

    def moment(self) -> str:
        """Return what differs when events may have passed: an answer that tells what comes next is kept under it."""

    def coming(self, region: str, locale: str) -> Sequence[Coming]:
        """Return the events of a region that are not over, the next one first."""

    def neighbours(self, briefing: str, locale: str) -> Neighbours:
        """Return what a reader of a published briefing may turn to; nothing where it is not public."""


class StoredAround:
    """`Around` for one installation. `clock` gives aware times. Safe to use from several threads."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._editions = PublishedEditions(desk)
        self._clock = clock

    def moment(self) -> str:
        return f"{self._clock():%Y-%m-%dT%H}"

    def coming(self, region: str, locale: str) -> Sequence[Coming]:
        now = self._clock()
        found = [
            Coming(event, one.edition.briefing, one.edition.locale)
            for one in self._editions.newest(locale, region=region, limit=LOOKED_THROUGH)[0]
            for event in one.edition.events
            if event.end > now
        ]
        return sorted(found, key=lambda coming: coming.event.start)

    def neighbours(self, briefing: str, locale: str) -> Neighbours:
        # those of one moment have an order too: by name, from which lists differ in nothing
        at, name = publications.c.published_at, publications.c.briefing
        with reading(self._desk.engine) as connection:
            own = records.publication(connection, briefing)
            if own is None or own.withdrawn_at is not None:
                return Neighbours()
            before = or_(at < own.published_at, and_(at == own.published_at, name > own.briefing))
            after = or_(at > own.published_at, and_(at == own.published_at, name < own.briefing))
            return Neighbours(
                self._next(connection, own.region, locale, before, (at.desc(), name)),
                self._next(connection, own.region, locale, after, (at, name.desc())),
            )

    def _next(
        self,
        connection: Connection,
        region: str,
        locale: str,
        side: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]],
    ) -> Neighbour | None:
        """Return the first publication of a region on one side, in a locale, or in the source locale where it has none.

        Titles come from what is searched: they stand there beside each other, and not in whole pages.
        """
        tags = (locale, self._desk.source_locale)
        query = (
            select(publications.c.briefing, searchable.c.title, searchable.c.locale, searchable.c.text_locale)
            .join(searchable, searchable.c.briefing == publications.c.briefing)
            .where(publications.c.region == region, publications.c.withdrawn_at.is_(None), side)
            .where(searchable.c.locale.in_(tags))
            .order_by(*order, searchable.c.locale != locale)
        )
        row = connection.execute(query.limit(1)).one_or_none()
        return Neighbour(row.briefing, row.title, row.locale, row.text_locale) if row is not None else None
