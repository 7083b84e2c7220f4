"""Approve: a named person lets one revision go out, and its renderings are frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.follow_up import late_renderings
from briefings.editorial.render import render_all
from briefings.model.briefing import Briefing
from briefings.model.channel import Channel
from briefings.model.delivery import Purpose
from briefings.model.edition import Rendering
from briefings.model.errors import NotReady, Refused
from briefings.model.person import letters, same_person
from briefings.store.engine import reading, writing
from briefings.store.tables import approvals, deliveries, publications, renderings


def approve(desk: Desk, briefing_id: str, by: str, now: datetime) -> str:
    """Approve the current revision of a briefing and freeze what every channel will carry; return the revision.

    Approving again freezes what has become ready since, except where something already went out: of an
    important or urgent briefing a follow-up is frozen then, for those who got it untranslated.
    Raises Refused where the author approves an important or urgent briefing, NotReady where this
    revision has not been prepared.
    """
    briefing = desk.briefing(briefing_id)
    name = " ".join(by.split())
    if not letters(name):
        raise Refused("an approval needs the name of the person: --by NAME")
    if briefing.severity.needs_second_person and same_person(name, briefing.author):
        raise Refused(
            f"{briefing_id} is {briefing.severity}: somebody other than its author ({briefing.author}) must approve it"
        )
    frozen = render(desk, briefing)
    late = late_renderings(desk, briefing)
    with writing(desk.engine) as connection:
        row = {"briefing": briefing.id, "revision": briefing.revision, "approved_by": name, "approved_at": now}
        records.upsert(connection, approvals, row)
        records.save_media(connection, briefing, desk.content.media)
        changed = _freeze(connection, frozen + late, now)
        if changed:
            connection.execute(
                update(publications)
                .where(publications.c.briefing == briefing.id, publications.c.revision == briefing.revision)
                .values(updated_at=now)
            )
    return briefing.revision


def render(desk: Desk, briefing: Briefing) -> list[tuple[Rendering, bool]]:
    """Render a prepared revision for all channels and locales; each with whether its edition is ready.

    A revision that follows a published one is rendered as its correction. Raises NotReady.
    """
    frozen: list[tuple[Rendering, bool]] = []
    with reading(desk.engine) as connection:
        published = records.publication(connection, briefing.id)
        editions = [
            records.load_edition(connection, briefing, locale, desk.source_locale)
            for locale in desk.site.locales_of(briefing)
        ]
    is_correction = published is not None and (published.revision != briefing.revision or published.correction)
    purpose = Purpose.CORRECTION if is_correction else Purpose.BRIEFING
    for edition in editions:
        if edition is None:
            raise NotReady(
                f"{briefing.id} has changed or was never prepared: run 'briefings prepare {briefing.id}' first"
            )
        channels = desk.content.channels.enabled
        frozen += [(r, edition.ready) for r in render_all(edition, desk.site, desk.templates, channels, purpose)]
    return frozen


def _freeze(connection: Connection, frozen: list[tuple[Rendering, bool]], now: datetime) -> bool:
    """Store renderings; what a delivery already refers to stays as it was. Return whether anything changed."""
    changed = False
    for rendering, is_ready in frozen:
        key = (
            renderings.c.briefing == rendering.briefing,
            renderings.c.revision == rendering.revision,
            renderings.c.locale == rendering.locale,
            renderings.c.channel == rendering.channel,
        )
        kept = connection.execute(select(renderings.c.parts).where(*key)).one_or_none()
        parts = dict(rendering.parts)
        if kept is not None and (dict(kept.parts) == parts or _went_out(connection, rendering)):
            continue
        changed = True
        row = {
            "briefing": rendering.briefing, "revision": rendering.revision, "locale": rendering.locale,
            "channel": rendering.channel, "parts": parts, "ready": is_ready, "frozen_at": now,
        }  # fmt: skip
        records.upsert(connection, renderings, row)
    return changed


def _went_out(connection: Connection, rendering: Rendering) -> bool:
    """Say whether a mail or post of this rendering is in the ledger; pages and feeds may always improve."""
    if rendering.channel in (Channel.PAGE, "feed"):
        return False
    return bool(
        connection.scalar(
            select(
                exists().where(
                    deliveries.c.briefing == rendering.briefing,
                    deliveries.c.revision == rendering.revision,
                    deliveries.c.locale == rendering.locale,
                    deliveries.c.channel == rendering.channel,
                )
            )
        )
    )
