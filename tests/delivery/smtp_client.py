"""Our SMTP client as the tests use it, against the servers of `mail_servers`."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable

from briefings.delivery.endpoint import SmtpEndpoint
from briefings.delivery.message import Envelope
from briefings.delivery.wire import SmtpConnection
from briefings.model.errors import OutsideError
from tests.delivery.mail_servers import Scripted, Talk, scripted

PATIENCE = 10.0
"""Seconds: a deadline that only a hanging test reaches, however busy the machine."""
MAIL = Envelope("bounce+1=x@briefings.example", "ana@example.org", b"Subject: Hi\r\n\r\nHello\r\n")


async def connected(
    port: int, url: str = "smtp://127.0.0.1:{port}", *, deadline: float = PATIENCE, tls: ssl.SSLContext | None = None
) -> SmtpConnection:
    endpoint = SmtpEndpoint.parse(url.format(port=port))
    return await SmtpConnection.open(endpoint, deadline, "mail.briefings.example", tls=tls)


async def outcome(
    script: Callable[[Talk], Awaitable[None]], mail: Envelope = MAIL, deadline: float = PATIENCE
) -> tuple[OutsideError, bool, Scripted]:
    """Send one mail to a scripted server; return the error, whether the connection is open, and the server."""
    async with scripted(script) as server:
        connection = None
        try:
            connection = await connected(server.port, deadline=deadline)
            await connection.send(mail)
        except OutsideError as error:
            return error, connection is not None and connection.is_open, server
        finally:
            if connection is not None:
                await connection.close()
    raise AssertionError("the mail was sent")
