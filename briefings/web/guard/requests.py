"""Requests that go no further: from other sites, too large, too long an address, too many."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from briefings.web.guard.bucket import TokenBucket
from briefings.web.guard.connections import CROWDED
from briefings.web.guard.network import Network, network_of

MAX_BODY = 64 * 1024
"""Bytes of a body, as its length is announced, and as they come."""
MOST_UNREAD = 1024 * 1024
"""Bytes of a body that is too long and yet waited for."""
BODY_S = 60.0
"""Seconds in which a body has to be there."""
MAX_ADDRESS = 8192
"""Bytes of a path with its query."""
CROWDED_S = 10
"""Seconds after which it is worth asking again, where there was no room (RFC 9110, 10.2.3)."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE | {"POST"}
"""No route of the site takes another one."""
FROM_ANYWHERE = "/u/"
"""One-click unsubscribing comes from mail programs and their servers (RFC 8058), with whatever headers they have."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
"""What no address of ours has; PostgreSQL takes no NUL in a text."""

ErrorPage = Callable[[Request, HTTPException], Response]


@dataclass
class Pace:
    """How often one IPv4 address, or IPv6 /64, may ask, at once and in a minute: to read, and to send a form."""

    reading: TokenBucket = field(default_factory=lambda: TokenBucket(600, 60.0))
    sending: TokenBucket = field(default_factory=lambda: TokenBucket(120, 60.0))
    trusted: Sequence[Network] = ()
    seconds: Callable[[], float] = time.monotonic


class Guard:
    """Answers with an error page, in the reader's language, what the site is not to see."""

    def __init__(self, app: ASGIApp, error_page: ErrorPage, public_url: str, pace: Pace) -> None:
        self._app = app
        self._error_page = error_page
        self._host = urlsplit(public_url).netloc
        self._pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            refusal = self._refusal(request)
            if refusal is not None:
                await self._error_page(request, refusal)(scope, receive, send)
                return
            receive = _Body(receive).receive
        await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> HTTPException | None:
        if CROWDED in request.scope.get("extensions", {}):
            return HTTPException(503, headers={"retry-after": str(CROWDED_S), "connection": "close"})
        path = request.scope.get("raw_path", b"") or b""
        if len(path) + len(request.scope.get("query_string", b"")) > MAX_ADDRESS:
            return HTTPException(414)
        if request.method not in METHODS:
            return HTTPException(405, headers={"allow": ", ".join(sorted(METHODS))})
        if _CONTROLS.search(request.scope["path"]):
            return HTTPException(404)
        length = request.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY:
            # A body of some length is let come in, unread: to a browser that is still sending when the connection
            # ends, that is all there is to see, and no page. What is longer no form of ours has sent.
            is_someones = length.isascii() and length.isdigit() and int(length) <= MOST_UNREAD
            return HTTPException(413, headers={} if is_someones else {"connection": "close"})
        is_safe = request.method in SAFE
        network = network_of(request, self._pace.trusted)
        if network:
            window = self._pace.reading if is_safe else self._pace.sending
            if wait := window.take(network, self._pace.seconds()):
                return HTTPException(429, headers={"retry-after": str(int(wait) + 1)})
        if not is_safe and not request.url.path.startswith(FROM_ANYWHERE) and not self._is_ours(request):
            return HTTPException(403)
        return None

    def _is_ours(self, request: Request) -> bool:
        """Say whether a form was sent from a page of this site, as far as the browser tells (Fetch Metadata, Origin).

        Old browsers tell neither. `null` is what others say of a page that lets no referrer out, as ours do not.
        """
        site = request.headers.get("sec-fetch-site", "")
        if site:
            return site in ("same-origin", "none")
        origin = request.headers.get("origin", "null")
        return origin == "null" or urlsplit(origin).netloc in (self._host, request.headers.get("host", ""))


class _Body:
    """What comes of a request, up to `MAX_BODY` bytes and `BODY_S` seconds. Raises HTTPException 413 and 408."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0
        self._is_whole = False
        self._until: float | None = None

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + BODY_S
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, headers={"connection": "close"}) from None
        self._bytes += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._bytes > MAX_BODY:
            raise HTTPException(413, headers={"connection": "close"})
        return message
