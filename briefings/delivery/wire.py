"""The SMTP wire: one connection, message after message, a deadline on every wait (RFC 5321).

What makes this client our own: it knows to the byte whether a message can have been accepted. Until
the final dot is written a broken connection is Transient; from then until a whole reply is read it
is Uncertain. Replies are read strictly in the order of the commands, so that the commands of the next
message can be written behind the dot of this one (RFC 2920): a message then costs one round trip.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from contextlib import suppress

from briefings.delivery.endpoint import SmtpEndpoint, verified
from briefings.delivery.handshake import check_helo, shake_hands
from briefings.delivery.headers import CRLF, checked_address
from briefings.delivery.link import FAREWELL_SECONDS, Link, Reply
from briefings.delivery.message import Envelope
from briefings.delivery.wire_form import wire_form
from briefings.model.errors import OutsideError, Permanent, Refused, Transient, Uncertain

_REFUSES_US = frozenset({421, 503, 530, 534, 535, 538})
"""Going away, out of step, or wanting a login or TLS: says nothing about recipient or message, so
the recipient is tried again later, over another connection."""

_TOO_LARGE = 552
"""To MAIL, this is about the message (RFC 1870); any other refusal there is about us, whoever the recipient is."""


class SmtpConnection:
    """An open, greeted, where asked encrypted and logged-in connection. Not for two tasks at once."""

    def __init__(self, endpoint: SmtpEndpoint, link: Link, dot_deadline: float = 0.0) -> None:
        self._endpoint = endpoint
        self._link = link
        self._dot_deadline = dot_deadline
        self._offers: dict[str, str] = {}
        self._announced: tuple[tuple[bytes, ...], str] | None = None
        self._recipient = ""
        self._owed = b""  # the final dot of a message that is written, until what goes with it is known
        self.taken = 0
        """How many messages this connection has carried."""

    @classmethod
    async def open(
        cls,
        endpoint: SmtpEndpoint,
        deadline: float,
        helo: str = "",
        *,
        tls: ssl.SSLContext | None = None,
        dot_deadline: float = 0.0,
    ) -> SmtpConnection:
        """Connect and get ready to send.

        `deadline` is in seconds, of the wall clock, for each step here and each command later;
        `dot_deadline` for the answer to a message's final dot, where it is to be longer (RFC 5321
        4.5.3.2.6).
        `helo` is our host name; empty: our IP address, as RFC 5321 4.1.4 allows. `tls` replaces the
        context that trusts the system's authorities. Raises Transient, Refused for a bad `helo`.
        """
        check_helo(helo)
        connection = cls(endpoint, Link(deadline), dot_deadline)
        try:
            context = (tls or verified()) if endpoint.implicit_tls else None
            await connection._link.connect(endpoint.host, endpoint.port, context)
            connection._offers = await shake_hands(connection._link, endpoint, helo, tls)
        except (OSError, UnicodeError) as error:
            connection.abort()
            raise Transient(f"no connection to the mail server {endpoint}: {_reason(error)}") from error
        except BaseException:
            connection.abort()
            raise
        return connection

    @property
    def is_open(self) -> bool:
        """True while a message may be sent: not lost, and the server has not spoken unasked."""
        return self._link.is_quiet

    @property
    def is_lost(self) -> bool:
        return self._link.is_lost

    @property
    def pipelines(self) -> bool:
        return "PIPELINING" in self._offers

    async def send(self, envelope: Envelope) -> str:
        """Send one message and return the server's final reply, shortened and without addresses.

        Raises Permanent (refused for good; the connection stays usable), Transient (surely not
        sent), Uncertain (the connection broke between the final dot and its reply).
        """
        if not self.is_open:
            self.abort()
            raise Transient("the mail server closed the connection")
        self.announce(envelope)
        await self.accepted()
        await self.transfer(envelope)
        return await self.answer()

    def announce(self, envelope: Envelope) -> None:
        """Say for whom the next message is: MAIL, RCPT and DATA in one go where the server takes that (RFC 2920).

        May be called as soon as the message before is transferred, whose final dot then goes along.
        Raises Permanent for a recipient that the server has said it cannot take, Refused for such a message (which
        is nobody's fault but ours), Transient where the connection is gone.
        """
        sender, recipient, parameters = self._checked(envelope)
        commands = (f"MAIL FROM:<{sender}>{parameters}".encode(), f"RCPT TO:<{recipient}>".encode(), b"DATA")
        self._announced = commands, recipient
        if self.pipelines:
            try:
                owed, self._owed = self._owed, b""
                self._link.write(owed + CRLF.join(commands) + CRLF)
            except OSError as error:
                raise Transient(f"the connection broke before the message was sent: {_reason(error)}") from error

    async def accepted(self) -> None:
        """Wait until the announced message may be transferred. Raises Permanent or Transient: surely not sent."""
        if self._announced is None:
            raise RuntimeError("no message was announced")
        (commands, self._recipient), self._announced = self._announced, None
        await self._surely_unsent(self._go_ahead(commands, self._recipient))

    async def transfer(self, envelope: Envelope) -> None:
        """Write the message; its final dot goes out with the next message's commands, or when the answer is awaited.

        Raises what the server says in the middle of it, or Transient where the connection breaks.
        """
        body = envelope.message if envelope.is_in_wire_form else wire_form(envelope.message)
        await self._surely_unsent(self._write_body(body))

    async def answer(self) -> str:
        """Return the server's answer to the final dot, as `send` does. Raises Permanent, Transient or Uncertain."""
        if self._owed:
            await self._surely_unsent(self._write_dot())
        try:
            reply = await self._link.reply(self._dot_deadline)
            if reply.code // 100 != 2:
                raise self._refusal(reply, self._recipient)
            self.taken += 1
            return reply.said(self._recipient)
        except OutsideError:
            raise
        except OSError as error:
            self.abort()
            raise Uncertain(f"no answer to the message's final dot: {_reason(error)}") from error
        except BaseException:
            self.abort()
            raise

    async def _surely_unsent(self, step: Awaitable[None]) -> None:
        try:
            await step
        except OutsideError:
            raise
        except OSError as error:
            self.abort()
            raise Transient(f"the connection broke before the message was sent: {_reason(error)}") from error
        except BaseException:
            self.abort()
            raise

    async def close(self) -> None:
        """Say goodbye, briefly, and close. Never raises for what the server does."""
        try:
            if self.is_open:
                with suppress(OSError):
                    async with asyncio.timeout(FAREWELL_SECONDS):
                        await self._link.command(b"QUIT")
        finally:
            self.abort()
        await asyncio.sleep(0)  # lets the loop close the socket

    def abort(self) -> None:
        """Close at once. A message whose final dot is not written is thereby not sent."""
        self._link.abort()

    def _checked(self, envelope: Envelope) -> tuple[str, str, str]:
        """Return the paths and MAIL's parameters; Permanent for what this server has said it cannot take."""
        sender = checked_address(envelope.mail_from) if envelope.mail_from else ""
        recipient = checked_address(envelope.rcpt_to)
        parameters, size = "", len(envelope.message)
        if "SIZE" in self._offers:
            limit = self._offers["SIZE"]
            if limit.isdigit() and 0 < int(limit) < size:
                raise Refused(f"the message has {size} octets, the mail server takes {int(limit)}")
            parameters += f" SIZE={size}"
        if not (envelope.is_ascii or envelope.message.isascii()):
            if "8BITMIME" not in self._offers:
                raise Refused("the mail server takes no 8-bit messages (8BITMIME)")
            parameters += " BODY=8BITMIME"
        if not (sender + recipient).isascii():
            if "SMTPUTF8" not in self._offers:
                raise Permanent("the mail server takes no address with letters outside ASCII before the @ (SMTPUTF8)")
            parameters += " SMTPUTF8"
        return sender, recipient, parameters

    async def _go_ahead(self, commands: tuple[bytes, ...], recipient: str) -> None:
        """Read the answers to MAIL, RCPT and DATA; say them first, one by one, to a server without PIPELINING."""
        for place, command in enumerate(commands, start=1):
            reply = await (self._link.reply() if self.pipelines else self._link.command(command))
            if reply.code // 100 == (3 if command == b"DATA" else 2):
                continue
            if reply.code not in _REFUSES_US and reply.code >= 400:
                await self._recover(unread=len(commands) - place if self.pipelines else 0)
            if place == 1 and reply.code >= 500 and reply.code not in (_TOO_LARGE, *_REFUSES_US):
                raise Transient(f"the mail server refuses us as sender: {reply.said(recipient)}")
            raise self._refusal(reply, recipient)

    async def _recover(self, unread: int) -> None:
        """Bring the connection to where the next message can begin, or give it up."""
        try:
            for _ in range(unread):
                if (await self._link.reply()).code == 354:
                    # Nobody was accepted, and yet it waits for a message: give it an empty one (RFC 2920 3.1).
                    await self._link.command(b".")
            if (await self._link.command(b"RSET")).code != 250:
                self.abort()
        except OSError:
            self.abort()

    async def _write_body(self, body: bytes) -> None:
        self._link.write(body)
        early = await self._link.drained()
        if early is not None:
            self.abort()  # the server is in the middle of our message
            raise self._refusal(early, self._recipient)
        self._owed = b"." + CRLF

    async def _write_dot(self) -> None:
        owed, self._owed = self._owed, b""
        self._link.write(owed)

    def _refusal(self, reply: Reply, recipient: str) -> Exception:
        if reply.code < 400:
            return ConnectionError(f"the server answered out of turn: {reply.said(recipient)}")
        if reply.code in _REFUSES_US:
            self.abort()
            return Transient(reply.said(recipient))
        return Permanent(reply.said(recipient)) if reply.code >= 500 else Transient(reply.said(recipient))


def _reason(error: Exception) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
