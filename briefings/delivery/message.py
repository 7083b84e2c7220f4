"""Messages: a newsletter is compiled once per rendering; after that a recipient costs one join.

Every byte that is the same for all recipients is encoded at compile time. What differs (To,
Message-ID, the one-click headers and the slots in the bodies) is checked, encoded and put between.
Bodies are quoted-printable, for a slot can stand in it: a soft line break on either side keeps its
value off the lines around it, whatever its length.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import NamedTuple

from briefings.delivery import headers as header
from briefings.delivery.headers import CRLF, checked_address
from briefings.delivery.wire_form import stuffed
from briefings.model.errors import Refused
from briefings.model.slots import SLOTS

_SLOT_VALUE = re.compile(rf"{header.URL_CHARACTERS}+")
_LINE = 76
"""Octets of a line of quoted-printable, its soft line break included (RFC 2045, 6.7)."""
QUOTED_PRINTABLE = b'; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'


class Envelope(NamedTuple):
    """One message to one recipient. `mail_from` is the return path (VERP).

    `is_in_wire_form`: every line ends in CRLF, and the dots at the starts of lines are doubled already.
    `is_ascii`: all of it is known to be ASCII, so that nobody needs to look.
    """

    mail_from: str
    rcpt_to: str
    message: bytes
    is_in_wire_form: bool = False
    is_ascii: bool = False


@dataclass(frozen=True)
class CompiledMessage:
    """A message with gaps. Make one with `compile_message`.

    `pieces` are the bytes in order, the first being the recipient's headers; `gaps` maps a slot to
    the places in `pieces` where its value goes, those in text and those in HTML. Every piece is whole
    lines, so `wire_pieces` are the same with their dots doubled, once for all recipients. All is ASCII
    but, perhaps, the recipient's address.
    """

    pieces: tuple[bytes, ...]
    gaps: Mapping[str, tuple[list[int], list[int]]]
    wire_pieces: tuple[bytes, ...]

    def for_recipient(
        self,
        *,
        address: str,
        message_id: str,
        unsubscribe_url: str,
        unsubscribe_mailto: str | None = None,
        slots: Mapping[str, str],
        for_the_wire: bool = False,
    ) -> bytes:
        """Return the message for one recipient, with CRLF line ends, dot-stuffed only `for_the_wire`.

        `slots` maps each slot of the message to what replaces it; further keys are allowed.
        Raises Permanent for an address that cannot be mailed, Refused for any other value that
        cannot be sent. List-Unsubscribe stays on one line: receivers look for it whole (RFC 8058).
        """
        pieces = list(self.wire_pieces if for_the_wire else self.pieces)
        pieces[0] = _recipient_headers(address, message_id, unsubscribe_url, unsubscribe_mailto)
        for slot, (in_text, in_html) in self.gaps.items():
            value = slots.get(slot, "")
            octets = _slot_value(slot, value, for_the_wire)
            for place in in_text:
                pieces[place] = octets
            if in_html and (escaped := escape(value)) != value:
                octets = _slot_value(slot, escaped, for_the_wire)
            for place in in_html:
                pieces[place] = octets
        return b"".join(pieces)


def compile_message(
    *,
    subject: str,
    text: str,
    html: str | None,
    locale: str,
    sender: str,
    list_id: str,
    list_name: str,
    date: datetime,
    slots: Collection[str] = SLOTS,
    list_help: str | None = None,
    list_archive: str | None = None,
    list_post: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> CompiledMessage:
    """Encode all of a message but what is a recipient's own.

    `slots` are the strings in `text` and `html` that stand for a recipient's own values; `sender`
    is a mailbox (`Name <address>`), `list_post` a URL or NO. Without `html` the message is text
    only. A final line break is added to a part that has none. Raises Refused, naming the value.
    """
    if date.tzinfo is None:
        raise Refused("the date of a message needs a time zone")
    head = [
        header.mailbox("From", sender),
        header.unstructured("Subject", subject),
        header.ascii_only("Date", format_datetime(date)),
        header.ascii_only("MIME-Version", "1.0"),
        header.ascii_only("Content-Language", header.matching(header.HEADER_NAME, locale, "Content-Language")),
        header.named("List-Id", list_name, header.matching(header.LIST_ID, list_id, "List-Id")),
        # Not "All": that would suppress the bounces (NDR) which the VERP return path is there for.
        header.ascii_only("X-Auto-Response-Suppress", "OOF, AutoReply"),
        header.ascii_only("Precedence", "bulk"),
    ]
    for name, url in (("List-Help", list_help), ("List-Archive", list_archive), ("List-Post", list_post)):
        if url:
            value = "NO" if url == "NO" and name == "List-Post" else f"<{header.matching(header.URL, url, name)}>"
            head.append(header.ascii_only(name, value))
    head.extend(header.further(name, value) for name, value in (headers or {}).items())

    pieces, gaps = [b"", b"".join(head)], dict[str, tuple[list[int], list[int]]]()

    def add(body: str, in_html: bool) -> None:
        pieces.append((b"Content-Type: text/html" if in_html else b"Content-Type: text/plain") + QUOTED_PRINTABLE)
        for is_slot, piece in _split_at(slots, body):
            if is_slot:
                gaps.setdefault(piece, ([], []))[in_html].append(len(pieces))
            pieces.append(b"" if is_slot else quoted(piece, before_slot=not piece.endswith("\n")))

    if html is None:
        add(text, in_html=False)
        return _compiled(pieces, gaps)
    # "=_" cannot occur in quoted-printable (RFC 2045 6.7), so no body can hold the boundary; made
    # of the content, for one rendering always gives the same bytes.
    boundary = b"=_" + sha256(repr((text, html)).encode()).hexdigest()[:32].encode()
    pieces.append(b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n--%b\r\n' % (boundary, boundary))
    add(text, in_html=False)
    pieces.append(b"\r\n--%b\r\n" % boundary)
    add(html, in_html=True)
    pieces.append(b"\r\n--%b--\r\n" % boundary)
    return _compiled(pieces, gaps)


def _compiled(pieces: list[bytes], gaps: Mapping[str, tuple[list[int], list[int]]]) -> CompiledMessage:
    return CompiledMessage(tuple(pieces), gaps, tuple(stuffed(piece) for piece in pieces))


def _recipient_headers(address: str, message_id: str, url: str, mailto: str | None) -> bytes:
    ways = [f"<{header.matching(header.URL, way, 'List-Unsubscribe')}>" for way in (url, mailto) if way]
    if not url.startswith("http"):
        raise Refused("one-click unsubscribing needs a web address (RFC 8058)")
    return (
        f"To: {checked_address(address)}\r\n".encode()
        + header.ascii_only("Message-ID", header.matching(header.MESSAGE_ID, message_id, "Message-ID"))
        + header.ascii_only("List-Unsubscribe", ", ".join(ways))
        + b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )


def _slot_value(slot: str, value: str, for_the_wire: bool) -> bytes:
    if not _SLOT_VALUE.fullmatch(value):
        raise Refused(f"the value for {slot} is missing or holds characters that may not stand in a URL")
    octets = value.encode("ascii")
    if b"=" in octets or len(octets) >= _LINE:
        octets = b2a_qp(octets, istext=False).replace(b"\n", CRLF)
    octets += b"=\r\n"
    return stuffed(octets) if for_the_wire else octets


def _split_at(slots: Collection[str], body: str) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is a slot, text) in order. The longest slot wins where one begins another."""
    body = body.replace("\r\n", "\n")
    if not body.endswith("\n"):
        body += "\n"
    if not slots:
        yield False, body
        return
    by_length = sorted(slots, key=len, reverse=True)
    for index, piece in enumerate(re.split("(" + "|".join(map(re.escape, by_length)) + ")", body)):
        if piece:
            yield index % 2 == 1, piece


def quoted(text: str, before_slot: bool = False) -> bytes:
    """Return text as quoted-printable from the start of a line on; lines of at most 76 octets."""
    lines = [b2a_qp(line, istext=False).replace(b"\n", CRLF) for line in header.utf8(text, "the text").split(b"\n")]
    quoted = CRLF.join(lines)
    return _broken_off(quoted) if before_slot else quoted


def _broken_off(quoted: bytes) -> bytes:
    """Return quoted-printable with a soft line break at its end, for which a full last line has no room."""
    start = quoted.rfind(CRLF) + len(CRLF) if CRLF in quoted else 0
    last = quoted[start:]
    if len(last) < _LINE:
        return quoted + b"=\r\n"
    cut = len(last) // 2
    while b"=" in last[cut - 2 : cut]:  # not inside of an escape such as =C3
        cut -= 1
    return quoted[:start] + last[:cut] + b"=\r\n" + last[cut:] + b"=\r\n"
