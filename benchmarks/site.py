"""The site: pages and feeds from the built-in server in a process of its own, keep-alive connections."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.borough import NORTH, NOW, approved
from briefings.editorial.publish import begin

REQUESTS, CONNECTIONS, WANTED = 4000, 16, 1000.0


def run() -> Iterator[tuple[str, ...]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with approved(10, public_url=f"http://127.0.0.1:{port}") as services:
        begin(services.desk, NORTH, NOW)
        environment = {
            **os.environ,
            "BRIEFINGS_DATA_DIR": str(services.settings.data_dir),
            "BRIEFINGS_PUBLIC_URL": services.settings.public_url,
        }
        server = subprocess.Popen([sys.executable, "-m", "briefings", "serve"], env=environment)
        try:
            _wait(port)
            for name, path in (("edition page", f"/ur/{NORTH}/"), ("Atom feed", "/feeds/north/ur.atom")):
                etag = asyncio.run(_etag(port, path))
                for kind, header in ((name, ""), (f"{name}, 304", f"If-None-Match: {etag}\r\n")):
                    rate = asyncio.run(_rate(port, path, header))
                    yield (kind, f"{rate:.0f}/s", f"{WANTED:.0f}/s", f"{rate / WANTED:.1f} x", ">= 1 x")
        finally:
            server.terminate()
            server.wait(10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the site did not start")


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, header: str) -> dict[str, str]:
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    await reader.readexactly(int(headers.get("content-length", 0)) if " 304 " not in head[0] else 0)
    return {**headers, "status": head[0].split()[1]}


async def _etag(port: int, path: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = await _get(reader, writer, path, "")
    writer.close()
    if answer["status"] != "200":
        raise SystemExit(f"{path}: {answer['status']}")
    return answer["etag"]


async def _rate(port: int, path: str, header: str) -> float:
    async def one(count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count):
            await _get(reader, writer, path, header)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one(REQUESTS // CONNECTIONS) for _ in range(CONNECTIONS)))
    return REQUESTS / (time.perf_counter() - start)
