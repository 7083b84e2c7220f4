"""Enrolling: writing a batch of wishes to subscribe into the register, set by set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from briefings.store.people import follows, subscribers
from briefings.subscribers import address, consent
from briefings.subscribers.consent import Consent, ConsentAction
from briefings.subscribers.eligibility import REGION, WARD
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency, Subscriber
from briefings.subscribers.suppression import SuppressionReason, Suppressions, hold_register

BATCH = 1000
"""How many are enrolled in one transaction: few enough that nobody who unsubscribes waits for it."""


class Outcome(StrEnum):
    ADDED = "added"
    RESUBSCRIBED = "resubscribed"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Enrolled:
    """What became of one enrolment; `reason` is set where it was refused."""

    outcome: Outcome
    reason: str = ""


def enrol(
    connection: Connection,
    suppressions: Suppressions,
    enrolments: Sequence[Enrolment],
    now: datetime,
    *,
    own_wish: bool = False,
) -> list[Enrolled]:
    """Write up to BATCH checked enrolments with different addresses; answers stand in the same order.

    A known address gets the new choices; a confirmation once given stays. `own_wish` says that each
    person is asking themself, just now: only then may someone who unsubscribed come back.
    """
    hold_register(connection)
    known = load(connection, [enrolment.email for enrolment in enrolments])
    suppressed = suppressions.reasons(connection, [enrolment.email for enrolment in enrolments])
    stopped = consent.last_withdrawals(connection, [subscriber.id for subscriber in known.values()])
    answers: list[Enrolled] = []
    new: list[Enrolment] = []
    changed: list[tuple[Subscriber, Enrolment]] = []
    for enrolment in enrolments:
        before = known.get(enrolment.email)
        refusal = _refusal(enrolment, before, suppressed.get(enrolment.email), stopped, own_wish)
        outcome = Outcome.REFUSED if refusal else _outcome(enrolment, before)
        answers.append(Enrolled(outcome, refusal))
        if outcome is Outcome.ADDED:
            new.append(enrolment)
        elif before is not None and outcome in (Outcome.UPDATED, Outcome.RESUBSCRIBED):
            changed.append((before, enrolment))
    ids = _insert(connection, new, now)
    _update(connection, changed)
    _follow(connection, [(ids[enrolment.email], enrolment.choices) for enrolment in new])
    _follow(connection, [(before.id, enrolment.choices) for before, enrolment in changed])
    agreed = [(ids[enrolment.email], enrolment) for enrolment in new]
    agreed += [(before.id, enrolment) for before, enrolment in changed if not before.is_active]
    consent.record(connection, [_consent(subscriber_id, enrolment, now) for subscriber_id, enrolment in agreed])
    for _, enrolment in agreed:
        if enrolment.confirmed_at is not None and enrolment.email in suppressed:
            suppressions.lift(connection, enrolment.email)
    return answers


def rechoose(connection: Connection, subscriber_id: int, choices: Choices) -> None:
    """Replace the choices of one subscriber."""
    connection.execute(
        update(subscribers)
        .where(subscribers.c.id == subscriber_id)
        .values(locale=choices.locale, frequency=choices.frequency.value, format=choices.format.value)
    )
    _follow(connection, [(subscriber_id, choices)])


def load(connection: Connection, emails: Iterable[str]) -> dict[str, Subscriber]:
    """Return the subscribers with these normalised addresses, ended ones too, by address."""
    rows = connection.execute(select(subscribers).where(subscribers.c.email.in_(list(emails)))).all()
    return {subscriber.email: subscriber for subscriber in with_places(connection, rows)}


def load_by_id(connection: Connection, subscriber_id: int | None) -> Subscriber | None:
    """Return a subscriber by id, an ended one too; None for nobody, and for somebody who was erased."""
    rows = connection.execute(select(subscribers).where(subscribers.c.id == subscriber_id)).all()
    found = next(iter(with_places(connection, rows)), None)
    return found if found is not None and not address.is_tombstone(found.email) else None


def with_places(connection: Connection, rows: Sequence[Row[Any]]) -> list[Subscriber]:
    """Make subscribers of up to some thousand rows of the table, with the places they follow."""
    places: dict[int, dict[str, list[str]]] = {row.id: {REGION: [], WARD: []} for row in rows}
    for follow in connection.execute(
        select(follows).where(follows.c.subscriber_id.in_(list(places))).order_by(follows.c.place)
    ):
        places[follow.subscriber_id][follow.kind].append(follow.place)
    return [
        Subscriber(
            id=row.id,
            email=row.email,
            choices=Choices(
                locale=row.locale,
                regions=tuple(places[row.id][REGION]),
                wards=tuple(places[row.id][WARD]),
                frequency=Frequency(row.frequency),
                format=Format(row.format),
            ),
            confirmed_at=row.confirmed_at,
            ended_at=row.ended_at,
            end_reason=row.end_reason or "",
        )
        for row in rows
    ]


def _refusal(
    enrolment: Enrolment,
    before: Subscriber | None,
    suppressed: SuppressionReason | None,
    stopped: Mapping[int, datetime],
    own_wish: bool,
) -> str:
    if suppressed is not None and not suppressed.ends_by_own_wish:
        return f"email is suppressed ({suppressed.value}); nobody is mailed there until the suppression is lifted"
    if own_wish:
        return ""
    if suppressed is not None:
        return "email is suppressed (unsubscribed); only the person can come back, by subscribing again"
    if before is None or before.is_active or enrolment.confirmed_at is None:
        return ""
    # The suppression may have been lifted since; agreeing before the end still says nothing about after it.
    ends = [moment for moment in (before.ended_at, stopped.get(before.id)) if moment is not None]
    if ends and enrolment.confirmed_at <= max(ends):
        return "confirmed_at is before the person's subscription ended; a new consent is needed"
    return ""


def _outcome(enrolment: Enrolment, before: Subscriber | None) -> Outcome:
    if before is None:
        return Outcome.ADDED
    if before.ended_at is not None:
        return Outcome.RESUBSCRIBED
    is_confirmed_by_it = before.confirmed_at is None and enrolment.confirmed_at is not None
    return Outcome.UPDATED if is_confirmed_by_it or before.choices != enrolment.choices else Outcome.UNCHANGED


def _insert(connection: Connection, new: Sequence[Enrolment], now: datetime) -> dict[str, int]:
    """Insert rows and return their ids by address."""
    if not new:
        return {}
    rows = [
        {
            "email": enrolment.email,
            "locale": enrolment.choices.locale,
            "frequency": enrolment.choices.frequency.value,
            "format": enrolment.choices.format.value,
            "created_at": now,
            "confirmed_at": enrolment.confirmed_at,
        }
        for enrolment in new
    ]
    inserted = connection.execute(insert(subscribers).returning(subscribers.c.id, subscribers.c.email), rows)
    return {row.email: row.id for row in inserted}


def _update(connection: Connection, changed: Sequence[tuple[Subscriber, Enrolment]]) -> None:
    if not changed:
        return
    values = [
        {
            "the_id": before.id,
            "locale": enrolment.choices.locale,
            "frequency": enrolment.choices.frequency.value,
            "format": enrolment.choices.format.value,
            "confirmed_at": before.confirmed_at if before.is_active else enrolment.confirmed_at,
            "ended_at": None,
            "end_reason": None,
        }
        for before, enrolment in changed
    ]
    connection.execute(update(subscribers).where(subscribers.c.id == bindparam("the_id")), values)
    back = [before.id for before, _ in changed if not before.is_active]
    connection.execute(update(subscribers).where(subscribers.c.id.in_(back)).values(paused_until=None))


def _follow(connection: Connection, choices_by_id: Sequence[tuple[int, Choices]]) -> None:
    """Let subscribers follow these places and no others."""
    if not choices_by_id:
        return
    connection.execute(delete(follows).where(follows.c.subscriber_id.in_([key for key, _ in choices_by_id])))
    connection.execute(
        insert(follows).returning(follows.c.subscriber_id),  # few statements of many rows, as in consent.record
        [
            {"subscriber_id": subscriber_id, "kind": kind, "place": place}
            for subscriber_id, choices in choices_by_id
            for kind, named in ((REGION, choices.regions), (WARD, choices.wards))
            for place in named
        ],
    )


def _consent(subscriber_id: int, enrolment: Enrolment, now: datetime) -> Consent:
    action = ConsentAction.REQUESTED if enrolment.confirmed_at is None else ConsentAction.GIVEN
    at = enrolment.confirmed_at or now
    return Consent(subscriber_id, action, at, enrolment.source, enrolment.words, enrolment.choices.locale)
