"""Deliver: everything of one job that waits, on every channel; one channel's trouble never stops another."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from briefings.delivery import holds
from briefings.delivery.cancel import keep_called_off
from briefings.delivery.compose import Composer
from briefings.delivery.group_commit import Clock
from briefings.delivery.journal import Journal
from briefings.delivery.ledger import Ledger
from briefings.delivery.mailing import Mailing
from briefings.delivery.plan import Job
from briefings.delivery.posting import Posting
from briefings.delivery.rows import Result, Row
from briefings.delivery.senders import Sender, dead_senders, tidy
from briefings.delivery.standing import counts, held_by_others, tally, waiting
from briefings.delivery.takeover import take_over
from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.hub import telling_hub
from briefings.log import event
from briefings.model.channel import Channel
from briefings.model.delivery import UNSETTLED, Purpose
from briefings.model.errors import BriefingsError
from briefings.rendering.post import posts_from_json
from briefings.store.engine import reading, said, writing
from briefings.store.people import subscribers
from briefings.store.tables import deliveries, media
from briefings.subscribers.suppression import SuppressionReason

PATIENCE = 120.0
"""Seconds to wait, by the wall clock, for another sender that lives, has rows of the same job and does nothing."""

SUPPRESSED_AT_ONCE = 100

Progress = Callable[[Job, str, int], None]
"""Called with the job, a channel and how many of its rows were settled just now."""


def nothing(job: Job, channel: str, settled: int) -> None:
    """Show no progress."""


@dataclass
class Delivered:
    """Where a job stands after a delivery run. `sent_now` counts what this run sent.

    `taken_over` counts what dead senders held, of whatever briefing; `uncertain_elsewhere` names the
    other briefings of which something is uncertain through that.
    """

    briefing: str
    revision: str
    totals: dict[str, int] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)
    sent_now: int = 0
    taken_over: dict[str, int] = field(default_factory=dict)
    uncertain_elsewhere: set[str] = field(default_factory=set)
    trouble: dict[str, str] = field(default_factory=dict)
    holds: list[holds.Hold] = field(default_factory=list)
    """What keeps the rest back, where something is left."""

    @property
    def is_held(self) -> bool:
        """True where all that is left is held: not only mail to a domain."""
        return any(not one.domain for one in self.holds)

    @property
    def unsettled(self) -> int:
        return sum(n for state, n in self.totals.items() if state in UNSETTLED)

    @property
    def is_settled(self) -> bool:
        return self.unsettled == 0


@dataclass(frozen=True)
class Sending:
    """What a channel sends with: the sender's ledger, its lease, the clock, and whom to tell of each result."""

    ledger: Ledger
    sender: Sender
    clock: Clock
    settled: Callable[[Result], None]


def deliver(desk: Desk, job: Job, clock: Clock, progress: Progress = nothing, *, is_helper: bool = False) -> Delivered:
    """Send what waits, take over what dead senders held, and return how every row stands.

    A helper sends mails only (an account has one timeline), calls nobody and waits for nobody.
    """
    outcome = Delivered(job.briefing, job.revision)

    def settled(channel: Channel) -> Callable[[Result], None]:
        def one(result: Result) -> None:
            outcome.sent_now += result.state == "sent"
            progress(job, channel, 1)

        return one

    with (
        nullcontext() if is_helper else telling_hub(desk, clock),
        Journal(desk.lock_folder) as journal,
        Sender(desk.engine, desk.lock_folder, desk.lease) as sender,
    ):
        journal.open(desk.engine)
        ledger = Ledger(desk.engine, sender.id, journal, leased=True)
        with writing(desk.engine) as connection:
            keep_called_off(connection, job, clock())
        if desk.call_helpers is not None and not is_helper:
            desk.call_helpers(job)
        deadline, others, has_looked_again = time.monotonic() + PATIENCE, 0, False
        while True:
            _take_over(desk, sender.id, outcome, clock)
            for channel, send in ((Channel.EMAIL, _mail), (Channel.X, _post))[: 1 if is_helper else 2]:
                try:
                    stopped = send(desk, job, Sending(ledger, sender, clock, settled(channel)))
                except SQLAlchemyError as error:
                    stopped = said(error)
                except BriefingsError as error:
                    stopped = str(error)
                if stopped:
                    outcome.trouble[channel] = stopped
            if not (is_helper or outcome.trouble or has_looked_again):
                has_looked_again = True
                if waiting(desk.engine, job, Channel.EMAIL, clock()):  # somebody moved to another address meanwhile
                    continue
            before, others = others, held_by_others(desk.engine, job, sender.id)
            if others != before:  # they work: patience is for those who do nothing
                deadline = time.monotonic() + PATIENCE
            if is_helper or outcome.trouble or not others or time.monotonic() > deadline:
                break
            time.sleep(0.2)
    with reading(desk.engine) as connection:
        outcome.rows = counts(connection, job.briefing, job.revision)
        outcome.holds = holds.standing_against(connection, job, clock())
    outcome.totals = dict(tally(outcome.rows))
    return outcome


