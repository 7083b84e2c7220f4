"""Holds, on both databases: who may keep what back, until when, and what passes all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from briefings.delivery.holds import (
    ALL,
    BREAKER,
    active,
    briefing_scope,
    concerning,
    domain_scope,
    hold,
    lift,
    made,
    on_briefing,
    on_job,
)
from briefings.model.delivery import FOLLOWS, NOTICE
from briefings.store.engine import reading, writing
from tests.delivery.ledger_rows import JOB, NOW

HOUR = timedelta(hours=1)
OTHER = "west/2026-11-20-b"
URGENT = replace(JOB, is_urgent=True)


def put(engine: Engine, scope: str, by: str = "Ann", now: datetime = NOW, until: datetime | None = None) -> bool:
    with writing(engine) as connection:
        return hold(connection, scope, "the reason", by, now, until)


def take_off(engine: Engine, scope: str, now: datetime = NOW) -> int:
    with writing(engine) as connection:
        return lift(connection, scope, "Ben", now)


def scopes(engine: Engine, now: datetime = NOW) -> list[str]:
    with reading(engine) as connection:
        return [one.scope for one in active(connection, now)]


def test_a_hold_says_what_is_held_by_whom_why_and_how_it_ends(engine: Engine) -> None:
    put(engine, ALL)
    put(engine, briefing_scope(JOB.briefing), by=BREAKER)
    put(engine, domain_scope("Example.ORG"), until=NOW + HOUR)

    with reading(engine) as connection:
        found = active(connection, NOW)

    assert [str(one) for one in found] == [
        "everything is held by Ann: the reason",
        "east/2026-11-20-a is held by the breaker: the reason",
        "mail to example.org is held until 2026-11-20 10:00 UTC by Ann: the reason",
    ]
    assert [one.command for one in found] == [
        "briefings resume --by NAME",
        "briefings resume east/2026-11-20-a --by NAME",
        "briefings resume --domain example.org --by NAME",
    ]
    assert found[0].made_at == NOW


def test_what_is_held_already_is_not_held_twice_but_a_longer_hold_is_put_beside(engine: Engine) -> None:
    scope = domain_scope("example.org")

    told = [put(engine, scope, until=NOW + HOUR), put(engine, scope, until=NOW + HOUR / 2), put(engine, scope)]
    again = put(engine, scope, until=NOW + 2 * HOUR)

    assert told == [True, False, True]
    assert not again
    assert scopes(engine) == [scope, scope]
    assert scopes(engine, NOW + 2 * HOUR) == [scope]


def test_a_person_pauses_beside_the_breaker_and_the_breaker_not_beside_a_person(engine: Engine) -> None:
    breaker, person, breaker_again = put(engine, ALL, by=BREAKER), put(engine, ALL), put(engine, ALL, by=BREAKER)

    with reading(engine) as connection:
        makers = [one.made_by for one in active(connection, NOW)]

    assert (breaker, person, breaker_again) == (True, True, False)
    assert makers == [BREAKER, "Ann"]


def test_lifting_takes_every_hold_off_a_scope_keeps_who_did_it_and_leaves_other_scopes(engine: Engine) -> None:
    put(engine, ALL, by=BREAKER)
    put(engine, ALL)
    put(engine, briefing_scope(JOB.briefing))

    lifted, again = take_off(engine, ALL), take_off(engine, ALL)

    with reading(engine) as connection:
        history = made(connection, ALL, NOW)
    assert (lifted, again) == (2, 0)
    assert scopes(engine) == [briefing_scope(JOB.briefing)]
    assert [(row.made_by, row.lifted_by, row.lifted_at) for row in history] == [
        ("Ann", "Ben", NOW),
        (BREAKER, "Ben", NOW),
    ]


def test_a_hold_that_has_come_to_its_end_is_neither_active_nor_lifted(engine: Engine) -> None:
    put(engine, domain_scope("example.org"), until=NOW + HOUR)

    before, after = scopes(engine, NOW + HOUR - timedelta(seconds=1)), scopes(engine, NOW + HOUR)

    assert (before, after) == ([domain_scope("example.org")], [])
    assert take_off(engine, domain_scope("example.org"), NOW + HOUR) == 0


@pytest.mark.parametrize("scope", [ALL, briefing_scope(JOB.briefing)])
def test_a_persons_hold_keeps_everything_else_of_its_scope_back_urgent_or_not(engine: Engine, scope: str) -> None:
    put(engine, scope)

    with reading(engine) as connection:
        kept = [
            on_job(connection, job, NOW) is not None for job in (JOB, URGENT, replace(JOB, revision="r1" + FOLLOWS))
        ]
        other = on_briefing(connection, OTHER, NOW)

    assert kept == [True, True, True]
    assert (other is not None) == (scope == ALL)


@pytest.mark.parametrize("scope", [ALL, briefing_scope(JOB.briefing)])
def test_a_breakers_hold_lets_an_urgent_briefing_pass_and_nothing_else(engine: Engine, scope: str) -> None:
    put(engine, scope, by=BREAKER)

    with reading(engine) as connection:
        kept = {job.is_urgent: on_job(connection, job, NOW) is not None for job in (JOB, URGENT)}

    assert kept == {False: True, True: False}


@pytest.mark.parametrize(("scope", "is_kept"), [(ALL, True), (briefing_scope(JOB.briefing), False)])
def test_withdrawal_notices_pass_the_pause_of_their_briefing_and_not_that_of_everything(
    engine: Engine, scope: str, is_kept: bool
) -> None:
    notice = replace(JOB, revision=JOB.revision + NOTICE)
    put(engine, scope)

    with reading(engine) as connection:
        found = on_job(connection, notice, NOW)

    assert (found is not None) == is_kept


def test_a_domains_hold_keeps_no_whole_briefing_back_and_concerns_them_all(engine: Engine) -> None:
    put(engine, domain_scope("example.org"))
    put(engine, briefing_scope(OTHER))

    with reading(engine) as connection:
        kept = on_job(connection, JOB, NOW)
        concerned = [one.scope for one in concerning(connection, JOB.briefing, NOW)]

    assert kept is None
    assert concerned == [domain_scope("example.org")]
