"""Watch: everything that is open in an installation, and which of it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select, true

from briefings.delivery import holds
from briefings.delivery.quarantine import RETURNED_FOLDER, Quarantine
from briefings.delivery.standing import IS_UNCERTAIN
from briefings.editorial import records
from briefings.editorial.canaries import silent_canaries
from briefings.editorial.desk import Desk
from briefings.editorial.follow_up import due_follow_ups
from briefings.editorial.render import FEED, is_ready_for
from briefings.model.channel import Channel
from briefings.model.delivery import NOTICE, UNSETTLED
from briefings.model.schedule import LATE_LIMIT
from briefings.store.engine import reading
from briefings.store.people import subscribers
from briefings.store.tables import deliveries, heartbeats, publications, slots

PATIENCE = timedelta(minutes=15)
"""For as long something may take that the due check of every five minutes takes up."""

RECENT = timedelta(days=1)
"""For as long a thing that only a person can put right makes the watch fail; then it is only listed."""


MAILBOX = "mailbox"
"""The heartbeat of `briefings collect` when it has read a mailbox to its end."""
MAILBOX_PATIENCE = timedelta(hours=6)


@dataclass(frozen=True)
class Concern:
    text: str
    is_wrong: bool


def concerns(desk: Desk, now: datetime) -> list[Concern]:
    """Return what is open: holds, deliveries, missed and late briefings, silent schedules, returned mail unread."""
    with reading(desk.engine) as connection:
        return [
            *_held(connection, now),
            *_unsettled(connection, now),
            *_uncertain(connection, now),
            *_missed(connection, now),
            *_late(desk, connection, now),
            *_late_translations(desk, connection),
            *_silent(connection, now),
            *_unread(desk),
            *_unread_mailbox(connection, now),
            *_canaries(desk, connection, now),
        ]


def _held(connection: Connection, now: datetime) -> Iterator[Concern]:
    """Yield what is held. A breaker waits for a person at once; a person's own pause does after a day."""
    for one in holds.active(connection, now):
        is_old = one.until is None and now - one.made_at > RECENT
        yield Concern(f"{one} (since {one.made_at:%Y-%m-%d %H:%M} UTC); {one.command!r}", one.is_breakers or is_old)


def _unsettled(connection: Connection, now: datetime) -> Iterator[Concern]:
    """Yield what waits for long. What somebody holds back is listed only: the hold is a concern of its own."""
    standing = holds.active(connection, now)
    urgent = records.urgent_briefings(connection)
    since = func.coalesce(deliveries.c.not_before, deliveries.c.changed_at)
    group = (deliveries.c.briefing, deliveries.c.revision, deliveries.c.channel)
    query = (
        select(
            *group,
            func.count().label("n"),
            func.min(since).label("since"),
            func.min(since).filter(~_of_held_domains(standing)).label("free_since"),
        )
        .where(deliveries.c.state.in_(UNSETTLED))
        .group_by(*group)
    )
    for row in connection.execute(query):
        is_notice, is_urgent = row.revision.endswith(NOTICE), row.briefing in urgent
        is_held = any(one.keeps_back(row.briefing, is_notice=is_notice, is_urgent=is_urgent) for one in standing)
        free = None if is_held else row.free_since
        yield Concern(
            f"{row.briefing}: {row.n} {row.channel} unsettled since {row.since:%Y-%m-%d %H:%M} UTC; "
            + ("run 'briefings deliver'" if free else "held"),
            free is not None and now - free > PATIENCE,
        )


def _of_held_domains(standing: Sequence[holds.Hold]) -> ColumnElement[bool]:
    domains = [one.domain for one in standing if one.domain]
    if not domains:
        return ~true()
    theirs = or_(*(subscribers.c.email.endswith(f"@{domain}", autoescape=True) for domain in domains))
    return deliveries.c.subscriber_id.in_(select(subscribers.c.id).where(theirs))


def _uncertain(connection: Connection, now: datetime) -> Iterator[Concern]:
    query = (
        select(deliveries.c.briefing, func.count().label("n"), func.max(deliveries.c.changed_at).label("at"))
        .where(IS_UNCERTAIN)
        .group_by(deliveries.c.briefing)
    )
    for row in connection.execute(query):
        yield Concern(
            f"{row.briefing}: {row.n} deliveries are uncertain; 'briefings status {row.briefing}' lists them",
            now - row.at <= RECENT,
        )


