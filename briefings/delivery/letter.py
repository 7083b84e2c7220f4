"""Letters on the wire: one message to one person, of which nothing is shared with any other."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from briefings.delivery import headers as header
from briefings.delivery.headers import checked_address
from briefings.delivery.message import QUOTED_PRINTABLE, Envelope, quoted
from briefings.model.errors import Refused


def letter_envelope(
    *,
    address: str,
    subject: str,
    text: str,
    html: str,
    locale: str,
    sender: str,
    message_id: str,
    date: datetime,
) -> Envelope:
    """Return a letter with CRLF line ends, its dots not doubled.

    It answers what somebody did, so it is marked as automatic (RFC 3834) and has the null return path (RFC 5321
    4.5.5): nobody who writes a stranger's address into a form makes bounces for us to read. Raises Permanent for an
    address that cannot be mailed, Refused for any other value.
    """
    if date.tzinfo is None:
        raise Refused("the date of a letter needs a time zone")
    # "=_" cannot occur in quoted-printable (RFC 2045 6.7), so no part can hold the boundary.
    boundary = b"=_" + sha256(repr((text, html)).encode("utf-8", "surrogatepass")).hexdigest()[:32].encode()
    head = b"".join((
        f"To: {checked_address(address)}\r\n".encode(),
        header.ascii_only("Message-ID", header.matching(header.MESSAGE_ID, message_id, "Message-ID")),
        header.mailbox("From", sender),
        header.unstructured("Subject", subject),
        header.ascii_only("Date", format_datetime(date)),
        header.ascii_only("MIME-Version", "1.0"),
        header.ascii_only("Content-Language", header.matching(header.HEADER_NAME, locale, "Content-Language")),
        header.ascii_only("Auto-Submitted", "auto-generated"),
        header.ascii_only("X-Auto-Response-Suppress", "All"),
    ))  # fmt: skip
    parts = b"".join((
        b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n--%b\r\n' % (boundary, boundary),
        b"Content-Type: text/plain" + QUOTED_PRINTABLE + quoted(text),
        b"\r\n--%b\r\n" % boundary,
        b"Content-Type: text/html" + QUOTED_PRINTABLE + quoted(html),
        b"\r\n--%b--\r\n" % boundary,
    ))  # fmt: skip
    return Envelope("", address, head + parts)
