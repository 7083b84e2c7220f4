"""E-mail: envelopes out over a bounded set of SMTP connections that are kept open."""

from __future__ import annotations

import asyncio
import ssl
from types import TracebackType

from briefings.delivery.message import Envelope
from briefings.delivery.wire import SmtpConnection, SmtpEndpoint
from briefings.model.errors import Transient


class EmailChannel:
    """A mail server as one event loop uses it: at most `connections` at a time, reused.

    `timeout` is in seconds, of the wall clock, for connecting and for each SMTP command.

        async with EmailChannel(SmtpEndpoint.parse(url), 4, 30.0, helo="mail.example.org") as channel:
            reply = await channel.send(envelope)
    """

    def __init__(
        self,
        endpoint: SmtpEndpoint,
        connections: int,
        timeout: float,
        *,
        helo: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._helo = helo
        self._tls = tls
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[SmtpConnection] = []

    async def __aenter__(self) -> EmailChannel:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection in idle))

    async def send(self, envelope: Envelope) -> str:
        """Send one message over a connection of its own and return the server's final reply.

        Waits while all connections are busy. Raises Permanent, Transient (also when no connection
        can be made) or Uncertain, as `SmtpConnection.send` does.
        """
        async with self._turns:
            if (kept := self._kept()) is not None:
                try:
                    return await self._send_over(kept, envelope)
                except Transient:
                    if kept.is_open:
                        raise
                    # It was kept too long for the server's liking, and the message is surely not
                    # sent: that is no reason to put the recipient off.
            return await self._send_over(await self._opened(), envelope)

    def _kept(self) -> SmtpConnection | None:
        """Take the idle connection that was used last, the least likely to have gone stale."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
            connection.abort()
        return None

    async def _opened(self) -> SmtpConnection:
        return await SmtpConnection.open(self._endpoint, self._timeout, self._helo, tls=self._tls)

    async def _send_over(self, connection: SmtpConnection, envelope: Envelope) -> str:
        try:
            return await connection.send(envelope)
        finally:
            if connection.is_open:
                self._idle.append(connection)
            else:
                connection.abort()
