"""The return road: what comes back to us reaches an inbox over real LMTP, and never costs a sender anything."""

from __future__ import annotations

import logging
import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from briefings.sandbox.return_road import NotTaken, Returned, ReturnRoad
from briefings.sandbox.run import StandIns
from tests.acceptance.command import until
from tests.sandbox.inbox import Inbox

DOMAIN = "borough.example"
RETURN_PATH = f"bounce+abc@{DOMAIN}"
MAIL = (
    b"From: news@borough.example\r\nTo: x@example.org\r\nSubject: =?utf-8?q?=C8=98tiri?=\r\n"
    b"List-Unsubscribe: <https://borough.example/u/"
    + b"a"
    * 300
    + b">,\r\n <mailto:unsubscribe+abc@borough.example>\r\n"
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nHello =\r\n\xc8\x98tiri\r\n.\r\n--b--\r\n"
)
Road = Callable[..., AbstractContextManager[StandIns]]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as listening:
        yield listening


@pytest.fixture
def sandbox(tmp_path: Path) -> Road:
    @contextmanager
    def running(port: int, **options: float | tuple[float, ...]) -> Iterator[StandIns]:
        road = ReturnRoad("127.0.0.1", port, DOMAIN, **options)  # type: ignore[arg-type]
        with StandIns(tmp_path, road=road) as stand_ins:
            yield stand_ins

    return running


def send(stand_ins: StandIns, recipients: list[str], sender: str = RETURN_PATH) -> None:
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        smtp.sendmail(sender, recipients, MAIL, mail_options=["BODY=8BITMIME"])


def parts(raw: bytes) -> tuple[Message, Message, Message]:
    """Return a report's fields about the mail, its last fields, and the mail it brings back."""
    words, fields, returned = message_from_bytes(raw).get_payload()
    blocks = fields.get_payload()
    assert words.get_content_type() == "text/plain"
    return blocks[0], blocks[-1], returned.get_payload(0)


def test_what_comes_back_is_kept_and_passed_on_to_the_byte(sandbox: Road, inbox: Inbox) -> None:
    ours = [f"bounce+x@{DOMAIN}", f"UNSUBSCRIBE+y@{DOMAIN.upper()}", f"canary+north.ro@{DOMAIN}"]
    with sandbox(inbox.port) as stand_ins:
        send(stand_ins, [*ours, "iona@example.org", f"news@{DOMAIN}", "bounce+x@elsewhere.example"])
        until(lambda: len(inbox.got) >= 3, "nothing was passed on")

        (mail,) = stand_ins.caught.list()

    assert [(sender, recipient) for sender, recipient, _ in inbox.got[:3]] == [(RETURN_PATH, one) for one in ours]
    assert {raw for *_, raw in inbox.got[:3]} == {MAIL} == {mail.raw}
    assert len(mail.rcpt_to) == 6


def test_a_null_sender_stays_one(sandbox: Road, inbox: Inbox) -> None:
    with sandbox(inbox.port) as stand_ins:
        send(stand_ins, [RETURN_PATH], sender="")
        until(lambda: bool(inbox.got), "nothing was passed on")

    assert inbox.got == [("", RETURN_PATH, MAIL)]


def test_a_bounce_comes_back_to_the_envelope_sender_as_a_real_notification(sandbox: Road, inbox: Inbox) -> None:
    with sandbox(inbox.port) as stand_ins:
        send(stand_ins, ["bounce+7@example.org"])
        until(lambda: bool(inbox.got), "no bounce came back")

    ((sender, recipient, raw),) = inbox.got
    report = message_from_bytes(raw)
    about, last, returned = parts(raw)
    assert (sender, recipient) == ("", RETURN_PATH)
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    assert report["Auto-Submitted"] == "auto-replied"
    assert about["Reporting-MTA"] == "dns; mx.example.org"
    assert last["Final-Recipient"] == "rfc822; bounce+7@example.org"
    assert (last["Action"], last["Status"]) == ("failed", "5.1.1")
    assert returned["Return-Path"] == f"<{RETURN_PATH}>"
    assert returned["List-Unsubscribe"] == message_from_bytes(MAIL)["List-Unsubscribe"]


