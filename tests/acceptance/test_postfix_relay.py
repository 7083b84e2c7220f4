"""Postfix itself as the relay: 1,000 subscribers in eleven languages, over STARTTLS, each mail once and whole."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from briefings.delivery.dkim_key import DkimKey
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.acceptance.command import Installation, until, with_public_url
from tests.acceptance.conftest import EARLY, NORTH
from tests.delivery.dkim_records import verdicts, write_key
from tests.delivery.raw_mail import fields
from tests.postfix import Postfix, postfix

pytestmark = pytest.mark.slow

LOCALES = ("en-GB", "ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
FORMATS = ("html", "text", "large-print")
PEOPLE = {f"resident{number}@example.org": LOCALES[number % len(LOCALES)] for number in range(1000)}
DOMAIN = "briefings.example"


@dataclass(frozen=True)
class Relayed:
    """What became of one publish: the installation, the relay, and the mails that arrived, with LF line ends."""

    installation: Installation
    relay: Postfix
    keys: tuple[DkimKey, ...]
    raw: list[bytes]
    mails: list[Message]


@pytest.fixture(scope="module")
def relayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relayed]:
    folder = tmp_path_factory.mktemp("relayed")
    rsa = write_key(folder / "rsa.pem", generate_private_key(65537, 2048))
    ed25519 = write_key(folder / "ed25519.pem", Ed25519PrivateKey.generate())
    with postfix() as relay, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(relay.authority))
        installation = with_public_url(Installation(folder / "data")).having(
            SMTP_URL=f"smtp://127.0.0.1:{relay.port}?starttls=required",
            DKIM_KEY=str(rsa), DKIM_SELECTOR="autumn", DKIM_ED25519_KEY=str(ed25519), DKIM_ED25519_SELECTOR="winter",
        )  # fmt: skip
        installation.run("subscribers", "import", str(people_file(folder / "people.csv")))
        installation.prepare_and_approve(NORTH, now=EARLY)
        with installation.stand_ins() as stand_ins:
            installation.run("publish", NORTH, "--now", "2026-11-20T16:31")
            until(lambda: len(relay.delivered()) >= len(PEOPLE), "the relay has not delivered all mails")
            assert stand_ins.caught.count() == 0
        raw = [path.read_bytes() for path in relay.delivered()]
        keys = tuple(
            DkimKey.read(path, DOMAIN, selector, "KEY") for path, selector in ((rsa, "autumn"), (ed25519, "winter"))
        )
        yield Relayed(installation, relay, keys, raw, [message_from_bytes(mail) for mail in raw])


def people_file(path: Path) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "locale", "regions", "wards", "frequency", "format", "confirmed_at", "source"])
        for number, (email, locale) in enumerate(PEOPLE.items()):
            writer.writerow(
                [email, locale, "north", "", "weekly", FORMATS[number % 3], "2026-11-01T10:00:00+00:00", "paper"]
            )
    return path


def test_everybody_has_the_mail_once_and_the_ledger_says_so(relayed: Relayed) -> None:
    states = relayed.installation.states(NORTH)

    recipients = Counter(mail["Delivered-To"] for mail in relayed.mails)
    assert recipients == Counter(list(PEOPLE))
    assert len({mail["Message-ID"] for mail in relayed.mails}) == len(PEOPLE)
    assert states == {"sent": len(PEOPLE)}
    assert {mail["To"]: mail["Content-Language"] for mail in relayed.mails} == PEOPLE
    assert relayed.relay.log.count("status=sent") == len(PEOPLE)
    assert not re.search(r"status=(deferred|bounced)|NOQUEUE|warning|fatal|improper command", relayed.relay.log)


def test_every_mail_came_encrypted_and_its_one_click_headers_are_whole(relayed: Relayed) -> None:
    for raw, mail in zip(relayed.raw, relayed.mails, strict=True):
        assert "using TLSv1." in mail["Received"]
        assert "with ESMTPS" in mail["Received"]
        (header,) = [line for line in raw.split(b"\n\n")[0].split(b"\n") if line.startswith(b"List-Unsubscribe: ")]
        assert re.fullmatch(
            rb"List-Unsubscribe: <http://127\.0\.0\.1:\d+/u/(\w+)>, <mailto:unsubscribe\+\1@briefings\.example>", header
        )
        assert raw.count(b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n") == 1
        assert max(map(len, raw.split(b"\n"))) <= 998
        names = [name for name, _ in fields(raw.replace(b"\n", b"\r\n"))]
        assert names.count("From") == names.count("Subject") == names.count("Received") == 1


def test_every_return_path_names_the_delivery_it_is_of(relayed: Relayed) -> None:
    tokens = Tokens((relayed.installation.data_dir / "secret.key").read_text().strip().encode())
    query = (
        "SELECT deliveries.id AS id, subscribers.email AS email FROM deliveries JOIN subscribers "
        "ON deliveries.destination = 'subscriber:' || subscribers.id WHERE briefing = :briefing AND channel = 'email'"
    )
    owners = {row.id: row.email for row in relayed.installation.rows(query, briefing=NORTH)}

    for mail in relayed.mails:
        found = re.fullmatch(r"<bounce\+(\w+)@briefings\.example>", mail["Return-Path"])
        assert found is not None
        delivery = tokens.read(TokenPurpose.BOUNCE, found[1])
        assert delivery is not None
        assert owners[delivery] == mail["Delivered-To"]
    assert len({mail["Return-Path"] for mail in relayed.mails}) == len(PEOPLE)


def test_both_signatures_are_valid_behind_the_relay_in_every_language(relayed: Relayed) -> None:
    by_kind = {(mail["Content-Language"], mail.get_content_type()): raw for raw, mail in
               zip(relayed.raw, relayed.mails, strict=True)}  # fmt: skip

    records = [key.record for key in relayed.keys]

    assert len(by_kind) == 2 * len(LOCALES)
    for raw in by_kind.values():
        assert verdicts(raw.replace(b"\n", b"\r\n"), records) == [True, True]
