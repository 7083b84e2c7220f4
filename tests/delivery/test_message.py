from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefings.delivery.message import CompiledMessage, compile_message
from briefings.model.errors import Refused

ONE, TWO = "https://slot.invalid/unsubscribe", "https://slot.invalid/unsubscribe-all"
DATE = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
TOKEN = "A" * 300


def compiled(**changes: Any) -> CompiledMessage:
    values: dict[str, Any] = {
        "subject": "Your briefing",
        "text": f"Leave: {ONE}\n",
        "html": f'<p dir="rtl"><a href="{ONE}">x</a></p>\n',
        "locale": "ur",
        "sender": "Borough of Example <news@briefings.example>",
        "list_id": "north.ur.briefings.example",
        "list_name": "North briefings",
        "date": DATE,
        "slots": (ONE, TWO),
    }
    return compile_message(**(values | changes))


def sent(message: CompiledMessage, slots: Mapping[str, str] | None = None, **changes: Any) -> bytes:
    values: dict[str, Any] = {
        "address": "ana@example.org",
        "message_id": "<5f3a@briefings.example>",
        "unsubscribe_url": f"https://briefings.example/u/{TOKEN}",
        "unsubscribe_mailto": f"mailto:unsubscribe+{TOKEN}@briefings.example",
        "slots": slots or {ONE: "https://briefings.example/u/1", TWO: "https://briefings.example/u/2"},
    }
    return message.for_recipient(**(values | changes))


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def content(part: EmailMessage) -> str:
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode("utf-8").replace("\r\n", "\n")


def name_and_address(raw: bytes, header: str) -> tuple[str, str]:
    """Read a mailbox as RFC 2047 section 6.2 says: the new parser puts spaces between encoded words in a name."""
    name, address = parseaddr(str(message_from_bytes(raw)[header]))
    return str(make_header(decode_header(name))) if "=?" in name else name, address


def canonical(text: str) -> str:
    text = text.replace("\r\n", "\n")
    return text if text.endswith("\n") else text + "\n"


HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            ["\n", "\r\n", "\r", "\n.\n", ".", "..", "=", "=\n", "=20", " ", "\t\n", "\u2028", "\x85", "\x0c"]
        ),
        st.sampled_from(
            ["🚓", "یہ خبر", "தமிழ்", "--=_", "\nFrom ", "\0", TOKEN, "é" * 90, ONE, TWO, ONE + "\n", "\x1c"]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    ),
    max_size=30,
).map("".join)
ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)
URL_TEXT = st.from_regex(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,400}", fullmatch=True)


@settings(deadline=None)
@given(text=HOSTILE, markup=HOSTILE, one=URL_TEXT, two=URL_TEXT)
@example(text=f"{ONE}{TWO}{ONE}", markup=f"\n{ONE}\n.{TWO}", one="." * 80, two="=" * 90)
@example(text=f"x {ONE}", markup=f"{'y' * 75}{ONE}{'z' * 75}\n", one="&'", two="a")
def test_bodies_come_back_exactly_with_the_slots_filled(text: str, markup: str, one: str, two: str) -> None:
    message = compiled(text=text, html=markup)

    raw = sent(message, {ONE: one, TWO: two})

    plain, rich = parsed(raw).iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(rich, EmailMessage)
    assert content(plain) == canonical(text).replace(TWO, two).replace(ONE, one)
    assert content(rich) == canonical(markup).replace(TWO, html.escape(two)).replace(ONE, html.escape(one))


@settings(deadline=None)
@given(text=HOSTILE, one=URL_TEXT)
@example(text="A" * 76 + ONE, one="0")
@example(text="A" * 151 + ONE, one="0")
@example(text="é" * 12 + "A" * 4 + ONE, one="0")
@example(text="A" * 31 + "é" * 7 + "A" * 3 + ONE, one="0")
def test_every_line_is_ascii_short_and_ends_in_crlf(text: str, one: str) -> None:
    message = compiled(text=text, html=text)

    raw = sent(message, {ONE: one, TWO: one})

    head, _, body = raw.partition(b"\r\n\r\n")
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, head.split(b"\r\n"))) <= 998


@settings(deadline=None)
@given(subject=ONE_LINE, name=ONE_LINE.filter(lambda name: not set('<>"\\') & set(name)))
@example(subject="Știri din nord: ce am făcut, " * 6, name="Sigurança, Norte " * 5)
@example(subject="word " * 60 + "end", name="Council (North), Team; A: B")
@example(subject="=?utf-8?Q?not_encoded?= by us", name="=?x?=")
@example(subject=TOKEN * 5, name="")
@example(subject=" two  spaces and one behind ", name="a\u2028b\u2029")
@example(subject="محفوظ شمال 👮🏽‍♀️" * 8, name="محفوظ شمال" * 9)
def test_subject_and_names_come_back_exactly(subject: str, name: str) -> None:
    raw = sent(compiled(subject=subject, sender=f"{name} <news@briefings.example>", list_name=name))

    message = parsed(raw)
    assert message["Subject"] == subject
    assert name_and_address(raw, "From") == (name.strip(), "news@briefings.example")
    assert name_and_address(raw, "List-Id") == (name, "north.ur.briefings.example")
    assert len(message.keys()) == len(set(message.keys())) == 13


