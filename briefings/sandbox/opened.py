"""A caught mail opened: its HTML, its text and its headers, as a mail programme would show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser

from briefings.model.untrusted_mail import DEPTH_LIMIT, HEADER_LIMIT, PARTS_LIMIT, header_block, headers
from briefings.sandbox.caught import readable


@dataclass(frozen=True)
class Opened:
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[str, ...] = ()


def open_mail(raw: bytes) -> Opened:
    """Take a mail apart. Where it is too strange to be parsed safely, only its headers come out."""
    block = header_block(raw)
    lines = tuple((name, readable(str(value))) for name, value in headers(raw).items())
    if len(block) >= HEADER_LIMIT or raw.count(b"\n--") > PARTS_LIMIT * 3:
        return Opened("", "", lines)
    html, text, attachments = "", "", []
    for part in _leaves(BytesParser().parsebytes(raw), DEPTH_LIMIT):
        kind = part.get_content_type()
        if part.get_filename() or part.get_content_maintype() != "text":
            attachments.append(part.get_filename() or kind)
        elif kind == "text/html":
            html = html or _content(part)
        else:
            text = text or _content(part)
    return Opened(html, text, lines, tuple(attachments))


def _leaves(part: Message, depth: int) -> Iterator[Message]:
    if not part.is_multipart():
        yield part
    elif depth:
        for child in part.get_payload():
            if isinstance(child, Message):
                yield from _leaves(child, depth - 1)


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
