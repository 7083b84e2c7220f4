"""Mail catcher: a real SMTP server on this machine that keeps every mail.

It passes nothing on, but for what comes back to us: that goes to the product's own inbox, where there is one.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from briefings.model.errors import BriefingsError
from briefings.sandbox.caught import Caught
from briefings.sandbox.reports import bounce_report, complaint_report
from briefings.sandbox.return_road import COMPLAINTS, REPORTED_AFTER_S, Carrier, Returned, ReturnRoad
from briefings.sandbox.simulated import SLOW_S, Simulator, having, refusal
from briefings.sandbox.swift_smtp import HANG_UP, SwiftSMTP

SIZE_LIMIT = 15 * 1024 * 1024
STARTING_S, STOPPING_S = 10.0, 20.0
_LOG = logging.getLogger(__name__)


class PortBusy(BriefingsError):
    """A stand-in cannot listen where it was told to."""


def listen(host: str, port: int, what: str) -> socket.socket:
    """Bind a listening socket; port 0 takes any free one.

    Raises PortBusy, saying `what` wanted the port and what can be done.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # or a restart waits for TIME_WAIT
        bound.bind((host, port))
        bound.listen(128)
    except (OSError, OverflowError) as error:
        bound.close()
        raise PortBusy(
            f"{what} cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}. "
            "Stop what uses that port, or choose another one."
        ) from error
    bound.setblocking(False)
    return bound


class MailCatcher:
    """SMTP with SIZE, 8BITMIME, SMTPUTF8 and PIPELINING, in a thread of its own.

    A mail is committed to the store before the client is told `250` (RFC 5321 section 6.1).
    """

    def __init__(
        self,
        caught: Caught,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        road: ReturnRoad | None = None,
        slow_s: float = SLOW_S,
    ) -> None:
        """`road` leads to the product's inbox, for mail that comes back; `slow_s` is how long `slow@` takes."""
        self.host = host
        self.port = port
        self._caught = caught
        self._clock = clock
        self._road = road
        self._slow_s = slow_s
        self._handler: _Handler | None = None
        self._sessions: weakref.WeakSet[Any] = weakref.WeakSet()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    def start(self) -> Self:
        """Listen. Raises PortBusy at once where the port is taken; `port` is then the true one."""
        bound = listen(self.host, self.port, "The sandbox's mail catcher")
        self.port = bound.getsockname()[1]
        self._stop = asyncio.Event()
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(bound, ready)), name="mail-catcher", daemon=True
        )
        self._thread.start()
        if not ready.wait(STARTING_S):
            raise BriefingsError("The sandbox's mail catcher did not start; see the log.")
        return self

    def stop(self) -> None:
        """Stop listening and hang up on every client. Safe to call twice."""
        if self._thread is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOPPING_S)
        self._thread = self._loop = None

    async def _serve(self, bound: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        carrier = Carrier(self._road) if self._road is not None else None
        self._handler = _Handler(self._caught, self._clock, carrier, self._slow_s)
        server = await self._loop.create_server(self._session, sock=bound)
        ready.set()
        await self._stop.wait()
        server.close()
        for session in list(self._sessions):
            if session.transport is not None:
                session.transport.abort()
        await asyncio.sleep(0)  # lets the transports close their sockets
        if carrier is not None:
            await carrier.finish()

    def _session(self) -> Any:
        session = SwiftSMTP(
            self._handler,
            SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",  # or aiosmtpd asks the resolver for every connection
            ident="sandbox: nothing sent here reaches a real person",
            loop=self._loop,
        )
        self._sessions.add(session)
        return session

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Handler:
    """aiosmtpd calls these methods by name."""

    def __init__(self, caught: Caught, clock: Callable[[], datetime], carrier: Carrier | None, slow_s: float) -> None:
        self._caught = caught
        self._clock = clock
        self._carrier = carrier
        self._slow_s = slow_s

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # True by construction: commands are read from a stream, one after the other (RFC 2920).
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]) -> str:
        sender = _sender(envelope)
        if self._is_for_us(address):
            refused = ""
        else:
            refused = refusal(address, lambda: self._caught.is_first_attempt(sender, address, self._clock()))
        if refused:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        sender, recipients, raw = _sender(envelope), envelope.rcpt_tos, envelope.original_content
        now = self._clock()
        try:
            id = self._caught.add(sender, recipients, raw, now)
        except Exception:
            _LOG.exception("a mail could not be kept")
            return "451 4.3.0 The sandbox could not keep this mail; see its log"
        try:
            self._send_back(sender, recipients, raw, now)
        except Exception:
            _LOG.exception("what comes back of a mail could not be made")
        others = [recipient for recipient in recipients if not self._is_for_us(recipient)]
        if having(others, Simulator.SLOW):
            await asyncio.sleep(self._slow_s)
        if having(others, Simulator.DROP):
            return HANG_UP
        return f"250 2.0.0 OK: kept as {id}"

    def _is_for_us(self, address: str) -> bool:
        return self._carrier is not None and self._carrier.road.carries(address)

    def _send_back(self, sender: str, recipients: list[str], raw: bytes, now: datetime) -> None:
        """Pass on what is for our inbox, and let the simulators that report do so."""
        carrier = self._carrier
        if carrier is None:
            return
        ours = [recipient for recipient in recipients if carrier.road.carries(recipient)]
        for recipient in ours:
            carrier.take(Returned(sender, recipient, raw))
        if not carrier.road.carries(sender):
            return  # no report about a report (RFC 3464 section 2), and none to somebody who is not us
        others = [recipient for recipient in recipients if recipient not in ours]
        for recipient in having(others, Simulator.BOUNCE):
            report = bounce_report(sender, recipient, raw, now)
            carrier.take(Returned("", sender, report, REPORTED_AFTER_S))
        feedback_desk = f"{COMPLAINTS}@{carrier.road.domain}"
        for recipient in having(others, Simulator.COMPLAIN):
            report = complaint_report(sender, recipient, raw, now, feedback_desk)
            carrier.take(Returned("", feedback_desk, report, REPORTED_AFTER_S))


def _sender(envelope: Any) -> str:
    """Return the envelope sender; empty for the null sender, which aiosmtpd writes as `<>`."""
    return "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
