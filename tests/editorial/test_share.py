"""When helpers are called to a mailing, and that a helper sends its share and leaves the rest alone."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from briefings.delivery.journal import Journal
from briefings.delivery.ledger import Ledger
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result
from briefings.delivery.senders import Sender
from briefings.editorial.control import pause
from briefings.editorial.deliver import Delivered, deliver
from briefings.editorial.publish import begin
from briefings.editorial.share import helpers_wanted, lend_a_hand
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from tests.editorial.conftest import EAST, Newsroom

PEOPLE = tuple(f"person{number}@example.org" for number in range(6))


@pytest.fixture
def job(newsroom: Newsroom) -> Job:
    """A briefing that is planned for six people and two channels, and of which nothing was sent."""
    newsroom.use_x()
    newsroom.follow(*PEOPLE)
    newsroom.ready()
    return begin(newsroom.desk, EAST, newsroom.now)


def wanted(newsroom: Newsroom, job: Job, senders: int = 4, above: int = 5) -> int:
    return helpers_wanted(newsroom.desk, job, senders, above, newsroom.now)


def test_a_large_mailing_on_postgresql_wants_as_many_as_are_set_less_the_one_who_asks(
    newsroom: Newsroom, job: Job
) -> None:
    is_shared = newsroom.desk.engine.dialect.name == "postgresql"

    found = [wanted(newsroom, job), wanted(newsroom, job, above=6), wanted(newsroom, job, senders=1)]

    assert found == [3 if is_shared else 0, 0, 0]


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_who_helps_already_is_not_called_again_and_nobody_to_what_is_held(newsroom: Newsroom, job: Job) -> None:
    Ledger(newsroom.desk.engine, "a helper").claim(job, Channel.EMAIL, 1, newsroom.now)

    beside_one = wanted(newsroom, job)
    pause(newsroom.desk, "Ann", newsroom.now, EAST)
    held = wanted(newsroom, job)

    assert (beside_one, held) == (2, 0)


def test_whoever_delivers_calls_helpers_and_a_helper_calls_nobody(newsroom: Newsroom, job: Job) -> None:
    desk, called = newsroom.desk, list[Job]()
    desk.call_helpers = called.append

    lend_a_hand(desk, EAST, newsroom.clock)
    by_the_helper = list(called)
    deliver(desk, job, newsroom.clock)

    assert by_the_helper == []
    assert called == [job]


def test_a_helper_sends_the_mails_that_nobody_has_and_waits_neither_for_posts_nor_for_others(
    newsroom: Newsroom, job: Job
) -> None:
    desk = newsroom.desk
    with Sender(desk.engine, desk.lock_folder) as other:
        theirs = Ledger(desk.engine, other.id).claim(job, Channel.EMAIL, 2, newsroom.now)
        (done,) = lend_a_hand(desk, EAST, newsroom.clock)
        Ledger(desk.engine, other.id).release(newsroom.now)

    assert done.sent_now == 4
    assert not {row.address for row in theirs} & {address for address, _ in newsroom.mailed()}
    assert {row.state for row in newsroom.rows("x")} == {"queued"}


def test_who_delivers_waits_for_what_a_living_helper_has_until_it_is_settled(newsroom: Newsroom, job: Job) -> None:
    desk = newsroom.desk
    with Sender(desk.engine, desk.lock_folder) as helper:
        ledger, done = Ledger(desk.engine, helper.id), list[Delivered]()
        (theirs,) = ledger.claim(job, Channel.EMAIL, 1, newsroom.now)
        delivering = threading.Thread(target=lambda: done.append(deliver(desk, job, newsroom.clock)))
        delivering.start()
        while len(newsroom.mailed()) < len(PEOPLE) - 1:
            time.sleep(0.05)
        is_waiting = delivering.is_alive()
        ledger.turn((), [theirs], job, newsroom.now)
        ledger.turn([Result(theirs.id, DeliveryState.SENT)], (), job, newsroom.now)
        ledger.close()
        delivering.join(60)

    (found,) = done
    assert is_waiting
    assert found.is_settled
    assert found.sent_now == len(PEOPLE) - 1 + len(newsroom.rows("x"))


def test_a_second_sender_of_a_data_folder_does_not_wait_for_the_first_to_end(tmp_path: Path) -> None:
    opened = threading.Event()

    def open_another() -> None:
        with Journal(tmp_path):
            opened.set()

    with Journal(tmp_path):
        threading.Thread(target=open_another, daemon=True).start()
        is_at_work_too = opened.wait(20)

    assert is_at_work_too


def test_a_job_of_another_region_or_briefing_is_not_helped(newsroom: Newsroom, job: Job) -> None:
    other = replace(job, briefing="west/2026-11-20-unknown")

    done = lend_a_hand(newsroom.desk, other.briefing, newsroom.clock)

    assert done == []
    assert newsroom.mailed() == []
