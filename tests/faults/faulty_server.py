"""A mail server that can misbehave at every moment of SMTP, and remembers each message that it accepted.

It runs in a thread of its own. What it has accepted is the witness of the fault suite: neither the
ledger nor a command's word tells who was mailed.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle
from typing import Self

import uvloop

OFFERS = b"250-faulty.example\r\n250-PIPELINING\r\n250-SIZE 20000000\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
KEPT = b"250 2.0.0 kept\r\n"

_END = b"\r\n.\r\n"
_RECIPIENT = re.compile(rb"(?i)RCPT TO:\s*<([^>]*)>")
_MESSAGE_ID = re.compile(rb"(?im)^Message-ID:[ \t]*(<[^>\r\n]*>)")


class Phase(StrEnum):
    GREETING = "greeting"
    EHLO = "EHLO"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"
    """The first octets of a message are there, its end perhaps is not. Only closing the connection counts here."""
    DOT = "dot"
    OTHER = "other"


@dataclass(frozen=True)
class Moment:
    """What the server is to answer. `connection` counts from 1; `recipient` is known from RCPT on."""

    phase: Phase
    connection: int
    recipient: str = ""

    @property
    def domain(self) -> str:
        return self.recipient.rpartition("@")[2]


@dataclass(frozen=True)
class Act:
    """What it does instead of answering as it should.

    `say`: these octets, None for the usual reply. `after`: seconds until then; `holds`: only when the server
    is told to `release`. `every`: seconds between octets that never end. `closes`: hangs up afterwards;
    without a reply if `say` is None. `keeps`: of a message that is whole, whether it is accepted; None: if
    the reply says so. It is accepted before the reply is given, which is the worst that can happen.
    """

    say: bytes | None = None
    after: float = 0.0
    holds: bool = False
    every: float = 0.0
    closes: bool = False
    keeps: bool | None = None


Fault = Callable[[Moment], Act | None]
"""Says what the server does at a moment; None: what it should."""


def well(moment: Moment) -> Act | None:
    """Do everything right."""
    return None


@dataclass(frozen=True)
class Accepted:
    """A message that is the server's from now on. `at` is in seconds of time.monotonic()."""

    recipient: str
    message_id: str
    at: float


