"""Corrections and withdrawals reach exactly those who got the wrong version, whatever happened in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete

from briefings.editorial.amend import correct, withdraw
from briefings.editorial.publish import publish, publish_due
from briefings.editorial.status import status
from briefings.model.errors import NotReady, Refused
from briefings.store.engine import writing
from briefings.store.people import subscribers
from tests.editorial.conftest import EAST, Newsroom

FIRST, SECOND, THIRD = "First text", "Second text", "Third text"


def published(newsroom: Newsroom, *addresses: str) -> None:
    newsroom.follow(*addresses)
    newsroom.ready(title=FIRST)
    publish(newsroom.desk, [EAST], newsroom.clock)


def got(newsroom: Newsroom) -> dict[str, list[str]]:
    """Return address -> which texts arrived there, in order."""
    found: dict[str, list[str]] = {}
    for address, subject in newsroom.mailed():
        text = next((text for text in (FIRST, SECOND, THIRD) if text in subject), subject)
        found.setdefault(address, []).append(text)
    return found


def test_a_correction_goes_to_those_who_got_the_old_text_and_to_nobody_else(newsroom: Newsroom) -> None:
    published(newsroom, "one@example.org", "two@example.org")
    newsroom.follow("late@example.org")
    newsroom.desk.register.unsubscribe("two@example.org", "asked", newsroom.now)
    newsroom.ready(title=SECOND)

    correct(newsroom.desk, EAST, newsroom.clock)
    again = correct(newsroom.desk, EAST, newsroom.clock)

    assert got(newsroom) == {"one@example.org": [FIRST, SECOND], "two@example.org": [FIRST]}
    assert again.sent_now == 0
    standing = status(newsroom.desk, EAST)
    assert standing["channels"]["email"]["suppressed"] == 1
    assert standing["eligible"] == sum(standing["channels"]["email"].values()) == 2


def test_who_was_still_waiting_for_the_old_text_gets_the_new_one_only(newsroom: Newsroom) -> None:
    newsroom.follow("one@example.org", "two@example.org")
    newsroom.ready(title=FIRST)
    publish(newsroom.without_mail_server().desk, [EAST], newsroom.clock)
    newsroom.ready(title=SECOND)
    newsroom.later(5)

    correct(newsroom.desk, EAST, newsroom.clock)
    newsroom.later(600)
    publish_due(newsroom.desk, newsroom.clock)

    assert got(newsroom) == {"one@example.org": [SECOND], "two@example.org": [SECOND]}


def test_a_second_correction_also_reaches_those_whom_the_first_did_not(newsroom: Newsroom) -> None:
    published(newsroom, "one@example.org")
    newsroom.ready(title=SECOND)
    correct(newsroom.without_mail_server().desk, EAST, newsroom.clock)
    newsroom.ready(title=THIRD)

    correct(newsroom.desk, EAST, newsroom.clock)
    newsroom.later(600)
    publish_due(newsroom.desk, newsroom.clock)

    assert got(newsroom) == {"one@example.org": [FIRST, THIRD]}


def test_going_back_to_an_earlier_text_is_refused_for_it_could_not_be_told_anew(newsroom: Newsroom) -> None:
    published(newsroom, "one@example.org")
    newsroom.ready(title=SECOND)
    correct(newsroom.desk, EAST, newsroom.clock)
    newsroom.ready(title=FIRST)

    with pytest.raises(Refused, match="exactly this text before"):
        correct(newsroom.desk, EAST, newsroom.clock)

    assert got(newsroom) == {"one@example.org": [FIRST, SECOND]}


def test_a_correction_needs_an_approval_of_its_own_and_something_to_correct(newsroom: Newsroom) -> None:
    newsroom.ready(title=FIRST)
    with pytest.raises(Refused, match="not published"):
        correct(newsroom.desk, EAST, newsroom.clock)
    publish(newsroom.desk, [EAST], newsroom.clock)
    newsroom.write(title=SECOND)

    with pytest.raises(NotReady, match="not approved in its present text"):
        correct(newsroom.desk, EAST, newsroom.clock)

    assert status(newsroom.desk, EAST)["state"] == "published"


def test_a_withdrawal_tells_whoever_got_any_text_and_cancels_what_waits(newsroom: Newsroom) -> None:
    published(newsroom, "one@example.org")
    newsroom.ready(title=SECOND)
    correct(newsroom.without_mail_server().desk, EAST, newsroom.clock)

    withdraw(newsroom.desk, EAST, "It was wrong.", newsroom.clock)
    newsroom.later(600)
    publish_due(newsroom.desk, newsroom.clock)

    mails = newsroom.mailed()
    assert [address for address, _ in mails] == ["one@example.org", "one@example.org"]
    assert SECOND not in " ".join(subject for _, subject in mails[:1])
    assert {row.state for row in newsroom.rows()} == {"sent", "cancelled"}


def test_a_withdrawal_before_anything_went_out_mails_nobody(newsroom: Newsroom) -> None:
    newsroom.follow("one@example.org")
    newsroom.ready(title=FIRST)
    publish(newsroom.without_mail_server().desk, [EAST], newsroom.clock)

    withdraw(newsroom.desk, EAST, "", newsroom.clock)
    newsroom.later(600)
    publish_due(newsroom.desk, newsroom.clock)

    assert newsroom.mailed() == []
    assert {row.state for row in newsroom.rows()} == {"cancelled"}
    with pytest.raises(Refused, match="is not published"):
        correct(newsroom.desk, EAST, newsroom.clock)


def test_a_withdrawal_whose_notices_could_not_go_out_is_taken_up_again(newsroom: Newsroom) -> None:
    published(newsroom, "one@example.org")

    withdraw(newsroom.without_mail_server().desk, EAST, "It was wrong.", newsroom.clock)
    newsroom.now += timedelta(hours=1)
    report = publish_due(newsroom.desk, newsroom.clock)

    assert [address for address, _ in newsroom.mailed()] == ["one@example.org", "one@example.org"]
    assert report.is_settled


def test_a_resident_who_was_erased_is_no_hindrance(newsroom: Newsroom) -> None:
    published(newsroom, "one@example.org", "two@example.org")
    with writing(newsroom.desk.engine) as connection:
        connection.execute(delete(subscribers).where(subscribers.c.email == "two@example.org"))

    withdraw(newsroom.desk, EAST, "It was wrong.", newsroom.clock)

    assert [address for address, _ in newsroom.mailed()].count("one@example.org") == 2
    assert [address for address, _ in newsroom.mailed()].count("two@example.org") == 1
