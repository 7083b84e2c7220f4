from __future__ import annotations

import asyncio

import pytest

from briefings.delivery.endpoint import SmtpEndpoint
from briefings.delivery.message import Envelope
from briefings.delivery.wire import SmtpConnection
from briefings.delivery.wire_form import wire_form
from briefings.model.errors import Permanent, Refused
from tests.delivery.mail_servers import Mailbox, Talk, aiosmtpd, scripted
from tests.delivery.smtp_client import MAIL, PATIENCE, connected


def test_a_message_arrives_byte_for_byte_with_its_return_path() -> None:
    async def run() -> tuple[str, Mailbox]:
        mailbox = Mailbox()
        async with aiosmtpd(mailbox) as port:
            connection = await connected(port)
            reply = await connection.send(MAIL)
            await connection.close()
        return reply, mailbox

    reply, mailbox = asyncio.run(run())

    assert reply == "250 2.0.0 OK: queued as 1"
    assert mailbox.caught[0].content == MAIL.message
    assert mailbox.caught[0].mail_from == MAIL.mail_from
    assert mailbox.caught[0].rcpt_tos == [MAIL.rcpt_to]
    assert f"SIZE={len(MAIL.message)}" in mailbox.caught[0].mail_options
    assert mailbox.sessions[0].host_name == "mail.briefings.example"


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r\n.\r\n", b"\r\r\n.\r\n"]
)
def test_a_smuggled_second_message_arrives_inside_the_first(end: bytes) -> None:
    body = (
        b"Subject: one\r\n\r\nfirst"
        + end
        + b"MAIL FROM:<eve@example.org>\r\nRCPT TO:<all@example.org>\r\nDATA\r\nsecond\r\n"
    )

    async def run() -> tuple[Mailbox, list[bytes]]:
        mailbox, raw = Mailbox(), list[bytes]()

        async def script(talk: Talk) -> None:
            await talk.greet()
            raw.append(await talk.accept_message())
            await talk.say("250 OK")

        async with aiosmtpd(mailbox) as port, scripted(script) as server:
            for each in (port, server.port):
                connection = await connected(each)
                await connection.send(Envelope("b@briefings.example", "ana@example.org", body))
                await connection.close()
        return mailbox, raw

    mailbox, raw = asyncio.run(run())

    assert len(mailbox.caught) == len(raw) == 1
    content = mailbox.caught[0].content
    assert isinstance(content, bytes)
    assert content.endswith(b"second\r\n")
    assert b"\r\n.\r\n" in content
    assert raw[0].replace(b"\r\n", b"").count(b"\r") == raw[0].replace(b"\r\n", b"").count(b"\n") == 0


@pytest.mark.parametrize("message", [b"", b".", b"..\r\n.\r\n", b".hidden\r\n\r\n.", b"no end", b"\n\n.\n"])
def test_leading_dots_survive_and_only_one_final_dot_is_sent(message: bytes) -> None:
    form = wire_form(message)

    lines = form.split(b"\r\n")
    assert b"." not in lines
    assert form.endswith(b"\r\n")
    undotted = [line.removeprefix(b".") for line in lines]
    assert undotted == (message.replace(b"\r\n", b"\n").removesuffix(b"\n") + b"\n").split(b"\n")


@pytest.mark.parametrize("offers", [(), ("PIPELINING",), ("PIPELINING", "SIZE 1000000", "ENHANCEDSTATUSCODES")])
def test_a_refused_recipient_leaves_the_connection_usable(offers: tuple[str, ...]) -> None:
    async def script(talk: Talk) -> None:
        await talk.greet(*offers)
        if offers:
            await talk.hear(3)
            await talk.say("250 OK", "550-5.1.1 <ana@example.org>: no such", "550 5.1.1 mailbox, ana", "354 go on")
            await talk.hear()  # the lone dot
            await talk.say("554 5.5.1 no valid recipients")
        else:
            await talk.hear()
            await talk.say("250 OK")
            await talk.hear()
            await talk.say("550-5.1.1 <ana@example.org>: no such", "550 5.1.1 mailbox, ana")
        await talk.hear()  # RSET
        await talk.say("250 OK")
        await talk.accept_message()
        await talk.say("250 2.0.0 queued for bob@example.org")

    async def run() -> tuple[Permanent, str, list[bytes]]:
        async with scripted(script) as server:
            connection = await connected(server.port)
            with pytest.raises(Permanent) as refusal:
                await connection.send(MAIL)
            reply = await connection.send(Envelope("b@briefings.example", "bob@example.org", b"x\r\n"))
            await connection.close()
        return refusal.value, reply, server.heard

    refusal, reply, heard = asyncio.run(run())

    assert str(refusal) == "550 5.1.1 <[address]>: no such mailbox, [address]"
    assert reply == "250 2.0.0 queued for [address]"
    assert (b"." in heard) is bool(offers)
    assert b"RSET" in heard


