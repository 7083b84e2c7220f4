"""Mails as they are composed for the tests: a letterhead, rows of the ledger, and the message of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from briefings.delivery.compose import Composer, Letterhead
from briefings.delivery.rows import Row
from briefings.model.delivery import Purpose
from briefings.subscribers.subscriber import Format

DATE = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
HEAD = Letterhead(
    sender='"Exampleton safety" <news@briefings.example>',
    reply_domain="briefings.example",
    public_url="https://briefings.example",
    list_name="Exampleton community safety",
    secret=b"a secret of thirty-two characters",
)


def row(number: int, locale: str = "en-GB", format: Format = Format.HTML, address: str = "") -> Row:
    return Row(
        number, "riverside/2026-11-20-phones", "r1", locale, "email", f"subscriber:{number}", Purpose.BRIEFING, 0, "",
        subscriber_id=number, address=address or f"r{number}@example.org", format=format,
    )  # fmt: skip


def message(letterhead: Letterhead, parts: Mapping[str, str], one: Row, region: str = "riverside") -> bytes:
    """Return one row's message, with CRLF line ends, dots not doubled; `parts` is its locale's e-mail rendering."""
    envelope = Composer(letterhead, region, {one.locale: parts}, {}, DATE).envelope(one)
    if envelope.is_in_wire_form:
        return envelope.message.replace(b"\r\n..", b"\r\n.")
    return envelope.message
