"""Approve: a named person lets one revision go out, and its renderings are frozen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from briefings.editorial import records
from briefings.editorial.archive import note_change
from briefings.editorial.desk import Desk
from briefings.editorial.follow_up import late_renderings
from briefings.editorial.render import PUBLIC, is_ready_for, render_all
from briefings.model.briefing import Briefing
from briefings.model.delivery import Purpose
from briefings.model.edition import Rendering
from briefings.model.errors import NotReady, Refused
from briefings.model.person import letters, same_person
from briefings.store.engine import writing
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
    with writing(desk.engine) as connection:  # what is published may change at any other moment
        frozen = _rendered(desk, connection, briefing)
        late = late_renderings(desk, connection, briefing)
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
            if _is_public(connection, briefing):
                note_change(desk, connection, briefing.id, now)
    return briefing.revision


def _rendered(desk: Desk, connection: Connection, briefing: Briefing) -> list[tuple[Rendering, bool]]:
    """Render a prepared revision for all channels and locales; each with whether all that it carries is ready.

    A revision that follows a published one is rendered as its correction. Raises NotReady.
    """
    if not desk.is_sandbox and records.is_demonstration(connection, briefing.id, briefing.revision):
        raise NotReady(
            f"{briefing.id} was signed off by the demonstration only, which counts in the sandbox: "
            f"run 'briefings prepare {briefing.id}' first"
        )
    published = records.publication(connection, briefing.id)
    is_correction = published is not None and (published.revision != briefing.revision or published.correction)
    purpose = Purpose.CORRECTION if is_correction else Purpose.BRIEFING
    frozen: list[tuple[Rendering, bool]] = []
    for locale in desk.site.locales_of(briefing):
        edition = records.load_edition(connection, briefing, locale, desk.source_locale)
        if edition is None:
            raise NotReady(
                f"{briefing.id} has changed or was never prepared: run 'briefings prepare {briefing.id}' first"
            )
        channels = desk.content.channels.enabled
        rendered = render_all(edition, desk.site, desk.templates, channels, purpose)
        frozen += [(rendering, is_ready_for(edition, rendering.channel)) for rendering in rendered]
    return frozen


def _freeze(connection: Connection, frozen: list[tuple[Rendering, bool]], now: datetime) -> bool:
    """Store renderings; what a delivery already refers to stays as it was. Return whether anything changed.

    What the public sees gets better and never worse: a page that is translated is not replaced by one that is not.
    """
    changed = False
    for rendering, is_ready in frozen:
        key = (
            renderings.c.briefing == rendering.briefing,
            renderings.c.revision == rendering.revision,
            renderings.c.locale == rendering.locale,
            renderings.c.channel == rendering.channel,
        )
        kept = connection.execute(select(renderings.c.parts, renderings.c.ready).where(*key)).one_or_none()
        parts = dict(rendering.parts)
        if kept is not None and (dict(kept.parts) == parts or _went_out(connection, rendering)):
            continue
        if kept is not None and kept.ready and not is_ready and _is_public(connection, rendering):
            continue
        changed = True
        row = {
            "briefing": rendering.briefing, "revision": rendering.revision, "locale": rendering.locale,
            "channel": rendering.channel, "parts": parts, "ready": is_ready, "frozen_at": now,
        }  # fmt: skip
        records.upsert(connection, renderings, row)
    return changed


def _is_public(connection: Connection, what: Rendering | Briefing) -> bool:
    published = records.publication(connection, what.briefing if isinstance(what, Rendering) else what.id)
    return published is not None and published.revision == what.revision


def _went_out(connection: Connection, rendering: Rendering) -> bool:
    """Say whether a mail or post of this rendering is in the ledger; pages and feeds may always improve."""
    if rendering.channel in PUBLIC:
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
