from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop

from briefings.delivery.endpoint import SmtpEndpoint
from briefings.model.errors import Refused, Transient
from tests.delivery.mail_servers import Mailbox, Talk, accept_password, aiosmtpd, certificate, scripted
from tests.delivery.smtp_client import MAIL, connected, outcome


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
    with pytest.raises(Refused, match="does not accept our login: 535 "):
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

    async def run() -> tuple[Mailbox, str]:
        mailbox, reason = Mailbox(), ""
        async with aiosmtpd(mailbox, **tls) as port:
            try:
                connection = await connected(port, url, tls=trusting if is_trusted else None)
                await connection.send(MAIL)
                await connection.close()
            except Transient as error:
                reason = str(error)
        return mailbox, reason

    mailbox, reason = asyncio.run(run())

    assert [caught.content for caught in mailbox.caught] == [MAIL.message] * arrives
    assert ("certificate" in reason) is not arrives


@pytest.mark.parametrize("url", ["smtps://127.0.0.1:{port}", "smtp://127.0.0.1:{port}?starttls=required"])
@pytest.mark.parametrize("run_loop", [asyncio.run, uvloop.run])
def test_many_messages_of_every_size_go_over_one_encrypted_connection(
    tmp_path: Path, url: str, run_loop: Callable[[Coroutine[Any, Any, Mailbox]], Mailbox]
) -> None:
    served, trusting = certificate(tmp_path)
    tls = {"tls": served} if url.startswith("smtps") else {"tls_context": served}
    mails = [MAIL._replace(message=MAIL.message + b"a line\r\n" * lines) for lines in (0, 1, 2, 3000, 200_000, 4, 5)]

    async def run() -> Mailbox:
        mailbox = Mailbox()
        async with aiosmtpd(mailbox, **tls) as port:
            connection = await connected(port, url, tls=trusting)
            for mail in mails:
                await connection.send(mail)
            await connection.close()
        return mailbox

    mailbox = run_loop(run())

    assert [caught.content for caught in mailbox.caught] == [mail.message for mail in mails]
    assert len({session.peer for session in mailbox.sessions}) == 1


def test_what_was_said_in_plain_before_tls_is_not_believed() -> None:
    async def script(talk: Talk) -> None:
        await talk.greet("STARTTLS")
        await talk.hear()
        await talk.say("220 go on", "250-injected", "250 AUTH PLAIN")
        await talk.hear()

    error, _, _ = asyncio.run(outcome(script))

    assert type(error) is Transient
    assert "spoke on" in str(error)


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
    [
        *("", "mx.example.org", "http://mx", "smtp://", "smtp://mx:99999", "smtp://u:secret@", "smtp://mx/path"),
        *("smtp://mx?starttls=maybe", "smtp://mx?tls=1", "smtp://mx?x", "smtp://u@mx", "smtp://:secret@mx"),
    ],
)
def test_an_endpoint_that_cannot_be_meant_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        SmtpEndpoint.parse(url)

    assert "secret" not in str(refusal.value)
