"""A mail server in a thread of its own that refuses recipients and messages as a test tells it to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.conftest import free_port


@dataclass
class RefusingServer:
    """`at_rcpt` and `at_dot` give the answer to a recipient; an empty one means that all is well."""

    at_rcpt: Callable[[str], str] = lambda address: ""
    at_dot: Callable[[str], str] = lambda address: ""
    asked: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    connections: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        session.host_name = name
        self.connections += 1
        return [*replies[:-1], "250-PIPELINING", replies[-1]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked[address] += 1
        if answer := self.at_rcpt(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        (address,) = envelope.rcpt_tos
        if answer := self.at_dot(address):
            return answer
        self.taken[address] += 1
        return "250 2.0.0 taken"

    def __enter__(self) -> Self:
        self.port = free_port()
        options = {"server_hostname": "mx.example.org", "command_call_limit": 10**6}
        self._controller = Controller(self, "127.0.0.1", self.port, **options)
        self._controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._controller.stop()
