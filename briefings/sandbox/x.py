"""Stand-in for the X API v2: the calls we make, answered as X answers them, kept in a timeline here.

Credentials are the constants below; signatures are checked for real. Beyond X's own calls it has
`POST /sandbox/mentions` (a resident writes to the account) and `POST /sandbox/faults` (what fails next).
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from weakref import WeakValueDictionary

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from briefings.sandbox import x_answers as answers
from briefings.sandbox.x_calls import Call, Calls, InvalidCall, answer
from briefings.sandbox.x_oauth import Credentials, NotAuthorised, verify
from briefings.sandbox.x_timeline import ACCOUNT, Timeline

CONSUMER_KEY = "sandbox-consumer-key"
CONSUMER_SECRET = "sandbox-consumer-secret"  # noqa: S105 - opens nothing but the stand-in
ACCESS_TOKEN = f"{ACCOUNT.id}-sandbox-access-token"
ACCESS_TOKEN_SECRET = "sandbox-access-token-secret"  # noqa: S105
_CREDENTIALS = Credentials(CONSUMER_KEY, CONSUMER_SECRET, ACCESS_TOKEN, ACCESS_TOKEN_SECRET)

BODY_LIMIT = 15 * 1024 * 1024
WINDOW_S = 900
REAL_HOSTS = ("https://api.x.com", "https://api.twitter.com")
"""A client with a hard-coded host signs for it before its request is led here: those signatures hold too."""

BEFORE_ACCEPT = "before-accept"
AFTER_ACCEPT = "after-accept"
Fault = str | int
"""`before-accept` and `after-accept` cut the connection without an answer; a number is answered as a status."""

_LOG = logging.getLogger(__name__)


@dataclass
class _Window:
    """One endpoint's rate limit: how many calls are left until `reset` (seconds since 1970)."""

    reset: int = 0
    remaining: int = 0


_Handler = Callable[[Call], Response]


@dataclass
class XStandIn:
    """`limit` is the number of calls an endpoint takes in a quarter of an hour."""

    path: Path
    limit: int = 900
    clock: Callable[[], float] = time.time
    connections: MutableMapping[Any, Any] = field(default_factory=WeakValueDictionary)
    """Open connections by the client's address, filled in by the server, so that a fault can cut one."""

    def __post_init__(self) -> None:
        self.timeline = Timeline(self.path)
        self._faults: deque[tuple[str, Fault]] = deque()
        self._windows: dict[str, _Window] = {}
        calls = Calls(self.timeline)
        routes = [
            self._route("POST", "/2/tweets", calls.create),
            self._route("GET", "/2/tweets/{id}", calls.show),
            self._route("DELETE", "/2/tweets/{id}", calls.delete),
            self._route("GET", "/2/users/me", calls.me),
            self._route("GET", "/2/users/{id}/tweets", calls.posts),
            self._route("GET", "/2/users/{id}/mentions", calls.mentions),
            self._route("POST", "/2/media/upload", calls.upload),
            self._route("POST", "/2/media/metadata", calls.describe),
            self._route("POST", "/sandbox/mentions", calls.mention, public=True),
            self._route("POST", "/sandbox/faults", self._fail, public=True),
        ]
        self.app = Starlette(routes=routes, exception_handlers={404: _unknown, 405: _unknown})

    def fail_next(self, *faults: Fault, on: str = "POST /2/tweets") -> None:
        """Let the next calls of one endpoint fail, one fault a call."""
        self._faults.extend((on, fault) for fault in faults)

    def close(self) -> None:
        self.timeline.close()

    def _route(self, method: str, path: str, handler: _Handler, public: bool = False) -> Route:
        name = f"{method} {path}"

        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            if body is None:
                return JSONResponse(answers.problem(413, "Payload Too Large", "Request body is too large."), 413)
            call = Call(request, body, datetime.fromtimestamp(self.clock(), UTC))
            if public:
                return answer(handler, call)
            fault = self._fault(name)
            if fault == BEFORE_ACCEPT:
                return _Cut(self.connections)
            if fault == 429:
                return self._exhausted(self._window(name))
            if isinstance(fault, int):
                return JSONResponse(answers.problem(fault, "Simulated", "The sandbox was told to fail."), fault)
            response = self._checked(name, handler, call)
            return _Cut(self.connections) if fault == AFTER_ACCEPT else response

        return Route(path, endpoint, methods=[method])

    def _checked(self, name: str, handler: _Handler, call: Call) -> Response:
        request = call.request
        parameters = [*request.query_params.multi_items()]
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            parameters += parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
        own = f"{request.url.scheme}://{request.url.netloc}"
        addresses = [host + request.url.path for host in (*REAL_HOSTS, own)]
        try:
            header = request.headers.get("authorization", "")
            verify(header, request.method, addresses, parameters, _CREDENTIALS, self.clock())
        except NotAuthorised as error:
            _LOG.warning("x stand-in: %s refused: %s", name, error)  # X itself does not say why
            return JSONResponse(answers.problem(401, "Unauthorized", "Unauthorized"), 401)
        window = self._window(name)
        if window.remaining <= 0:
            return self._exhausted(window)
        window.remaining -= 1
        return self._with_limits(answer(handler, call), window)

    def _window(self, name: str) -> _Window:
        window = self._windows.setdefault(name, _Window())
        if window.reset <= self.clock():
            window.reset, window.remaining = int(self.clock()) + WINDOW_S, self.limit
        return window

    def _exhausted(self, window: _Window) -> Response:
        refused = JSONResponse(answers.problem(429, "Too Many Requests", "Too Many Requests"), 429)
        return self._with_limits(refused, _Window(window.reset))

    def _with_limits(self, response: Response, window: _Window) -> Response:
        response.headers["x-rate-limit-limit"] = str(self.limit)
        response.headers["x-rate-limit-remaining"] = str(window.remaining)
        response.headers["x-rate-limit-reset"] = str(window.reset)
        return response

    def _fault(self, name: str) -> Fault | None:
        for index, (on, fault) in enumerate(self._faults):
            if on == name:
                del self._faults[index]
                return fault
        return None

    def _fail(self, call: Call) -> Response:
        faults = call.json().get("faults")
        known = isinstance(faults, list) and all(f in (BEFORE_ACCEPT, AFTER_ACCEPT) or type(f) is int for f in faults)
        if not known or not faults:
            raise InvalidCall("faults: a list of before-accept, after-accept or statuses")
        self.fail_next(*faults, on=str(call.json().get("on", "POST /2/tweets")))
        return JSONResponse({"data": {"faults": len(faults)}})


class _Cut(Response):
    """No answer: the connection is gone, as when a network fails."""

    def __init__(self, connections: MutableMapping[Any, Any]) -> None:
        super().__init__()
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = self._connections.get(tuple(scope["client"] or ()))
        if transport is None:  # under another server: an answer that stops before its body comes nearest
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
            return
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _body(request: Request) -> bytes | None:
    """Read a request's body; None where it is longer than allowed, without reading on."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


async def _unknown(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return JSONResponse(answers.problem(status, "Not Found", "Not Found"), status)
