"""Simulated recipients: what a sender sees of each, by the standard library's client and by our own."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefings.delivery.message import Envelope
from briefings.delivery.wire import SmtpConnection
from briefings.model.errors import Permanent, Transient, Uncertain
from briefings.sandbox.catcher import MailCatcher
from briefings.sandbox.caught import Caught
from briefings.sandbox.simulated import Simulator, simulator_of
from tests.delivery.smtp_client import connected

SENDER = "bounce+1@borough.example"
MAIL = b"Subject: Hi\r\n\r\nHello\r\n"
SLOW_S = 0.3


@pytest.fixture
def caught(tmp_path: Path) -> Iterator[Caught]:
    with Caught(tmp_path / "caught.db") as store:
        yield store


@pytest.fixture
def catcher(caught: Caught) -> Iterator[MailCatcher]:
    with MailCatcher(caught, slow_s=SLOW_S) as running:
        yield running


def answer(port: int, recipient: str, sender: str = SENDER) -> int:
    """Send one mail as anybody does; return the code of the server's last answer."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        try:
            smtp.sendmail(sender, [recipient], MAIL)
        except smtplib.SMTPRecipientsRefused as error:
            return int(error.recipients[recipient][0])
    return 250


def by_our_client(port: int, *recipients: str) -> list[object]:
    """Send a mail to each over one connection, opened anew where it is lost; return replies and errors."""

    async def send() -> list[object]:
        outcomes: list[object] = []
        connection: SmtpConnection | None = None
        for recipient in recipients:
            if connection is None or not connection.is_open:
                connection = await connected(port)
            try:
                outcomes.append(await connection.send(Envelope(SENDER, recipient, MAIL)))
            except (Permanent, Transient, Uncertain) as error:
                outcomes.append(error)
        if connection is not None:
            await connection.close()
        return outcomes

    return asyncio.run(send())


def test_the_local_part_decides_whatever_its_case_its_suffix_and_its_domain() -> None:
    addresses = ["slow@a.example", "SLOW+7@b.example", "slower@a.example", "a+slow@a.example", "greylist", ""]

    found = [simulator_of(address) for address in addresses]

    assert found == [Simulator.SLOW, Simulator.SLOW, None, None, None, None]


@pytest.mark.parametrize(
    ("recipient", "codes", "kept"),
    [
        ("ok@example.org", [250, 250], 2),
        ("temp-fail+3@example.org", [451, 451], 0),
        ("perm-fail@example.org", [550, 550], 0),
        ("greylist+9@example.org", [450, 250], 1),
        ("slow@example.org", [250, 250], 2),
        ("bounce@example.org", [250, 250], 2),
        ("complain@example.org", [250, 250], 2),
    ],
)
def test_each_simulator_answers_as_it_is_named(
    catcher: MailCatcher, caught: Caught, recipient: str, codes: list[int], kept: int
) -> None:
    answers = [answer(catcher.port, recipient) for _ in codes]

    assert answers == codes
    assert caught.count() == kept


def test_each_sender_is_greylisted_once_even_if_the_catcher_starts_anew(caught: Caught) -> None:
    with MailCatcher(caught) as first:
        before = [answer(first.port, "greylist@example.org", sender) for sender in ("bounce+1@a.example", "")]
    with MailCatcher(caught) as second:
        after = [answer(second.port, "greylist@example.org", sender) for sender in ("BOUNCE+1@a.example", "", "x@b.c")]

    assert before == [450, 450]
    assert after == [250, 250, 450]


def test_a_dropped_mail_is_read_to_its_end_and_kept_and_nothing_behind_it_is_read(
    catcher: MailCatcher, caught: Caught
) -> None:
    behind = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<greylist@example.org>\r\n"
    with socket.create_connection(("127.0.0.1", catcher.port), timeout=10) as connection:
        answers = connection.makefile("rb")
        answers.readline()
        connection.sendall(b"HELO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<drop@example.org>\r\nDATA\r\n")
        envelope = [answers.readline()[:3] for _ in range(4)]
        connection.sendall(MAIL + b".\r\n" + behind)
        try:
            after_the_dot = answers.read()
        except ConnectionResetError:
            after_the_dot = b""

    assert (envelope, after_the_dot) == ([b"250", b"250", b"250", b"354"], b"")
    assert [mail.raw for mail in caught.list()] == [MAIL]
    assert answer(catcher.port, "greylist@example.org", "a@b.example") == 450, "the envelope behind was not read"


def test_a_slow_recipient_answers_late_and_keeps_nobody_else_waiting(catcher: MailCatcher, caught: Caught) -> None:
    with smtplib.SMTP("127.0.0.1", catcher.port) as slow:
        slow.ehlo()
        slow.mail(SENDER)
        slow.rcpt("slow@example.org")
        slow.docmd("DATA")
        started = time.monotonic()
        slow.send(MAIL + b".\r\n")
        others = answer(catcher.port, "ok@example.org")
        code, _ = slow.getreply()
        took = time.monotonic() - started

    assert (code, others) == (250, 250)
    assert took >= SLOW_S
    assert caught.count() == 2


def test_our_client_tells_all_six_apart(catcher: MailCatcher, caught: Caught) -> None:
    six = ["ok@a.example", "temp-fail@a.example", "perm-fail@a.example", "drop@a.example", "greylist@a.example"]

    ok, temp, perm, dropped, grey, again, slow = by_our_client(
        catcher.port, *six, "greylist@a.example", "slow@a.example"
    )

    assert [str(ok)[:3], str(again)[:3], str(slow)[:3]] == ["250", "250", "250"]
    assert [type(each) for each in (temp, perm, dropped, grey)] == [Transient, Permanent, Uncertain, Transient]
    assert str(temp).startswith("451 4.3.0")
    assert str(perm).startswith("550 5.1.1")
    assert str(grey).startswith("450 4.2.0")
    assert sorted(mail.rcpt_to[0].partition("@")[0] for mail in caught.list()) == ["drop", "greylist", "ok", "slow"]


def test_a_file_of_an_earlier_release_gets_what_it_lacks(tmp_path: Path) -> None:
    with Caught(tmp_path / "caught.db") as now, now.writing() as connection:
        connection.execute("DROP TABLE attempts")
        connection.execute("PRAGMA user_version = 0")

    with Caught(tmp_path / "caught.db") as older, MailCatcher(older) as catcher:
        codes = [answer(catcher.port, "greylist@example.org") for _ in range(2)]

    assert codes == [450, 250]
