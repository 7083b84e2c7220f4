"""LMTP: a mail server hands over what comes back, and is told 250 when it is committed (RFC 2033)."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from briefings.delivery.returned import ReturnedMail
from briefings.model.errors import BriefingsError, Refused
from briefings.model.untrusted_mail import MAIL_LIMIT

_LOG = logging.getLogger(__name__)
_HOST = "127.0.0.1"
_LINE_LIMIT = 64 * 1024
"""Octets of a line: what others write is often longer than the 998 they should keep to."""
_STARTING_S = 60.0
_LATER = "451 4.3.0 It could not be recorded: bring it again later"
_TAKEN = "250 2.0.0 OK"


class LmtpInbox:
    """Listens on this machine, in a thread of its own."""

    def __init__(
        self, mail: ReturnedMail, port: int, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._port = port
        self._controller = _Controller(
            _Handler(mail, clock),
            hostname=_HOST,
            port=port,
            ready_timeout=_STARTING_S,
            data_size_limit=MAIL_LIMIT,
            enable_SMTPUTF8=True,
            server_hostname="localhost",  # or aiosmtpd asks the resolver
        )

    def __enter__(self) -> Self:
        """Listen. Raises Refused at once where the port is taken."""
        try:
            self._controller.bound = socket.create_server((_HOST, self._port))
        except (OSError, OverflowError) as error:
            raise Refused(
                f"the LMTP listener cannot have port {self._port} ({error}): "
                "stop what uses it, or set BRIEFINGS_LMTP_PORT to another port"
            ) from error
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class _Lmtp(LMTP):
    line_length_limit = _LINE_LIMIT
    _owed = 1

    async def push(self, status: str | bytes) -> None:
        """Answer; after a mail once for each of its recipients (RFC 2033 4.2)."""
        text = status if isinstance(status, str) else status.decode()
        if self._owed > 1 and "\r\n" not in text:
            text = "\r\n".join([text] * self._owed)
        self._owed = len(self.envelope.rcpt_tos) if self.envelope and text.startswith("354") else 1
        await super().push(text)


class _Controller(Controller):
    bound: socket.socket  # aiosmtpd itself tells of a port that is taken only when its time is up

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self.bound)

    def factory(self) -> _Lmtp:
        return _Lmtp(self.handler, **self.SMTP_kwargs)


class _Handler:
    """aiosmtpd calls these methods by name."""

    def __init__(self, mail: ReturnedMail, clock: Callable[[], datetime]) -> None:
        self._mail = mail
        self._clock = clock

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        # Required of LMTP (RFC 2033 5), and true: commands are read from a stream, one after the other.
        return [*responses[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]) -> str:
        if self._mail.addresses.recipient(address) is None:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        raw, sender = envelope.original_content, envelope.mail_from or ""
        answers = [await asyncio.to_thread(self._take, raw, address, sender) for address in envelope.rcpt_tos]
        return "\r\n".join(answers)

    def _take(self, raw: bytes, address: str, sender: str) -> str:
        try:
            self._mail.take(raw, self._mail.addresses.recipient(address), sender, self._clock())
        except BriefingsError as error:
            _LOG.warning("returned mail is not taken yet: %s", error)
            return _LATER
        except Exception:  # whatever it is, the mail server must keep the mail
            _LOG.exception("returned mail could not be recorded")
            return _LATER
        return _TAKEN
