"""The joined bytes of a compiled message are those that the standard library builds from the same content."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.message import Message
from email.utils import format_datetime
from io import BytesIO

from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefings.delivery.message import compile_message
from briefings.model.slots import UNSUBSCRIBE_URL_SLOT
from tests.delivery.composed import DATE
from tests.delivery.raw_mail import decoded, fields, spoken

CRLF = policy.compat32.clone(linesep="\r\n", max_line_length=998)


def built(header: Sequence[tuple[str, str]], bodies: Sequence[tuple[str, str]], boundary: str) -> bytes:
    """Build a mail of header fields and already encoded bodies (subtype, body), as anybody would."""
    whole = Message()
    for name, value in header:
        whole[name] = value
    parts = [Message() for _ in bodies] if boundary else [whole]
    if boundary:
        whole["Content-Type"] = f'multipart/alternative;\r\n boundary="{boundary}"'
        whole.set_payload(parts)
    for part, (subtype, body) in zip(parts, bodies, strict=True):
        part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(body)
    return flattened(whole)


def flattened(mail: Message) -> bytes:
    target = BytesIO()
    BytesGenerator(target, mangle_from_=False, policy=CRLF).flatten(mail)
    return target.getvalue()


TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            [UNSUBSCRIBE_URL_SLOT, "\n", "\r\n", "\n.\n", "\nFrom ", "=", "--=_", "é" * 90, "یہ", "\t", " \n"]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    ),
    max_size=20,
).map("".join)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)


@settings(deadline=None, max_examples=200)
@given(
    text=TEXTS,
    markup=st.none() | TEXTS,
    subject=LINE.filter(bool),
    name=LINE.filter(lambda name: not set('<>"\\') & set(name)),
)
@example(text="", markup=None, subject="a", name="")
@example(text="", markup="", subject="x" * 1000, name="x" * 1000)
@example(text=f".\n{UNSUBSCRIBE_URL_SLOT}", markup=f"<a href={UNSUBSCRIBE_URL_SLOT}>", subject="Ștîri", name="News")
def test_the_joined_bytes_are_those_the_standard_library_builds(
    text: str, markup: str | None, subject: str, name: str
) -> None:
    url, mailto = "https://briefings.example/u/a=b&c", "mailto:unsubscribe+a@briefings.example"
    compiled_once = compile_message(
        subject=subject, text=text, html=markup, locale="ro", sender=f"{name} <news@briefings.example>",
        list_id="riverside.ro.briefings.example", list_name=name, date=DATE,
    )  # fmt: skip

    raw = compiled_once.for_recipient(
        address="ana@example.org", message_id="<1@briefings.example>", unsubscribe_url=url, unsubscribe_mailto=mailto,
        slots={UNSUBSCRIBE_URL_SLOT: url},
    )  # fmt: skip

    ours = dict(fields(raw))
    got = message_from_bytes(raw)
    leaves = [part for part in got.walk() if not part.is_multipart()]
    header = [
        ("To", "ana@example.org"),
        ("Message-ID", "<1@briefings.example>"),
        ("List-Unsubscribe", f"<{url}>, <{mailto}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("From", ours["From"]),
        ("Subject", ours["Subject"]),
        ("Date", format_datetime(DATE)),
        ("MIME-Version", "1.0"),
        ("Content-Language", "ro"),
        ("List-Id", ours["List-Id"]),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("Precedence", "bulk"),
    ]
    bodies = [(part.get_content_subtype(), str(part.get_payload())) for part in leaves]
    assert built(header, bodies, str(got.get_boundary() or "")) == raw
    assert flattened(got) == raw
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
    assert spoken(ours["From"]) == name.strip()
    expected = [text, markup] if markup is not None else [text]
    for part, said, escaped in zip(leaves, expected, (url, url.replace("&", "&amp;")), strict=False):
        said = said.replace("\r\n", "\n")
        assert decoded(part) == (said if said.endswith("\n") else said + "\n").replace(UNSUBSCRIBE_URL_SLOT, escaped)
