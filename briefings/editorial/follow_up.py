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
from briefings.editorial.render import render_all
from briefings.model.briefing import Briefing, Severity
from briefings.model.channel import Channel
from briefings.model.delivery import FOLLOWS, Purpose
from briefings.model.edition import Rendering
from briefings.store.engine import reading
from briefings.store.tables import publications, renderings


def late_renderings(desk: Desk, briefing: Briefing) -> list[tuple[Rendering, bool]]:
    """Return the follow-ups of a published briefing: its mails and posts in locales that have become ready."""
    if briefing.severity is Severity.ROUTINE:
        return []
    with reading(desk.engine) as connection:
        published = records.publication(connection, briefing.id)
        if published is None or published.withdrawn_at is not None or published.revision != briefing.revision:
            return []
        unready = _sent_unready(connection, briefing)
        editions = [records.load_edition(connection, briefing, locale, desk.source_locale) for locale in unready]
    channels = [channel for channel in desk.content.channels.enabled if channel in (Channel.EMAIL, Channel.X)]
    return [
        (replace(rendering, revision=rendering.revision + FOLLOWS), True)
        for edition in editions
        if edition is not None and edition.ready
        for rendering in render_all(edition, desk.site, desk.templates, channels, Purpose.FOLLOW_UP)
    ]


def _sent_unready(connection: Connection, briefing: Briefing) -> list[str]:
    query = select(renderings.c.locale).where(
        renderings.c.briefing == briefing.id,
        renderings.c.revision == briefing.revision,
        renderings.c.channel.in_((str(Channel.EMAIL), str(Channel.X))),
        renderings.c.ready.is_(False),
    )
    return sorted(set(connection.scalars(query)))


def approved_follow_ups(connection: Connection) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the follow-ups of what is published now, each as briefing, revision (with its ending) and locales."""
    query = (
        select(renderings.c.briefing, renderings.c.revision, renderings.c.locale)
        .join(
            publications,
            (publications.c.briefing == renderings.c.briefing)
            & (publications.c.revision + FOLLOWS == renderings.c.revision),
        )
        .where(publications.c.withdrawn_at.is_(None))
        .distinct()
        .order_by(renderings.c.briefing, renderings.c.locale)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for row in connection.execute(query):
        found.setdefault((row.briefing, row.revision), []).append(row.locale)
    yield from ((briefing, revision, tuple(locales)) for (briefing, revision), locales in found.items())
