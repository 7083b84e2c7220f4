"""A mail server on this machine that keeps what it is given, and refuses whom it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Letterbox:
    refuses: dict[str, str] = field(default_factory=dict)
    """Recipient -> reply."""
    caught: list[Envelope] = field(default_factory=list)
    tried: int = 0
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tried += 1
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.caught.append(envelope)
        return "250 2.0.0 kept"

    @property
    def recipients(self) -> list[str]:
        return sorted(recipient for envelope in self.caught for recipient in envelope.rcpt_tos)

    def mail(self, index: int = 0) -> EmailMessage:
        raw = self.caught[index].original_content or b""
        found = message_from_bytes(raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    def text(self, index: int = 0) -> str:
        part = self.mail(index).get_body(("plain",))
        assert part is not None
        return " ".join(str(part.get_content()).split())

    def html(self, index: int = 0) -> str:
        part = self.mail(index).get_body(("html",))
        assert part is not None
        return " ".join(str(part.get_content()).split())


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    box, loop = Letterbox(), asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(box, hostname="mx.example.org", loop=loop), "127.0.0.1", 0)
    )
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