@dataclass
class FaultyServer:
    """Listens on 127.0.0.1 while used as a context manager. `fault` may be changed at any time."""

    fault: Fault = well
    accepted: list[Accepted] = field(default_factory=list)
    connections: int = 0
    seen: Counter[Phase] = field(default_factory=Counter)
    """How often it had to answer in each phase."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def mailed(self) -> Counter[str]:
        """Count the accepted messages by recipient."""
        return Counter(message.recipient for message in list(self.accepted))

    def release(self) -> None:
        """Give all replies that are held."""

        def release() -> None:
            for session in list(self._open):
                session.release()

        self._loop.call_soon_threadsafe(release)

    def __enter__(self) -> Self:
        self._loop = uvloop.new_event_loop()
        self._open: set[_Session] = set()
        starting = self._loop.create_server(lambda: _Session(self, self._open, self._loop), "127.0.0.1", 0)
        self._server = self._loop.run_until_complete(starting)
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="faulty server", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        async def close() -> None:
            self._server.close()
            for session in list(self._open):
                session.hang_up()
            await asyncio.sleep(0.01)  # lets the loop close the sockets

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


class _Session(asyncio.Protocol):
    """One connection. Commands are answered strictly in turn, however many were sent ahead (RFC 2920)."""

    def __init__(self, server: FaultyServer, open_now: set[_Session], loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._open = open_now
        self._loop = loop
        self._received = bytearray()
        self._searched = 0
        self._is_busy = True
        self._takes_message = False
        self._saw_body = False
        self._recipient = ""
        self._held: tuple[Phase, bytes, Act] | None = None
        self._closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP gives one
        self._open.add(self)
        self._server.connections += 1
        self._number = self._server.connections
        self._answer(Phase.GREETING, b"220 faulty.example ESMTP\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        self._closed = True
        self._open.discard(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._go_on()

    def release(self) -> None:
        if self._held is not None:
            (phase, reply, act), self._held = self._held, None
            self._do(phase, reply, act)
            self._go_on()

    def hang_up(self) -> None:
        self._closed = True
        self._transport.abort()

    def _go_on(self) -> None:
        while not self._is_busy and not self._closed and (self._message() if self._takes_message else self._command()):
            pass

    def _command(self) -> bool:
        line, found, rest = self._received.partition(b"\r\n")
        if not found:
            return False
        self._received = rest
        verb = bytes(line[:4]).upper()
        if verb in (b"EHLO", b"HELO"):
            self._answer(Phase.EHLO, OFFERS)
        elif verb == b"MAIL":
            self._recipient = ""
            self._answer(Phase.MAIL, b"250 2.1.0 OK\r\n")
        elif verb == b"RCPT" and (named := _RECIPIENT.match(line)):
            self._recipient = named[1].decode()
            self._answer(Phase.RCPT, b"250 2.1.5 OK\r\n")
        elif verb == b"DATA":
            self._answer(Phase.DATA, b"354 go on\r\n" if self._recipient else b"503 5.5.1 no recipient\r\n")
        elif verb == b"QUIT":
            self._do(Phase.OTHER, b"221 2.0.0 bye\r\n", Act(closes=True))
        else:
            self._answer(Phase.OTHER, b"250 2.0.0 OK\r\n" if verb == b"RSET" else b"500 5.5.2 what?\r\n")
        return True

    def _message(self) -> bool:
        if self._received and not self._saw_body:
            self._saw_body = True
            if (act := self._act(Phase.BODY)) and act.closes:
                self.hang_up()
                return False
        is_empty = self._received.startswith(b".\r\n")
        end = -2 if is_empty else self._received.find(_END, self._searched)
        if end < 0 and not is_empty:
            self._searched = max(0, len(self._received) - len(_END) + 1)
            return False
        found = _MESSAGE_ID.search(self._received, 0, max(end, 0))
        self._message_id = found[1].decode() if found else ""
        del self._received[: end + len(_END)]
        self._searched, self._takes_message = 0, False
        self._answer(Phase.DOT, KEPT)
        return True

    def _act(self, phase: Phase) -> Act | None:
        self._server.seen[phase] += 1
        return self._server.fault(Moment(phase, self._number, self._recipient))

    def _answer(self, phase: Phase, usual: bytes) -> None:
        self._is_busy = True
        act = self._act(phase) or Act()
        reply = act.say if act.say is not None else b"" if act.closes else usual
        if phase is Phase.DOT and (act.keeps if act.keeps is not None else reply.startswith(b"2")):
            self._server.accepted.append(Accepted(self._recipient, self._message_id, time.monotonic()))
        if act.holds:
            self._held = phase, reply, act
        elif act.after:
            self._loop.call_later(act.after, self._do_later, phase, reply, act)
        else:
            self._do(phase, reply, act)

    def _do_later(self, phase: Phase, reply: bytes, act: Act) -> None:
        self._do(phase, reply, act)
        self._go_on()

    def _do(self, phase: Phase, reply: bytes, act: Act) -> None:
        if self._closed:
            return
        if phase is Phase.RCPT and not reply.startswith(b"25"):
            self._recipient = ""
        elif phase is Phase.DATA:
            self._takes_message, self._saw_body = reply.startswith(b"354"), False
        if act.every:
            self._drip(cycle(reply), act.every)
            return
        self._transport.write(reply)
        if act.closes:
            self._closed = True
            self._transport.close()
        self._is_busy = False

    def _drip(self, octets: cycle[int], every: float) -> None:
        if not self._closed:
            self._transport.write(bytes((next(octets),)))
            self._loop.call_later(every, self._drip, octets, every)
