"""The witness itself: what it has accepted it remembers, and what it has not accepted it does not."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

import pytest

from tests.faults.faulty_server import Act, Fault, FaultyServer, Moment, Phase

MESSAGE = "Message-ID: <{number}@sender.example>\r\nSubject: news\r\n\r\n.one line\r\nMessage-ID: <no@header>\r\n"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


def send(server: FaultyServer, number: int) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
        client.sendmail("a@sender.example", [f"b{number}@there.example"], MESSAGE.format(number=number))


def at(phase: Phase, act: Act) -> Fault:
    return lambda moment: act if moment.phase is phase else None


def test_what_is_accepted_is_remembered_with_its_message_id(server: FaultyServer) -> None:
    for number in range(3):
        send(server, number)

    found = [(message.recipient, message.message_id) for message in server.accepted]
    assert found == [(f"b{number}@there.example", f"<{number}@sender.example>") for number in range(3)]


def test_a_message_can_be_accepted_although_its_sender_hears_nothing(server: FaultyServer) -> None:
    server.fault = at(Phase.DOT, Act(closes=True, keeps=True))

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server, 1)

    assert server.mailed() == {"b1@there.example": 1}


@pytest.mark.parametrize(
    ("phase", "act"),
    [
        (Phase.BODY, Act(closes=True)),
        (Phase.DATA, Act(closes=True)),
        (Phase.DOT, Act(b"421 4.3.2 closing down\r\n", closes=True)),
        (Phase.DOT, Act(b"451 4.3.0 later\r\n")),
        (Phase.RCPT, Act(b"450 4.2.0 later\r\n")),
        (Phase.GREETING, Act(b"421 4.3.2 closing down\r\n", closes=True)),
    ],
)
def test_a_message_that_is_refused_or_cut_off_is_not_accepted(server: FaultyServer, phase: Phase, act: Act) -> None:
    server.fault = at(phase, act)

    with pytest.raises((smtplib.SMTPException, ConnectionError)):
        send(server, 1)

    assert server.seen[phase] == 1
    assert not server.accepted


def test_a_held_answer_comes_when_the_server_is_told_to_release_it(server: FaultyServer) -> None:
    def fault(moment: Moment) -> Act | None:
        server.release()
        return Act(holds=True) if moment.phase is Phase.DOT else None

    server.fault = fault
    send(server, 1)

    assert server.mailed() == {"b1@there.example": 1}
