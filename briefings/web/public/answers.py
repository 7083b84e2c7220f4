"""Answers that can be asked for again cheaply: kept in memory while nothing changes, 304 where known."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from briefings.web.public.source import PublicSite

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
REVALIDATE = "public, no-cache"
"""Kept by anybody, asked about each time: a correction or withdrawal is seen at once."""
FOR_EVER = "public, max-age=31536000, immutable"
ROOM = 96 * 1024 * 1024
"""Bytes of answers that are kept ready: all pages of some ten thousand editions."""


LEAST_COMPRESSED = 1024
"""Bytes of a body below which compressing it saves nothing."""


@dataclass(frozen=True)
class Answer:
    """A whole answer. `modified` is aware; the ETag comes from the content.

    Text is compressed once, when the answer is made, and kept so: readers on phones pay for bytes, feeds are long, and
    five times as many pages are ready. Who takes nothing compressed has it unpacked. Nothing that is one person's own
    is in an answer, so its length tells nothing.
    """

    body: InitVar[bytes]
    media_type: str
    modified: datetime
    cache: str = REVALIDATE
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: bytes = field(init=False)
    is_compressed: bool = field(init=False)

    def __post_init__(self, body: bytes) -> None:
        is_compressed = len(body) >= LEAST_COMPRESSED and not self.media_type.startswith("image/")
        object.__setattr__(self, "is_compressed", is_compressed)
        object.__setattr__(self, "kept", gzip.compress(body, 6, mtime=0) if is_compressed else body)
        varies = [self.headers["vary"]] if "vary" in self.headers else []
        known = {
            "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "last-modified": format_datetime(self.modified.astimezone(UTC), usegmt=True),
            "cache-control": self.cache,
            **self.headers,
            **({"vary": ", ".join([*varies, "accept-encoding"])} if is_compressed else {}),
        }
        object.__setattr__(self, "headers", known)

    def whole(self) -> bytes:
        """Return the body as it was given."""
        return gzip.decompress(self.kept) if self.is_compressed else self.kept


def respond(request: Request, answer: Answer) -> Response:
    """Answer 200 with the body, or 304 to a reader who has it (RFC 9110, 13.1.2 and 13.1.3)."""
    headers = dict(answer.headers)
    as_kept = answer.is_compressed and _takes_gzip(request.headers.get("accept-encoding", ""))
    if as_kept:
        headers["etag"] = _compressed_tag(headers["etag"])
    if datetime.now(UTC) - answer.modified < timedelta(seconds=2):
        # Dates in HTTP count whole seconds: two changes in one of them would look like one.
        del headers["last-modified"]
    if answer.status == 200 and _is_known(request, answer):
        return Response(status_code=304, headers=headers)
    if as_kept:
        headers["content-encoding"] = "gzip"
    body = answer.kept if as_kept else answer.whole()
    return Response(body, answer.status, media_type=answer.media_type, headers=headers)


def _takes_gzip(accepted: str) -> bool:
    """Say whether a reader takes gzip (RFC 9110, 12.5.3); `*` and weights other than none are not told apart."""
    codings = (part.partition(";") for part in accepted.lower().split(","))
    return any(
        name.strip() == "gzip" and weight.replace(" ", "") not in ("q=0", "q=0.0") for name, _, weight in codings
    )


def _compressed_tag(tag: str) -> str:
    """Return the ETag of the same content compressed: other bytes, so another tag (RFC 9110, 8.8.3)."""
    return f'{tag[:-1]}-gzip"'


def _is_known(request: Request, answer: Answer) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        own = answer.headers["etag"]
        return "*" in known or own in known or _compressed_tag(own) in known
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except (ValueError, OverflowError):  # a year of eleven digits
        return False
    return answer.modified.replace(microsecond=0) <= moment.replace(tzinfo=moment.tzinfo or UTC)


class Shelf:
    """Answers by key, all thrown away when anything public changes, and the longest unused ones when it is full."""

    def __init__(self, source: PublicSite, room: int = ROOM) -> None:
        """`room` is in bytes, as they are kept."""
        self._source = source
        self._room = room
        self._token = ""
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._filled = 0
        self._being_built: dict[str, asyncio.Task[Answer | None]] = {}

    async def answer(self, key: str, build: Callable[[datetime], Answer | None]) -> Answer:
        """Return the answer for a key; `build` gets the time of the last change. 404 where it gives None.

        Who asks for what is being built waits for that.
        """
        change = self._source.change()
        if change.token != self._token:
            self._token, self._filled = change.token, 0
            self._kept.clear()
            self._being_built = {}
        answer = self._kept.get(key)
        if answer is not None:
            self._kept.move_to_end(key)
            return answer
        being_built = self._being_built
        task = being_built.get(key)
        if task is None:
            task = being_built[key] = asyncio.ensure_future(run_in_threadpool(build, change.at))
            task.add_done_callback(lambda _: being_built.pop(key, None))
        answer = await asyncio.shield(task)
        if answer is None:
            raise HTTPException(404)
        if change.token == self._token and key not in self._kept:
            self._keep(key, answer)
        return answer

    def _keep(self, key: str, answer: Answer) -> None:
        self._kept[key] = answer
        self._filled += len(answer.kept)
        while self._filled > self._room and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._filled -= len(oldest.kept)
