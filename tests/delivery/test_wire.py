from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from briefings.delivery.message import Envelope
from briefings.delivery.wire import SmtpConnection, SmtpEndpoint, wire_form
from briefings.model.errors import OutsideError, Permanent, Refused, Transient, Uncertain
from tests.delivery.mail_servers import (
    Mailbox,
    Scripted,
    Talk,
    accept_password,
    aiosmtpd,
    certificate,
    scripted,
)

DEADLINE = 0.3
MAIL = Envelope("bounce+1=x@briefings.example", "ana@example.org", b"Subject: Hi\r\n\r\nHello\r\n")


async def connected(port: int, url: str = "smtp://127.0.0.1:{port}", **options: object) -> SmtpConnection:
    endpoint = SmtpEndpoint.parse(url.format(port=port))
    return await SmtpConnection.open(endpoint, DEADLINE, "mail.briefings.example", **options)  # type: ignore[arg-type]


async def outcome(
    script: Callable[[Talk], Awaitable[None]], mail: Envelope = MAIL
) -> tuple[OutsideError, bool, Scripted]:
    """Send one mail to a scripted server; return the error, whether the connection is open, and the server."""
    async with scripted(script) as server:
        connection = None
        try:
            connection = await connected(server.port)
            await connection.send(mail)
        except OutsideError as error:
            return error, connection is not None and connection.is_open, server
        finally:
            if connection is not None:
                await connection.close()
    raise AssertionError("the mail was sent")


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
        await talk.hear(2)
        if offers:
            await talk.hear()
            await talk.say("250 OK", "550-5.1.1 <ana@example.org>: no such", "550 5.1.1 mailbox, ana", "354 go on")
            await talk.hear()  # the lone dot
            await talk.say("554 5.5.1 no valid recipients")
        else:
            await talk.say("250 OK", "550-5.1.1 <ana@example.org>: no such", "550 5.1.1 mailbox, ana")
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


def test_a_refused_recipient_without_a_go_ahead_gets_no_dot() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet("PIPELINING")
        await talk.hear(3)
        await talk.say("250 OK", "451 4.7.1 greylisted, come back", "503 5.5.1 no recipients")
        assert await talk.hear() == b"RSET\r\n"
        await talk.say("250 OK")
        await talk.hear()

    error, is_open, _ = asyncio.run(outcome(script))

    assert type(error) is Transient
    assert str(error) == "451 4.7.1 greylisted, come back"
    assert is_open


def test_a_refusal_is_kept_when_the_server_hangs_up_after_it() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet("PIPELINING")
        await talk.hear(3)
        await talk.say("250 OK", "550 5.1.1 no such mailbox")

    error, is_open, _ = asyncio.run(outcome(script))

    assert type(error) is Permanent
    assert str(error) == "550 5.1.1 no such mailbox"
    assert not is_open


@pytest.mark.parametrize(
    ("answer", "kind", "stays_open"),
    [
        ("451 4.3.0 try later", Transient, True),
        ("421 4.3.2 going down", Transient, False),
        ("554 5.7.1 looks like spam", Permanent, True),
        ("354 what", Uncertain, False),
        ("OK then", Uncertain, False),
        ("99 bottles", Uncertain, False),
        ("250-never ending", Uncertain, False),
    ],
)
def test_the_answer_to_the_final_dot_decides(answer: str, kind: type[OutsideError], stays_open: bool) -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        await talk.say(answer)
        await talk.hear()

    error, is_open, _ = asyncio.run(outcome(script))

    assert type(error) is kind
    assert is_open is stays_open


def test_a_connection_closed_behind_the_dot_is_uncertain() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()

    error, is_open, _ = asyncio.run(outcome(script))

    assert type(error) is Uncertain
    assert not is_open


def test_silence_behind_the_dot_is_uncertain_after_the_deadline() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        await asyncio.sleep(60)

    began = time.monotonic()
    error, _, _ = asyncio.run(outcome(script))

    assert type(error) is Uncertain
    assert str(error) == "no answer to the message's final dot: no answer in time"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("hangs", [False, True])
def test_a_connection_that_breaks_before_the_dot_is_transient(hangs: bool) -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        for answer in ("250 OK", "250 OK", "354 go on"):
            await talk.hear()
            await talk.say(answer)
        await talk.reader.readexactly(1000)
        talk.reader._transport.pause_reading()  # type: ignore[attr-defined]
        if hangs:
            await asyncio.sleep(60)
        talk.writer.transport.abort()

    huge = Envelope("b@briefings.example", "ana@example.org", b"x" * 70 + b"\r\n" * 2 + (b"y" * 998 + b"\r\n") * 60_000)
    error, is_open, _ = asyncio.run(outcome(script, huge))

    assert type(error) is Transient
    assert not is_open