def test_an_old_server_is_greeted_with_helo() -> None:
    async def script(talk: Talk) -> None:
        await talk.say("220 old")
        await talk.hear()
        await talk.say("502 what is EHLO")
        await talk.hear()
        await talk.say("250-old.example.org", "250 PIPELINING")
        await talk.accept_message()
        await talk.say("250 OK")
        await talk.hear()

    async def run() -> list[bytes]:
        async with scripted(script) as server:
            connection = await SmtpConnection.open(SmtpEndpoint("127.0.0.1", server.port), PATIENCE)
            await connection.send(MAIL)
            await connection.close()
        return server.heard

    heard = asyncio.run(run())

    assert heard[:3] == [b"EHLO [127.0.0.1]", b"HELO [127.0.0.1]", b"MAIL FROM:<bounce+1=x@briefings.example>"]


def test_the_three_commands_go_out_together_where_the_server_pipelines() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet("PIPELINING")
        await talk.hear(3)  # hangs, were they to wait for answers
        await talk.say("250 OK", "250 OK", "354 go on")
        await talk.hear_message()
        await talk.say("250 OK")

    async def run() -> str:
        async with scripted(script) as server:
            connection = await connected(server.port)
            return await connection.send(MAIL)

    assert asyncio.run(run()) == "250 OK"


def test_what_a_server_cannot_take_is_not_offered_to_it() -> None:
    mails = [
        Envelope("b@briefings.example", "știri@example.org", b"x\r\n"),
        Envelope("b@briefings.example", "ana@example.org", "é\r\n".encode()),
        Envelope("b@briefings.example", "ana@example.org", b"x" * 200),
        Envelope("b@briefings.example", "ana@example.org>\r\nRCPT TO:<eve@example.org", b"x\r\n"),
        Envelope("b b@briefings.example", "ana@example.org", b"x\r\n"),
    ]

    async def script(talk: Talk) -> None:
        await talk.greet("SIZE 100")
        await talk.hear()
        await talk.say("221 bye")

    reasons: list[str] = []
    kinds: list[type[BaseException]] = []

    async def run() -> tuple[list[str], list[bytes]]:
        async with scripted(script) as server:
            connection = await connected(server.port)
            for mail in mails:
                with pytest.raises((Permanent, Refused)) as refusal:
                    await connection.send(mail)
                reasons.append(str(refusal.value))
                kinds.append(type(refusal.value))
            await connection.close()
        return reasons, server.heard

    reasons, heard = asyncio.run(run())

    assert "SMTPUTF8" in reasons[0]
    assert "8BITMIME" in reasons[1]
    assert kinds == [Permanent, Refused, Refused, Permanent, Permanent], "what is about us blames no recipient"
    assert reasons[2] == "the message has 200 octets, the mail server takes 100"
    assert heard == [b"EHLO mail.briefings.example", b"QUIT"]


def test_an_address_outside_ascii_goes_to_a_server_that_takes_it() -> None:
    async def run() -> Mailbox:
        mailbox = Mailbox()
        async with aiosmtpd(mailbox, enable_SMTPUTF8=True) as port:
            connection = await connected(port)
            await connection.send(Envelope("b@briefings.example", "știri@straße.example", "To: știri\r\n\r\n".encode()))
            await connection.close()
        return mailbox

    mailbox = asyncio.run(run())

    assert mailbox.caught[0].rcpt_tos == ["știri@xn--strae-oqa.example"]
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(mailbox.caught[0].mail_options)


def test_a_send_that_is_cancelled_closes_its_connection() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        await asyncio.sleep(60)

    async def run() -> bool:
        async with scripted(script) as server:
            connection = await connected(server.port)
            task = asyncio.create_task(connection.send(MAIL))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return connection.is_open

    assert asyncio.run(run()) is False
