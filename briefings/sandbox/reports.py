"""Reports about a mail, as other mail systems send them back: bounces (RFC 3464) and complaints (RFC 5965)."""

from __future__ import annotations

from datetime import datetime
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from hashlib import sha256

_POLICY = compat32.clone(linesep="\r\n", max_line_length=998)


def bounce_report(return_path: str, recipient: str, raw: bytes, at: datetime) -> bytes:
    """Return the notification that a mail which had been taken could not be delivered (RFC 3464).

    `return_path` is the envelope sender of the mail `raw`: who gets this.
    """
    host = _host_of(recipient)
    per_message = _fields(("Reporting-MTA", f"dns; {host}"), ("Arrival-Date", format_datetime(at)))
    per_recipient = _fields(
        ("Final-Recipient", f"rfc822; {recipient}"),
        ("Action", "failed"),
        ("Status", "5.1.1"),
        ("Remote-MTA", f"dns; {host}"),
        ("Diagnostic-Code", "smtp; 550 5.1.1 Simulated: this mailbox does not exist any more"),
    )
    machine_readable = MIMEBase("message", "delivery-status")
    machine_readable.set_payload([per_message, per_recipient])
    words = (
        f"This is the mail system at host {host}.\n\n"
        "Your message had been accepted, and could not be delivered after all:\n\n"
        f"<{recipient}>: 550 5.1.1 Simulated: this mailbox does not exist any more\n"
    )
    report = _report("delivery-status", words, machine_readable)
    report["From"] = f"Mail Delivery System <mailer-daemon@{host}>"
    report["To"] = f"<{return_path}>"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    return _finished(report, host, at, _as_it_lay(return_path, raw))


def complaint_report(return_path: str, recipient: str, raw: bytes, at: datetime, to: str) -> bytes:
    """Return the report that the reader of a mail called it unwanted (RFC 5965), addressed `to` whoever gets them."""
    host = _host_of(recipient)
    feedback = _fields(
        ("Feedback-Type", "abuse"),
        ("User-Agent", "briefings-sandbox/1"),
        ("Version", "1"),
        ("Original-Mail-From", f"<{return_path}>"),
        ("Original-Rcpt-To", f"<{recipient}>"),
        ("Arrival-Date", format_datetime(at)),
        ("Reported-Domain", return_path.rpartition("@")[2]),
    )
    machine_readable = MIMEBase("message", "feedback-report")
    machine_readable.set_payload([feedback])
    words = f"This is an email abuse report for an email message received by {host}.\n"
    report = _report("feedback-report", words, machine_readable)
    report["From"] = f"Feedback loop <feedback@{host}>"
    report["To"] = f"<{to}>"
    report["Subject"] = "Complaint about a message of yours"
    return _finished(report, host, at, _as_it_lay(return_path, raw))


def _report(kind: str, words: str, machine_readable: Message) -> MIMEMultipart:
    """Return a multipart/report (RFC 6522): words for people, fields for programs, room for the mail it is about."""
    report = MIMEMultipart("report", report_type=kind)
    report.attach(MIMEText(words, "plain", "us-ascii" if words.isascii() else "utf-8"))
    report.attach(machine_readable)
    return report


def _fields(*pairs: tuple[str, str]) -> Message:
    fields = Message()
    for name, value in pairs:
        fields[name] = value
    return fields


def _as_it_lay(return_path: str, raw: bytes) -> bytes:
    """Return a mail as it lay in the mailbox, Return-Path on top (RFC 5321 section 4.4)."""
    return f"Return-Path: <{return_path}>\r\n".encode() + raw


def _finished(report: MIMEMultipart, host: str, at: datetime, returned: bytes) -> bytes:
    """Return the report's bytes with the mail in it to the byte: the standard library would write it anew."""
    digest = sha256(returned).hexdigest()
    place = MIMEBase("message", "rfc822")
    if not returned.isascii():
        place["Content-Transfer-Encoding"] = "8bit"
    place.set_payload(digest)
    report.attach(place)
    report.set_boundary(f"=_{digest}")  # which the mail cannot hold
    report["Date"] = format_datetime(at)
    report["Message-ID"] = f"<{digest[:32]}.{report.get_param('report-type')}@{host}>"
    head, _, tail = report.as_bytes(policy=_POLICY).rpartition(b"\r\n\r\n" + digest.encode())
    return head + b"\r\n\r\n" + returned + tail


def _host_of(recipient: str) -> str:
    return f"mx.{recipient.rpartition('@')[2] or 'localhost'}"
