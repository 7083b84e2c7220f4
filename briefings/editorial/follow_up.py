"""Follow-ups: a translation that came late reaches those who needed it, once, and only where it matters.

Pages and feeds always change to the better text. A second mail or post goes out for important and urgent
briefings only: for a routine one it would be one mail too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, select

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.render import is_ready_for, render_all
from briefings.model.briefing import Briefing, Severity
from briefings.model.channel import Channel
from briefings.model.delivery import FOLLOWS, Purpose
from briefings.model.edition import Edition, Rendering
from briefings.store.tables import publications, renderings


def late_renderings(desk: Desk, connection: Connection, briefing: Briefing) -> list[tuple[Rendering, bool]]:
    """Return the follow-ups of a published briefing: its mails and posts in locales that have become ready."""
    published = records.publication(connection, briefing.id)
    if published is None or published.withdrawn_at is not None or published.revision != briefing.revision:
        return []
    return [
        (replace(rendering, revision=rendering.revision + FOLLOWS), True)
        for edition, channel in due_follow_ups(desk, connection, briefing)
        for rendering in render_all(edition, desk.site, desk.templates, (channel,), Purpose.FOLLOW_UP)
    ]


def due_follow_ups(desk: Desk, connection: Connection, briefing: Briefing) -> Iterator[tuple[Edition, Channel]]:
    """Yield what is ready now and was frozen unready for a channel, and has no follow-up yet."""
    if briefing.severity is Severity.ROUTINE:
        return
    for channel in (Channel.EMAIL, Channel.X):
        if channel not in desk.content.channels.enabled:
            continue
        frozen = records.frozen_readiness(connection, briefing.id, briefing.revision, channel)
        done = records.frozen_readiness(connection, briefing.id, briefing.revision + FOLLOWS, channel)
        for locale, was_ready in frozen.items():
            edition = None if was_ready or locale in done else _edition(desk, connection, briefing, locale)
            if edition is not None and is_ready_for(edition, channel):
                yield edition, channel


def _edition(desk: Desk, connection: Connection, briefing: Briefing, locale: str) -> Edition | None:
    return records.load_edition(connection, briefing, locale, desk.source_locale)


FollowUps = dict[tuple[str, str], dict[str, tuple[str, ...]]]
"""By briefing and revision (with its ending): channel -> locales."""


def approved_follow_ups(connection: Connection) -> FollowUps:
    """Return the follow-ups of what is published now."""
    query = (
        select(renderings.c.briefing, renderings.c.revision, renderings.c.channel, renderings.c.locale)
        .join(
            publications,
            (publications.c.briefing == renderings.c.briefing)
            & (publications.c.revision + FOLLOWS == renderings.c.revision),
        )
        .where(publications.c.withdrawn_at.is_(None))
        .order_by(renderings.c.briefing, renderings.c.locale)
    )
    found: FollowUps = {}
    for row in connection.execute(query):
        channels = found.setdefault((row.briefing, row.revision), {})
        channels[row.channel] = (*channels.get(row.channel, ()), row.locale)
    return found