def test_a_complaint_comes_to_the_address_for_complaints_with_the_whole_mail(sandbox: Road, inbox: Inbox) -> None:
    with sandbox(inbox.port) as stand_ins:
        send(stand_ins, ["complain@example.org"])
        until(lambda: bool(inbox.got), "no complaint came back")

    ((sender, recipient, raw),) = inbox.got
    about, _, returned = parts(raw)
    assert (sender, recipient) == ("", f"fbl@{DOMAIN}")
    assert message_from_bytes(raw).get_param("report-type") == "feedback-report"
    assert (about["Feedback-Type"], about["Original-Mail-From"]) == ("abuse", f"<{RETURN_PATH}>")
    assert MAIL in raw
    assert returned["Return-Path"] == f"<{RETURN_PATH}>"


@pytest.mark.parametrize("sender", ["", "somebody@elsewhere.example"])
def test_nobody_but_us_gets_a_report(sandbox: Road, inbox: Inbox, sender: str) -> None:
    with sandbox(inbox.port) as stand_ins:
        send(stand_ins, ["bounce@example.org", "complain@example.org"], sender=sender)
        send(stand_ins, [f"canary+last@{DOMAIN}"])
        until(lambda: bool(inbox.got), "nothing was passed on")

        assert stand_ins.caught.count() == 2

    assert [recipient for _, recipient, _ in inbox.got] == [f"canary+last@{DOMAIN}"]


def test_an_inbox_that_listens_late_gets_what_came_before(sandbox: Road) -> None:
    inbox = Inbox()
    with sandbox(inbox.port, pauses=(0.05,) * 200) as stand_ins:
        send(stand_ins, [RETURN_PATH])
        with inbox:
            until(lambda: bool(inbox.got), "nothing was passed on")

    assert inbox.got == [(RETURN_PATH, RETURN_PATH, MAIL)]


def test_not_now_is_tried_again_and_never_is_not(sandbox: Road, inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    inbox.answers = ["451 4.3.0 later", "250 2.1.5 OK", "550 5.1.1 <bounce+b@borough.example> nobody here"]
    with caplog.at_level(logging.WARNING, "briefings.sandbox"), sandbox(inbox.port, pauses=(0.05,) * 50) as stand_ins:
        send(stand_ins, [f"bounce+a@{DOMAIN}"])
        until(lambda: bool(inbox.got), "nothing was passed on")
        send(stand_ins, [f"bounce+b@{DOMAIN}"])
        until(lambda: "was not passed on" in caplog.text, "the refusal was not logged")

    assert inbox.tries == 3
    assert [recipient for _, recipient, _ in inbox.got] == [f"bounce+a@{DOMAIN}"]
    assert "550 5.1.1 [address] nobody here" in caplog.text
    assert "@" not in caplog.text


def test_an_inbox_that_is_not_there_costs_the_sender_nothing(sandbox: Road, caplog: pytest.LogCaptureFixture) -> None:
    with sandbox(Inbox().port, pauses=(0.01,)) as stand_ins:
        send(stand_ins, [RETURN_PATH])
        until(lambda: "was not passed on" in caplog.text, "nothing was logged")

        assert stand_ins.caught.count() == 1

    assert "ConnectionRefusedError" in caplog.text


def test_an_inbox_that_never_ends_its_greeting_is_left_when_the_time_is_up() -> None:
    def drip(server: socket.socket) -> None:
        client, _ = server.accept()
        with client, suppress(OSError):
            while True:
                client.sendall(b"220-wait\r\n")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=[server])
        dripping.start()
        road = ReturnRoad("127.0.0.1", server.getsockname()[1], DOMAIN, deadline=0.5)

        with pytest.raises(NotTaken):
            road.hand_over(Returned(RETURN_PATH, RETURN_PATH, MAIL))

        dripping.join(10)
    assert not dripping.is_alive()


def test_what_is_on_its_way_when_the_sandbox_stops_still_arrives(sandbox: Road, inbox: Inbox) -> None:
    inbox.pause = 0.3
    with sandbox(inbox.port) as stand_ins:
        send(stand_ins, [RETURN_PATH])

    assert len(inbox.got) == 1
