"""Status: where a briefing stands, counted from the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from briefings.delivery.holds import concerning
from briefings.delivery.pace import pace
from briefings.delivery.standing import IS_UNCERTAIN, counts, tally
from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.render import FEED
from briefings.model.briefing import Severity
from briefings.model.channel import Channel
from briefings.model.delivery import FOLLOWS, NOTICE
from briefings.model.edition import EditionState, SegmentState
from briefings.store.engine import reading, writing
from briefings.store.tables import deliveries, heartbeats
from briefings.subscribers.eligibility import eligible_query


def known_briefings(desk: Desk) -> list[str]:
    """Return every briefing that has a file or was ever prepared."""
    with reading(desk.engine) as connection:
        stored = {row.briefing for row in records.approved_revisions(connection)}
    return sorted(stored | set(desk.content.briefings))


def status(desk: Desk, briefing_id: str, now: datetime | None = None) -> dict[str, Any]:
    """Return where a briefing stands, in the shape of `briefings status --json`.

    `eligible` counts the people for whom the e-mail was planned: always the sum of the e-mail states.
    Before that `would_get` says how many it would be. `withdrawal` counts notices, `follow_up` late
    translations. `progress` is the pace of the minute before `now` (the machine's clock, unless one is given)
    and what is left over all revisions; `holds` says what keeps it back. Raises Refused for a briefing that is
    not known.
    """
    moment = now or datetime.now(UTC)
    with reading(desk.engine) as connection:
        published = records.publication(connection, briefing_id)
        current = desk.content.briefings.get(briefing_id)
        if published is None:
            current = desk.briefing(briefing_id)
        revision = published.revision if published is not None else current.revision if current else ""
        region = briefing_id.partition("/")[0]
        rows = counts(connection, briefing_id, revision)
        mails = [row for row in rows if row.channel == Channel.EMAIL]
        kept = records.segment_counts(connection, briefing_id, revision)
        severity = records.revision_row(connection, briefing_id, revision)
        shown = records.frozen_readiness(connection, briefing_id, revision, FEED) if published is not None else {}
        locales = {}
        for locale in sorted(kept) or _locales(desk, region):
            states = _states(kept.get(locale, []))
            locales[locale] = {
                "ready": shown[locale]
                if locale in shown
                else _is_ready(locale, desk.source_locale, kept.get(locale, []), severity),
                "segments": states,
                "email": dict(tally([row for row in mails if row.locale == locale])),
            }
        channels = {
            channel: dict(tally([row for row in rows if row.channel == channel]))
            for channel in sorted({row.channel for row in rows} | {str(c) for c in desk.content.channels.enabled})
        }
        return {
            "briefing": briefing_id,
            "revision": revision,
            "state": str(_state(connection, briefing_id, revision, published)),
            "eligible": sum(row.n for row in mails),
            "would_get": _would_get(desk, connection, region, moment) if published is None else 0,
            "channels": channels,
            "locales": locales,
            "withdrawal": dict(tally(counts(connection, briefing_id, revision + NOTICE))),
            "follow_up": dict(tally(counts(connection, briefing_id, revision + FOLLOWS))),
            "progress": _progress(connection, briefing_id, moment),
            "holds": [str(one) for one in concerning(connection, briefing_id, moment)],
        }


def uncertain_rows(desk: Desk, briefing_id: str) -> list[dict[str, Any]]:
    """Return the deliveries of a briefing of which nobody knows whether they arrived: for a person to decide."""
    query = select(deliveries).where(deliveries.c.briefing == briefing_id, IS_UNCERTAIN)
    with reading(desk.engine) as connection:
        return [
            {"id": r.id, "channel": r.channel, "locale": r.locale, "destination": r.destination, "detail": r.detail}
            for r in connection.execute(query.order_by(deliveries.c.id))
        ]


def record_heartbeat(desk: Desk, name: str, now: datetime) -> None:
    """Note that a scheduled run has come to its end: the proof that the scheduler lives."""
    with writing(desk.engine) as connection:
        records.upsert(connection, heartbeats, {"name": name, "at": now})


def _progress(connection: Connection, briefing_id: str, now: datetime) -> dict[str, float | int | None]:
    found = pace(connection, briefing_id, now)
    return {"per_second": found.per_second, "left": found.left, "seconds_left": found.seconds_left}


def _locales(desk: Desk, region: str) -> list[str]:
    known = desk.content.places.regions.get(region)
    return sorted(known.locales) if known else []


def _would_get(desk: Desk, connection: Connection, region: str, now: datetime) -> int:
    people = eligible_query(desk.content.places, region, now).subquery()
    return connection.scalar(select(func.count()).select_from(people)) or 0


def _states(rows: list[Any]) -> dict[str, int]:
    totals = {str(state): 0 for state in SegmentState}
    for row in rows:
        totals[row.state] += 1
    return totals


def _is_ready(locale: str, source_locale: str, rows: list[Any], revision: Any) -> bool:
    severity = Severity(revision.severity) if revision is not None else Severity.ROUTINE
    return bool(rows) and (
        locale == source_locale or all(SegmentState(row.state).is_enough_for(severity) for row in rows)
    )


def _state(connection: Connection, briefing_id: str, revision: str, published: Any) -> EditionState:
    if published is not None:
        return EditionState.WITHDRAWN if published.withdrawn_at is not None else EditionState.PUBLISHED
    if records.approval(connection, briefing_id, revision) is not None:
        return EditionState.APPROVED
    prepared = records.revision_row(connection, briefing_id, revision)
    return EditionState.IN_REVIEW if prepared is not None else EditionState.DRAFT