def _missed(connection: Connection, now: datetime) -> Iterator[Concern]:
    query = select(slots).where(slots.c.state == "missed").order_by(slots.c.recorded_at)
    for row in connection.execute(query):
        if records.publication(connection, row.briefing) is None:
            yield Concern(
                f"{row.briefing}: missed its time, {row.local_date} {row.wall}; "
                f"if it is still right, run 'briefings publish {row.briefing}'",
                now - row.recorded_at <= RECENT,
            )


def _late(desk: Desk, connection: Connection, now: datetime) -> Iterator[Concern]:
    """Yield briefings whose time has come and which are still not out, for want of approval or of a due check."""
    zone = desk.content.places.borough.zone
    for briefing in desk.content.briefings.values():
        late = now - briefing.publish_at
        if not timedelta() < late <= RECENT or records.publication(connection, briefing.id) is not None:
            continue
        due_at = f"{briefing.publish_at.astimezone(zone):%Y-%m-%d %H:%M}"
        if records.approval(connection, briefing.id, briefing.revision) is None:
            yield Concern(f"{briefing.id}: was due at {due_at} and is not approved in its present text", True)
        elif late <= LATE_LIMIT:
            yield Concern(f"{briefing.id}: late, it was due at {due_at}", late > PATIENCE)


def _late_translations(desk: Desk, connection: Connection) -> Iterator[Concern]:
    """Yield published briefings that have become ready in more languages: they wait for a person's approval."""
    query = select(publications).where(publications.c.withdrawn_at.is_(None)).order_by(publications.c.briefing)
    for row in connection.execute(query):
        briefing = desk.content.briefings.get(row.briefing)
        if briefing is None or briefing.revision != row.revision:
            continue
        frozen = records.frozen_readiness(connection, row.briefing, row.revision, FEED)
        unready = [locale for locale, was_ready in frozen.items() if not was_ready]
        editions = [records.load_edition(connection, briefing, locale, desk.source_locale) for locale in unready]
        ready = {edition.locale for edition in editions if edition is not None and is_ready_for(edition, FEED)}
        ready |= {edition.locale for edition, _ in due_follow_ups(desk, connection, briefing)}
        if ready:
            text = (
                f"{row.briefing}: ready now in {', '.join(sorted(ready))}; run 'briefings approve {row.briefing}' again"
            )
            yield Concern(text, False)


def _silent(connection: Connection, now: datetime) -> Iterator[Concern]:
    """Yield the due check where it has come to no end for long, although this watch runs.

    After a stop of everything both are old: then the next due check is on its way.
    """
    beats = {row.name: row.at for row in connection.execute(select(heartbeats))}
    due_check, watch = beats.get("due-check"), beats.get("watch")
    if watch is None or now - watch > 2 * PATIENCE:
        return
    if due_check is None or now - due_check > PATIENCE:
        last = f"last came to its end at {due_check:%Y-%m-%d %H:%M} UTC" if due_check else "never came to its end"
        yield Concern(f"the due check {last}: look at the Prefect worker", True)


def _unread(desk: Desk) -> Iterator[Concern]:
    """Yield returned mail that waits for a person: until somebody has deleted it."""
    folder = desk.data_dir / RETURNED_FOLDER
    if n := len(Quarantine(folder)):
        yield Concern(
            f"{n} mails came back that nobody could read: look at them in {folder}, and delete what is done with", False
        )


def _unread_mailbox(connection: Connection, now: datetime) -> Iterator[Concern]:
    """Yield a mailbox of returned mail that was read once, and is not any more."""
    last = connection.scalar(select(heartbeats.c.at).where(heartbeats.c.name == MAILBOX))
    if last is not None and now - last > MAILBOX_PATIENCE:
        text = f"returned mail was last fetched at {last:%Y-%m-%d %H:%M} UTC: run 'briefings collect', see what it says"
        yield Concern(text, now - last <= MAILBOX_PATIENCE + RECENT)


def _canaries(desk: Desk, connection: Connection, now: datetime) -> Iterator[Concern]:
    """Yield subscribers of our own to whom a mail did not come, where there are any."""
    is_mailed = Channel.EMAIL in desk.content.channels.enabled
    domain = desk.letterhead().reply_domain
    for text, is_wrong in silent_canaries(connection, desk.content.places, domain, is_mailed, now):
        yield Concern(text, is_wrong)
