"""Publish: an approved revision goes out on every channel, once, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select
from sqlalchemy.exc import SQLAlchemyError

from briefings.delivery import publication
from briefings.delivery.plan import Job, plan_email, plan_follow_up, plan_site, plan_social
from briefings.delivery.standing import unsettled, unsettled_jobs
from briefings.editorial import records
from briefings.editorial.archive import bring_up_to_date, note_change
from briefings.editorial.deliver import Delivered, Progress, deliver, nothing
from briefings.editorial.desk import Desk
from briefings.editorial.follow_up import approved_follow_ups
from briefings.editorial.hub import tell_hub
from briefings.editorial.render import FEED
from briefings.editorial.retract import retract_posts
from briefings.model.briefing import Severity
from briefings.model.channel import Account, Channel
from briefings.model.delivery import NOTICE, Purpose, base_revision
from briefings.model.errors import BriefingsError, NotReady, Refused
from briefings.model.schedule import Due, Slot, due
from briefings.store.engine import reading, said, writing
from briefings.store.tables import slots
from briefings.subscribers.eligibility import eligible_query

Clock = Callable[[], datetime]


@dataclass
class PublishReport:
    """What went out, what was refused or missed (with the reason), briefing by briefing."""

    delivered: list[Delivered] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    """By briefing, what could not be undone outside (posts of a withdrawn briefing); `archive`: not all is found."""

    @property
    def is_settled(self) -> bool:
        return not (self.refused or self.trouble) and all(item.is_settled for item in self.delivered)


def publish(desk: Desk, briefing_ids: Sequence[str], clock: Clock, progress: Progress = nothing) -> PublishReport:
    """Publish these briefings now, on a person's word: late is no reason to refuse, too early is.

    One briefing's trouble never stops the others.
    """
    report = PublishReport()
    for briefing_id in briefing_ids:
        try:
            job = begin(desk, briefing_id, clock())
            report.delivered.append(deliver(desk, job, clock, progress))
            report.delivered += [deliver(desk, job, clock, progress) for job in begin_follow_ups(desk, clock(), job)]
        except BriefingsError as error:
            report.refused[briefing_id] = str(error)
        except SQLAlchemyError as error:
            report.refused[briefing_id] = said(error)
    return report


def publish_due(desk: Desk, clock: Clock, progress: Progress = nothing, region: str = "") -> PublishReport:
    """Publish what is approved and due, and take up all that was begun and is not settled.

    What should have gone out more than six hours ago is recorded as missed, once, and held.
    """
    report = PublishReport()
    now = clock()
    for row in _waiting(desk, now, region):
        if row.expires_at is not None and row.expires_at <= now:
            if _record_slot(desk, row, "expired", now):
                report.refused[row.briefing] = "expired before it went out: it is held for good"
        elif due(row.publish_at, now) is Due.DUE:
            step = publish(desk, [row.briefing], clock, progress)
            report.delivered += step.delivered
            report.refused |= step.refused
        elif _record_slot(desk, row, "missed", now):
            report.refused[row.briefing] = (
                f"missed: it was due at {row.publish_at.astimezone(desk.content.places.borough.zone):%Y-%m-%d %H:%M}; "
                f"if it is still right, run 'briefings publish {row.briefing}'"
            )
    begin_follow_ups(desk, now, region=region)
    done = {(item.briefing, item.revision) for item in report.delivered}
    swept = sweep(desk, clock, progress, region, but=done)
    report.delivered += swept.delivered
    report.refused |= swept.refused
    report.trouble |= swept.trouble
    try:
        bring_up_to_date(desk, now)
    except SQLAlchemyError as error:
        report.trouble["archive"] = f"what is published cannot all be searched: {said(error)}"
    return report


def sweep(
    desk: Desk, clock: Clock, progress: Progress = nothing, region: str = "", but: Collection[tuple[str, str]] = ()
) -> PublishReport:
    """Deliver whatever was begun and is not settled: briefings, corrections and withdrawal notices."""
    report = PublishReport()
    jobs = [job for job in begun(desk, region) if (job.briefing, job.revision) not in but]
    for job in jobs:
        try:
            report.delivered.append(deliver(desk, job, clock, progress))
        except BriefingsError as error:
            report.refused[job.briefing] = str(error)
        except SQLAlchemyError as error:
            report.refused[job.briefing] = said(error)
    report.trouble |= retract_posts(desk)
    tell_hub(desk, clock)
    return report


def begun(desk: Desk, region: str = "", briefing: str = "") -> list[Job]:
    """Return the job of everything that was begun and is not settled, of a region or a briefing where one is given."""
    jobs = []
    with reading(desk.engine) as connection:
        for name, revision in unsettled_jobs(connection):
            row = records.revision_row(connection, name, base_revision(revision))
            if row is not None and (not region or row.region == region) and (not briefing or name == briefing):
                job = job_of(desk, row)
                is_notice = revision.endswith(NOTICE)
                jobs.append(replace(job, revision=revision, expires_at=None if is_notice else job.expires_at))
    return jobs


def begin(desk: Desk, briefing_id: str, now: datetime) -> Job:
    """Clear a briefing for publishing and plan it: all its ledger rows, pages and feeds in one transaction.

    Repeatable: what has begun is only looked up. Raises NotReady or Refused with the reason.
    """
    with writing(desk.engine) as connection:
        row = _cleared(desk, connection, briefing_id, now)
        job = job_of(desk, row)
        if records.publication(connection, briefing_id) is None:
            region = desk.content.places.regions.get(job.region)
            plan_channels(desk, connection, job, Purpose.BRIEFING, now)
            if Channel.EMAIL in desk.content.channels.enabled:
                with_mail = in_locales(connection, job, Channel.EMAIL)
                plan_email(connection, with_mail, eligible_query(desk.content.places, job.region, now), now)
            publication.show(connection, job, row.severity, region.wards if region else (), now)
            note_change(desk, connection, briefing_id, now)
            records.insert_once(connection, slots, _slot(desk, row, "run", now))
    return job


def begin_follow_ups(desk: Desk, now: datetime, of: Job | None = None, region: str = "") -> list[Job]:
    """Plan the follow-ups that were approved, of one job or of all; return their jobs.

    Repeatable: who has a follow-up, or has not got the briefing, gets no row.
    """
    jobs = []
    with writing(desk.engine) as connection:
        for (briefing, revision), channels in approved_follow_ups(connection).items():
            row = records.revision_row(connection, briefing, base_revision(revision))
            if row is None or (row.expires_at is not None and now >= row.expires_at):
                continue
            if (of is not None and of.briefing != briefing) or (region and row.region != region):
                continue
            job = replace(job_of(desk, row), revision=revision)
            for channel, locales in channels.items():
                plan_follow_up(connection, replace(job, locales=locales), Channel(channel), now)
            jobs.append(job)
    return jobs


def plan_channels(desk: Desk, connection: Connection, job: Job, purpose: Purpose, now: datetime) -> None:
    """Plan pages, feeds and posts. Raises NotReady where a channel was switched on after the approval."""
    channels = desk.content.channels
    for channel in channels.enabled:
        if channel is Channel.X:
            accounts = channels.accounts.get(channel) or (Account(channel),)  # one set of keys is one account
            plan_social(connection, in_locales(connection, job, channel), channel, accounts, purpose, now)
        elif channel.is_site:
            plan_site(connection, in_locales(connection, job, channel), [channel], purpose, now)


def in_locales(connection: Connection, job: Job, channel: Channel) -> Job:
    """Return the job in the locales in which something is frozen for a channel. Raises NotReady for none."""
    rendered = records.rendered_locales(connection, job.briefing, job.revision)
    locales = rendered.get(FEED if channel.is_feed else channel, ())
    if job.source_locale not in locales:
        raise NotReady(
            f"{job.briefing}: nothing was approved for the channel {channel}: run "
            f"'briefings approve {job.briefing} --by NAME' again"
        )
    return replace(job, locales=locales)


def job_of(desk: Desk, row: Row[Any]) -> Job:
    """Return what a row of `revisions` means for delivery."""
    region = desk.content.places.regions.get(row.region)
    locales = region.locales if region else desk.content.places.locales
    is_urgent = row.severity == Severity.URGENT
    wards = region.wards if region else ()
    return Job(row.briefing, row.revision, row.region, locales, desk.source_locale, is_urgent, row.expires_at, wards)


def check_time(desk: Desk, row: Row[Any], now: datetime) -> None:
    """Refuse what may not go out yet (NotReady) or not any more (Refused)."""
    if due(row.publish_at, now) is Due.EMBARGOED:
        local = row.publish_at.astimezone(desk.content.places.borough.zone)
        raise NotReady(f"{row.briefing} may not go out before {local:%Y-%m-%d %H:%M} (publish_at)")
    if row.expires_at is not None and now >= row.expires_at:
        raise Refused(f"{row.briefing} has expired: nobody would be helped by it")


def _cleared(desk: Desk, connection: Connection, briefing_id: str, now: datetime) -> Row[Any]:
    """Return the revision that may go out now. Every gate is here, and closed unless it is opened."""
    published = records.publication(connection, briefing_id)
    current = desk.content.briefings.get(briefing_id)
    if published is not None:
        if published.withdrawn_at is not None and not unsettled(connection, briefing_id):
            raise Refused(f"{briefing_id} was withdrawn: write a new briefing")
        row = records.revision_row(connection, briefing_id, published.revision)
        if row is None:
            raise Refused(f"{briefing_id}: the published revision {published.revision} is not in the database")
        if current and current.revision != published.revision and not unsettled(connection, briefing_id):
            raise Refused(
                f"{briefing_id} was published and has changed since: approve it again and run "
                f"'briefings correct {briefing_id}'"
            )
        return row
    briefing = desk.briefing(briefing_id)
    row = records.revision_row(connection, briefing_id, briefing.revision)
    if row is None:
        raise NotReady(f"{briefing_id} has changed or was never prepared: run 'briefings prepare {briefing_id}'")
    if records.approval(connection, briefing_id, briefing.revision) is None:
        raise NotReady(
            f"{briefing_id} is not approved in its present text: run 'briefings approve {briefing_id} --by NAME'"
        )
    if not desk.is_sandbox and records.is_demonstration(connection, briefing_id, briefing.revision):
        raise NotReady(
            f"{briefing_id} was signed off by the demonstration only: run 'briefings prepare {briefing_id}', "
            "and approve it again"
        )
    check_time(desk, row, now)
    return row


def _waiting(desk: Desk, now: datetime, region: str) -> list[Row[Any]]:
    """Return the newest approved revision of each briefing whose time has come and which was never begun."""
    with reading(desk.engine) as connection:
        newest = {row.briefing: row for row in records.approved_revisions(connection)}
        return [
            row
            for row in newest.values()
            if row.publish_at <= now
            and (not region or row.region == region)
            and records.publication(connection, row.briefing) is None
        ]


def _record_slot(desk: Desk, row: Row[Any], state: str, now: datetime) -> bool:
    """Record a planned time once; return whether this was the first time."""
    values = _slot(desk, row, state, now)
    keys = ("schedule", "local_date", "wall", "briefing")
    with writing(desk.engine) as connection:
        seen = connection.scalar(select(exists().where(*(slots.c[key] == values[key] for key in keys))))
        if not seen:
            records.insert_once(connection, slots, values)
    return not seen


def _slot(desk: Desk, row: Row[Any], state: str, now: datetime) -> dict[str, Any]:
    zone = desk.content.places.borough.zone
    slot = Slot.of(f"publish {row.region}", row.publish_at, zone)
    return {
        "schedule": slot.schedule, "local_date": slot.local_date.isoformat(), "wall": f"{slot.wall:%H:%M}",
        "zone": zone.key, "briefing": row.briefing, "state": state, "recorded_at": now,
    }  # fmt: skip
