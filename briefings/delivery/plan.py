"""The plan: one set-based, repeatable statement per channel puts the rows of a publish into the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, String, Subquery, case, cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.model.channel import SITE, Account, Channel
from briefings.model.delivery import DeliveryState, Purpose, base_revision
from briefings.store.tables import deliveries

COLUMNS = (
    "briefing", "revision", "locale", "channel", "destination", "subscriber_id",
    "purpose", "state", "attempts", "detail", "remote_id", "changed_at",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """What is to be delivered: one revision of one briefing, in these locales."""

    briefing: str
    revision: str
    region: str
    locales: tuple[str, ...]
    source_locale: str
    is_urgent: bool = False
    expires_at: datetime | None = None
    wards: tuple[str, ...] = ()
    """GSS codes of the region's wards: who follows one of them follows the region."""


def plan_email(connection: Connection, job: Job, eligible: Select[Any], now: datetime) -> None:
    """Insert a row for everybody whom `eligible` selects as (id, locale, ...), each person once.

    A subscriber whose language the region does not offer gets the source locale.
    """
    people = eligible.subquery()
    _insert(connection, _rows(job, _locale(job, people), people.c.id, Purpose.BRIEFING, now).select_from(people))


def plan_correction(connection: Connection, job: Job, purpose: Purpose, now: datetime) -> None:
    """Insert rows for exactly those who got (or may have got) any earlier revision, in the locale they got last.

    After a correction, whoever was still waiting for an earlier revision gets the new one as a plain
    briefing; after a withdrawal they get nothing.
    """
    mails = (
        deliveries.c.briefing == job.briefing,
        deliveries.c.revision != job.revision,
        deliveries.c.channel == str(Channel.EMAIL),
        deliveries.c.purpose != str(Purpose.WITHDRAWAL),
    )
    has_got = deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.SENDING))
    last = select(func.max(deliveries.c.id)).where(*mails, has_got).group_by(deliveries.c.subscriber_id)
    got = select(deliveries).where(deliveries.c.id.in_(last)).subquery()
    _insert(connection, _rows(job, _locale(job, got), got.c.subscriber_id, purpose, now).select_from(got))
    if purpose is Purpose.CORRECTION:
        is_waiting = deliveries.c.state == DeliveryState.CANCELLED
        last = select(func.max(deliveries.c.id)).where(*mails, is_waiting).group_by(deliveries.c.subscriber_id)
        waited = select(deliveries).where(deliveries.c.id.in_(last)).subquery()
        # Who has a row by now is left alone: the insert passes over it.
        rows = _rows(job, _locale(job, waited), waited.c.subscriber_id, Purpose.BRIEFING, now)
        _insert(connection, rows.select_from(waited))


def plan_follow_up(connection: Connection, job: Job, channel: Channel, now: datetime) -> None:
    """Insert rows for those who got this text on a channel before it was translated into the job's locales.

    `job.revision` is that of the follow-up.
    """
    got = (
        select(deliveries)
        .where(
            deliveries.c.briefing == job.briefing,
            deliveries.c.revision == base_revision(job.revision),
            deliveries.c.channel == str(channel),
            deliveries.c.locale.in_(job.locales),
            deliveries.c.purpose != str(Purpose.WITHDRAWAL),
            deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN)),
        )
        .subquery()
    )
    if channel is Channel.EMAIL:
        rows = _rows(job, got.c.locale, got.c.subscriber_id, Purpose.FOLLOW_UP, now)
        _insert(connection, rows.select_from(got))
        return
    for post in connection.execute(select(got)):
        _insert_one(connection, job, post.locale, channel, post.destination, Purpose.FOLLOW_UP, now)


def plan_site(connection: Connection, job: Job, channels: Collection[Channel], purpose: Purpose, now: datetime) -> None:
    """Insert a row for every page and feed that is to show the edition."""
    region, _, slug = job.briefing.partition("/")
    for channel in SITE:
        if channel not in channels:
            continue
        for locale in job.locales:
            page = f"/{locale}/{region}/{slug}/"
            path = page if channel is Channel.PAGE else f"/feeds/{region}/{locale}.{channel}"
            _insert_one(connection, job, locale, channel, path, purpose, now)


def plan_social(
    connection: Connection, job: Job, channel: Channel, accounts: Sequence[Account], purpose: Purpose, now: datetime
) -> None:
    """Insert a row for every locale in which an account posts."""
    for account in accounts:
        if account.regions and job.region not in account.regions:
            continue
        for locale in _offered(job.locales, account.locales):
            _insert_one(connection, job, locale, channel, f"{account.name}/{locale}", purpose, now)


def cancel_waiting(connection: Connection, briefing: str, detail: str, now: datetime) -> None:
    """Cancel what has not gone out yet of a briefing, whatever its revision."""
    waiting = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.CLAIMED)
    if connection.dialect.name == "postgresql":
        # Row by row, this and senders that mark would each come to wait for rows the other has, and one would fail.
        connection.execute(text("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(
        update(deliveries)
        .where(deliveries.c.briefing == briefing, deliveries.c.state.in_(waiting))
        .values(state=DeliveryState.CANCELLED, detail=detail, changed_at=now, sender=None)
    )


def _offered(locales: Iterable[str], chosen: Sequence[str]) -> list[str]:
    return [locale for locale in locales if not chosen or locale in chosen]


def _locale(job: Job, people: Subquery) -> Any:
    return case((people.c.locale.in_(job.locales), people.c.locale), else_=literal(job.source_locale))


def _rows(job: Job, locale: Any, subscriber: Any, purpose: Purpose, now: datetime) -> Select[Any]:
    return select(
        literal(job.briefing),
        literal(job.revision),
        locale,
        literal(str(Channel.EMAIL)),
        literal("subscriber:") + cast(subscriber, String),
        subscriber,
        literal(str(purpose)),
        literal(str(DeliveryState.QUEUED)),
        literal(0),
        literal(""),
        literal(""),
        literal(now, deliveries.c.changed_at.type),
    )


def _insert(connection: Connection, rows: Select[Any]) -> None:
    dialect = connection.dialect.name
    make = postgresql_insert if dialect == "postgresql" else sqlite_insert
    # SQLite reads "FROM t ON CONFLICT" as a join: a WHERE keeps the two apart (sqlite.org/lang_upsert.html, 2.2).
    statement = make(deliveries).from_select(list(COLUMNS), rows.where(literal(1) == literal(1)))
    connection.execute(statement.on_conflict_do_nothing())


def _insert_one(
    connection: Connection, job: Job, locale: str, channel: Channel, destination: str, purpose: Purpose, now: datetime
) -> None:
    values = {
        "briefing": job.briefing, "revision": job.revision, "locale": locale, "channel": str(channel),
        "destination": destination, "purpose": str(purpose), "state": str(DeliveryState.QUEUED),
        "attempts": 0, "detail": "", "remote_id": "", "changed_at": now,
    }  # fmt: skip
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(make(deliveries).values(values).on_conflict_do_nothing())
