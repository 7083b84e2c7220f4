"""Alerts: what was said of an urgent briefing, message by message, for programs that pass warnings on.

A message never changes: a correction makes another one, and so does a translation that comes late.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, or_, select

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.published import Shown, frozen, shown_revisions
from briefings.editorial.render import STRUCTURED
from briefings.model.briefing import Severity
from briefings.model.channel import Channel
from briefings.rendering.alert import AlertMessage, MessageKind, is_whole
from briefings.rendering.structured import StructuredEdition
from briefings.store.engine import reading
from briefings.store.tables import publications, renderings

WITHDRAWN = "withdrawn"
MOST_CURRENT = 20
"""Briefings that are looked through for what is current: a feed is made anew by the minute, and years go by."""
CANCELS_FOR = timedelta(days=7)
"""For so long a withdrawal stands among what is current: who has passed an alert on must hear of its end."""


class Alerts:
    """Reads published urgent briefings; safe to use from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def messages(self, briefing: str) -> Sequence[AlertMessage]:
        """Return all messages about a briefing, oldest first; none where it is not public or not urgent.

        Of a withdrawn one there is only the message that cancels the others.
        """
        with reading(self._desk.engine) as connection:
            row = records.publication(connection, briefing)
            if row is None or row.severity != Severity.URGENT:
                return ()
            messages: list[AlertMessage] = []
            for one in shown_revisions(connection, briefing, row.revision):
                whole = self._whole(connection, briefing, one)
                moments = sorted({one.at, *(since for since, _ in whole)})
                for at in moments:
                    version = one.revision if at == one.at else f"{one.revision}.{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
                    kind = MessageKind.UPDATE if messages else MessageKind.ALERT
                    earlier = tuple((message.version, message.sent) for message in messages)
                    editions = tuple(edition for since, edition in whole if since <= at)
                    messages.append(AlertMessage(kind, briefing, version, at, earlier, editions, tuple(row.wards)))
            if row.withdrawn_at is not None:
                earlier = tuple((message.version, message.sent) for message in messages)
                return [AlertMessage(MessageKind.CANCEL, briefing, WITHDRAWN, row.withdrawn_at, earlier)]
            return messages

    def current(self, now: datetime) -> Sequence[AlertMessage]:
        """Return the newest message of each urgent briefing that stands or was withdrawn of late, newest first."""
        urgent = select(publications.c.briefing).where(
            publications.c.severity == Severity.URGENT,
            or_(publications.c.withdrawn_at.is_(None), publications.c.withdrawn_at > now - CANCELS_FOR),
        )
        newest = urgent.order_by(publications.c.updated_at.desc()).limit(MOST_CURRENT)
        with reading(self._desk.engine) as connection:
            briefings = connection.scalars(newest).all()
        last = [messages[-1] for briefing in briefings if (messages := self.messages(briefing))]
        return sorted((one for one in last if not one.is_over(now)), key=lambda one: one.sent, reverse=True)

    def _whole(
        self, connection: Connection, briefing: str, shown: Shown
    ) -> Sequence[tuple[datetime, StructuredEdition]]:
        """Return the editions of a revision that are whole in their own language, and since when each could be had.

        In the order of the borough's languages; what was ready when the revision was shown counts from then.
        """
        its = (renderings.c.briefing == briefing, renderings.c.revision == shown.revision)
        frozen_at = select(renderings.c.locale, renderings.c.frozen_at).where(*its, renderings.c.channel == STRUCTURED)
        since = {found.locale: found.frozen_at for found in connection.execute(frozen_at)}
        rendered = connection.scalars(
            select(renderings.c.locale).where(*its, renderings.c.channel == Channel.PAGE)
        ).all()
        editions = (
            frozen(self._desk, connection, briefing, shown.revision, locale)
            for locale in self._desk.content.places.locales
            if locale in rendered
        )
        return [
            (max(shown.at, since.get(edition.locale, shown.at)), edition)
            for edition in editions
            if edition is not None and is_whole(edition)
        ]
