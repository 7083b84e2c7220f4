"""Sending: our sender with its durable ledger, against smtplib with a message built for each recipient."""

from __future__ import annotations

import asyncio
import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.borough import NORTH, NOW, approved
from benchmarks.building import standard
from briefings.editorial import records
from briefings.editorial.deliver import deliver
from briefings.editorial.publish import begin
from briefings.model.channel import Channel
from briefings.rendering.email import EmailRendering

SUBSCRIBERS, THEIRS = 3000, 100


def run() -> Iterator[tuple[str, ...]]:
    with sink() as port, approved(SUBSCRIBERS, f"smtp://127.0.0.1:{port}") as services, services.stand_ins():
        desk = services.desk
        job = begin(desk, NORTH, NOW)
        start = time.perf_counter()
        outcome = deliver(desk, job, lambda: NOW)
        ours = outcome.totals["sent"] / (time.perf_counter() - start)
        with desk.engine.connect() as connection:
            parts = records.rendering_parts(connection, job.briefing, job.revision, Channel.EMAIL)
        theirs = _smtplib(port, EmailRendering.from_parts(parts["en-GB"]))
    yield (
        "send, ledger on, SQLite FULL, posts included", f"{ours:.0f}/s", f"smtplib, no ledger {theirs:.0f}/s",
        f"{ours / theirs:.1f} x", "> 1 x",
    )  # fmt: skip


def _smtplib(port: int, mail: EmailRendering) -> float:
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(THEIRS):
            client.sendmail("bounce@briefings.example", f"resident{number}@example.org", standard(mail, number))
    return THEIRS / (time.perf_counter() - start)


@contextmanager
def sink() -> Iterator[int]:
    """Give the port of a mail server that takes everything and keeps nothing."""
    loop = asyncio.new_event_loop()
    started: threading.Event = threading.Event()
    ports: list[int] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                while (await reader.readline()) not in (b".\r\n", b""):
                    pass
            if word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            writer.write(b"250-sink\r\n250 PIPELINING\r\n" if word == b"EHLO" else b"250 2.0.0 ok\r\n")
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(take, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
        started.set()

    def background() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=background, daemon=True)
    thread.start()
    started.wait(10)
    yield ports[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
