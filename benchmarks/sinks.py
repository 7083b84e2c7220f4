"""Mail servers that take everything and keep nothing: postfix's smtp-sink, and a bare one that only counts."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_longlong
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import uvloop

BACKLOG = 1024
_END = b"\r\n.\r\n"


def postfix_tool(name: str) -> str:
    """Return the path of one of postfix's test programs. Raises SystemExit, saying what to install."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/libexec/postfix")
    if found is None:
        raise SystemExit(f"{name} is not installed; it comes with postfix: apt-get install postfix")
    return found


@dataclass(frozen=True)
class SmtpSink:
    port: int
    pid: int

    @property
    def cpu(self) -> float:
        """Seconds of CPU it has taken so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    """Give postfix's smtp-sink, run for the while."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([postfix_tool("smtp-sink"), *as_user, f"127.0.0.1:{port}", str(BACKLOG)])
    try:
        _wait_for(port, process)
        yield SmtpSink(port, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("smtp-sink did not start")


def has_connection(port: int) -> bool:
    """Say whether anybody is connected to a port of 127.0.0.1 (Linux, proc_pid_net(5): state 01 is established)."""
    local = f"0100007F:{port:04X}"
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(fields[1] == local and fields[3] == "01" for fields in lines)


@dataclass(frozen=True)
class BareSink:
    port: int
    counter: Any

    @property
    def taken(self) -> int:
        """How many messages have come in so far."""
        return int(self.counter.value)


@contextmanager
def bare_sink() -> Iterator[BareSink]:
    """Give a server in a process of its own that says yes to all and counts final dots, as little work as can be."""
    spawning = multiprocessing.get_context("spawn")
    counter = spawning.Value(c_longlong, 0, lock=False)
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_serve, args=(counter, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield BareSink(ours.recv(), counter)
    finally:
        process.terminate()
        process.join(10)


def _serve(counter: Any, told: Connection) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Counting(counter), "127.0.0.1", 0, backlog=BACKLOG)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(serve())


class _Counting(asyncio.Protocol):
    """One connection. Looks for the ends of lines between messages, and inside of one for its end alone."""

    def __init__(self, counter: Any) -> None:
        self._counter = counter
        self._in_message = False
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        data, at, answers = self._rest + data, 0, b""
        while True:
            if self._in_message:
                end = data.find(_END, at)
                if end < 0:
                    self._rest = data[max(at, len(data) - len(_END) + 1) :]
                    break
                self._in_message, at = False, end + len(_END)
                self._counter.value += 1
                answers += b"250 2.0.0 Ok\r\n"
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                self._rest = data[at:]
                break
            word, at = data[at : at + 4].upper(), end + 2
            if word == b"DATA":
                self._in_message, at = True, end  # so that the line end before a first dot is seen
                answers += b"354 go on\r\n"
            elif word == b"EHLO":
                answers += b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
            else:
                answers += b"221 2.0.0 Bye\r\n" if word == b"QUIT" else b"250 2.0.0 Ok\r\n"
        if answers:
            self._transport.write(answers)