@pytest.mark.parametrize(("answer", "kind"), [("552 5.3.4 too big", Permanent), ("451 4.3.0 disk full", Transient)])
def test_an_answer_in_the_middle_of_the_message_is_taken(answer: str, kind: type[OutsideError]) -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        for reply in ("250 OK", "250 OK", "354 go on"):
            await talk.hear()
            await talk.say(reply)
        talk.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await talk.say(answer)
        await asyncio.sleep(60)

    huge = Envelope("b@briefings.example", "ana@example.org", (b"y" * 998 + b"\r\n") * 60_000)
    error, is_open, _ = asyncio.run(outcome(script, huge))

    assert type(error) is kind
    assert str(error) == answer
    assert not is_open


@pytest.mark.parametrize("stage", [0, 1, 2])
@pytest.mark.parametrize(
    ("answer", "kind", "stays_open"),
    [
        ("421 4.7.0 too many", Transient, False),
        ("450 4.2.0 later", Transient, True),
        ("550 5.1.8 no", Permanent, True),
        ("530 5.7.0 log in first", Transient, False),
        ("503 5.5.1 bad sequence", Transient, False),
        ("199 what", Transient, False),
        ("", Transient, False),
    ],
)
def test_the_answer_to_each_command_decides(
    stage: int, answer: str, kind: type[OutsideError], stays_open: bool
) -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        for reply in ["250 OK", "250 OK", "354 go on"][:stage]:
            await talk.hear()
            await talk.say(reply)
        await talk.hear()
        await talk.say(answer)
        await talk.hear()
        await talk.say("250 OK")
        await talk.hear()

    error, is_open, _ = asyncio.run(outcome(script))

    assert type(error) is kind
    assert is_open is stays_open


async def drip_a_greeting(talk: Talk) -> None:
    for octet in b"220 " + b"x" * 4000:
        talk.writer.write(bytes([octet]))
        await talk.writer.drain()
        await asyncio.sleep(0.02)


async def greet_without_end(talk: Talk) -> None:
    await talk.say("220 hello")
    await talk.hear()
    while True:
        await talk.say("250-and another thing")


async def offer_slowly_without_end(talk: Talk) -> None:
    await talk.say("220 hello")
    await talk.hear()
    while True:
        await talk.say("250-and another thing")
        await asyncio.sleep(0.05)


async def speak_one_line_of_ten_megabytes(talk: Talk) -> None:
    await talk.say("220 hello")
    await talk.hear()
    await talk.say("250 " + "x" * 10_000_000)


async def speak_http(talk: Talk) -> None:
    await talk.say("HTTP/1.1 400 Bad Request", "")


async def say_nothing(talk: Talk) -> None:
    await asyncio.sleep(60)


async def refuse_everybody(talk: Talk) -> None:
    await talk.say("554 5.3.2 no service for postmaster@example.org")


async def hang_up(talk: Talk) -> None:
    pass


@pytest.mark.parametrize(
    "script",
    [
        drip_a_greeting,
        greet_without_end,
        offer_slowly_without_end,
        speak_one_line_of_ten_megabytes,
        speak_http,
        say_nothing,
        refuse_everybody,
        hang_up,
    ],
)
def test_a_server_that_never_gets_ready_is_transient_and_soon_given_up(
    script: Callable[[Talk], Awaitable[None]],
) -> None:
    began = time.monotonic()

    error, _, _ = asyncio.run(outcome(script))

    assert type(error) is Transient
    assert "postmaster" not in str(error)
    assert len(str(error)) < 500
    assert time.monotonic() - began < 5


def test_nobody_listening_is_transient() -> None:
    async def run() -> None:
        async with scripted(hang_up) as server:
            port = server.port
        await connected(port)

    with pytest.raises(Transient, match="no connection to the mail server 127.0.0.1"):
        asyncio.run(run())


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
            connection = await SmtpConnection.open(SmtpEndpoint("127.0.0.1", server.port), DEADLINE)
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

    async def run() -> tuple[list[str], list[bytes]]:
        reasons = []
        async with scripted(script) as server:
            connection = await connected(server.port)
            for mail in mails:
                with pytest.raises(Permanent) as refusal:
                    await connection.send(mail)
                reasons.append(str(refusal.value))
            await connection.close()
        return reasons, server.heard

    reasons, heard = asyncio.run(run())

    assert "SMTPUTF8" in reasons[0]
    assert "8BITMIME" in reasons[1]
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


