"""DKIM: signatures that dkimpy, as the receiver, finds valid; and invalid once anything was changed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from briefings.cli import main
from briefings.delivery.compose import Letterhead
from briefings.delivery.dkim import Signer, canonical_body
from briefings.delivery.dkim_key import DkimKey
from briefings.delivery.rows import Row
from briefings.delivery.wire_form import wire_form
from briefings.model.errors import Refused
from briefings.subscribers.subscriber import Format
from tests.delivery.composed import HEAD, message, row
from tests.delivery.dkim_records import verdicts, write_key
from tests.rendering.mails import rendered

RSA = DkimKey("briefings.example", "autumn", rsa.generate_private_key(65537, 2048))
ED25519 = DkimKey("briefings.example", "winter", ed25519.Ed25519PrivateKey.generate())
BOTH = Signer([RSA, ED25519])


def composed(letterhead: Letterhead, one: Row) -> bytes:
    return message(letterhead, rendered(one.locale).to_parts(), one)


@pytest.mark.parametrize("locale", ["en-GB", "ur", "ta"])
@pytest.mark.parametrize("format", Format)
def test_both_signatures_of_every_kind_of_mail_are_valid(locale: str, format: Format) -> None:
    mail = composed(replace(HEAD, signer=BOTH), row(1, locale=locale, format=format))

    assert verdicts(mail, BOTH.records) == [True, True]
    assert wire_form(mail).replace(b"\r\n..", b"\r\n.") == mail
    assert max(map(len, mail.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 998
    assert max(len(line) for line in BOTH.sign(mail).split(b"\r\n")) <= 78


def test_without_a_signer_a_mail_is_the_same_but_for_the_signatures() -> None:
    plain = composed(HEAD, row(1))

    signed = composed(replace(HEAD, signer=BOTH), row(1))

    assert signed == BOTH.sign(plain) + plain
    assert verdicts(plain, BOTH.records) == []


@pytest.fixture(scope="module")
def mail() -> bytes:
    return composed(replace(HEAD, signer=BOTH), row(1, locale="ur"))


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: mail[:-60] + bytes([mail[-60] ^ 1]) + mail[-59:],
        lambda mail: mail + b"more\r\n",
        lambda mail: mail.replace(b"multipart/alternative", b"multipart/mixed"),
        lambda mail: mail.replace(b"List-Unsubscribe-Post: ", b"List-Unsubscribe-Post: x"),
        lambda mail: mail.replace(b"List-Unsubscribe: <https://", b"List-Unsubscribe: <https://eve."),
        lambda mail: mail.replace(b"\r\nTo: r1@", b"\r\nTo: r2@"),
        lambda mail: b"From: eve@example.org\r\n" + mail,
        lambda mail: mail.replace(b"\r\nDate:", b"\r\nFrom: eve@example.org\r\nDate:"),
        lambda mail: mail.replace(b"\r\nDate:", b"\r\nSubject: You have won\r\nDate:"),
        lambda mail: mail.replace(b"\r\nDate:", b"\r\nTo: eve@example.org\r\nDate:"),
        lambda mail: re.sub(rb"\r\nSubject: [^\r]*(\r\n [^\r]*)*", b"", mail),
        lambda mail: re.sub(rb"d=briefings.example", b"d=eve.example", mail),
    ],
)
def test_a_change_on_the_way_breaks_both_signatures(mail: bytes, change: Callable[[bytes], bytes]) -> None:
    changed = change(mail)

    assert changed != mail
    assert verdicts(mail, BOTH.records) == [True, True]
    assert verdicts(changed, BOTH.records) == [False, False]


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: mail + b"\r\n\r\n\r\n",
        lambda mail: b"Received: from mx.example.org by mx.example.net\r\n" + mail,
        lambda mail: mail.replace(b"\r\nSubject: ", b"\r\nsubject:\t  ", 1),
        lambda mail: mail.replace(b" =\r\n", b"    =\r\n"),
    ],
)
def test_what_relays_do_to_spaces_and_trace_lines_breaks_none(mail: bytes, change: Callable[[bytes], bytes]) -> None:
    changed = change(mail)

    assert changed != mail
    assert verdicts(changed, BOTH.records) == [True, True]


def test_the_headers_of_one_click_are_signed_and_no_length_is_given(mail: bytes) -> None:
    unfolded = re.sub(rb"\r\n[ \t]+", b"", mail.partition(b"\r\n\r\n")[0])

    names = re.findall(rb"; ?h=([^;]*);", unfolded)

    assert len(names) == 2
    for signed in (name.split(b":") for name in names):
        assert {b"list-unsubscribe", b"list-unsubscribe-post", b"list-id", b"content-language"} <= set(signed)
        assert [signed.count(name) for name in (b"from", b"to", b"subject", b"date")] == [2, 2, 2, 1]
    assert not re.search(rb"; ?[ltx]=", unfolded)


SPACED = st.lists(
    st.sampled_from([b" ", b"  ", b"\t", b"\r\n", b"\r\n\r\n", b" \r\n", b"a", b".", b"=20", "é".encode(), b"x" * 80]),
    max_size=40,
).map(b"".join)
FOLDED = st.lists(st.sampled_from([b" ", b"\t", b"\r\n ", b"\r\n\t", b"a", b":", b";", b"b=", b"x" * 900]), max_size=12)


@settings(deadline=None, max_examples=200)
@given(body=SPACED, subject=FOLDED.map(b"".join), space=st.sampled_from([b"", b" ", b"\t", b"  \t "]))
@example(body=b"", subject=b"", space=b" ")
@example(body=b"\r\n\r\n", subject=b"\r\n ", space=b"")
@example(body=b" ", subject=b"a", space=b"\t")
@example(body=b" \t\r\n", subject=b"a\r\n\t b ", space=b"")
@example(body=b"no line end", subject=b"b=" + b"x" * 900, space=b"")
@example(body=b"a\t\t b \r\n \r\n\t\r\n", subject=b"", space=b"")
def test_whatever_spaces_and_folds_a_message_has_a_receiver_counts_as_we_do(
    body: bytes, subject: bytes, space: bytes
) -> None:
    unsigned = b"FROM:%b<a@briefings.example>\r\nSubject:%b\r\nX-Other: 1\r\n\r\n%b" % (space, subject, body)

    signed = BOTH.sign(unsigned) + unsigned

    received = signed if signed.endswith(b"\r\n") else signed + b"\r\n"  # SMTP knows whole lines only
    assert verdicts(received, BOTH.records) == [True, True]
    assert canonical_body(canonical_body(body)) == canonical_body(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),  # RFC 6376 section 3.4.5, example 1
        (b"", b""),
        (b"\r\n", b""),
        (b" \t \r\n\r\n", b""),
        (b"x", b"x\r\n"),
        (b"\r\nx \r\n", b"\r\nx\r\n"),
    ],
)
def test_a_body_is_made_canonical_as_the_standard_says(body: bytes, expected: bytes) -> None:
    assert canonical_body(body) == expected


def test_records_are_lines_of_a_zone_file_whose_strings_are_short_enough() -> None:
    lines = [str(record) for record in BOTH.records]

    assert lines[0].startswith('autumn._domainkey.briefings.example. IN TXT "v=DKIM1; k=rsa; p=MII')
    assert lines[1].startswith('winter._domainkey.briefings.example. IN TXT "v=DKIM1; k=ed25519; p=')
    for line, record in zip(lines, BOTH.records, strict=True):
        strings = re.findall(r'"([^"]*)"', line)
        assert "".join(strings) == record.value
        assert max(map(len, strings)) <= 255


def test_a_key_is_read_from_its_file_and_signs_under_an_ascii_domain(tmp_path: Path) -> None:
    path = write_key(tmp_path / "key.pem", ed25519.Ed25519PrivateKey.generate())

    signer = Signer([DkimKey.read(path, "Straße.example", "Winter", "BRIEFINGS_DKIM_KEY")])

    assert signer.records[0].name == "winter._domainkey.xn--strae-oqa.example"
    assert verdicts(composed(replace(HEAD, signer=signer), row(1)), signer.records) == [True]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "cannot be read"),
        (lambda path: path.mkdir(), "cannot be read"),
        (lambda path: path.write_text("no key"), "no private key in PEM form"),
        (lambda path: path.write_bytes(b"\x30\x82\xff"), "no private key in PEM form"),
        (lambda path: write_key(path, ed25519.Ed25519PrivateKey.generate(), b"secret"), "without one"),
        (lambda path: write_key(path, ec.generate_private_key(ec.SECP256R1())), "make one with RSA or Ed25519"),
        (lambda path: write_key(path, rsa.generate_private_key(65537, 1024)), "1024 bits, and must have 2048"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_with_its_setting_and_file(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path / "key.pem")

    with pytest.raises(Refused, match=said) as refusal:
        DkimKey.read(tmp_path / "key.pem", "briefings.example", "autumn", "BRIEFINGS_DKIM_KEY")

    assert str(refusal.value).startswith("BRIEFINGS_DKIM_KEY: ")
    assert "key.pem" in str(refusal.value)


@pytest.mark.parametrize(
    ("domain", "selector", "setting"),
    [
        ("", "autumn", "BRIEFINGS_DKIM_DOMAIN"),
        ("briefings.example; x=1", "autumn", "BRIEFINGS_DKIM_DOMAIN"),
        ("briefings.example\r\nX: y", "autumn", "BRIEFINGS_DKIM_DOMAIN"),
        ("briefings.example", "", "BRIEFINGS_DKIM_SELECTOR"),
        ("briefings.example", "a; d=eve.example", "BRIEFINGS_DKIM_SELECTOR"),
    ],
)
def test_a_name_that_cannot_stand_in_the_dns_is_refused(
    tmp_path: Path, domain: str, selector: str, setting: str
) -> None:
    path = write_key(tmp_path / "key.pem", ed25519.Ed25519PrivateKey.generate())

    with pytest.raises(Refused, match=setting):
        DkimKey.read(path, domain, selector, "BRIEFINGS_DKIM_KEY")


def test_a_key_that_stands_in_its_setting_is_refused_and_never_shown(tmp_path: Path) -> None:
    pem = write_key(tmp_path / "key.pem", rsa.generate_private_key(65537, 2048)).read_text()

    with pytest.raises(Refused, match="must be the path of a file") as refusal:
        DkimKey.read(Path(pem), "briefings.example", "autumn", "BRIEFINGS_DKIM_KEY")

    assert not any(line in str(refusal.value) for line in pem.splitlines())


def test_two_keys_under_one_selector_are_refused() -> None:
    other = DkimKey("briefings.example", "autumn", ed25519.Ed25519PrivateKey.generate())

    with pytest.raises(Refused, match="two selectors"):
        Signer([RSA, other])


def test_the_command_prints_what_belongs_into_the_dns(tmp_path: Path) -> None:
    path = write_key(tmp_path / "key.pem", ed25519.Ed25519PrivateKey.generate())
    given = {"BRIEFINGS_DKIM_KEY": str(path), "BRIEFINGS_DKIM_SELECTOR": "autumn", "BRIEFINGS_DATA_DIR": str(tmp_path)}
    record = DkimKey.read(path, "briefings.example", "autumn", "BRIEFINGS_DKIM_KEY").record

    lines = CliRunner().invoke(main, ["dkim"], env=given)
    listed = CliRunner().invoke(main, ["dkim", "--json"], env=given)
    without = CliRunner().invoke(main, ["dkim"], env={"BRIEFINGS_DATA_DIR": str(tmp_path)})

    assert lines.output == f"{record}\n"
    assert json.loads(listed.output) == [{"name": record.name, "type": "TXT", "value": record.value}]
    assert without.exit_code == 1
    assert "BRIEFINGS_DKIM_KEY" in without.stderr
