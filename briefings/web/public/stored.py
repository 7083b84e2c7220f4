"""The public site on top of the store: reads what is published, and nothing else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import date as Date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.published import frozen
from briefings.editorial.render import FEED
from briefings.model.briefing import Severity
from briefings.model.channel import Channel
from briefings.rendering.page import PageRendering
from briefings.rendering.sitemap import PublicEdition
from briefings.residents.leavings import count_leaving
from briefings.residents.own import Own
from briefings.responses.record import record_answer
from briefings.store.engine import reading
from briefings.store.tables import media, media_uses, public_changes, publications, renderings, revisions
from briefings.subscribers.tokens import TokenPurpose, Tokens
from briefings.web.public.source import (
    Change,
    Media,
    OpenQuestion,
    PublishedEdition,
    PublishedItem,
    Unsubscribed,
    Withdrawn,
)

LOOK_AGAIN = 0.5
"""Seconds for which the last look at what is public holds: it saves a query a request."""

NOTHING_YET = datetime(2025, 1, 1, tzinfo=UTC)


class StoredSite:
    """`PublicSite` for one installation. Safe to use from several threads."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._clock = clock
        self._tokens = Tokens(desk.secret)
        self._own = Own(desk.register, desk.secret)
        self._lock = threading.Lock()
        self._change = Change("nothing", NOTHING_YET)
        self._looked = 0.0

    def change(self) -> Change:
        if time.monotonic() - self._looked > LOOK_AGAIN:
            with self._lock:
                self._change = self._look()
                self._looked = time.monotonic()
        return self._change

    def _look(self) -> Change:
        """Every publish, correction, withdrawal and late translation counts one, in its own transaction."""
        with reading(self._desk.engine) as connection:
            row = connection.execute(select(public_changes)).one_or_none()
        return Change(str(row.number), row.at) if row is not None else Change("nothing", NOTHING_YET)

    def published(
        self,
        locale: str,
        region: str | None = None,
        ward: str | None = None,
        limit: int | None = 50,
        within: tuple[datetime, datetime] | None = None,
        offset: int = 0,
    ) -> Sequence[PublishedItem]:
        at = publications.c.published_at
        query = select(publications).where(self._are_of(region, ward)).order_by(at.desc(), publications.c.briefing)
        if within is not None:
            query = query.where(at >= within[0], at < within[1])
        with reading(self._desk.engine) as connection:
            rows = connection.execute(query.limit(limit).offset(offset)).all()
            return self._items(connection, rows, locale)

    def editions(self) -> Sequence[PublicEdition]:
        query = (
            select(publications, renderings.c.locale)
            .join(
                renderings,
                (renderings.c.briefing == publications.c.briefing) & (renderings.c.revision == publications.c.revision),
            )
            .where(self._are_of(None, None), renderings.c.channel == str(Channel.PAGE))
            .order_by(publications.c.published_at.desc(), publications.c.briefing)
        )
        locales: dict[str, list[str]] = {}
        with reading(self._desk.engine) as connection:
            rows = connection.execute(query).all()
        for row in rows:
            locales.setdefault(row.briefing, []).append(row.locale)
        return [
            PublicEdition(row.briefing, row.region, row.updated_at, self._in_order(locales[row.briefing]))
            for row in {row.briefing: row for row in rows}.values()
        ]

    def moments(self, region: str | None = None, ward: str | None = None) -> Sequence[datetime]:
        with reading(self._desk.engine) as connection:
            return connection.scalars(select(publications.c.published_at).where(self._are_of(region, ward))).all()

    def _are_of(self, region: str | None, ward: str | None) -> ColumnElement[bool]:
        """Say which publications the public sees of a region, a ward, or all."""
        if ward is not None:
            place = self._desk.content.places.region_of(ward)
            region = place.id if place else ""
        live = publications.c.withdrawn_at.is_(None)
        return live if region is None else live & (publications.c.region == region)

    def _items(self, connection: Connection, rows: Sequence[Row[Any]], locale: str) -> list[PublishedItem]:
        """Read what lists and feeds show of some publications: their locales, and the contents of the one shown."""
        revision_of = {row.briefing: row.revision for row in rows}
        is_theirs = (renderings.c.briefing.in_(list(revision_of)), renderings.c.channel == FEED)
        locales: dict[str, list[str]] = {}
        for found in connection.execute(
            select(renderings.c.briefing, renderings.c.revision, renderings.c.locale).where(*is_theirs)
        ):
            if revision_of[found.briefing] == found.revision:
                locales.setdefault(found.briefing, []).append(found.locale)
        shown_in = (locale, self._desk.source_locale)
        contents = {
            (found.briefing, found.locale): found.parts
            for found in connection.execute(select(renderings).where(*is_theirs, renderings.c.locale.in_(shown_in)))
            if revision_of[found.briefing] == found.revision
        }
        kept = {
            found.briefing: found
            for found in connection.execute(
                select(revisions.c.briefing, revisions.c.revision, revisions.c.author).where(
                    revisions.c.briefing.in_(list(revision_of))
                )
            )
            if revision_of[found.briefing] == found.revision
        }
        pictured = set(
            connection.scalars(select(media_uses.c.briefing).where(media_uses.c.briefing.in_(list(revision_of))))
        )
        items = []
        for row in rows:
            shown = next((tag for tag in shown_in if (row.briefing, tag) in contents), None)
            if shown is None:
                continue
            whole = records.kept_briefing(connection, row.briefing, row.revision) if row.briefing in pictured else None
            items.append(
                PublishedItem(
                    briefing=row.briefing,
                    region=row.region,
                    locale=shown,
                    severity=Severity(row.severity),
                    content=PageRendering.from_parts(contents[row.briefing, shown]),
                    published_at=row.published_at,
                    updated_at=row.updated_at,
                    locales=self._in_order(locales[row.briefing]),
                    author=kept[row.briefing].author if row.briefing in kept else "",
                    image=self._desk.site.media_url(whole.images[0]) if whole and whole.images else "",
                )
            )
        return items

    def edition(self, region: str, slug: str, locale: str) -> PublishedEdition | Withdrawn | None:
        with reading(self._desk.engine) as connection:
            row = records.publication(connection, f"{region}/{slug}")
            if row is None:
                return None
            pages = (
                renderings.c.briefing == row.briefing,
                renderings.c.revision == row.revision,
                renderings.c.channel == Channel.PAGE,
            )
            locales = connection.scalars(select(renderings.c.locale).where(*pages)).all()
            if locale not in locales:
                return None
            if row.withdrawn_at is not None:
                return Withdrawn(row.withdrawn_at)
            parts = connection.scalar(select(renderings.c.parts).where(*pages, renderings.c.locale == locale))
            pictured = select(media_uses.c.digest).where(media_uses.c.briefing == row.briefing).limit(1)
            is_pictured = connection.scalar(pictured) is not None
            whole = records.kept_briefing(connection, row.briefing, row.revision) if is_pictured else None
            told = frozen(self._desk, connection, row.briefing, row.revision, locale)
        return PublishedEdition(
            row.briefing,
            region,
            locale,
            PageRendering.from_parts(parts or {}),
            row.published_at,
            row.updated_at,
            self._in_order(locales),
            row.correction,
            self._desk.site.media_url(whole.images[0]) if whole and whole.images else "",
            told.events if told is not None else (),
            Severity(row.severity),
        )

    def media(self, digest: str) -> Media | None:
        used = (
            select(media.c.content, media.c.media_type)
            .join(media_uses, media_uses.c.digest == media.c.digest)
            .join(
                publications,
                (publications.c.briefing == media_uses.c.briefing) & (publications.c.revision == media_uses.c.revision),
            )
            .where(publications.c.withdrawn_at.is_(None), media.c.digest.startswith(digest, autoescape=True))
            .limit(1)
        )
        with reading(self._desk.engine) as connection:
            row = connection.execute(used).one_or_none()
        return Media(row.content, row.media_type) if row is not None else None

    def question(self, briefing: str, locale: str) -> OpenQuestion | None:
        with reading(self._desk.engine) as connection:
            row = records.publication(connection, briefing)
            if row is None or row.withdrawn_at is not None:
                return None
            pages = records.rendering_parts(connection, briefing, row.revision, Channel.PAGE)
        parts = pages.get(locale, {})
        if "question" not in parts:
            return None
        return OpenQuestion(parts["question"], tuple(json.loads(parts["options"])), parts["question_locale"])

    def record_response(self, briefing: str, locale: str, option: int | None, message: str) -> None:
        record_answer(self._desk.engine, briefing, locale, option, message, self._clock())

    def unsubscribe_locale(self, token: str) -> str | None:
        subscriber_id = self._tokens.read(TokenPurpose.UNSUBSCRIBE, token)
        found = self._desk.register.get(subscriber_id) if subscriber_id is not None else None
        return found.choices.locale if found is not None else None

    def unsubscribe(self, token: str) -> Unsubscribed:
        subscriber_id = self._tokens.read(TokenPurpose.UNSUBSCRIBE, token)
        if subscriber_id is None or (before := self._desk.register.get(subscriber_id)) is None:
            return Unsubscribed.UNKNOWN
        if before.ended_at is not None:
            return Unsubscribed.ALREADY
        self._desk.register.unsubscribe(subscriber_id, "unsubscribed", self._clock())
        return Unsubscribed.DONE

    def note_leaving(self, reason: str) -> None:
        count_leaving(self._desk.engine, reason, self._clock())

    def pause(self, token: str, duration: timedelta) -> Date | None:
        subscriber_id = self._tokens.read(TokenPurpose.UNSUBSCRIBE, token)
        if subscriber_id is None:
            return None
        # less than what the link is for, so its token may do it; the other token never leaves this method
        now, own = self._clock(), self._tokens.token(TokenPurpose.PREFERENCES, subscriber_id)
        until = now.astimezone(self._desk.content.places.borough.zone).date() + duration
        person = self._own.pause(own, until, now)
        return person.paused_until if person is not None else None

    def come_back(self, token: str) -> bool:
        return self._own.come_back(token, self._clock()) is not None

    def _in_order(self, locales: Any) -> tuple[str, ...]:
        return tuple(locale for locale in self._desk.content.places.locales if locale in locales)
