"""Mailing over real SMTP: one recipient's trouble is their own, a server's trouble stops and loses nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from briefings.delivery.answers import MAX_ATTEMPTS
from briefings.delivery.endpoint import SmtpEndpoint
from briefings.delivery.ledger import Ledger
from briefings.delivery.mailing import GIVE_UP_AFTER, Mailing, MailReport, MailServer
from briefings.delivery.message import Envelope
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result, Row
from briefings.sandbox.catcher import MailCatcher
from briefings.sandbox.caught import Caught
from briefings.store.engine import writing
from tests.conftest import free_port
from tests.delivery.ledger_rows import JOB, NOW, add_people, plan, planned, rows, states

URGENT = replace(JOB, is_urgent=True)


def envelope(row: Row) -> Envelope:
    return Envelope("bounce@example.org", row.address, b"Subject: hello\r\n\r\nHello.\r\n")


def mail(
    engine: Engine, port: int, job: Job = JOB, *, now: datetime = NOW, may_mail: Callable[[str], bool] = lambda a: True
) -> MailReport:
    server = MailServer(SmtpEndpoint("127.0.0.1", port), 2, 5.0, "test.example.org")
    return Mailing(Ledger(engine, "one"), server, envelope, may_mail, lambda: now).run(job)


@pytest.fixture
def caught(tmp_path: Path) -> Iterator[Caught]:
    with Caught(tmp_path / "caught.db") as caught:
        yield caught


@pytest.fixture
def port(caught: Caught) -> Iterator[int]:
    with MailCatcher(caught) as catcher:
        yield catcher.port


class DroppingServer:
    """Takes mails, and for the first `drops` of them hangs up instead of answering the final dot."""

    def __init__(self, drops: int) -> None:
        self.drops = drops
        self.recipients: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:

            def say(line: bytes) -> None:
                stream.write(line + b"\r\n")
                stream.flush()

            say(b"220 ready")
            while line := stream.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    say(b"354 go on")
                    while stream.readline() not in (b".\r\n", b""):
                        pass
                    with self._lock:
                        self.drops -= 1
                        if self.drops >= 0:
                            return
                elif word == b"RCPT":
                    self.recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                say(b"250 ok")

    def __enter__(self) -> DroppingServer:
        return self

    def __exit__(self, *error: object) -> None:
        self._listening.close()


def test_every_row_is_sent_once_and_recorded(engine: Engine, caught: Caught, port: int) -> None:
    planned(engine, 30)

    report = mail(engine, port)
    mail(engine, port)

    assert sorted(one.rcpt_to[0] for one in caught.summaries(per_page=-1)) == sorted(
        f"person{number}@example.org" for number in range(30)
    )
    assert (states(engine), report.stopped) == ({"sent": 30}, "")
    assert all(row.remote_id.startswith("250 2.0.0") and row.sender is None for row in rows(engine))


def test_one_rejected_address_does_not_stop_the_others(engine: Engine, caught: Caught, port: int) -> None:
    add_people(engine, "perm-fail@example.org", "temp-fail@example.org", "good@example.org", "well@example.org")
    plan(engine)

    mail(engine, port)

    by_state = {row.state: row for row in rows(engine)}
    assert states(engine) == {"failed": 1, "deferred": 1, "sent": 2}
    assert caught.count() == 2
    assert "no such mailbox" in by_state["failed"].detail
    assert (
        NOW + timedelta(minutes=3) < by_state["deferred"].not_before.astimezone(NOW.tzinfo) < NOW + timedelta(minutes=7)
    )
    assert not any("@" in row.detail for row in rows(engine))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_recipient_who_is_refused_for_now_is_given_up_after_so_many_attempts(engine: Engine, port: int) -> None:
    add_people(engine, "temp-fail@example.org")
    plan(engine)

    for day in range(MAX_ATTEMPTS):
        mail(engine, port, now=NOW + timedelta(days=day))

    assert [(row.state, row.attempts) for row in rows(engine)] == [("failed", MAX_ATTEMPTS)]
    assert "given up after 8 attempts" in rows(engine)[0].detail


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_that_is_not_there_is_left_soon_and_every_row_is_kept(
    engine: Engine, caught: Caught, port: int
) -> None:
    planned(engine, 40)

    report = mail(engine, free_port())
    stopped = states(engine)
    mail(engine, port, now=NOW + timedelta(hours=1))

    assert "does not take mail" in report.stopped
    assert stopped == {"queued": 40}
    assert states(engine) == {"sent": 40}
    assert caught.count() == 40


def test_who_is_not_on_the_allow_list_is_suppressed(engine: Engine, caught: Caught, port: int) -> None:
    planned(engine, 3)

    mail(engine, port, may_mail=lambda address: address == "person1@example.org")

    assert [one.rcpt_to for one in caught.summaries()] == [("person1@example.org",)]
    assert states(engine) == {"suppressed": 2, "sent": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_routine_mail_whose_answer_was_lost_is_uncertain_and_not_sent_again(engine: Engine) -> None:
    planned(engine, 6)

    with DroppingServer(drops=2) as server:
        mail(engine, server.port)
        mail(engine, server.port)

    assert states(engine) == {"uncertain": 2, "sent": 4}
    assert len(server.recipients) == len(set(server.recipients)) == 6


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("job", [JOB, URGENT])
def test_a_server_that_answers_no_message_is_left_before_all_are_uncertain(engine: Engine, job: Job) -> None:
    planned(engine, 60)

    with DroppingServer(drops=1000) as server:
        report = mail(engine, server.port, job)

    assert "does not take mail" in report.stopped
    assert states(engine)["queued"] >= 45
    assert states(engine)["uncertain"] <= GIVE_UP_AFTER + 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("people", [1, 6])
def test_an_urgent_mail_whose_answer_was_lost_is_sent_once_more_in_the_same_run(engine: Engine, people: int) -> None:
    planned(engine, people)

    with DroppingServer(drops=1) as server:
        mail(engine, server.port, URGENT)

    assert states(engine) == {"sent": people}
    assert len(server.recipients) == people + 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_urgent_mail_that_was_put_off_before_is_sent_once_more_too(engine: Engine) -> None:
    planned(engine, 1)
    mail(engine, free_port(), URGENT)

    with DroppingServer(drops=1) as server:
        mail(engine, server.port, URGENT, now=NOW + timedelta(hours=1))

    assert states(engine) == {"sent": 1}
    assert len(server.recipients) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_urgent_mail_is_not_sent_a_third_time(engine: Engine) -> None:
    planned(engine, 1)

    with DroppingServer(drops=2) as server:
        mail(engine, server.port, URGENT)
        mail(engine, server.port, URGENT)

    assert states(engine) == {"uncertain": 1}
    assert len(server.recipients) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_locked_when_more_is_to_be_claimed_is_waited_for(engine: Engine, port: int) -> None:
    planned(engine, 700)
    server = MailServer(SmtpEndpoint("127.0.0.1", port), 8, 5.0, "test.example.org", domain_connections=2)
    settled, locked = 0, threading.Event()

    def lock() -> None:
        locked.wait()
        with writing(engine):
            time.sleep(1.5)  # several times as long as SQLite waits for us

    def progress(result: Result) -> None:
        nonlocal settled
        settled += 1
        if settled == 100:
            locked.set()

    locking = threading.Thread(target=lock)
    locking.start()
    report = Mailing(Ledger(engine, "one"), server, envelope, lambda a: True, lambda: NOW, progress).run(JOB)
    locking.join()

    assert not report.stopped
    assert states(engine) == {"sent": 700}
