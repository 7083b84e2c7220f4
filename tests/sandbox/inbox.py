"""An inbox that speaks LMTP, as the product's own does: keeps what it is given, or answers what it is told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from tests.conftest import free_port


@dataclass
class Inbox:
    """`answers` are given to RCPT one after the other, then 250. Listens while open, on `port`."""

    answers: list[str] = field(default_factory=list)
    pause: float = 0.0
    port: int = field(default_factory=free_port)
    got: list[tuple[str, str, bytes]] = field(default_factory=list)
    """(envelope sender, recipient, bytes) in order of arrival."""
    tries: int = 0

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries += 1
        answer = self.answers.pop(0) if self.answers else "250 2.1.5 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.pause)
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from or ""
        self.got.append((sender, envelope.rcpt_tos[0], envelope.original_content or b""))
        return "250 2.0.0 taken"

    def __enter__(self) -> Inbox:
        self._controller = _Lmtp(self, "127.0.0.1", self.port)
        self._controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._controller.stop()


class _Lmtp(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler, hostname="localhost")
