"""The SMTP wire: one connection, one message at a time, a deadline on every wait (RFC 5321).

What makes this client our own: it knows to the byte whether a message can have been accepted. Until
the final dot is written a broken connection is Transient; from then until a whole reply is read it
is Uncertain. Replies are read strictly in the order of the commands, so that those of a next message
may one day be written behind the dot of this one.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from briefings.delivery.headers import CRLF, checked_address
from briefings.delivery.link import FAREWELL_SECONDS, Link, Reply
from briefings.delivery.message import Envelope
from briefings.model.errors import OutsideError, Permanent, Refused, Transient, Uncertain

_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
_HELO = re.compile(r"[A-Za-z0-9.\-:\[\]]{1,255}")
_REFUSES_US = frozenset({421, 503, 530, 534, 535, 538})
"""Going away, out of step, or wanting a login or TLS: says nothing about recipient or message, so
the recipient is tried again later, over another connection."""

_TOO_LARGE = 552
"""To MAIL, this is about the message (RFC 1870); any other refusal there is about us, whoever the recipient is."""


@dataclass(frozen=True)
class SmtpEndpoint:
    """A mail server and how to speak to it. With a user or `starttls_required`, never without TLS."""

    host: str
    port: int
    implicit_tls: bool = False
    starttls_required: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> SmtpEndpoint:
        """Read smtp://[user:password@]host[:port][?starttls=required] or smtps://...

        Default ports: 465 for smtps, 587 (submission) with a user, else 25. Raises Refused.
        """
        try:
            parts = urlsplit(url)
            query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, query = None, None, {}
        if not host or parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/"):
            raise Refused("the SMTP address must look like smtp://user:password@host:port or smtps://host:port")
        if query not in ({}, {"starttls": ["required"]}):
            raise Refused("the SMTP address can only have the option ?starttls=required")
        if bool(parts.username) != bool(parts.password):
            raise Refused("the SMTP address needs both a user and a password, or neither")
        implicit = parts.scheme == "smtps"
        default = 465 if implicit else 587 if parts.username else 25
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port or default, implicit, bool(query or (user and not implicit)), user, password)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class SmtpConnection:
    """An open, greeted, where asked encrypted and logged-in connection. Not for two tasks at once."""

    def __init__(self, endpoint: SmtpEndpoint, link: Link) -> None:
        self._endpoint = endpoint
        self._link = link
        self._offers: dict[str, str] = {}
        self._dot_written = False

    @classmethod
    async def open(
        cls, endpoint: SmtpEndpoint, deadline: float, helo: str = "", *, tls: ssl.SSLContext | None = None
    ) -> SmtpConnection:
        """Connect and get ready to send.

        `deadline` is in seconds, of the wall clock, for each step here and each command later.
        `helo` is our host name; empty: our IP address, as RFC 5321 4.1.4 allows. `tls` replaces the
        context that trusts the system's authorities. Raises Transient, Refused for a bad `helo`.
        """
        if helo and not _HELO.fullmatch(helo):
            raise Refused(f"{helo[:100]!r} is not a host name to greet a mail server with")
        connection = cls(endpoint, Link(deadline))
        try:
            context = (tls or _verified()) if endpoint.implicit_tls else None
            await connection._link.connect(endpoint.host, endpoint.port, context)
            await connection._greet(helo, tls)
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

    async def send(self, envelope: Envelope) -> str:
        """Send one message and return the server's final reply, shortened and without addresses.

        Raises Permanent (refused for good; the connection stays usable), Transient (surely not
        sent), Uncertain (the connection broke between the final dot and its reply).
        """
        sender, recipient, parameters = self._checked(envelope)
        commands = (f"MAIL FROM:<{sender}>{parameters}".encode(), f"RCPT TO:<{recipient}>".encode(), b"DATA")
        if not self.is_open:
            self.abort()
            raise Transient("the mail server closed the connection")
        self._dot_written = False
        try:
            await self._announce(commands, recipient)
            return await self._transfer(wire_form(envelope.message), recipient)
        except OutsideError:
            raise
        except OSError as error:
            self.abort()
            if self._dot_written:
                raise Uncertain(f"no answer to the message's final dot: {_reason(error)}") from error
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

    async def _greet(self, helo: str, tls: ssl.SSLContext | None) -> None:
        self._expect(await self._link.reply(), 220)
        await self._hello(helo)
        if not self._endpoint.implicit_tls and "STARTTLS" in self._offers:
            self._expect(await self._link.command(b"STARTTLS"), 220)
            # Where plain text would do, TLS without a checked certificate is no worse (RFC 7435).
            context = tls or (_verified() if self._endpoint.starttls_required else _opportunistic())
            await self._link.start_tls(self._endpoint.host, context)
            await self._hello(helo)
        elif self._endpoint.starttls_required:
            raise Transient(f"the mail server {self._endpoint} offers no STARTTLS, and nothing is sent without it")
        if self._endpoint.user:
            await self._log_in()

    async def _hello(self, helo: str) -> None:
        name = (helo or self._link.own_address_literal).encode()
        reply = await self._link.command(b"EHLO " + name)
        if reply.code // 100 == 5:
            reply = await self._link.command(b"HELO " + name)
            reply = Reply(reply.code, reply.lines[:1])
        self._expect(reply, 250)
        offers = (line.upper().partition(" ") for line in reply.lines[1:])
        self._offers = {keyword: values for keyword, _, values in offers}

    async def _log_in(self) -> None:
        user, password = self._endpoint.user.encode(), self._endpoint.password.encode()
        mechanisms = self._offers.get("AUTH", "").split()
        if "PLAIN" in mechanisms:
            reply = await self._link.command(b"AUTH PLAIN " + b64encode(b"\0" + user + b"\0" + password))
        elif "LOGIN" in mechanisms:
            self._expect(await self._link.command(b"AUTH LOGIN"), 334)
            self._expect(await self._link.command(b64encode(user)), 334)
            reply = await self._link.command(b64encode(password))
        else:
            raise Transient(f"the mail server {self._endpoint} offers no login that we know (PLAIN, LOGIN)")
        self._expect(reply, 235)

    def _expect(self, reply: Reply, code: int) -> None:
        if reply.code != code:
            raise Transient(f"the mail server {self._endpoint} refused the connection: {reply.said()}")

    def _checked(self, envelope: Envelope) -> tuple[str, str, str]:
        """Return the paths and MAIL's parameters; Permanent for what this server has said it cannot take."""
        sender = checked_address(envelope.mail_from) if envelope.mail_from else ""
        recipient = checked_address(envelope.rcpt_to)
        parameters, size = "", len(envelope.message)
        if "SIZE" in self._offers:
            limit = self._offers["SIZE"]
            if limit.isdigit() and 0 < int(limit) < size:
                raise Permanent(f"the message has {size} octets, the mail server takes {int(limit)}")
            parameters += f" SIZE={size}"
        if not envelope.message.isascii():
            if "8BITMIME" not in self._offers:
                raise Permanent("the mail server takes no 8-bit messages (8BITMIME)")
            parameters += " BODY=8BITMIME"
        if not (sender + recipient).isascii():
            if "SMTPUTF8" not in self._offers:
                raise Permanent("the mail server takes no address with letters outside ASCII before the @ (SMTPUTF8)")
            parameters += " SMTPUTF8"
        return sender, recipient, parameters

    async def _announce(self, commands: tuple[bytes, ...], recipient: str) -> None:
        """Say MAIL, RCPT and DATA, in one go where the server takes that (RFC 2920)."""
        pipelined = "PIPELINING" in self._offers
        if pipelined:
            self._link.write(CRLF.join(commands) + CRLF)
        for place, command in enumerate(commands, start=1):
            reply = await (self._link.reply() if pipelined else self._link.command(command))
            if reply.code // 100 == (3 if command == b"DATA" else 2):
                continue
            if reply.code not in _REFUSES_US and reply.code >= 400:
                await self._recover(unread=len(commands) - place if pipelined else 0)
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

    async def _transfer(self, body: bytes, recipient: str) -> str:
        self._link.write(body)
        early = await self._link.drained()
        if early is not None:
            self.abort()  # the server is in the middle of our message
            raise self._refusal(early, recipient)
        self._dot_written = True
        reply = await self._link.command(b".")
        if reply.code // 100 != 2:
            raise self._refusal(reply, recipient)
        return reply.said()

    def _refusal(self, reply: Reply, recipient: str) -> Exception:
        if reply.code < 400:
            return ConnectionError(f"the server answered out of turn: {reply.said(recipient)}")
        if reply.code in _REFUSES_US:
            self.abort()
            return Transient(reply.said(recipient))
        return Permanent(reply.said(recipient)) if reply.code >= 500 else Transient(reply.said(recipient))


def wire_form(message: bytes) -> bytes:
    """Return a message as it follows DATA: every line ends in CRLF, dots doubled (RFC 5321 4.5.2).

    No bare CR or LF reaches the wire: servers that take one for a line's end could be made to see
    the end of the message, and a second message, inside it (SMTP smuggling).
    """
    breaks = message.count(CRLF)
    if message.count(b"\r") != breaks or message.count(b"\n") != breaks:
        message = _LINE_BREAK.sub(CRLF, message)
    if not message.endswith(CRLF):
        message += CRLF
    return (b"." if message.startswith(b".") else b"") + message.replace(b"\r\n.", b"\r\n..")


def _reason(error: Exception) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__


@lru_cache(maxsize=1)
def _verified() -> ssl.SSLContext:
    return ssl.create_default_context()


@lru_cache(maxsize=1)
def _opportunistic() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
