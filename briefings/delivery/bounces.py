"""Mail that came back, read: what it is, and which delivery or subscriber it is about. Pure.

Only a signed token tells whom a mail is about: in the address it came to (bounces, unsubscribes),
or in the headers of the mail that a complaint returns. Everything else in it is hearsay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from briefings.delivery import mail_status
from briefings.delivery.return_address import Recipient, ReturnAddresses, Use
from briefings.model.untrusted_mail import embedded_headers, field, field_blocks, headers, parsed_head, parts, text_of


class ReturnKind(StrEnum):
    BOUNCE = "bounce"
    """Not delivered, and never will be. Its status may still be of class 4: given up after days."""
    DELAY = "delay"
    """Not delivered yet, or nobody can tell."""
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    CANARY = "canary"
    AUTO_REPLY = "auto-reply"
    """Written by a program (RFC 3834), or about a mail that did arrive: nothing follows from it."""
    OTHER = "other"
    """Nobody could read it: a person should."""


@dataclass(frozen=True)
class Returned:
    """What one mail is. Ids come from signed tokens only, 0 for none; `detail` holds no address."""

    kind: ReturnKind
    delivery_id: int = 0
    subscriber_id: int = 0
    status: str = ""
    detail: str = ""


_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_PARTS = frozenset(
    {"message/rfc822", "message/global", "message/rfc822-headers", "message/global-headers", "text/rfc822-headers"}
)
_NO_COMPLAINT = frozenset({"not-spam", "auth-failure"})
"""Feedback types that are no person's complaint (RFC 5965 7.3, RFC 6591)."""
_MAILER = re.compile(r"\b(?:mailer[-_.]?daemon|mail[-_. ]?deliver|postmaster@)", re.IGNORECASE)
_QMAIL = re.compile(r"\s*Hi\. This is the ")
"""How a bounce in the qmail-send bounce message format begins; it is never about a delay."""
_COPY = re.compile(
    r"^(?:[ \t]{0,8}-{3,20}(?:.{0,80}\bcopy\b| ?(?:Below|Original|Returned|Included))|"
    r"(?:Return-Path|Received|List-Unsubscribe): )",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a free text ends and our own mail, which holds figures of all kinds, begins."""


class ReturnReader:
    def __init__(self, addresses: ReturnAddresses) -> None:
        self._addresses = addresses

    def read(self, raw: bytes, recipient: Recipient | None, sender: str | None = None) -> Returned:
        """Return what a mail is. `sender` is its envelope's, if that is known; `<>` is normal. Never raises.

        Time and memory are bounded, whatever the mail is (see `model/untrusted_mail.py`).
        """
        if recipient is not None and recipient.use is Use.UNSUBSCRIBE:
            return Returned(ReturnKind.UNSUBSCRIBE, subscriber_id=recipient.id)
        if recipient is not None and recipient.use is Use.CANARY:
            return self._canary(headers(raw), sender)
        message = parsed_head(raw)
        if message is None:
            return Returned(ReturnKind.OTHER, detail="built too strangely to be taken apart")
        found = list(parts(message))
        types = [part.get_content_type() for part in found]
        delivery = recipient.id if recipient is not None and recipient.use is Use.BOUNCE else 0
        if "message/feedback-report" in types:
            return self._complaint(found, delivery)
        if report := next((part for part in found if part.get_content_type() in _STATUS_PARTS), None):
            return _signed(_delivery_report(report), delivery)
        if (free := _free_form(message, found, sender)) is not None:
            return _signed(free, delivery)
        if _is_automatic(message):
            return Returned(ReturnKind.AUTO_REPLY, delivery)
        return Returned(ReturnKind.OTHER, delivery, detail="no report, and not written by a program")

    def _canary(self, head: Message, sender: str | None) -> Returned:
        """Return the arrival of our own newsletter: of which delivery, its return path says."""
        delivery = self._addresses.delivery_in(f"{sender or ''} {field(head, 'Return-Path')}")
        subscriber = self._addresses.subscriber_in(field(head, "List-Unsubscribe"))
        if delivery or subscriber:
            return Returned(ReturnKind.CANARY, delivery, subscriber)
        return Returned(ReturnKind.OTHER, detail="sent to a canary, and no newsletter of ours")

    def _complaint(self, found: list[Message], delivery: int) -> Returned:
        """Read an abuse report (RFC 5965). Providers blacken much of it: any signed token will do."""
        subscriber, feedback = 0, "abuse"
        for part in found:
            kind = part.get_content_type()
            if kind == "message/feedback-report":
                for block in field_blocks(part):
                    feedback = field(block, "Feedback-Type", 40).lower() or feedback
                    delivery = delivery or self._addresses.delivery_in(field(block, "Original-Mail-From"))
            elif kind in _RETURNED_PARTS and (head := embedded_headers(part)) is not None:
                delivery = delivery or self._addresses.delivery_in(field(head, "Return-Path"))
                subscriber = subscriber or self._addresses.subscriber_in(field(head, "List-Unsubscribe"))
        if feedback in _NO_COMPLAINT:
            return Returned(ReturnKind.OTHER, detail="a report that is no complaint")
        if not delivery and not subscriber:
            return Returned(ReturnKind.OTHER, detail="a complaint that names no mail of ours")
        word = feedback if feedback in ("abuse", "fraud", "virus", "opt-out") else "other"
        return Returned(ReturnKind.COMPLAINT, delivery, subscriber, detail=f"reported as {word}")


def _signed(returned: Returned, delivery: int) -> Returned:
    """Return a report with the delivery it is about; without one it is anybody's."""
    if not delivery:
        return Returned(ReturnKind.OTHER, detail=f"{returned.kind}: it came to no signed address")
    detail = mail_status.meaning(returned.status) if returned.status else "no status given"
    return Returned(returned.kind, delivery, status=returned.status, detail=detail)


def _delivery_report(part: Message) -> Returned:
    """Read a delivery report (RFC 3464, RFC 6533).

    All recipients in it stand for the one address of ours, which somebody forwards: it has failed
    only if all of them have, and then in the mildest way that one of them has.
    """
    recipients = list(_recipients(part))
    if not recipients:
        return Returned(ReturnKind.DELAY)
    return min(recipients, key=_severity)


def _recipients(part: Message) -> Iterator[Returned]:
    for block in field_blocks(part):
        action = field(block, "Action", 40).lower()
        status = mail_status.from_fields(field(block, "Status", 100), field(block, "Diagnostic-Code"))
        if not action and not status:
            continue  # the fields about the whole mail (RFC 3464 2.2)
        if action.startswith(("delivered", "relayed", "expanded")) or (not action and status.startswith("2.")):
            yield Returned(ReturnKind.AUTO_REPLY, status=status)
        elif action.startswith("delayed") or (not action.startswith("failed") and status.startswith("4.")):
            yield Returned(ReturnKind.DELAY, status=status)
        else:
            yield Returned(ReturnKind.BOUNCE, status=status)


def _severity(returned: Returned) -> int:
    status = returned.status
    if returned.kind is not ReturnKind.BOUNCE:
        return 0 if returned.kind is ReturnKind.AUTO_REPLY else 1
    if status in mail_status.DEAD_ADDRESS:
        return 4
    return 3 if mail_status.is_hard(status) else 2


def _free_form(message: Message, found: list[Message], sender: str | None) -> Returned | None:
    """Read a bounce in words; None where it does not look like one."""
    text = next((text_of(part) for part in found if part.get_content_maintype() == "text"), "")
    has_failed = bool(message.get("X-Failed-Recipients")) or bool(_QMAIL.match(text))  # Exim, qmail
    is_by_mailer = has_failed or bool(_MAILER.search(field(message, "From")))
    is_null = sender in ("", "<>") or field(message, "Return-Path") == "<>"  # replies by programs have that, too
    if not is_by_mailer and (not is_null or _is_automatic(message)):
        return None
    if copy := _COPY.search(text):
        text = text[: copy.start()]
    status = mail_status.from_text(f"{field(message, 'Subject')}\n{text}", is_sure=is_by_mailer)
    return Returned(ReturnKind.BOUNCE if has_failed or status.startswith("5.") else ReturnKind.DELAY, status=status)


def _is_automatic(message: Message) -> bool:
    """Say whether a program wrote a mail: RFC 3834, and what was there before it."""
    submitted = field(message, "Auto-Submitted", 40).lower()
    if submitted and not submitted.startswith("no"):
        return True
    if any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")):
        return True
    return field(message, "Precedence", 40).lower() in ("auto_reply", "bulk", "junk", "list")
