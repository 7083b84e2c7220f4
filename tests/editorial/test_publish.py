"""Publishing, on SQLite and on PostgreSQL: the gates, and what is taken up again."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from briefings.delivery.ledger import Ledger
from briefings.delivery.senders import Sender
from briefings.editorial.approve import approve
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import begin, publish, publish_due, sweep
from briefings.editorial.status import status, uncertain_rows
from briefings.model.channel import Channel
from briefings.model.errors import NotReady, Refused
from tests.editorial.conftest import EAST, NOON, WEST, Newsroom

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Killed(BaseException):
    """Stands for kill -9: no clean-up of ours catches it."""


def die_while_sending(newsroom: Newsroom, briefing: str, count: int) -> None:
    """Plan a briefing and leave `count` mails as a killed sender does: marked, and never recorded."""
    desk = newsroom.desk
    job = begin(desk, briefing, newsroom.now)
    with suppress(Killed), Sender(desk.engine, desk.lock_folder) as sender:
        ledger = Ledger(desk.engine, sender.id)
        ledger.turn((), ledger.claim(job, Channel.EMAIL, count, newsroom.now), job, newsroom.now)
        raise Killed


def test_a_publish_mails_everybody_once_in_their_language_and_is_repeatable(newsroom: Newsroom) -> None:
    newsroom.follow("one@example.org")
    newsroom.follow("two@example.org", locale="ar")
    newsroom.follow("west@example.org", region="west")
    newsroom.ready()

    first = publish(newsroom.desk, [EAST], newsroom.clock)
    again = publish(newsroom.desk, [EAST], newsroom.clock)
    due = publish_due(newsroom.desk, newsroom.clock)

    assert sorted(address for address, _ in newsroom.mailed()) == ["one@example.org", "two@example.org"]
    assert first.delivered[0].sent_now == 2
    assert (again.delivered[0].sent_now, due.delivered, due.refused) == (0, [], {})
    assert [(row.state, row.locale) for row in newsroom.rows()] == [("sent", "en-GB"), ("sent", "ar")]


@SQLITE
@pytest.mark.parametrize("severity", ["important", "urgent"])
@pytest.mark.parametrize(
    "name",
    ["Ann Otherham", "  ANN   otherham ", "ann\u00a0Otherham", "Ann\u200b Otherham", "Ann Otherham.", "Ａnn Otherham"],
)
def test_no_spelling_of_their_name_makes_a_second_person_of_the_author(
    newsroom: Newsroom, severity: str, name: str
) -> None:
    newsroom.write(severity=severity, author="Ann  Otherham")
    desk = newsroom.desk
    prepare(desk, [EAST], newsroom.now)

    with pytest.raises(Refused, match="somebody other than its author"):
        approve(desk, EAST, name, newsroom.now)

    assert approve(desk, EAST, "Anna Otherham", newsroom.now) == desk.briefing(EAST).revision


@SQLITE
@pytest.mark.parametrize("name", ["", "  ", "\u200b", "..."])
def test_an_approval_needs_a_name(newsroom: Newsroom, name: str) -> None:
    newsroom.write()
    prepare(newsroom.desk, [EAST], newsroom.now)

    with pytest.raises(Refused, match="needs the name"):
        approve(newsroom.desk, EAST, name, newsroom.now)


def test_what_was_approved_is_what_is_sent_even_when_the_file_is_gone_by_then(newsroom: Newsroom) -> None:
    newsroom.follow("one@example.org")
    newsroom.ready()
    away = newsroom.without_mail_server()
    publish(away.desk, [EAST], newsroom.clock)
    (newsroom.settings.root / "content" / "briefings" / f"{EAST}.md").unlink()
    newsroom.later(60)

    report = sweep(newsroom.desk, newsroom.clock)

    assert [item.sent_now for item in report.delivered] == [1]
    assert [address for address, _ in newsroom.mailed()] == ["one@example.org"]


def test_a_briefing_changed_after_its_approval_is_refused_until_it_is_approved_again(newsroom: Newsroom) -> None:
    newsroom.ready()
    newsroom.write(title="Another title")

    with pytest.raises(NotReady, match="has changed"):
        begin(newsroom.desk, EAST, newsroom.now)
    prepare(newsroom.desk, [EAST], newsroom.now)
    with pytest.raises(NotReady, match="not approved in its present text"):
        begin(newsroom.desk, EAST, newsroom.now)

    approve(newsroom.desk, EAST, "B", newsroom.now)
    assert begin(newsroom.desk, EAST, newsroom.now).briefing == EAST


@SQLITE
def test_one_channels_trouble_stops_no_other(newsroom: Newsroom) -> None:
    newsroom.use_x()
    newsroom.follow("one@example.org")
    newsroom.ready()
    newsroom.stand_ins.x.fail_next(*[503] * 50)

    without_x = publish(newsroom.desk, [EAST], newsroom.clock)
    mailed = newsroom.mailed()

    assert len(mailed) == 1
    assert not without_x.is_settled
    assert Channel.X in without_x.delivered[0].trouble
    assert {row.state for row in newsroom.rows("page")} == {"sent"}


def test_two_briefings_due_at_once_are_independent_of_each_others_trouble(newsroom: Newsroom) -> None:
    newsroom.follow("one@example.org", region="east")
    newsroom.follow("two@example.org", region="west")
    newsroom.ready(EAST)
    newsroom.ready(WEST, title="Lights repaired")
    newsroom.write(EAST, title="Changed")

    report = publish_due(newsroom.desk, newsroom.clock)

    assert list(report.refused) == [EAST]
    assert [address for address, _ in newsroom.mailed()] == ["two@example.org"]


def test_what_a_dead_sender_held_is_taken_over_and_listed_whichever_briefing_runs_next(newsroom: Newsroom) -> None:
    newsroom.follow("one@example.org", "two@example.org", "three@example.org")
    newsroom.follow("west@example.org", region="west")
    newsroom.ready(EAST)
    newsroom.ready(WEST, title="Lights repaired")
    die_while_sending(newsroom, EAST, 3)

    report = publish_due(newsroom.desk, newsroom.clock)

    assert len(uncertain_rows(newsroom.desk, EAST)) == 3
    assert [address for address, _ in newsroom.mailed()] == ["west@example.org"]
    assert [item.uncertain_elsewhere for item in report.delivered] == [{EAST}]
    standing = status(newsroom.desk, EAST)
    assert standing["eligible"] == sum(standing["channels"]["email"].values()) == 3


def test_a_slot_missed_by_more_than_six_hours_is_recorded_once(newsroom: Newsroom) -> None:
    newsroom.follow("one@example.org")
    newsroom.ready()
    newsroom.now = NOON + timedelta(hours=3, minutes=1)

    first = publish_due(newsroom.desk, newsroom.clock)
    second = publish_due(newsroom.desk, newsroom.clock)

    assert "missed" in first.refused[EAST]
    assert (second.refused, second.delivered, newsroom.mailed()) == ({}, [], [])


@pytest.mark.parametrize(
    ("expires", "minutes", "refused"), [("2026-11-20 13:00", 60, True), ("2026-11-20 13:00", 59, False)]
)
def test_an_expired_briefing_is_refused(newsroom: Newsroom, expires: str, minutes: int, refused: bool) -> None:
    newsroom.ready(expires=expires)
    newsroom.later(minutes)

    report = publish(newsroom.desk, [EAST], newsroom.clock)

    assert ("has expired" in report.refused.get(EAST, "")) == refused
