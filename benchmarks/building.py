"""Building messages: a join for each recipient, against the standard library's EmailMessage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from benchmarks.shipped import TEMPLATES, shipped
from briefings.delivery.message import compile_message
from briefings.model.slots import PREFERENCES_URL_SLOT, UNSUBSCRIBE_URL_SLOT
from briefings.rendering.email import EmailRendering, render_email

OURS, THEIRS = 2000, 40


def builder(mail: EmailRendering) -> Callable[[int], bytes]:
    """Compile a mail, as for a mailing; return what builds the message to one recipient, by a number."""
    compiled = compile_message(
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        locale="en-GB",
        sender="Briefings <briefings@briefings.example>",
        list_id="north.en-gb.briefings.example",
        list_name="Briefings",
        date=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )

    def ours(number: int) -> bytes:
        url = f"https://briefings.example/u/{number:040d}"
        own = f"https://briefings.example/en-GB/preferences/{number:040d}"
        return compiled.for_recipient(
            address=f"resident{number}@example.org",
            message_id=f"<{number}@briefings.example>",
            unsubscribe_url=url,
            slots={UNSUBSCRIBE_URL_SLOT: url, PREFERENCES_URL_SLOT: own},
        )

    return ours


def run() -> Iterator[tuple[str, ...]]:
    _, site, editions = shipped()
    mail = render_email(editions[0], site, TEMPLATES)
    ours = builder(mail)
    each_ours, each_theirs = _each(ours, OURS), _each(lambda n: standard_message(mail, n).as_bytes(), THEIRS)
    yield (
        "build a message for one recipient", f"{each_ours * 1e6:.0f} us", f"EmailMessage {each_theirs * 1e6:.0f} us",
        f"{each_theirs / each_ours:.0f} x", ">= 10 x",
    )  # fmt: skip


def standard_message(mail: EmailRendering, number: int) -> EmailMessage:
    """Build one recipient's message as the standard library's documentation shows it."""
    url = f"https://briefings.example/u/{number:040d}"
    message = EmailMessage(SMTP)
    message["From"] = "Briefings <briefings@briefings.example>"
    message["To"] = f"resident{number}@example.org"
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{number}@briefings.example>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    own = f"https://briefings.example/en-GB/preferences/{number:040d}"
    text, html = (
        part.replace(UNSUBSCRIBE_URL_SLOT, url).replace(PREFERENCES_URL_SLOT, own) for part in (mail.text, mail.html)
    )
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _each(build: Callable[[int], bytes], count: int) -> float:
    """Return the seconds one call takes."""
    start = time.perf_counter()
    for number in range(count):
        build(number)
    return (time.perf_counter() - start) / count
