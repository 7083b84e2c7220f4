"""The link to a mail server: bytes out, whole replies in, a wall-clock deadline on every wait.

Knows lines and replies, and nothing of what they mean; `wire.py` speaks SMTP over it. Every reply
is bounded in time, lines and octets, whatever the server does.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from typing import NamedTuple

from briefings.delivery.headers import CRLF

MAX_REPLY = 64 * 1024
MAX_REPLY_LINE = 4096
MAX_REPLY_LINES = 100
FAREWELL_SECONDS = 2.0
LAST_CHANCE_S = 0.02
_SPACE = 32

_REPLY_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?= |$)")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;\"']+")


class Reply(NamedTuple):
    """A server's whole answer to one command."""

    code: int
    lines: tuple[str, ...]

    def said(self, recipient: str = "") -> str:
        """Return it as `550 5.1.1 mailbox unavailable`: one short line without addresses."""
        first = self.lines[0]
        local = recipient.rpartition("@")[0]
        is_short = len(self.lines) == 1 and len(first) < 250 and "@" not in first and first.isprintable()
        if is_short and not (local and local.lower() in first.lower()):
            return f"{self.code} {first}".rstrip()  # as nearly all are
        enhanced = _ENHANCED.match(first)
        text = " ".join(_ENHANCED.sub("", line, count=1) if _ENHANCED.match(line) else line for line in self.lines)
        text = _ADDRESS.sub("[address]", "".join(c if c.isprintable() else " " for c in text[:1000]))
        if local:
            text = re.sub(rf"(?<![\w.]){re.escape(local)}(?![\w.])", "[address]", text, flags=re.IGNORECASE)
        return " ".join([str(self.code), *([enhanced[0]] if enhanced else []), *text.split()])[:300]


