from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from briefings.delivery.message import Envelope
from briefings.model.errors import OutsideError, Permanent, Transient, Uncertain
from tests.delivery.mail_servers import Talk, scripted
from tests.delivery.smtp_client import PATIENCE, connected, outcome


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


@pytest.mark.parametrize("answer", ["", "250-never ending\r\n", "25"])
def test_silence_behind_the_dot_is_uncertain_after_the_deadline(answer: str) -> None:
    async def script(talk: Talk) -> None:
        await talk.greet()
        await talk.accept_message()
        talk.writer.write(answer.encode())
        await asyncio.sleep(60)

    began = time.monotonic()
    error, _, _ = asyncio.run(outcome(script, deadline=0.3))

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

    huge = Envelope("b@briefings.example", "ana@example.org", b"x" * 70 + b"\r\n" * 2 + (b"y" * 998 + b"\r\n") * 16_000)
    error, is_open, _ = asyncio.run(outcome(script, huge, 0.3 if hangs else PATIENCE))

    assert type(error) is Transient
    assert str(error).endswith("no answer in time") is hangs
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

    huge = Envelope("b@briefings.example", "ana@example.org", (b"y" * 998 + b"\r\n") * 16_000)
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

    refuses_the_sender = stage == 0 and answer.startswith("550")  # no recipient is to blame for that
    assert type(error) is (Transient if refuses_the_sender else kind)
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

    error, _, _ = asyncio.run(outcome(script, deadline=0.3))

    assert type(error) is Transient
    assert "postmaster" not in str(error)
    assert len(str(error)) < 500
    assert time.monotonic() - began < 5


def test_nobody_listening_is_transient() -> None:
    async def run() -> None:
        async with scripted(hang_up) as server:
            port = server.port
        await connected(port)

    with pytest.raises(Transient, match="no connection to the mail server"):
        asyncio.run(run())
