"""SMTP smuggling: what ends a message for some servers is, inside of a message of ours, a part of it.

The variants are those of "SMTP Smuggling" (SEC Consult, December 2023), and what else could end a
message early. Each goes to three servers: our mail catcher, aiosmtpd and Postfix.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from briefings.delivery.message import Envelope, compile_message
from briefings.sandbox.run import StandIns
from tests.delivery.mail_servers import Mailbox, aiosmtpd
from tests.delivery.smtp_client import PATIENCE, connected
from tests.postfix import Postfix, postfix

ENDS = [
    *(b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\n", b"\r.\r\n", b"\r\n.\r\r\n", b"\r\r\n.\r\r\n"),
    *(b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\n.\0\n", b"\r\n.\r\n", b"\r\n..\r\n", b"\r\n.\r\n.\r\n", b".\r\n", b".\n"),
]
SECOND = (
    b"MAIL FROM:<eve@example.org>\r\nRCPT TO:<all@example.org>\r\nDATA\r\n"
    b"From: eve@example.org\r\nSubject: smuggled\r\n\r\nsecond\r\n"
)
TRACE = re.compile(rb"\A(?:(?:Return-Path|X-Original-To|Delivered-To|Received): [^\r]*\r\n(?:[ \t][^\r]*\r\n)*)+")
"""The lines that Postfix puts in front of a mail."""

Receive = Callable[[list[bytes]], list[bytes]]
"""Sends these messages over one connection; returns what the server has, in order, with CRLF line ends."""


def deliver(port: int, messages: list[bytes]) -> None:
    async def run() -> None:
        connection = await connected(port)
        for message in messages:
            await connection.send(Envelope("bounce@briefings.example", "ana@example.org", message))
        await connection.close()

    asyncio.run(run())


@pytest.fixture(scope="module")
def gullible_postfix() -> Iterator[Postfix]:
    """A Postfix that takes a bare LF for the end of a line, as it did before January 2024."""
    with postfix({"smtpd_forbid_bare_newline": "no"}) as running:
        yield running


def arrived(server: Postfix, at_least: int) -> list[bytes]:
    """Wait for so many mails, and for all that the server has accepted; return them without Postfix's own lines."""
    deadline = time.monotonic() + 60
    while len(mails := server.delivered()) < at_least or server.log.count(": removed") < server.log.count(": client="):
        assert time.monotonic() < deadline, server.log
        time.sleep(0.02)
    mails = sorted(server.delivered(), key=lambda path: path.stat().st_mtime_ns)
    found = [TRACE.sub(b"", mail.read_bytes().replace(b"\n", b"\r\n")) for mail in mails]
    server.forget()
    return found


@pytest.fixture(params=["catcher", "aiosmtpd", "postfix"])
def receive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Receive]:
    if request.param == "aiosmtpd":

        def by_aiosmtpd(messages: list[bytes]) -> list[bytes]:
            mailbox = Mailbox()

            async def run() -> None:
                async with aiosmtpd(mailbox, command_call_limit=1000) as port:
                    await asyncio.to_thread(deliver, port, messages)

            asyncio.run(run())
            return [bytes(envelope.original_content or b"") for envelope in mailbox.caught]

        yield by_aiosmtpd
    elif request.param == "catcher":
        with StandIns(tmp_path) as stand_ins:

            def by_catcher(messages: list[bytes]) -> list[bytes]:
                deliver(stand_ins.smtp_port, messages)
                return [mail.raw for mail in stand_ins.caught.list(per_page=-1)[::-1]]

            yield by_catcher
    else:
        server: Postfix = request.getfixturevalue("gullible_postfix")

        def by_postfix(messages: list[bytes]) -> list[bytes]:
            deliver(server.port, messages)
            return arrived(server, len(messages))

        yield by_postfix


def test_every_message_arrives_as_one_and_nothing_is_lost_from_it(receive: Receive) -> None:
    head = (
        b"From: one@briefings.example\r\nTo: ana@example.org\r\nMessage-ID: <%d@briefings.example>\r\nDate: x\r\n\r\n"
    )
    messages = [head % number + b"first" + end + SECOND for number, end in enumerate(ENDS)]

    received = receive(messages)

    assert len(received) == len(ENDS)
    for message, got in zip(
        messages, sorted(received, key=lambda mail: int(mail.split(b"<")[1].split(b"@")[0])), strict=True
    ):
        # A bare CR or LF has become a whole line end; nothing else is another byte than it was.
        assert got == message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def test_a_briefing_with_such_text_is_read_as_it_was_written(receive: Receive) -> None:
    texts = [f"first{end.decode()}{SECOND.decode()}" for end in ENDS]
    messages = [
        compile_message(
            subject=f"{number}", text=text, html=None, locale="en", sender="one@briefings.example",
            list_id="a.briefings.example", list_name="", date=datetime(2026, 11, 20, tzinfo=UTC),
        ).for_recipient(
            address="ana@example.org", message_id=f"<{number}@briefings.example>",
            unsubscribe_url="https://briefings.example/u/1", slots={},
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip

    received = receive(messages)

    assert sorted(received) == sorted(messages)
    for got in received:
        parsed = message_from_bytes(got)
        octets = parsed.get_payload(decode=True)
        assert isinstance(octets, bytes)
        assert octets.decode().replace("\r\n", "\n") == texts[int(parsed["Subject"])].replace("\r\n", "\n")


def test_this_postfix_would_be_fooled_by_a_client_that_sends_bare_line_ends(gullible_postfix: Postfix) -> None:
    """The proof that the server under the other tests can fail them."""
    with socket.create_connection(("127.0.0.1", gullible_postfix.port), timeout=PATIENCE) as client:
        answers = client.makefile("rb")
        answers.readline()
        for line in (b"HELO me", b"MAIL FROM:<b@briefings.example>", b"RCPT TO:<ana@example.org>", b"DATA"):
            client.sendall(line + b"\r\n")
            answers.readline()

        client.sendall(b"Subject: one\r\n\r\nfirst\n.\r\n" + SECOND + b".\r\n")

        mails = arrived(gullible_postfix, 2)
    assert sorted(b"Subject: smuggled" in mail for mail in mails) == [False, True]