@pytest.mark.parametrize("without", ["", "PLAIN"])
def test_credentials_go_out_under_tls_only(tmp_path: Path, without: str) -> None:
    served, trusting = certificate(tmp_path)
    options = {"tls_context": served, "authenticator": accept_password, "auth_required": True}

    async def run(url: str, **more: object) -> Mailbox:
        mailbox = Mailbox()
        async with aiosmtpd(mailbox, auth_exclude_mechanism=[without], **options, **more) as port:
            connection = await connected(port, url, tls=trusting)
            await connection.send(MAIL)
            await connection.close()
        return mailbox

    mailbox = asyncio.run(run("smtp://comms:p%40ss%20word@127.0.0.1:{port}"))

    assert len(mailbox.caught) == 1
    assert mailbox.sessions[-1].ssl is not None
    assert mailbox.sessions[-1].authenticated
    with pytest.raises(Transient, match="535 5.7.8"):
        asyncio.run(run("smtp://comms:wrong@127.0.0.1:{port}"))


def test_credentials_are_kept_from_a_server_without_tls() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet("AUTH PLAIN LOGIN")
        await talk.hear()

    async def run() -> list[bytes]:
        async with scripted(script) as server:
            with pytest.raises(Transient, match="offers no STARTTLS"):
                await connected(server.port, "smtp://comms:secret@127.0.0.1:{port}")
            await asyncio.sleep(0.05)
        return server.heard

    assert asyncio.run(run()) == [b"EHLO mail.briefings.example"]


@pytest.mark.parametrize(
    ("url", "is_trusted", "arrives"),
    [
        ("smtps://127.0.0.1:{port}", True, True),
        ("smtps://127.0.0.1:{port}", False, False),
        ("smtp://127.0.0.1:{port}?starttls=required", True, True),
        ("smtp://127.0.0.1:{port}?starttls=required", False, False),
        ("smtp://127.0.0.1:{port}", False, True),
    ],
)
def test_certificates_are_checked_where_tls_is_asked_for(
    tmp_path: Path, url: str, is_trusted: bool, arrives: bool
) -> None:
    served, trusting = certificate(tmp_path)
    tls = {"tls": served} if url.startswith("smtps") else {"tls_context": served}

    async def run() -> Mailbox:
        mailbox = Mailbox()
        async with aiosmtpd(mailbox, **tls) as port:
            try:
                connection = await connected(port, url, tls=trusting if is_trusted else None)
                await connection.send(MAIL)
                await connection.close()
            except Transient as error:
                assert "certificate" in str(error)
        return mailbox

    mailbox = asyncio.run(run())

    assert len(mailbox.caught) == int(arrives)
    assert all(caught.content == MAIL.message for caught in mailbox.caught)


def test_what_was_said_in_plain_before_tls_is_not_believed() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet("STARTTLS")
        await talk.hear()
        await talk.say("220 go on", "250-injected", "250 AUTH PLAIN")
        await talk.hear()

    error, _, _ = asyncio.run(outcome(script))

    assert type(error) is Transient
    assert "spoke on" in str(error)


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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mx.example.org", SmtpEndpoint("mx.example.org", 25)),
        ("smtp://[::1]:2525/", SmtpEndpoint("::1", 2525)),
        ("smtp://mx.example.org?starttls=required", SmtpEndpoint("mx.example.org", 25, starttls_required=True)),
        ("smtp://u%40x:p%3A%2F@mx", SmtpEndpoint("mx", 587, starttls_required=True, user="u@x", password="p:/")),
        ("smtps://u:p@mx", SmtpEndpoint("mx", 465, implicit_tls=True, user="u", password="p")),
    ],
)
def test_an_endpoint_is_read_from_its_url(url: str, expected: SmtpEndpoint) -> None:
    endpoint = SmtpEndpoint.parse(url)

    assert endpoint == expected
    assert "password" not in repr(endpoint)


@pytest.mark.parametrize(
    "url",
    ["", "mx.example.org", "http://mx", "smtp://", "smtp://mx:99999", "smtp://u:secret@", "smtp://mx/path"]
    + ["smtp://mx?starttls=maybe", "smtp://mx?tls=1", "smtp://mx?x", "smtp://u@mx", "smtp://:secret@mx"],
)
def test_an_endpoint_that_cannot_be_meant_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        SmtpEndpoint.parse(url)

    assert "secret" not in str(refusal.value)