def test_a_quoted_sender_name_comes_back_without_its_quotes() -> None:
    raw = sent(compiled(sender=r'"Council \"North\", Safety" <news@briefings.example>'))

    assert parsed(raw)["From"].addresses[0].display_name == 'Council "North", Safety'


def test_encoded_words_keep_the_lengths_of_rfc_2047() -> None:
    raw = sent(compiled(subject="Безопасност " * 40, sender="Севернa община " * 9 + "<n@briefings.example>"))

    words = re.findall(rb"=\?utf-8\?B\?[^?]*\?=", raw)
    assert len(words) > 20
    assert max(map(len, words)) <= 75
    assert max(len(line) for line in raw.splitlines() if b"=?" in line) <= 76


def test_the_one_click_headers_are_whole_in_the_raw_bytes_of_fifty_messages() -> None:
    message = compiled(subject="Сигурност", locale="bg")

    raws = [
        sent(message, unsubscribe_url=f"https://briefings.example/u/{n}{TOKEN}", address=f"r{n}@example.org")
        for n in range(50)
    ]

    for n, raw in enumerate(raws):
        lines = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
        url, mailto = f"https://briefings.example/u/{n}{TOKEN}", f"mailto:unsubscribe+{TOKEN}@briefings.example"
        assert f"List-Unsubscribe: <{url}>, <{mailto}>" in lines
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
        assert f"To: r{n}@example.org" in lines


def test_the_other_headers_are_those_of_a_newsletter() -> None:
    extra = {"Reply-To": "Echipa de știri <reply@briefings.example>", "X-Campaign": "ward 4"}
    message = compiled(locale="pt-PT", list_archive="https://briefings.example/pt-PT/", list_post="NO", headers=extra)

    got = parsed(sent(message))

    assert got["Date"].datetime == DATE
    assert got["Message-ID"] == "<5f3a@briefings.example>"
    assert got["MIME-Version"] == "1.0"
    assert got["Content-Language"] == "pt-PT"
    assert got["List-Id"] == '"North briefings" <north.ur.briefings.example>'
    assert got["List-Archive"] == "<https://briefings.example/pt-PT/>"
    assert got["List-Post"] == "NO"
    assert got["Precedence"] == "bulk"
    assert got["X-Campaign"] == "ward 4"
    assert got["Reply-To"].addresses[0].display_name == "Echipa de știri"
    assert got.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]


def test_without_html_the_message_is_text_only() -> None:
    message = compiled(html=None, text=f"Salut\n{ONE}")

    got = parsed(sent(message))

    assert got.get_content_type() == "text/plain"
    assert content(got) == "Salut\nhttps://briefings.example/u/1\n"


def test_the_same_message_is_the_same_bytes_again() -> None:
    first = sent(compiled())

    second = sent(compiled())

    assert first == second


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hi\r\nBcc: all@example.org"},
        {"subject": "Hi\nthere"},
        {"subject": "tab\there"},
        {"subject": "half \ud83d"},
        {"text": "half \ud83d"},
        {"sender": "News\r\nBcc: x@example.org <news@briefings.example>"},
        {"sender": "News"},
        {"sender": "News <știri@briefings.example>"},
        {"list_name": "a\rb"},
        {"list_id": "one two.example"},
        {"locale": "ro\r\nX: y"},
        {"list_archive": "https://briefings.example/>\r\nX: y"},
        {"list_help": "javascript:alert(1)"},
        {"headers": {"X-A\r\nB": "c"}},
        {"headers": {"X-A": "c\nBcc: d"}},
        {"headers": {"bCC": "all@example.org"}},
        {"headers": {"Content-Type": "text/html"}},
        {"date": DATE.replace(tzinfo=None)},
    ],
)
def test_a_value_that_could_break_a_header_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        compiled(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "<a@b>\r\nBcc: c@example.org"},
        {"message_id": "no-brackets@example.org"},
        {"unsubscribe_url": "https://briefings.example/u/a b"},
        {"unsubscribe_url": "https://briefings.example/u/" + "a" * 1000},
        {"unsubscribe_url": "mailto:not-one-click@briefings.example"},
        {"unsubscribe_mailto": "mailto:a>\r\nX: y"},
        {"slots": {ONE: 'x" onclick="alert(1)', TWO: "y"}},
        {"slots": {ONE: "a\r\n.\r\n", TWO: "y"}},
        {"slots": {TWO: "the other one is missing"}},
    ],
)
def test_a_recipients_value_that_could_break_the_message_is_refused(changes: dict[str, Any]) -> None:
    message = compiled()

    with pytest.raises(Refused):
        sent(message, **changes)


def test_a_domain_outside_ascii_is_sent_as_idna_2008() -> None:
    raw = sent(compiled(), address="jürgen@straße.example")

    assert "To: jürgen@xn--strae-oqa.example\r\n".encode() in raw


def test_other_recipients_of_a_compiled_message_do_not_see_each_other() -> None:
    message = compiled()

    first = sent(message, {ONE: "https://briefings.example/u/first", TWO: "x"}, address="first@example.org")
    second = sent(message, {ONE: "https://briefings.example/u/second", TWO: "x"}, address="second@example.org")

    assert b"second" not in first
    assert b"first" not in second
