"""Pause, resume and cancel: what a person holds back waits, what they call off never goes out, the site goes on."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from briefings.delivery.holds import ALL, BREAKER, hold, made
from briefings.delivery.ledger import Ledger
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result
from briefings.editorial.amend import correct, withdraw
from briefings.editorial.control import cancel, pause, resume
from briefings.editorial.publish import PublishReport, publish, publish_due
from briefings.editorial.status import status
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.model.errors import Refused
from briefings.store.engine import reading, writing
from briefings.store.tables import claims, deliveries, publications
from tests.editorial.conftest import EAST, WEST, Newsroom

ONE, TWO = "one@example.org", "two@example.org"
FIRST, SECOND = "First text", "Second text"


def mailed(newsroom: Newsroom) -> list[str]:
    return sorted(address for address, _ in newsroom.mailed())


def states(newsroom: Newsroom, channel: str = "email") -> dict[str, int]:
    return dict(Counter(row.state for row in newsroom.rows(channel)))


def later(newsroom: Newsroom) -> PublishReport:
    """Run the due check when every deferral is over."""
    newsroom.later(24 * 60)
    return publish_due(newsroom.desk, newsroom.clock)


def waiting(newsroom: Newsroom, *addresses: str, **changes: str) -> None:
    """Publish a briefing of which no mail can go out yet: all are deferred."""
    newsroom.follow(*addresses)
    newsroom.ready(**changes)
    publish(newsroom.without_mail_server().desk, [EAST], newsroom.clock)


def half_sent(newsroom: Newsroom) -> None:
    """Publish a briefing that has reached the first person, and waits for the second."""
    waiting(newsroom, ONE, TWO, title=FIRST)
    last = newsroom.rows()[-1].id
    with writing(newsroom.desk.engine) as connection:
        far = update(deliveries).where(deliveries.c.id == last)
        connection.execute(far.values(state="deferred", not_before=newsroom.now + timedelta(days=9)))
    newsroom.later(60)
    publish_due(newsroom.desk, newsroom.clock)
    assert mailed(newsroom) == [ONE]


def being_sent_by_another(newsroom: Newsroom, row: int) -> None:
    """Record that another sender has a row on its way."""
    with writing(newsroom.desk.engine) as connection:
        on_its_way = update(deliveries).where(deliveries.c.id == row)
        connection.execute(on_its_way.values(state="sending", sender="another", attempts=1))
        connection.execute(insert(claims).values(sender="another", first_id=row, last_id=row))


def come_back(newsroom: Newsroom, row: int) -> None:
    """Record that what another sender had on its way was put off."""
    ledger = Ledger(newsroom.desk.engine, "another")
    put_off = Result(row, DeliveryState.DEFERRED, "450 not now", newsroom.now)
    ledger.turn([put_off], (), Job(EAST, "", "east", ("en-GB",), "en-GB"), newsroom.now)
    ledger.close()


def published_revision(newsroom: Newsroom) -> str:
    with reading(newsroom.desk.engine) as connection:
        return str(connection.scalar(select(publications.c.revision).where(publications.c.briefing == EAST)))


def test_the_mails_and_posts_of_a_paused_briefing_wait_its_pages_do_not_and_resumed_all_go_out_once(
    newsroom: Newsroom,
) -> None:
    newsroom.use_x()
    newsroom.follow(ONE)
    revision = newsroom.ready()

    paused = pause(newsroom.desk, "Ann", newsroom.now, EAST, reason="a fact is being checked")
    report = publish(newsroom.desk, [EAST], newsroom.clock)
    held = mailed(newsroom), states(newsroom, "x"), published_revision(newsroom)
    resumed = resume(newsroom.desk, "Ben", newsroom.now, EAST)
    publish_due(newsroom.desk, newsroom.clock)

    assert paused.is_new
    assert held[0] == []
    assert set(held[1]) == {"queued"}
    assert held[2] == revision
    (item,) = report.delivered
    assert not item.is_settled
    assert item.trouble[Channel.EMAIL].startswith(f"{EAST} is held by Ann: a fact is being checked; it goes on after")
    assert [one.scope for one in item.holds] == [f"briefing:{EAST}"]
    assert [one.made_by for one in resumed.lifted] == ["Ann"]
    assert mailed(newsroom) == [ONE]
    assert set(states(newsroom, "x")) == {"sent"}


def test_a_pause_of_one_briefing_does_not_hold_another(newsroom: Newsroom) -> None:
    newsroom.follow(ONE)
    newsroom.follow(TWO, region="west")
    newsroom.ready()
    newsroom.ready(WEST)
    pause(newsroom.desk, "Ann", newsroom.now, EAST)

    publish(newsroom.desk, [EAST, WEST], newsroom.clock)

    assert mailed(newsroom) == [TWO]


def test_a_persons_pause_of_everything_holds_an_urgent_briefing_and_a_breakers_does_not(newsroom: Newsroom) -> None:
    newsroom.follow(ONE)
    newsroom.ready(severity="urgent")
    with writing(newsroom.desk.engine) as connection:
        hold(connection, ALL, "0.1% complaints", BREAKER, newsroom.now)
    pause(newsroom.desk, "Ann", newsroom.now)

    publish(newsroom.desk, [EAST], newsroom.clock)
    under_both = mailed(newsroom)
    resume(newsroom.desk, "Ben", newsroom.now)
    with writing(newsroom.desk.engine) as connection:
        hold(connection, ALL, "0.1% complaints", BREAKER, newsroom.now)
    publish_due(newsroom.desk, newsroom.clock)

    assert under_both == []
    assert mailed(newsroom) == [ONE]


def test_a_breaker_holds_a_routine_briefing_until_a_person_who_is_kept_resumes_it(newsroom: Newsroom) -> None:
    newsroom.follow(ONE)
    newsroom.ready()
    with writing(newsroom.desk.engine) as connection:
        hold(connection, ALL, "0.1% complaints", BREAKER, newsroom.now)

    publish(newsroom.desk, [EAST], newsroom.clock)
    before = mailed(newsroom)
    resume(newsroom.desk, "Ben", newsroom.now)
    later(newsroom)

    with reading(newsroom.desk.engine) as connection:
        history = made(connection, ALL, newsroom.now - timedelta(days=2))
    assert before == []
    assert mailed(newsroom) == [ONE]
    assert [(row.made_by, row.lifted_by) for row in history] == [(BREAKER, "Ben")]


def test_resuming_what_is_not_held_is_refused_and_says_what_is(newsroom: Newsroom) -> None:
    newsroom.ready()
    pause(newsroom.desk, "Ann", newsroom.now)

    with pytest.raises(Refused, match="is not held; everything is held by Ann: 'briefings resume --by NAME'"):
        resume(newsroom.desk, "Ann", newsroom.now, EAST)


@pytest.mark.parametrize("by", ["", "  ", "Breaker", "ann@example.org"])
def test_only_a_person_with_a_name_holds_and_lifts(newsroom: Newsroom, by: str) -> None:
    for verb in (pause, resume):
        with pytest.raises(Refused, match="name of a person"):
            verb(newsroom.desk, by, newsroom.now)


def test_what_cannot_be_meant_is_refused(newsroom: Newsroom) -> None:
    newsroom.ready()

    for briefing, domain, reason, said in (
        ("east/2026-11-20-unknown", "", "", "there is no briefing"),
        ("", "not a domain", "", "not a mail domain"),
        (EAST, "example.org", "", "not both"),
        (EAST, "", "one@example.org complained", "leave addresses out"),
    ):
        with pytest.raises(Refused, match=said):
            pause(newsroom.desk, "Ann", newsroom.now, briefing, domain, reason)


def test_pausing_twice_changes_nothing_and_shows_what_stands(newsroom: Newsroom) -> None:
    pause(newsroom.desk, "Ann", newsroom.now, domain="Example.ORG", reason="they refuse us")

    again = pause(newsroom.desk, "Ben", newsroom.now, domain="example.org")

    assert not again.is_new
    assert [str(one) for one in again.holds] == ["mail to example.org is held by Ann: they refuse us"]


def test_what_is_cancelled_never_goes_out_on_any_channel_and_says_who_and_why_and_pages_stay(
    newsroom: Newsroom,
) -> None:
    newsroom.use_x()
    newsroom.follow(ONE, TWO)
    revision = newsroom.ready()
    pause(newsroom.desk, "Ann", newsroom.now, EAST)
    publish(newsroom.desk, [EAST], newsroom.clock)

    done = cancel(newsroom.desk, EAST, "Ann", "the event is off", newsroom.clock)
    resume(newsroom.desk, "Ann", newsroom.now, EAST)
    report = later(newsroom)

    assert done.counts == {"email": 2, "x": len(newsroom.rows("x"))}
    assert [one.made_by for one in done.holds] == ["Ann"]
    assert mailed(newsroom) == []
    assert {row.detail for row in newsroom.rows()} == {"cancelled by Ann: the event is off"}
    assert report.is_settled
    standing = status(newsroom.desk, EAST, newsroom.now)
    assert standing["state"] == "published"
    assert standing["revision"] == revision
    assert standing["eligible"] == standing["channels"]["email"]["cancelled"] == 2


def test_what_was_on_its_way_and_comes_back_during_the_cancel_is_cancelled_too(newsroom: Newsroom) -> None:
    waiting(newsroom, ONE)
    newsroom.later(60)
    desk, row = newsroom.desk, newsroom.rows()[0]
    being_sent_by_another(newsroom, row.id)
    done = []
    cancelling = threading.Thread(target=lambda: done.append(cancel(desk, EAST, "Ann", "", newsroom.clock)))

    cancelling.start()
    come_back(newsroom, row.id)
    cancelling.join(60)

    assert done[0].being_sent == 0
    assert [(row.state, row.detail) for row in newsroom.rows()] == [("cancelled", "cancelled by Ann")]


def test_what_comes_back_after_the_cancel_is_cancelled_before_anything_is_sent_again(newsroom: Newsroom) -> None:
    waiting(newsroom, ONE, TWO)
    newsroom.later(60)
    desk, row = newsroom.desk, newsroom.rows()[0]
    being_sent_by_another(newsroom, row.id)

    done = cancel(desk, EAST, "Ann", "", newsroom.clock, patience=0)
    come_back(newsroom, row.id)
    later(newsroom)

    assert (done.counts, done.being_sent) == ({"email": 1}, 1)
    assert states(newsroom) == {"cancelled": 2}
    assert mailed(newsroom) == []


def test_a_correction_after_a_cancel_reaches_who_got_the_old_text_and_not_who_was_called_off(
    newsroom: Newsroom,
) -> None:
    half_sent(newsroom)
    cancel(newsroom.desk, EAST, "Ann", "", newsroom.clock)
    newsroom.ready(title=SECOND)

    correct(newsroom.desk, EAST, newsroom.clock)
    later(newsroom)

    assert mailed(newsroom) == [ONE, ONE]
    standing = status(newsroom.desk, EAST, newsroom.now)["channels"]["email"]
    assert {state: n for state, n in standing.items() if n} == {"sent": 1, "cancelled": 1}


def test_a_correction_of_a_paused_briefing_changes_the_site_at_once_and_its_mails_wait(newsroom: Newsroom) -> None:
    half_sent(newsroom)
    pause(newsroom.desk, "Ann", newsroom.now, EAST)
    revision = newsroom.ready(title=SECOND)

    delivered = correct(newsroom.desk, EAST, newsroom.clock)
    while_paused = mailed(newsroom), published_revision(newsroom)
    resume(newsroom.desk, "Ann", newsroom.now, EAST)
    later(newsroom)

    assert while_paused == ([ONE], revision)
    assert [one.made_by for one in delivered.holds] == ["Ann"]
    assert mailed(newsroom) == [ONE, ONE, TWO]


@pytest.mark.parametrize(("briefing", "arrived"), [(EAST, [ONE, ONE]), ("", [ONE])])
def test_a_withdrawal_notice_passes_the_pause_of_its_briefing_but_not_that_of_everything(
    newsroom: Newsroom, briefing: str, arrived: list[str]
) -> None:
    half_sent(newsroom)
    pause(newsroom.desk, "Ann", newsroom.now, briefing)

    withdraw(newsroom.desk, EAST, "It was wrong.", newsroom.clock)

    assert mailed(newsroom) == arrived
    assert status(newsroom.desk, EAST, newsroom.now)["state"] == "withdrawn"


def test_what_is_not_under_way_or_was_withdrawn_cannot_be_cancelled(newsroom: Newsroom) -> None:
    newsroom.follow(ONE)
    newsroom.ready()

    with pytest.raises(Refused, match="was not published"):
        cancel(newsroom.desk, EAST, "Ann", "", newsroom.clock)
    publish(newsroom.desk, [EAST], newsroom.clock)
    with pytest.raises(Refused, match=f"nothing of {EAST} waits"):
        cancel(newsroom.desk, EAST, "Ann", "", newsroom.clock)
    withdraw(newsroom.without_mail_server().desk, EAST, "It was wrong.", newsroom.clock)
    with pytest.raises(Refused, match="the notices are not called off"):
        cancel(newsroom.desk, EAST, "Ann", "", newsroom.clock)
    later(newsroom)

    assert mailed(newsroom) == [ONE, ONE]


def test_a_status_under_way_has_the_pace_of_the_last_minute_and_the_time_left(newsroom: Newsroom) -> None:
    half_sent(newsroom)
    pause(newsroom.desk, "Ann", newsroom.now, reason="lunch")

    just_now = status(newsroom.desk, EAST, newsroom.now + timedelta(seconds=4))
    an_hour_later = status(newsroom.desk, EAST, newsroom.now + timedelta(hours=1))

    assert just_now["progress"] == {"per_second": 0.2, "left": 1, "seconds_left": 5}
    assert an_hour_later["progress"] == {"per_second": 0.0, "left": 1, "seconds_left": None}
    assert just_now["holds"] == ["everything is held by Ann: lunch"]