class Link(asyncio.Protocol):
    """Lines to and from a server. Raises only OSErrors: TimeoutError, ConnectionError, ssl.SSLError."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._loop = asyncio.get_running_loop()  # asked for once: each time costs a system call
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._change: asyncio.Future[None] | None = None
        self._is_flushed = True
        self._lost: OSError | None = ConnectionError("not connected")
        self._watch: asyncio.TimerHandle | None = None
        self._due = 0.0  # when the wait under way has to end, on the loop's clock; 0: there is none

    @property
    def is_quiet(self) -> bool:
        return self._lost is None and not self._received

    @property
    def is_lost(self) -> bool:
        return self._lost is not None

    @property
    def own_address_literal(self) -> str:
        host = self._transport.get_extra_info("sockname")[0] if self._transport else "127.0.0.1"
        return f"[IPv6:{host.partition('%')[0]}]" if ":" in host else f"[{host}]"

    async def connect(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        """Connect; with a context, under TLS from the first byte."""
        async with asyncio.timeout(self._deadline):
            await asyncio.get_running_loop().create_connection(
                lambda: self,
                host,
                port,
                ssl=context,
                server_hostname=host if context else None,
                ssl_handshake_timeout=self._deadline if context else None,
                ssl_shutdown_timeout=FAREWELL_SECONDS if context else None,
            )

    async def start_tls(self, host: str, context: ssl.SSLContext) -> None:
        """Go on under TLS."""
        if self._received or self._transport is None:
            raise ConnectionError("the server spoke on after its answer to STARTTLS")  # CVE-2011-0411
        async with asyncio.timeout(self._deadline):
            self._transport = await asyncio.get_running_loop().start_tls(
                self._transport,
                self,
                context,
                server_hostname=host,
                ssl_handshake_timeout=self._deadline,
                ssl_shutdown_timeout=FAREWELL_SECONDS,
            )
        self._report_every_byte()

    async def command(self, line: bytes) -> Reply:
        self.write(line + CRLF)
        return await self.reply()

    def write(self, octets: bytes) -> None:
        if self._lost is not None or self._transport is None:
            raise ConnectionError("the server closed the connection") from self._lost
        self._transport.write(octets)

    async def reply(self, deadline: float = 0.0) -> Reply:
        """Return the next reply; the deadline (0: the usual one) is for the whole of it, however it drips."""
        if (reply := self._take_reply()) is None:
            self._begin(deadline or self._deadline)
            try:
                while (reply := self._take_reply()) is None:
                    await self._wait()
            finally:
                self._due = 0.0
        return reply

    async def drained(self) -> Reply | None:
        """Wait until all that was written has left; return a reply that comes before it is asked for."""
        if self._is_flushed and self._lost is None and not self._received:
            return None
        self._begin(self._deadline)
        try:
            while (reply := self._take_reply()) is None and (not self._is_flushed or self._lost):
                await self._wait()
        finally:
            self._due = 0.0
        return reply

    def abort(self) -> None:
        self._lost = self._lost or ConnectionError("we closed the connection")
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # TCP gives an asyncio.Transport
        self._lost = None
        self._report_every_byte()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > MAX_REPLY:
            self._received.clear()
            self._lost = self._lost or ConnectionError(f"the server's reply is longer than {MAX_REPLY} octets")
            self.abort()
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._lost is None:
            self._lost = error if isinstance(error, OSError) else ConnectionError("the server closed the connection")
        self._wake()

    def pause_writing(self) -> None:
        self._is_flushed = False

    def resume_writing(self) -> None:
        self._is_flushed = True
        self._wake()

    def _report_every_byte(self) -> None:
        """Be paused until the very last byte has left.

        TLS pauses at its limit, plain TCP above it: a limit of 0 would pause TLS with nothing to write, for ever.
        """
        if self._transport is not None:
            is_tls = self._transport.get_extra_info("ssl_object") is not None
            self._transport.set_write_buffer_limits(high=1 if is_tls else 0, low=0)

    def _take_reply(self) -> Reply | None:
        """Take a whole reply off what was received; None if there is none yet."""
        received = self._received
        if not received:
            return None
        end = received.find(b"\n")
        if 3 <= end <= MAX_REPLY_LINE and received[3] == _SPACE and 50 <= received[0] <= 53:
            number, text = received[:3], received[4:end]
            if number.isdigit():  # one line, as nearly all are
                del received[: end + 1]
                return Reply(int(number), (text.removesuffix(b"\r").decode("utf-8", "replace"),))
        start, lines, code = 0, list[str](), b""
        while (end := self._received.find(b"\n", start)) >= 0:
            line = _REPLY_LINE.fullmatch(self._received[start:end].removesuffix(b"\r"))
            if line is None or code not in (b"", line[1]) or len(lines) == MAX_REPLY_LINES:
                raise ConnectionError("the server's reply is not SMTP, or has no end")
            code, start = line[1], end + 1
            lines.append((line[3] or b"").decode("utf-8", "replace"))
            if line[2] != b"-":
                del self._received[:start]
                return Reply(int(code), tuple(lines))
        if len(self._received) - start > MAX_REPLY_LINE:
            raise ConnectionError(f"a line of the server's reply is longer than {MAX_REPLY_LINE} octets")
        return None

    def _begin(self, seconds: float) -> None:
        """Set the end of a wait. One timer serves all waits of a connection, and is set anew only when it rings."""
        loop = self._loop
        self._due = loop.time() + seconds
        if self._watch is None or self._watch.when() > self._due:
            if self._watch is not None:
                self._watch.cancel()
            self._watch = loop.call_at(self._due, self._ring)

    def _ring(self, is_last: bool = False) -> None:
        loop, self._watch = self._loop, None
        if not self._due:
            return
        if loop.time() < self._due - 0.001:
            self._watch = loop.call_at(self._due, self._ring)
        elif not is_last:  # where the loop was held up, a reply may be here and not be read yet
            self._watch = loop.call_later(LAST_CHANCE_S, self._ring, True)
        elif self._change is not None and not self._change.done():
            self._change.set_exception(TimeoutError())

    async def _wait(self) -> None:
        if self._lost is not None:
            raise ConnectionError(str(self._lost)) from self._lost
        if self._due and self._loop.time() >= self._due:
            raise TimeoutError  # a server that never pauses keeps the timer from ringing in a wait
        self._change = self._loop.create_future()
        try:
            await self._change
        finally:
            self._change = None

    def _wake(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)
