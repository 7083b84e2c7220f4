"""Mail servers on 127.0.0.1 for the tests: aiosmtpd, and one that does exactly what a script says."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """An aiosmtpd handler that keeps what it is given and refuses the recipients it is told to."""

    refuses: dict[str, str] = field(default_factory=dict)
    caught: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    most_at_once: int = 0
    pause: float = 0.0
    _now: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        session.host_name = name
        self.sessions.append(session)
        return replies

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(self.pause)
        self._now -= 1
        self.caught.append(envelope)
        return f"250 2.0.0 OK: queued as {len(self.caught)}"


@asynccontextmanager
async def listening(factory: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve a protocol on a free port, given back; whatever is still open at the end is closed."""
    open_now: list[Any] = []

    def one() -> asyncio.Protocol:
        open_now.append(factory())
        return open_now[-1]

    server = await asyncio.get_running_loop().create_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for protocol in open_now:
            if protocol.transport is not None:
                protocol.transport.abort()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def aiosmtpd(mailbox: Mailbox, *, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[int]:
    """Serve a mailbox over the real aiosmtpd. `tls`: from the start; `tls_context` option: STARTTLS."""
    async with listening(lambda: SMTP(mailbox, hostname="mx.example.org", **options), tls) as port:
        yield port


def accept_password(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    is_right = (data.login, data.password) == (b"comms", b"p@ss word")
    return AuthResult(success=is_right, handled=False)


@dataclass
class Talk:
    """One connection, as a script sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: list[bytes]

    async def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()

    async def hear(self, count: int = 1) -> bytes:
        """Read so many lines and return the last; ConnectionResetError at the end of the stream."""
        line = b""
        for _ in range(count):
            line = await self.reader.readline()
            if not line:
                raise ConnectionResetError
            self.heard.append(line.rstrip(b"\r\n"))
        return line

    async def hear_message(self) -> bytes:
        return await self.reader.readuntil(b"\r\n.\r\n")

    async def greet(self, *offers: str) -> None:
        await self.say("220 mx.example.org ESMTP")
        await self.hear()
        lines = ["mx.example.org", *offers]
        await self.say(*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}")

    async def accept_message(self) -> bytes:
        """Take one message, without pipelining, up to and with its final dot; do not answer it."""
        for answer in ("250 OK", "250 OK", "354 go on"):
            await self.hear()
            await self.say(answer)
        return await self.hear_message()


@dataclass
class Scripted:
    """A server that runs a script for each connection. `heard` has the lines that were read."""

    port: int
    heard: list[bytes]
    connections: int = 0


@asynccontextmanager
async def scripted(script: Callable[[Talk], Awaitable[None]]) -> AsyncIterator[Scripted]:
    tasks: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        running.connections += 1
        try:
            await script(Talk(reader, writer, running.heard))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=64 * 1024 * 1024)
    running = Scripted(server.sockets[0].getsockname()[1], [])
    try:
        yield running
    finally:
        server.close()
        for task in tasks:
            if task is not None:
                task.cancel()
        await asyncio.sleep(0.01)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1 and return the server's context and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())
