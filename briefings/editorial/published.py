"""What is published, part by part: for calendars, alerts, ward pages and the API. Nothing else comes out of here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.render import STRUCTURED
from briefings.model.channel import SITE, Channel
from briefings.model.delivery import DeliveryState
from briefings.rendering.structured import StructuredEdition, render_structured
from briefings.store.engine import reading
from briefings.store.tables import deliveries, publications, renderings, revisions


@dataclass(frozen=True)
class Published:
    """A published edition. `locales` are those it can be had in; `corrected`: it replaced an earlier text."""

    edition: StructuredEdition
    published_at: datetime
    updated_at: datetime
    corrected: bool
    locales: tuple[str, ...]


class PublishedEditions:
    """Reads what the public may see, in one locale at a time; safe to use from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def newest(
        self, locale: str, *, region: str | None = None, ward: str | None = None, limit: int = 30, offset: int = 0
    ) -> tuple[Sequence[Published], int]:
        """Return published editions, newest first, and how many there are in all: of a region, a ward's, or all.

        Each is in `locale`, or in the source locale where it has none in that.
        """
        query = self._live()
        if ward is not None:
            place = self._desk.content.places.region_of(ward)
            region = place.id if place else ""
        if region is not None:
            query = query.where(publications.c.region == region)
        with reading(self._desk.engine) as connection:
            total = connection.scalar(select(func.count()).select_from(query.subquery())) or 0
            newest = query.order_by(publications.c.published_at.desc(), publications.c.briefing)
            rows = connection.execute(newest.limit(limit).offset(offset)).all()
            return self._read(connection, rows, locale), total

    def one(self, briefing: str, locale: str) -> Published | None:
        """Return an edition of a published briefing; None where it is not public, or not in exactly this locale."""
        with reading(self._desk.engine) as connection:
            rows = connection.execute(self._live().where(publications.c.briefing == briefing)).all()
            found = self._read(connection, rows, locale)
        return found[0] if found and found[0].edition.locale == locale else None

    def _live(self) -> Select[tuple[str, str, datetime, datetime, bool]]:
        return select(
            publications.c.briefing,
            publications.c.revision,
            publications.c.published_at,
            publications.c.updated_at,
            publications.c.correction,
        ).where(publications.c.withdrawn_at.is_(None))

    def _read(
        self, connection: Connection, rows: Sequence[Row[tuple[str, str, datetime, datetime, bool]]], locale: str
    ) -> list[Published]:
        """Read the editions of publications: with two queries, and one more for each that is not in this locale."""
        revision_of = {row.briefing: row.revision for row in rows}
        is_theirs = renderings.c.briefing.in_(list(revision_of))
        page = select(renderings.c.briefing, renderings.c.revision, renderings.c.locale).where(
            is_theirs, renderings.c.channel == Channel.PAGE
        )
        rendered = {(one.briefing, one.locale) for one in connection.execute(page) if _is_among(one, revision_of)}
        parts = select(renderings.c.briefing, renderings.c.revision, renderings.c.parts).where(
            is_theirs, renderings.c.channel == STRUCTURED, renderings.c.locale == locale
        )
        told = {
            one.briefing: StructuredEdition.from_parts(one.parts)
            for one in connection.execute(parts)
            if _is_among(one, revision_of) and (one.briefing, locale) in rendered
        }
        found = []
        for row in rows:
            locales = tuple(tag for tag in self._desk.content.places.locales if (row.briefing, tag) in rendered)
            shown = locale if locale in locales else self._desk.source_locale
            edition = told.get(row.briefing) or frozen(self._desk, connection, row.briefing, row.revision, shown)
            if edition is not None:
                found.append(Published(edition, row.published_at, row.updated_at, row.correction, locales))
        return found


def _is_among(one: Row[Any], revision_of: Mapping[str, str]) -> bool:
    return revision_of[one.briefing] == str(one.revision)


@dataclass(frozen=True)
class Shown:
    """A revision that the site showed, and since when."""

    revision: str
    at: datetime


def shown_revisions(connection: Connection, briefing: str, present: str) -> list[Shown]:
    """Return the revisions of a briefing that the site showed, in that order; the present one is the last."""
    is_shown = and_(
        deliveries.c.briefing == briefing,
        deliveries.c.revision == revisions.c.revision,
        deliveries.c.channel.in_([str(channel) for channel in SITE]),
        deliveries.c.state == DeliveryState.SENT,
    )
    order = select(func.min(deliveries.c.id)).where(is_shown).scalar_subquery().label("order")
    at = select(func.min(deliveries.c.changed_at)).where(is_shown).scalar_subquery().label("at")
    query = select(revisions.c.revision, order, at).where(revisions.c.briefing == briefing)
    rows = [row for row in connection.execute(query) if row.order is not None]
    rows.sort(key=lambda row: (row.revision == present, row.order))
    return [Shown(row.revision, row.at) for row in rows]


def frozen(desk: Desk, connection: Connection, briefing: str, revision: str, locale: str) -> StructuredEdition | None:
    """Return an edition part by part, as it was approved."""
    parts = connection.scalar(
        select(renderings.c.parts).where(
            and_(
                renderings.c.briefing == briefing,
                renderings.c.revision == revision,
                renderings.c.locale == locale,
                renderings.c.channel == STRUCTURED,
            )
        )
    )
    if parts is not None:
        return StructuredEdition.from_parts(parts)
    # approved by a release that did not freeze this: its texts as they were prepared
    kept = records.kept_briefing(connection, briefing, revision)
    edition = records.load_edition(connection, kept, locale, desk.source_locale) if kept else None
    return render_structured(edition, desk.site) if edition is not None else None
