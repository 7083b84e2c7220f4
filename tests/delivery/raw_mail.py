"""A mail's raw bytes, read with as little help as can be, so that a parser's kindness hides nothing."""

from __future__ import annotations

import re
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr


def fields(raw: bytes) -> list[tuple[str, str]]:
    """Read a message's header as RFC 5322 has it, with nobody's parser: names, and values as they are folded."""
    head = raw.partition(b"\r\n\r\n")[0].decode("utf-8")
    assert head.count("\r\n") == head.count("\r") == head.count("\n")
    whole = re.split(r"\r\n(?![ \t])", head)
    return [(name, value.removeprefix(" ")) for name, _, value in (line.partition(":") for line in whole)]


def lines_over(limit: int, raw: bytes) -> list[bytes]:
    return [line for line in raw.split(b"\r\n") if len(line) > limit]


def unfolded(value: str) -> str:
    return re.sub(r"\r\n(?=[ \t])", "", value)


def spoken(value: str) -> str:
    """Return a phrase before an address as a reader sees it; encoded words are joined first (RFC 2047 section 6.2)."""
    name = parseaddr(unfolded(value))[0]
    return str(make_header(decode_header(name))) if "=?utf-8?B?" in name else name


def decoded(part: Message) -> str:
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode("utf-8").replace("\r\n", "\n")
