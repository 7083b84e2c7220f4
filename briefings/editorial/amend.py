"""Correct and withdraw: what was wrong reaches exactly those who got it, on every channel that carried it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from briefings.delivery import publication
from briefings.delivery.plan import Job, cancel_waiting, plan_correction, plan_site, plan_social
from briefings.editorial import records
from briefings.editorial.deliver import Delivered, Progress, deliver, nothing
from briefings.editorial.desk import Desk
from briefings.editorial.publish import NOTICE, job_of
from briefings.editorial.render import render_all
from briefings.log import event
from briefings.model.channel import Channel
from briefings.model.delivery import Purpose
from briefings.model.errors import BriefingsError, NotReady, Refused
from briefings.store.engine import writing
from briefings.store.tables import deliveries, publications, renderings


def correct(desk: Desk, briefing_id: str, clock: Callable[[], datetime], progress: Progress = nothing) -> Delivered:
    """Publish the approved present text in place of the published one, and tell who got that.

    Pages and feeds keep their addresses and ids. Raises NotReady or Refused with the reason.
    """
    now = clock()
    briefing = desk.briefing(briefing_id)
    with writing(desk.engine) as connection:
        published = records.publication(connection, briefing_id)
        if published is None or published.withdrawn_at is not None:
            raise Refused(f"{briefing_id} is not published: there is nothing to correct")
        row = records.revision_row(connection, briefing_id, briefing.revision)
        if row is None or records.approval(connection, briefing_id, briefing.revision) is None:
            raise NotReady(
                f"{briefing_id} is not approved in its present text: run 'briefings prepare {briefing_id}' and "
                f"'briefings approve {briefing_id} --by NAME' first"
            )
        job = job_of(desk, row)
        if published.revision != briefing.revision:
            cancel_waiting(connection, briefing_id, published.revision, "replaced by a correction", now)
            plan_correction(connection, job, published.revision, Purpose.CORRECTION, now)
            plan_site(connection, job, desk.content.channels, Purpose.CORRECTION, now)
            if Channel.X in desk.content.channels.enabled:
                accounts = desk.content.channels.accounts.get(Channel.X, ())
                plan_social(connection, job, Channel.X, accounts, Purpose.CORRECTION, now)
            publication.show(connection, job, row.severity, published.wards, now)
    return deliver(desk, job, clock, progress)


def withdraw(
    desk: Desk, briefing_id: str, reason: str, clock: Callable[[], datetime], progress: Progress = nothing
) -> Delivered:
    """Take a briefing back: off pages, feeds and X, and a notice to everybody who got it by e-mail.

    What has not gone out is cancelled. Works whatever has become of the file. Raises Refused.
    """
    now = clock()
    with writing(desk.engine) as connection:
        published = records.publication(connection, briefing_id)
        if published is None:
            raise Refused(f"{briefing_id} is not published: there is nothing to withdraw")
        row = records.revision_row(connection, briefing_id, published.revision)
        if row is None:
            raise Refused(f"{briefing_id}: the published revision is not in the database")
        revision = published.revision
        job = replace(job_of(desk, row), revision=revision + NOTICE, expires_at=None)
        if published.withdrawn_at is None:
            cancel_waiting(connection, briefing_id, revision, "the briefing was withdrawn", now)
            _keep_notices(desk, connection, job, revision, reason, now)
            plan_correction(connection, job, revision, Purpose.WITHDRAWAL, now)
            publication.hide(connection, briefing_id, now)
    delivered = deliver(desk, job, clock, progress)
    trouble = _delete_posts(desk, briefing_id)
    if trouble:
        delivered.trouble[Channel.X] = trouble
    return delivered


def is_withdrawn(connection: Connection, briefing_id: str) -> bool:
    query = select(publications.c.withdrawn_at).where(publications.c.briefing == briefing_id)
    return connection.scalar(query) is not None


def _keep_notices(desk: Desk, connection: Connection, job: Job, revision: str, reason: str, now: datetime) -> None:
    briefing = records.kept_briefing(connection, job.briefing, revision)
    if briefing is None:
        raise Refused(f"{job.briefing}: the published revision cannot be read from the database")
    for locale in job.locales:
        edition = records.load_edition(connection, briefing, locale, desk.source_locale)
        if edition is None:
            continue
        channels = (Channel.EMAIL,)
        for rendering in render_all(edition, desk.site, desk.templates, channels, Purpose.WITHDRAWAL, reason):
            row = {
                "briefing": job.briefing, "revision": job.revision, "locale": locale, "channel": rendering.channel,
                "parts": dict(rendering.parts), "ready": edition.ready, "frozen_at": now,
            }  # fmt: skip
            records.upsert(connection, renderings, row)


def _delete_posts(desk: Desk, briefing_id: str) -> str:
    """Delete every post of a briefing; return what went wrong, or an empty text."""
    query = select(deliveries.c.id, deliveries.c.remote_id).where(
        deliveries.c.briefing == briefing_id, deliveries.c.channel == Channel.X, deliveries.c.remote_id != ""
    )
    with desk.engine.connect() as connection:
        found = list(connection.execute(query))
    if not found:
        return ""
    try:
        channel = desk.open_x()
        for row in found:
            channel.delete(row.remote_id.split(","))
    except BriefingsError as error:
        event("withdraw.posts_left", briefing=briefing_id, reason=str(error))
        return f"posts could not be deleted: {error}; run the command again"
    return ""
