"""A mail server that keeps what it gets and then holds its answer back: where nobody can know what arrived."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class HoldingSink:
    """Answers the first `answers` mails; from then on every mail is kept, and no answer given until `release`."""

    answers: int
    mails: list[tuple[str, str]] = field(default_factory=list)
    """(recipient, Message-ID) in order of arrival."""
    port: int = 0

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _ in self.mails]

    def release(self) -> None:
        """Give all answers that were held back, and hold none any more."""
        self.answers = 10**9
        self._loop.call_soon_threadsafe(self._released.set)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message_id = message_from_bytes(envelope.original_content or b"")["Message-ID"]
        self.mails.append((envelope.rcpt_tos[0], message_id))
        if len(self.mails) > self.answers:
            await self._released.wait()
        return "250 2.0.0 kept"

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._server = self._loop.run_until_complete(
            self._loop.create_server(lambda: SMTP(self, hostname="localhost", loop=self._loop), "127.0.0.1", 0)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        async def close() -> None:
            self._server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
