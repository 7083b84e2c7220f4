"""How the built-in server treats connections: how many at once, and how long one may say or take nothing.

uvicorn ends a connection that idles between two requests. It waits for ever for one whose request never comes to an
end, and for one that does not take its answer: a few hundred of those would keep everybody else out.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_S = 20.0
"""Seconds in which the first line and the headers of a request have to be there."""
TAKING_S = 60.0
"""Seconds in which something of an answer has to be taken; a page is a few seconds' worth on the slowest phone."""
IDLE_S = 10
"""Seconds for which a connection is kept open for the next request."""
MOST_CONNECTIONS = 800
"""Connections at once; further ones are answered 503. Below the 1,024 open files that a process usually may have."""
MOST_HEADERS = 32 * 1024
"""Bytes of the first line and the headers together."""
CROWDED = "briefings.crowded"
"""The extension of ASGI under which the application learns that there is no room for a request."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that gives up on connections which hang."""

    request_s = REQUEST_S
    taking_s = TAKING_S
    _waiting: asyncio.TimerHandle | None = None
    _sending: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # uvicorn's own refusal is two words of English; ours is a page that the application makes
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self._application, self._refusing = self.app, _refusing(self.app)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        is_crowded = self._most is not None and len(self.connections) >= self._most
        self.app = self._refusing if is_crowded else self._application
        super().data_received(data)
        if self.conn.their_state is h11.IDLE or self._is_answered_too_early():
            self._await_request()
        else:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_answered_too_early():
            self._await_request()

    def _is_answered_too_early(self) -> bool:
        """Say whether a body is still on its way that nobody waits for."""
        return self.conn.their_state is h11.SEND_BODY and self.cycle is not None and self.cycle.response_complete

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._sending is None:
            self._sending = self.loop.call_later(self.taking_s, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_sending()

    def timeout_keep_alive_handler(self) -> None:
        """Close; and break off where the other side never takes what is left to be sent."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.taking_s, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_sending()
        super().connection_lost(exc)

    def _await_request(self) -> None:
        """Begin to wait, unless it is waited already: bytes that drip in win no time."""
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.request_s, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _stop_sending(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None


def _refusing(app: Any) -> ASGIApp:
    """Return an application that is told with each request that there is no room for it."""

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[CROWDED] = {}
        await app(scope, receive, send)

    return refusing


def server_options(app: ASGIApp) -> uvicorn.Config:
    """Return how the site is served. No request is logged; whom one comes from only the guard decides."""
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_S,
        h11_max_incomplete_event_size=MOST_HEADERS,
    )
