"""Clients that hang: a connection is given up when its request never ends, or its answer is never taken."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from briefings.rendering.site import Site
from briefings.web.app import create_app
from briefings.web.guard import requests
from briefings.web.guard.connections import MOST_CONNECTIONS, PatientProtocol, server_options
from tests.rendering.editions import TEMPLATES, sample_briefing
from tests.web.published import MemorySite

LARGE = 64 * 1024 * 1024


class Hurried(PatientProtocol):
    request_s = 0.5
    taking_s = 0.5


class Served:
    def __init__(self, app: Starlette, **options: object) -> None:
        config = server_options(app)
        config.http = Hurried
        for name, value in options.items():
            setattr(config, name, value)
        config.port = 0
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> Served:
        self.thread.start()
        while not self.server.started:
            self.thread.join(0.01)
            assert self.thread.is_alive(), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = self.server.force_exit = True
        self.thread.join(10)

    def connection(self) -> socket.socket:
        return socket.create_connection(self.server.servers[0].sockets[0].getsockname(), timeout=10)


@pytest.fixture
def served(source: MemorySite, site: Site) -> Iterator[Served]:
    app = create_app(source, site, TEMPLATES)
    with Served(app) as served:
        yield served


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the other side ends the connection, in whatever way."""
    read = b""
    try:
        while data := connection.recv(65536):
            read += data
    except ConnectionResetError:
        pass
    return read


@pytest.mark.parametrize("beginning", [b"", b"GET /en-GB/ HTTP/1.1\r\nHost: a\r\n"])
def test_a_request_that_never_ends_is_given_up(served: Served, beginning: bytes) -> None:
    with served.connection() as connection:
        connection.sendall(beginning)

        assert read_all(connection) == b""


def test_headers_that_drip_in_win_no_time(served: Served) -> None:
    with served.connection() as connection:
        connection.sendall(b"GET /en-GB/ HTTP/1.1\r\n")
        began, lines = time.monotonic(), 0

        with suppress(OSError):
            while time.monotonic() - began < 8:
                connection.sendall(b"X-Line: 1\r\n")
                lines += 1
                time.sleep(0.05)

    assert 0 < lines < 60


def test_a_body_that_never_comes_is_answered_408_in_the_readers_language(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "BODY_S", 0.3)
    form = f"POST /ur/respond/{sample_briefing().id} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
    with served.connection() as connection:
        connection.sendall(form.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\nopt")

        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'lang="ur"' in answer


def test_a_body_that_nobody_waits_for_keeps_no_connection_open(served: Served) -> None:
    with served.connection() as connection:
        connection.sendall(b"GET /en-GB/ HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")

        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 200 ")


def test_an_answer_that_is_not_taken_is_broken_off() -> None:
    async def large(request: Request) -> Response:
        return PlainTextResponse(b"a" * LARGE)

    with Served(Starlette(routes=[Route("/", large)])) as served, served.connection() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(1.5)

        assert len(read_all(connection)) < LARGE


def test_a_connection_that_asks_again_and_again_is_kept(served: Served) -> None:
    with served.connection() as connection:
        for _ in range(4):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            assert b'"ok"' in connection.recv(65536)
            time.sleep(0.3)


def test_more_connections_than_there_is_room_for_are_told_so(source: MemorySite, site: Site) -> None:
    app = create_app(source, site, TEMPLATES)
    with Served(app, limit_concurrency=4) as served:
        waiting = [served.connection() for _ in range(4)]
        with served.connection() as late:
            late.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = late.recv(65536)
        for connection in waiting:
            connection.close()

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert MOST_CONNECTIONS < 1024
