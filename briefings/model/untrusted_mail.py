"""Mail that others wrote, parsed within bounds: a hostile one can cost the standard parser minutes and gigabytes.

Only the head of a mail is parsed: what a report says stands before the mail it returns. Before the
parser sees it, everything that drives its time (lines x nested containers, the parameters of one
header) has been counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser, Parser

MAIL_LIMIT = 15 * 1024 * 1024
"""Bytes of a mail that are taken at all."""
HEADER_LIMIT = 64 * 1024
"""Bytes of a header block that are parsed: the standard parser takes seconds on longer ones."""
PARTS_LIMIT = 100
DEPTH_LIMIT = 20
READ_LIMIT = 256 * 1024
"""Bytes at the start of a mail that `parsed_head` looks at."""
TEXT_LIMIT = 16 * 1024
"""Characters of a part's text that are looked at."""
_LINES_LIMIT = 20_000
_PARAMETERS_LIMIT = 4096
"""Characters of one Content-... header: reading its parameters takes the square of that."""

_CONTAINER = re.compile("multipart/|message/", re.IGNORECASE)  # nothing nests without one of these words
_CONTENT_HEADER = re.compile(r"^content-[a-z-]{1,40}:(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def header_block(raw: bytes) -> bytes:
    """Return a message's header lines, at most HEADER_LIMIT bytes of them."""
    gaps = (b"\r\n\r\n", b"\n\n")
    ends = [end + len(gap) // 2 for gap in gaps if (end := raw.find(gap, 0, HEADER_LIMIT)) >= 0]
    return raw[: min(ends, default=HEADER_LIMIT)]


def headers(raw: bytes) -> Message:
    """Return a message's headers. Raw UTF-8 in them is allowed (SMTPUTF8, RFC 6532)."""
    return HeaderParser().parsestr(header_block(raw).decode("utf-8", "replace"))


def parsed_head(raw: bytes) -> Message | None:
    """Return a mail as far as READ_LIMIT goes, or None where it is too strange to be parsed safely."""
    if len(header_block(raw)) >= HEADER_LIMIT:
        return None
    head = raw[:READ_LIMIT].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    if (
        head.count("\n") > _LINES_LIMIT
        or head.count("\n--") > PARTS_LIMIT * 3  # a part has one such line, and texts have some
        or len(_CONTAINER.findall(head)) > DEPTH_LIMIT
        or any(len(found[1]) > _PARAMETERS_LIMIT for found in _CONTENT_HEADER.finditer(head))
    ):
        return None
    try:
        return Parser().parsestr(head)
    except Exception:  # the standard parser has raised half a dozen kinds over the years
        return None


def parts(message: Message) -> Iterator[Message]:
    """Yield a message and all parts of its multiparts, in order; a mail inside of it is one part."""
    waiting = [(message, 0)]
    while waiting:
        part, depth = waiting.pop()
        yield part
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list) and depth < DEPTH_LIMIT:
            waiting += [(child, depth + 1) for child in reversed(payload) if isinstance(child, Message)]


def text_of(part: Message) -> str:
    """Return the start of a part's text, its transfer encoding taken off; unknown characters are replaced."""
    payload = part.get_payload()
    text = (
        "\n\n".join(_as_text(one) for one in payload if isinstance(one, Message)) if isinstance(payload, list) else ""
    )
    text = text or (payload if isinstance(payload, str) else "")
    encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    if encoding in ("base64", "quoted-printable"):
        carrier = Message()
        carrier["Content-Transfer-Encoding"] = encoding
        carrier.set_payload(text)
        decoded = carrier.get_payload(decode=True)
        text = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else ""
    return text[:TEXT_LIMIT].replace("\r\n", "\n")


def field_blocks(part: Message) -> list[Message]:
    """Return the blocks of fields that a report part holds, such as those of RFC 3464 or RFC 5965."""
    blocks = _BLANK_LINE.split(text_of(part))
    return [HeaderParser().parsestr(block.lstrip("\n")) for block in blocks if ":" in block]


def embedded_headers(part: Message) -> Message | None:
    """Return the headers of a mail that a part holds, whole or only those (RFC 3462, text/rfc822-headers)."""
    payload = part.get_payload()
    if isinstance(payload, list):
        first = payload[0] if payload else None
        return first if isinstance(first, Message) else None
    return HeaderParser().parsestr(text_of(part).lstrip("\n"))


def field(message: Message, name: str, limit: int = 1000) -> str:
    """Return the start of a field in one line; empty where it is absent."""
    return " ".join(str(message.get(name) or "")[:limit].split())


def _as_text(message: Message) -> str:
    payload = message.get_payload()
    lines = "\n".join(f"{name}: {value}" for name, value in message.items())
    return f"{lines}\n\n{payload}" if isinstance(payload, str) and payload.strip() else lines
