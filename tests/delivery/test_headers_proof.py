"""Headers, proved on the raw bytes: whole, short, and no value ever begins one of its own."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import parseaddr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefings.delivery.compose import Letterhead
from briefings.delivery.message import CompiledMessage, compile_message
from briefings.model.errors import Permanent, Refused
from briefings.model.slots import PREFERENCES_URL_SLOT, UNSUBSCRIBE_URL_SLOT
from briefings.subscribers.subscriber import Format
from tests.delivery.composed import DATE, HEAD, message, row
from tests.delivery.raw_mail import decoded, fields, lines_over, spoken, unfolded
from tests.rendering.editions import LOCALES
from tests.rendering.mails import rendered

NAMES = [
    *("To", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "From", "Subject", "Date", "MIME-Version"),
    *("Content-Language", "List-Id", "X-Auto-Response-Suppress", "Precedence", "Content-Type"),
]
"""The header of a mail to one recipient, in order; a mail of text alone has one more."""
TEXT_NAMES = [*NAMES, "Content-Transfer-Encoding"]
TOKEN = "t" * 291
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
PIECES = st.sampled_from(
    [*BREAKS, "\r\n ", "\r\nBcc: all@example.org", "\n\n<p>", "🚓", "👮🏽‍♀️", "\u202e", "\u2066", "یہ", "ș", "é" * 90,
     "x" * 1000, " ", "word ", "=?utf-8?Q?=0ABcc:?=", '"', "\\", "(", ";", ",", ":", "@", ".\r\n", "\ufeff"]
)  # fmt: skip
HOSTILE = st.lists(PIECES, max_size=12).map("".join)


def compiled(locale: str, format: Format) -> CompiledMessage:
    parts = rendered(locale).to_parts()
    html = {Format.TEXT: None, Format.LARGE_PRINT: parts["large_print"]}.get(format, parts["html"])
    return compile_message(
        subject=parts["subject"], text=parts["text"], html=html, locale=locale, sender=HEAD.sender,
        list_id=f"riverside.{locale.lower()}.briefings.example", list_name=HEAD.list_name, date=DATE,
    )  # fmt: skip


def test_a_thousand_messages_have_whole_one_click_headers_and_short_lines() -> None:
    kinds = [(locale, format, compiled(locale, format)) for locale in LOCALES for format in Format]
    subjects = {locale: rendered(locale).subject for locale in LOCALES}
    texts = {locale: rendered(locale).text for locale in LOCALES}
    seen = set[str]()

    for number in range(1000):
        locale, format, kind = kinds[number % len(kinds)]
        token = f"{number:09}{TOKEN}"
        url, mailto = f"https://briefings.example/u/{token}", f"mailto:unsubscribe+{token}@briefings.example"
        slots = {
            UNSUBSCRIBE_URL_SLOT: url,
            PREFERENCES_URL_SLOT: f"https://briefings.example/{locale}/preferences/{token}",
        }
        raw = kind.for_recipient(
            address=f"resident{number}@example.org", message_id=f"<{number}@briefings.example>",
            unsubscribe_url=url, unsubscribe_mailto=mailto, slots=slots,
        )  # fmt: skip

        found = fields(raw)
        values = dict(found)
        assert len(token) == 300
        assert [name for name, _ in found] == (TEXT_NAMES if format is Format.TEXT else NAMES)
        assert f"\r\nList-Unsubscribe: <{url}>, <{mailto}>\r\n".encode() in raw
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
        assert values["To"] == f"resident{number}@example.org"
        assert [line[:17] for line in lines_over(78, raw)] == [b"List-Unsubscribe:"]
        assert lines_over(998, raw) == []
        assert str(make_header(decode_header(unfolded(values["Subject"])))) == subjects[locale]
        seen.add(values["Message-ID"])
        if number % 40 == 0:
            first = next(part for part in message_from_bytes(raw).walk() if not part.is_multipart())
            expected = texts[locale].rstrip("\n") + "\n"
            for slot, value in slots.items():
                expected = expected.replace(slot, value)
            assert decoded(first) == expected

    assert len(seen) == 1000


def composed(letterhead: Letterhead, subject: str) -> bytes | None:
    """Return the message that goes out; None where these values are refused."""
    parts = {"subject": subject, "text": f"Hello {UNSUBSCRIBE_URL_SLOT}\n", "html": "<p>Hello</p>\n", "large_print": ""}
    try:
        return message(letterhead, parts, row(1))
    except Refused:
        return None


def may_stand(value: str) -> bool:
    return not any(unicodedata.category(character) == "Cc" for character in value)


@settings(deadline=None, max_examples=300)
@given(name=HOSTILE, list_name=HOSTILE, subject=HOSTILE)
@example(name="\u202eevil 🚓", list_name="ünï\u2028Bcc: x@example.org", subject="👮🏽" * 500)
@example(name="x" * 1000, list_name="x" * 1000, subject="x" * 1000)
@example(name="word " * 200, list_name="word " * 200, subject="word " * 200)
@example(name="a\r\nBcc: all@example.org", list_name="", subject="")
@example(name="", list_name="a\nBcc: all@example.org", subject="")
@example(name="", list_name="", subject="a\rBcc: all@example.org")
@example(name="\x85", list_name="\0", subject="\x0b")
def test_no_name_or_subject_begins_a_header_of_its_own(name: str, list_name: str, subject: str) -> None:
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'

    raw = composed(replace(HEAD, sender=f"{quoted} <news@briefings.example>", list_name=list_name), subject)

    if raw is None:
        assert not all(map(may_stand, (name, list_name, subject)))
        return
    found = fields(raw)
    values = dict(found)
    assert [each for each, _ in found] == NAMES
    assert BytesHeaderParser(policy=policy.compat32).parsebytes(raw).keys() == NAMES
    assert parseaddr(unfolded(values["From"]))[1] == "news@briefings.example"
    assert spoken(values["From"]) == name
    assert spoken(values["List-Id"]) == list_name
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
    assert raw.isascii()
    assert lines_over(998, raw) == []
    for line in lines_over(78, raw):
        assert b" " not in line.partition(b": ")[2] or line.startswith(b"List-Unsubscribe:")


@settings(deadline=None, max_examples=300)
@given(local=HOSTILE, domain=HOSTILE)
@example(local="ana", domain="example.org\r\nBcc: all@example.org")
@example(local="ana\u202e", domain="example.org")
@example(local="ana\u2028", domain="example.org")
@example(local="🚓", domain="🚓.example")
@example(local="a" * 1000, domain="example.org")
@example(local="a>, <all", domain="example.org")
def test_no_address_begins_a_header_or_adds_a_recipient(local: str, domain: str) -> None:
    parts = {"subject": "Hi", "text": "Hello\n", "html": "<p>Hello</p>\n", "large_print": ""}

    try:
        raw = message(HEAD, parts, row(1, address=f"{local}@{domain}"))
    except Permanent:
        return

    found = fields(raw)
    assert [name for name, _ in found] == NAMES
    to = dict(found)["To"]
    assert to.rpartition("@")[0] == local
    assert to.rpartition("@")[2].isascii()
    assert not set("\r\n<>,; ") & set(to)


@pytest.mark.parametrize("region", ["North\r\nBcc: all@example.org", "یہ", "🚓", "", "a" * 1000, "..", "\u2028"])
def test_no_region_begins_a_header_of_its_own(region: str) -> None:
    parts = {"subject": "Hi", "text": "Hello\n", "html": "<p>Hello</p>\n", "large_print": ""}

    raw = message(HEAD, parts, row(1), region)

    assert [name for name, _ in fields(raw)] == NAMES
    assert lines_over(998, raw) == []
