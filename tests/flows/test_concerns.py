"""Concerns: what a watch finds, and what of it somebody must act upon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from briefings.delivery.holds import ALL, BREAKER, domain_scope, hold
from briefings.delivery.quarantine import RETURNED_FOLDER, Quarantine
from briefings.editorial.control import pause
from briefings.editorial.desk import Desk
from briefings.editorial.publish import publish, publish_due
from briefings.editorial.status import record_heartbeat
from briefings.editorial.watch import MAILBOX, concerns
from briefings.services import Services
from briefings.store.engine import writing
from briefings.store.people import subscribers
from briefings.store.tables import deliveries
from tests.flows.town import Town

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    town.write()
    services = Services()
    yield services.desk
    services.engine.dispose()


def wrong(desk: Desk, now: datetime) -> list[str]:
    return [concern.text for concern in concerns(desk, now) if concern.is_wrong]


def test_nothing_is_wrong_before_the_time_has_come(desk: Desk) -> None:
    found = concerns(desk, NINE - timedelta(minutes=1))

    assert found == []


def test_a_briefing_that_nobody_approved_in_time_is_wrong_for_a_day(desk: Desk) -> None:
    soon, next_week = (wrong(desk, NINE + late) for late in (timedelta(minutes=1), timedelta(days=7)))

    assert soon == ["north/2026-11-20-bicycles: was due at 2026-11-20 09:00 and is not approved in its present text"]
    assert next_week == []


def test_a_late_briefing_is_wrong_once_the_due_check_had_its_chances(desk: Desk, town: Town) -> None:
    town.approve("north/2026-11-20-bicycles")

    at_once = concerns(desk, NINE + timedelta(minutes=4))
    later = wrong(desk, NINE + timedelta(minutes=20))

    assert [concern.is_wrong for concern in at_once] == [False]
    assert later == ["north/2026-11-20-bicycles: late, it was due at 2026-11-20 09:00"]


def test_a_missed_briefing_is_wrong_until_it_is_published(desk: Desk, town: Town) -> None:
    town.approve("north/2026-11-20-bicycles")
    evening = NINE + timedelta(hours=9)
    publish_due(desk, lambda: evening)

    before = wrong(desk, evening)
    with Services().stand_ins():
        publish(Services().desk, ["north/2026-11-20-bicycles"], lambda: evening)

    assert before[0].startswith("north/2026-11-20-bicycles: missed its time, 2026-11-20 09:00")
    assert wrong(desk, evening) == []


def test_deliveries_that_wait_are_wrong_when_they_have_waited_for_long(desk: Desk, town: Town) -> None:
    town.approve("north/2026-11-20-bicycles")
    publish(desk, ["north/2026-11-20-bicycles"], lambda: NINE)  # nothing listens on the catcher's port

    soon, later = (wrong(desk, NINE + late) for late in (timedelta(minutes=2), timedelta(hours=1)))

    assert soon == []
    assert "12 email unsettled" in later[0]


def test_a_silent_due_check_is_wrong_only_while_the_watch_itself_has_run(desk: Desk) -> None:
    early = NINE - timedelta(hours=3)
    record_heartbeat(desk, "due-check", early)

    record_heartbeat(desk, "watch", early)
    after_a_stop_of_both = wrong(desk, early + timedelta(hours=1))
    record_heartbeat(desk, "watch", early + timedelta(minutes=45))
    while_the_watch_ran = wrong(desk, early + timedelta(hours=1))

    assert after_a_stop_of_both == []
    assert while_the_watch_ran == [
        "the due check last came to its end at 2026-11-20 06:00 UTC: look at the Prefect worker"
    ]


def test_a_persons_pause_is_listed_for_a_day_with_what_it_holds_and_wrong_after_that(desk: Desk, town: Town) -> None:
    town.approve("north/2026-11-20-bicycles")
    pause(desk, "Ann", NINE, "north/2026-11-20-bicycles", reason="a fact is being checked")
    publish(desk, ["north/2026-11-20-bicycles"], lambda: NINE)

    soon = concerns(desk, NINE + timedelta(hours=20))
    next_day = wrong(desk, NINE + timedelta(hours=25))

    assert [(concern.text, concern.is_wrong) for concern in soon] == [
        (
            "north/2026-11-20-bicycles is held by Ann: a fact is being checked (since 2026-11-20 09:00 UTC); "
            "'briefings resume north/2026-11-20-bicycles --by NAME'",
            False,
        ),
        ("north/2026-11-20-bicycles: 12 email unsettled since 2026-11-20 09:00 UTC; held", False),
    ]
    assert len(next_day) == 1
    assert "is held by Ann" in next_day[0]


def test_what_a_breaker_holds_is_wrong_at_once_with_the_command_that_lifts_it(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        hold(connection, ALL, "6% of 200 mails failed for good", BREAKER, NINE - timedelta(hours=1))

    found = wrong(desk, NINE - timedelta(minutes=59))

    assert found == [
        "everything is held by the breaker: 6% of 200 mails failed for good (since 2026-11-20 08:00 UTC); "
        "'briefings resume --by NAME'"
    ]


def test_a_domain_that_is_held_is_listed_and_who_waits_there_is_not_wrong_but_the_others_are(
    desk: Desk, town: Town
) -> None:
    town.approve("north/2026-11-20-bicycles")
    with writing(desk.engine) as connection:
        first = connection.scalar(select(func.min(subscribers.c.id)))
        connection.execute(update(subscribers).where(subscribers.c.id == first).values(email="one@example.com"))
        hold(connection, domain_scope("example.org"), "554 5.7.1 refused", "sender", NINE, NINE + timedelta(hours=6))
    publish(desk, ["north/2026-11-20-bicycles"], lambda: NINE)  # nothing listens on the catcher's port

    with_others = wrong(desk, NINE + timedelta(hours=1))
    with writing(desk.engine) as connection:
        connection.execute(update(deliveries).where(deliveries.c.subscriber_id == first).values(state="sent"))
    alone = concerns(desk, NINE + timedelta(hours=1))

    assert "12 email unsettled" in with_others[0]
    assert [concern.is_wrong for concern in alone] == [False, False]
    assert alone[0].text.startswith("mail to example.org is held until 2026-11-20 15:00 UTC by sender: 554 5.7.1")
    assert "11 email unsettled" in alone[1].text


def test_returned_mail_that_nobody_could_read_is_listed_until_it_is_deleted(desk: Desk) -> None:
    quarantine = Quarantine(desk.data_dir / RETURNED_FOLDER)
    quarantine.keep("a" * 64, b"Subject: x")

    before = concerns(desk, NINE - timedelta(minutes=1))
    (quarantine.folder / f"{'a' * 64}.eml").unlink()
    after = concerns(desk, NINE - timedelta(minutes=1))

    assert [(concern.text.partition(":")[0], concern.is_wrong) for concern in before] == [
        ("1 mails came back that nobody could read", False)
    ]
    assert after == []


def test_a_mailbox_that_is_not_read_any_more_is_wrong_for_a_day(desk: Desk) -> None:
    record_heartbeat(desk, MAILBOX, NINE - timedelta(days=30))

    found = {
        hours: [concern.is_wrong for concern in concerns(desk, NINE - timedelta(days=30) + timedelta(hours=hours))]
        for hours in (5, 7, 29, 40)
    }

    assert found == {5: [], 7: [True], 29: [True], 40: [False]}