def _held(desk: Desk, job: Job, now: datetime) -> str:
    """Return what keeps all of a job back, and how a person ends that; empty where nothing does."""
    with reading(desk.engine) as connection:
        found = holds.on_job(connection, job, now)
    return f"{found}; it goes on after '{found.command}' and 'briefings deliver'" if found else ""


def _take_over(desk: Desk, sender: str, outcome: Delivered, clock: Clock) -> None:
    dead = dead_senders(desk.engine, desk.lock_folder, but=sender)
    if not dead:
        return
    with reading(desk.engine) as connection:
        urgent = list(records.urgent_briefings(connection))
    found = take_over(desk.engine, dead, urgent, clock())
    tidy(desk.lock_folder, [*found.senders])
    counted = {"queued": found.queued, "uncertain": len(found.uncertain)}
    outcome.taken_over = {key: outcome.taken_over.get(key, 0) + n for key, n in counted.items()}
    outcome.uncertain_elsewhere |= set(found.uncertain) - {outcome.briefing}
    event("delivery.taken_over", senders=len(found.senders), **counted)


def _mail(desk: Desk, job: Job, sending: Sending) -> str:
    """Send the mails that wait; return why it stopped before all were tried, or an empty text."""
    clock = sending.clock
    if not waiting(desk.engine, job, Channel.EMAIL, clock()):
        return ""
    if held := _held(desk, job, clock()):
        return held
    with reading(desk.engine) as connection:
        parts = records.rendering_parts(connection, job.briefing, job.revision, Channel.EMAIL)
        published = records.publication(connection, job.briefing)
    date = published.updated_at if published is not None else clock()
    archive = {locale: desk.site.region_url(job.region, locale) for locale in parts}
    composer = Composer(desk.letterhead(), job.region, parts, archive, date)
    composer.compile_all()
    chance = Random()  # noqa: S311  # spreads retries, keeps no secret
    mailing = Mailing(
        sending.ledger, desk.mail_server(), composer.envelope, desk.may_mail, clock, sending.settled, chance,
        lambda: sending.sender.is_safe,
    )  # fmt: skip
    report = mailing.run(job)
    if report.unknown and not report.stopped:
        _suppress(desk, report.unknown, clock())
    return report.stopped


def _suppress(desk: Desk, unknown: list[int], now: datetime) -> None:
    """Never mail again the addresses of deliveries whose mailbox does not exist.

    Only at the end of a mailing that went well: where everybody is refused, nobody is to blame.
    """
    query = select(subscribers.c.email).join(deliveries, deliveries.c.subscriber_id == subscribers.c.id)
    for start in range(0, len(unknown), SUPPRESSED_AT_ONCE):
        with writing(desk.engine) as connection:
            some = unknown[start : start + SUPPRESSED_AT_ONCE]
            for address in connection.scalars(query.where(deliveries.c.id.in_(some))).all():
                desk.register.suppressions.suppress(connection, address, SuppressionReason.BOUNCED, now)
    event("mail.suppressed", count=len(unknown))


def _post(desk: Desk, job: Job, sending: Sending) -> str:
    """Post the threads that wait; return why it stopped before all were tried, or an empty text."""
    if not waiting(desk.engine, job, Channel.X, sending.clock()):
        return ""
    if held := _held(desk, job, sending.clock()):
        return held
    with reading(desk.engine) as connection:
        parts = records.rendering_parts(connection, job.briefing, job.revision, Channel.X)

    def load_media(digest: str) -> tuple[bytes, str]:
        with reading(desk.engine) as connection:
            row = connection.execute(select(media).where(media.c.digest == digest)).one()
        return row.content, row.media_type

    def posts(row: Row) -> Any:
        return posts_from_json(parts[row.locale]["posts"])

    def replies_to(row: Row) -> str:
        """Return the post that a correction answers: the first of the thread that said it wrong."""
        if row.purpose != Purpose.CORRECTION:
            return ""
        query = (
            select(deliveries.c.remote_id)
            .where(
                deliveries.c.briefing == row.briefing,
                deliveries.c.channel == str(Channel.X),
                deliveries.c.destination == row.destination,
                deliveries.c.revision != row.revision,
                deliveries.c.remote_id != "",
            )
            .order_by(deliveries.c.id.desc())
        )
        with reading(desk.engine) as connection:
            return (connection.scalar(query.limit(1)) or "").partition(",")[0]

    channel, settled = desk.open_x(), sending.settled
    return Posting(sending.ledger, channel, posts, load_media, sending.clock, settled, replies_to).run(job, Channel.X)
