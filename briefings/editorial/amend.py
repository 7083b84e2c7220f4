"""Correct and withdraw: what was wrong reaches exactly those who got it, on every channel that carried it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from briefings.delivery import publication
from briefings.delivery.cancel import pass_over_called_off
from briefings.delivery.plan import Job, cancel_waiting, plan_correction
from briefings.delivery.standing import counts
from briefings.editorial import records
from briefings.editorial.archive import note_change
from briefings.editorial.deliver import Delivered, Progress, deliver, nothing
from briefings.editorial.desk import Desk
from briefings.editorial.publish import check_time, in_locales, job_of, plan_channels
from briefings.editorial.render import render_all
from briefings.editorial.retract import retract_posts
from briefings.model.channel import Channel
from briefings.model.delivery import NOTICE, Purpose
from briefings.model.errors import NotReady, Refused
from briefings.store.engine import writing
from briefings.store.tables import renderings


def correct(desk: Desk, briefing_id: str, clock: Callable[[], datetime], progress: Progress = nothing) -> Delivered:
    """Publish the approved present text in place of the published one, and tell who got that.

    Pages and feeds keep their addresses and ids, and change at once; mails and posts of a paused briefing wait.
    Raises NotReady or Refused with the reason.
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
        check_time(desk, row, now)
        job = job_of(desk, row)
        if published.revision != briefing.revision:
            if counts(connection, briefing_id, briefing.revision):
                raise Refused(
                    f"{briefing_id} went out in exactly this text before: change a word, so that it is told anew"
                )
            cancel_waiting(connection, briefing_id, "replaced by a correction", now)
            if Channel.EMAIL in desk.content.channels.enabled:
                plan_correction(connection, in_locales(connection, job, Channel.EMAIL), Purpose.CORRECTION, now)
                pass_over_called_off(connection, job, now)
            plan_channels(desk, connection, job, Purpose.CORRECTION, now)
            region = desk.content.places.regions.get(job.region)
            publication.show(connection, job, row.severity, region.wards if region else published.wards, now)
            note_change(desk, connection, briefing_id, now)
    return deliver(desk, job, clock, progress)


def withdraw(
    desk: Desk, briefing_id: str, reason: str, clock: Callable[[], datetime], progress: Progress = nothing
) -> Delivered:
    """Take a briefing back: off pages, feeds and X, and a notice to everybody who got it by e-mail.

    What has not gone out is cancelled. Works whatever has become of the file. The notices go out although the
    briefing is paused (docs/decisions/0010). Raises Refused.
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
            cancel_waiting(connection, briefing_id, "the briefing was withdrawn", now)
            locales = _keep_notices(desk, connection, job, revision, reason, now)
            plan_correction(connection, replace(job, locales=locales), Purpose.WITHDRAWAL, now)
            publication.hide(connection, briefing_id, now)
            note_change(desk, connection, briefing_id, now)
    delivered = deliver(desk, job, clock, progress)
    trouble = retract_posts(desk).get(briefing_id)
    if trouble:
        delivered.trouble[Channel.X] = trouble
    return delivered


def _keep_notices(
    desk: Desk, connection: Connection, job: Job, revision: str, reason: str, now: datetime
) -> tuple[str, ...]:
    """Keep a withdrawal notice in every locale in which the revision was prepared; return those locales."""
    briefing = records.kept_briefing(connection, job.briefing, revision)
    if briefing is None:
        raise Refused(f"{job.briefing}: the published revision cannot be read from the database")
    kept = []
    for locale in records.segment_counts(connection, job.briefing, revision):
        edition = records.load_edition(connection, briefing, locale, desk.source_locale)
        if edition is None:
            continue
        kept.append(locale)
        for rendering in render_all(edition, desk.site, desk.templates, (Channel.EMAIL,), Purpose.WITHDRAWAL, reason):
            row = {
                "briefing": job.briefing, "revision": job.revision, "locale": locale, "channel": rendering.channel,
                "parts": dict(rendering.parts), "ready": edition.ready, "frozen_at": now,
            }  # fmt: skip
            records.upsert(connection, renderings, row)
    return tuple(kept)
