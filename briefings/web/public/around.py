"""What stands around a page: what comes next in its region, and which briefings came before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.published import PublishedEditions
from briefings.editorial.render import FEED
from briefings.rendering.page import PageRendering
from briefings.rendering.structured import ToldEvent
from briefings.store.engine import reading
from briefings.store.tables import publications, renderings

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
        live = (publications.c.region == region, publications.c.withdrawn_at.is_(None), side)
        row = connection.execute(select(publications).where(*live).order_by(*order).limit(1)).one_or_none()
        return self._named(connection, row, locale) if row is not None else None

    def _named(self, connection: Connection, row: Row[Any], locale: str) -> Neighbour | None:
        """Return a publication in a locale, or in the source locale where it has none in that."""
        tags = (locale, self._desk.source_locale)
        contents = {
            found.locale: PageRendering.from_parts(found.parts)
            for found in connection.execute(
                select(renderings.c.locale, renderings.c.parts).where(
                    renderings.c.briefing == row.briefing,
                    renderings.c.revision == row.revision,
                    renderings.c.channel == FEED,
                    renderings.c.locale.in_(tags),
                )
            )
        }
        shown = next((tag for tag in tags if tag in contents), None)
        if shown is None:
            return None
        return Neighbour(row.briefing, contents[shown].title, shown, contents[shown].locale)
