from __future__ import annotations

import asyncio
import time

import pytest

from briefings.delivery.channels.email import EmailChannel
from briefings.delivery.endpoint import SmtpEndpoint
from briefings.delivery.message import Envelope
from briefings.model.errors import Permanent, Transient, Uncertain
from tests.delivery.mail_servers import Mailbox, Talk, aiosmtpd, scripted
from tests.delivery.smtp_client import PATIENCE


def mail(number: int = 0) -> Envelope:
    return Envelope(
        "bounce@briefings.example", f"r{number}@example.org", b"Subject: %d\r\n\r\n.\r\n%b" % (number, b"x\r\n" * 99)
    )


def channel_to(port: int, connections: int = 3) -> EmailChannel:
    return EmailChannel(SmtpEndpoint.parse(f"smtp://127.0.0.1:{port}"), connections, PATIENCE, helo="briefings.example")


def test_many_messages_go_over_few_connections_each_once() -> None:
    async def run() -> Mailbox:
        mailbox = Mailbox(pause=0.002)
        async with aiosmtpd(mailbox, command_call_limit=1000) as port, channel_to(port) as channel:
            await asyncio.gather(*(channel.send(mail(number)) for number in range(60)))
        return mailbox

    mailbox = asyncio.run(run())

    assert sorted(caught.rcpt_tos[0] for caught in mailbox.caught) == sorted(f"r{n}@example.org" for n in range(60))
    assert mailbox.most_at_once == 3
    assert len(mailbox.sessions) == 3


def test_one_rejected_address_does_not_stop_the_others() -> None:
    async def run() -> tuple[list[str | BaseException], Mailbox]:
        mailbox = Mailbox({"r1@example.org": "550 5.1.1 no r1@example.org here", "r2@example.org": "451 4.2.0 later"})
        async with aiosmtpd(mailbox) as port, channel_to(port, 1) as channel:
            results = await asyncio.gather(*(channel.send(mail(n)) for n in range(5)), return_exceptions=True)
        return results, mailbox

    results, mailbox = asyncio.run(run())

    assert [type(result) for result in results] == [str, Permanent, Transient, str, str]
    assert str(results[1]) == "550 5.1.1 no [address] here"
    assert len(mailbox.sessions) == 1
    assert len(mailbox.caught) == 3


def test_a_connection_the_server_dropped_meanwhile_is_replaced_without_anybody_noticing() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        await talk.say("250 OK")

    async def run() -> int:
        async with scripted(script) as server, channel_to(server.port) as channel:
            for number in range(4):
                await channel.send(mail(number))
                await asyncio.sleep(0.02 * (number % 2))
            return server.connections

    assert asyncio.run(run()) == 4


def test_a_server_that_takes_one_message_a_connection_gets_all_of_them() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        await talk.say("250 OK")
        await talk.hear()
        await talk.say("421 4.7.0 enough for one connection")

    async def run() -> int:
        async with scripted(script) as server, channel_to(server.port, 1) as channel:
            for number in range(4):
                assert await channel.send(mail(number)) == "250 OK"
            return server.connections

    assert asyncio.run(run()) == 4


def test_a_message_that_may_have_gone_out_is_never_sent_again() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        await talk.say("250 OK")
        await talk.accept_message()

    async def run() -> tuple[int, list[bytes]]:
        async with scripted(script) as server, channel_to(server.port, 1) as channel:
            await channel.send(mail(1))
            with pytest.raises(Uncertain):
                await channel.send(mail(2))
            return server.connections, [line for line in server.heard if b"r2@" in line]

    connections, second = asyncio.run(run())

    assert connections == 1
    assert second == [b"RCPT TO:<r2@example.org>"]


def test_no_server_is_transient_at_once() -> None:
    async def run() -> None:
        async with aiosmtpd(Mailbox()) as port:
            pass
        async with channel_to(port) as channel:
            await channel.send(mail())

    with pytest.raises(Transient):
        asyncio.run(run())


def test_a_failed_connection_gives_its_place_back() -> None:
    async def script(talk: Talk) -> None:
        await talk.say("554 5.3.2 no")

    async def run() -> float:
        async with scripted(script) as server, channel_to(server.port, 1) as channel:
            began = time.monotonic()
            for number in range(5):
                with pytest.raises(Transient):
                    await channel.send(mail(number))
            return time.monotonic() - began

    assert asyncio.run(run()) < 2


def test_leaving_says_goodbye_on_every_connection() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        await asyncio.sleep(0.02)
        await talk.say("250 OK")
        await talk.hear()
        await talk.say("221 bye")

    async def run() -> list[bytes]:
        async with scripted(script) as server:
            async with channel_to(server.port, 2) as channel:
                await asyncio.gather(channel.send(mail(1)), channel.send(mail(2)))
            return server.heard

    assert asyncio.run(run()).count(b"QUIT") == 2
