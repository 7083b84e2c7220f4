"""The site with a large archive: pages, feeds and search from the built-in server in a process of its own.

Sixteen connections that are kept open ask as fast as they are answered. The one who asks is a Python program on the
same two cores, and takes its share of them: what the server could do alone is more. It takes compressed answers, as
browsers do.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.archive_of import WORDS, asked_for, fill
from benchmarks.borough import NORTH, NOW, approved
from benchmarks.table import say
from briefings.editorial.publish import begin

EDITIONS, REQUESTS, SEARCHES, CONNECTIONS = 10_000, 4000, 400, 16
WANTED, P99_MS, SEARCH_MS = 1000.0, 50.0, 50.0


@dataclass(frozen=True)
class Load:
    """What a run of requests came to: how many a second, and within which time 99 of 100 were answered."""

    rate: float
    p99_ms: float


def run() -> Iterator[tuple[str, ...]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with approved(10, public_url=f"http://127.0.0.1:{port}") as services:
        begin(services.desk, NORTH, NOW)
        say(f"storing {EDITIONS} editions")
        briefings = fill(services, EDITIONS)
        locales = services.desk.content.places.locales
        environment = {
            **os.environ,
            "BRIEFINGS_DATA_DIR": str(services.settings.data_dir),
            "BRIEFINGS_PUBLIC_URL": services.settings.public_url,
        }
        server = subprocess.Popen([sys.executable, "-m", "briefings", "serve"], env=environment)
        try:
            _wait(port)
            yield from _rows(port, briefings, locales)
        finally:
            server.terminate()
            server.wait(10)


def _rows(port: int, briefings: list[str], locales: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    chance = Random(7)  # the same questions in every run
    regions = ("north", "central", "south")
    paths = {
        "edition pages": list(asked_for(briefings, locales, REQUESTS, chance)),
        "archive pages": [f"/{chance.choice(locales)}/archive?page={chance.randint(1, 10)}" for _ in range(REQUESTS)],
        "region pages": [f"/{chance.choice(locales)}/{chance.choice(regions)}/" for _ in range(REQUESTS)],
        "feeds": [
            f"/feeds/{chance.choice(regions)}/{chance.choice(locales)}.{chance.choice(('atom', 'rss', 'json'))}"
            for _ in range(REQUESTS)
        ],
    }
    for name, asked in paths.items():
        say(name)
        first = asyncio.run(_load(port, asked, {}))
        load = asyncio.run(_load(port, asked, {}))
        yield (f"site: {name}, {EDITIONS} editions", f"{load.rate:.0f}/s", f"{WANTED:.0f}/s",
               f"{load.rate / WANTED:.1f} x", ">= 1 x")  # fmt: skip
        yield (f"site: {name}, p99 (first time: {first.p99_ms:.0f} ms)", f"{load.p99_ms:.1f} ms", f"{P99_MS:.0f} ms",
               f"{load.p99_ms / P99_MS:.2f} x", "<= 1 x")  # fmt: skip
        tags = asyncio.run(_tags(port, sorted(set(asked))))
        known = asyncio.run(_load(port, asked, tags))
        yield (f"site: {name}, 304", f"{known.rate:.0f}/s", f"{WANTED:.0f}/s", f"{known.rate / WANTED:.1f} x", ">= 1 x")
    say("search")
    searches = [f"/{chance.choice(locales)}/archive?q={chance.choice(WORDS)}" for _ in range(SEARCHES)]
    searches += [
        f"/{chance.choice(locales)}/archive?q={word}" for word in ("101", "police", "2", "communitysafety")
    ] * 20
    search = asyncio.run(_load(port, searches, {}, connections=1))
    yield (f"site: search in {EDITIONS} editions, p99", f"{search.p99_ms:.1f} ms", f"{SEARCH_MS:.0f} ms",
           f"{search.p99_ms / SEARCH_MS:.2f} x", "<= 1 x")  # fmt: skip


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the site did not start")


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, tag: str) -> dict[str, str]:
    header = f"If-None-Match: {tag}\r\n" if tag else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n{header}\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    status = head[0].split()[1]
    await reader.readexactly(int(headers.get("content-length", 0)) if status != "304" else 0)
    if status != ("304" if tag else "200"):
        raise SystemExit(f"{path}: {status}")
    return headers


async def _tags(port: int, paths: Sequence[str]) -> dict[str, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = {path: (await _get(reader, writer, path, ""))["etag"] for path in paths}
    writer.close()
    return found


async def _load(port: int, paths: Sequence[str], tags: dict[str, str], connections: int = CONNECTIONS) -> Load:
    took: list[float] = []

    async def one(own: Sequence[str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in own:
            began = time.perf_counter()
            await _get(reader, writer, path, tags.get(path, ""))
            took.append(time.perf_counter() - began)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one(paths[number::connections]) for number in range(connections)))
    rate = len(paths) / (time.perf_counter() - start)
    return Load(rate, 1000 * sorted(took)[int(len(took) * 0.99)])
