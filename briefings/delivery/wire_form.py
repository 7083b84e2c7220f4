"""The wire form: a message as it follows DATA (RFC 5321 4.5.2)."""

from __future__ import annotations

import re

from briefings.delivery.headers import CRLF

_LINE_BREAK = re.compile(rb"\r\n|\r|\n")


def wire_form(message: bytes) -> bytes:
    """Return a message as it follows DATA: every line ends in CRLF, dots doubled (RFC 5321 4.5.2).

    No bare CR or LF reaches the wire: servers that take one for a line's end could be made to see
    the end of the message, and a second message, inside it (SMTP smuggling).
    """
    breaks = message.count(CRLF)
    if message.count(b"\r") != breaks or message.count(b"\n") != breaks:
        message = _LINE_BREAK.sub(CRLF, message)
    if not message.endswith(CRLF):
        message += CRLF
    return (b"." if message.startswith(b".") else b"") + message.replace(b"\r\n.", b"\r\n..")


def stuffed(lines: bytes) -> bytes:
    """Return whole lines, which end in CRLF, with the dots at their starts doubled."""
    return (b"." if lines.startswith(b".") else b"") + lines.replace(b"\r\n.", b"\r\n..")
