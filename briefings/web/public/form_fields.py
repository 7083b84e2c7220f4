"""What a form sent: read within limits before it is parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY = 64 * 1024
"""Bytes of a form: a message of full length in any script, percent-encoded."""
MAX_FIELDS = 100
"""A sign-up names up to all wards of a borough."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""What no HTML page may hold, even escaped (HTML 13.1.3); line ends and tabs stay."""

PRIVATE = {"cache-control": "no-store", "x-robots-tag": "noindex"}
"""Headers of a page that is about one person, or that answers a form."""


@dataclass(frozen=True)
class Fields:
    """The fields of a form by name, each with every value it was given, in order."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return the first value of a field, on one line and without what no text holds; empty where there is none."""
        return " ".join(self.text(name).split())

    def text(self, name: str) -> str:
        """Return the first value of a field with its lines."""
        first = next(iter(self.values.get(name, ())), "")
        return _CONTROLS.sub("", first.replace("\r\n", "\n")).strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a field once, in order."""
        return tuple(dict.fromkeys(self.values.get(name, ())))


async def read_fields(request: Request, max_body: int = MAX_BODY) -> Fields:
    """Read a form, capped before it is parsed. Raises HTTPException 413, 415 or 400."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_body:
            raise HTTPException(413)
    try:
        return Fields(parse_qs(body.decode("ascii"), max_num_fields=MAX_FIELDS, errors="replace"))
    except ValueError as error:
        raise HTTPException(400) from error
