"""E-mail: connections to one mail server, kept open, and opened anew with care when it wants to be left alone."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from types import TracebackType

from briefings.delivery.endpoint import SmtpEndpoint
from briefings.delivery.message import Envelope
from briefings.delivery.wire import SmtpConnection
from briefings.model.errors import Transient

FIRST_COOL_DOWN_S, LONGEST_COOL_DOWN_S = 0.25, 8.0
LOOK_UP_S = 0.3
"""So often who waits for a server looks whether it is still wanted."""


class EmailChannel:
    """A mail server as one event loop uses it: at most `connections` at a time, reused.

    `timeout` is in seconds, of the wall clock, for connecting and for each SMTP command; `dot_timeout`
    for the answer to a message's final dot, where it is to be longer.

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
        dot_timeout: float = 0.0,
    ) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._dot_timeout = dot_timeout
        self._helo = helo
        self._tls = tls
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[SmtpConnection] = []
        self._failures = 0
        self._failing_since = 0.0
        self._not_before = 0.0

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

    async def connect(self, patience: float, is_stopped: Callable[[], bool] = lambda: False) -> SmtpConnection:
        """Return a connection that nobody uses, once the server is not to be left alone any more.

        A server that gives none is asked again, after ever longer pauses, until nothing has gone well for
        `patience` seconds, or it is stopped. Raises Transient then.
        """
        while True:
            while (pause := self._not_before - asyncio.get_running_loop().time()) > 0:
                if is_stopped():
                    raise Transient("stopped while the mail server was left alone")
                await asyncio.sleep(min(pause, LOOK_UP_S))
            if (kept := self._kept()) is not None:
                return kept
            began = asyncio.get_running_loop().time()
            try:
                return await self._opened()
            except Transient as error:
                if self.cool_down(began) > patience:
                    raise
                if isinstance(error.__cause__, ConnectionRefusedError) and self._failures > 4:
                    raise  # nobody listens there: that is not for waiting

    def give_back(self, connection: SmtpConnection) -> None:
        """Keep a connection for the next message, if it is still good for one."""
        if connection.is_open:
            self._idle.append(connection)
        else:
            connection.abort()

    def cool_down(self, began: float = 0.0) -> float:
        """Leave the server alone for a while; return for how many seconds nothing has gone well by then.

        `began` is when what failed was begun, on the loop's clock; without it, just now.
        """
        now = asyncio.get_running_loop().time()
        self._failing_since = self._failing_since or began or now
        if now >= self._not_before:  # several connections that fail together are one failure
            pause = min(LONGEST_COOL_DOWN_S, FIRST_COOL_DOWN_S * 2 ** (self._failures - 1)) if self._failures else 0.0
            self._not_before = now + pause
            self._failures += 1
        return self._not_before - self._failing_since

    def went_well(self) -> None:
        """Note that the server took a message."""
        self._failures, self._failing_since = 0, 0.0

    def _kept(self) -> SmtpConnection | None:
        """Take the idle connection that was used last, the least likely to have gone stale."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
            connection.abort()
        return None

    async def _opened(self) -> SmtpConnection:
        return await SmtpConnection.open(
            self._endpoint, self._timeout, self._helo, tls=self._tls, dot_deadline=self._dot_timeout
        )

    async def _send_over(self, connection: SmtpConnection, envelope: Envelope) -> str:
        try:
            return await connection.send(envelope)
        finally:
            self.give_back(connection)
