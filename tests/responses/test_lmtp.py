"""Returned mail over LMTP, as a mail server hands it over: a real session on a real socket."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from briefings.delivery.returned import ReturnedMail
from briefings.model.delivery import DeliveryState
from briefings.model.errors import Refused
from briefings.model.untrusted_mail import MAIL_LIMIT
from briefings.responses.inboxes.lmtp import LmtpInbox
from briefings.store.engine import open_engine, writing
from briefings.store.tables import deliveries
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.conftest import free_port
from tests.delivery import returned_mails as mails
from tests.delivery.ledger_rows import NOW
from tests.delivery.returned_mails import DOMAIN, SECRET, WHO, filled
from tests.delivery.returned_rows import kept, path_of, sent, state, suppressed

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def lmtp(engine: Engine, tmp_path: Path) -> Iterator[smtplib.LMTP]:
    with session(ReturnedMail(engine, SECRET, DOMAIN, tmp_path / "returned")) as client:
        yield client


@contextmanager
def session(returned: ReturnedMail) -> Iterator[smtplib.LMTP]:
    port = free_port()
    with LmtpInbox(returned, port, clock=lambda: LATER), smtplib.LMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo_or_helo_if_needed()
        yield client


def hand_over(client: smtplib.LMTP, sender: str, recipients: list[str], raw: bytes) -> list[tuple[int, bytes]]:
    """Send one mail; return the reply for each recipient that was taken (RFC 2033 4.2)."""
    assert client.mail(sender)[0] == 250
    for recipient in recipients:
        assert client.rcpt(recipient)[0] == 250
    replies = [client.data(raw)]
    return replies + [client.getreply() for _ in recipients[1:]]


def test_a_bounce_handed_over_is_committed_before_it_is_answered(engine: Engine, lmtp: smtplib.LMTP) -> None:
    (id,) = sent(engine, 1)

    ((code, _),) = hand_over(lmtp, "", [path_of(id)], filled(mails.POSTFIX, path_of(id)))

    assert code == 250
    assert state(engine, id) == ("failed", "bounced: 5.1.1 no such mailbox")
    assert kept(engine)[0].received_at == LATER
    assert suppressed(engine) == {"person0@example.org": "bounced"}


def test_the_server_offers_what_lmtp_asks_for(lmtp: smtplib.LMTP) -> None:
    offered = set(lmtp.esmtp_features)

    assert {"pipelining", "enhancedstatuscodes", "8bitmime", "smtputf8", "size"} <= offered
    assert lmtp.esmtp_features["size"] == str(MAIL_LIMIT)


def test_each_recipient_of_one_mail_has_an_answer_of_its_own(engine: Engine, lmtp: smtplib.LMTP) -> None:
    first, second, third = sent(engine, 3)
    with writing(engine) as connection:
        sending = update(deliveries).where(deliveries.c.id == second).values(state=DeliveryState.SENDING)
        connection.execute(sending)

    replies = hand_over(lmtp, "", [path_of(first), path_of(second), path_of(third)], filled(mails.QMAIL, "x"))

    assert [code for code, _ in replies] == [250, 451, 250]
    assert [state(engine, id)[0] for id in (first, second, third)] == ["failed", "sending", "failed"]


@pytest.mark.parametrize(
    "address",
    [
        f"bounce+{'a' * 40}@{DOMAIN}",
        f"unsubscribe+{'a' * 40}@{DOMAIN}",
        f"bounce@{DOMAIN}",
        f"somebody@{DOMAIN}",
        "abuse@elsewhere.example",
        f"canary+@{DOMAIN}",
    ],
)
def test_an_address_that_is_not_ours_is_refused_before_its_mail(
    engine: Engine, lmtp: smtplib.LMTP, address: str
) -> None:
    lmtp.mail("")

    code, text = lmtp.rcpt(address)

    assert (code, text[:5]) == (550, b"5.1.1")
    assert not kept(engine)


@pytest.mark.parametrize("local", ["abuse", "postmaster", "fbl", "ABUSE", "canary+north.ro"])
def test_the_addresses_of_roles_and_canaries_are_taken(lmtp: smtplib.LMTP, local: str) -> None:
    lmtp.mail("")

    code, _ = lmtp.rcpt(f"{local}@{DOMAIN}")

    assert code == 250


def test_an_unsubscribe_by_mail_ends_the_subscription(engine: Engine, lmtp: smtplib.LMTP) -> None:
    (id,) = sent(engine, 1)
    with engine.connect() as connection:
        subscriber = connection.scalar(deliveries.select().with_only_columns(deliveries.c.subscriber_id)) or 0
    to = f"unsubscribe+{Tokens(SECRET).token(TokenPurpose.UNSUBSCRIBE, subscriber)}@{DOMAIN}"

    replies = hand_over(lmtp, WHO, [to], b"From: x@example.org\r\nSubject: unsubscribe\r\n\r\n")

    assert replies[0][0] == 250
    assert suppressed(engine) == {"person0@example.org": "unsubscribed"}
    assert state(engine, id)[0] == "sent"


def test_the_envelope_tells_of_which_delivery_a_canary_is(engine: Engine, lmtp: smtplib.LMTP) -> None:
    (id,) = sent(engine, 1)

    hand_over(lmtp, path_of(id), [f"canary+east.pl@{DOMAIN}"], b"Subject: Community safety briefing\r\n\r\nHello\r\n")

    (row,) = kept(engine)
    assert (row.kind, row.delivery_id) == ("canary", id)


def test_while_the_database_does_not_answer_nothing_is_accepted(
    engine: Engine, lmtp: smtplib.LMTP, caplog: pytest.LogCaptureFixture
) -> None:
    (id,) = sent(engine, 1)
    raw = filled(mails.POSTFIX, path_of(id))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE returns RENAME TO away")

    ((refused, _),) = hand_over(lmtp, "", [path_of(id)], raw)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO returns")
    ((taken, _),) = hand_over(lmtp, "", [path_of(id)], raw)

    assert (refused, taken) == (451, 250)
    assert state(engine, id)[0] == "failed"
    assert WHO not in caplog.text


def test_no_database_at_all_is_not_now_and_not_never(tmp_path: Path) -> None:
    away = open_engine(f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere")

    with session(ReturnedMail(away, SECRET, DOMAIN, tmp_path / "returned")) as client:
        replies = hand_over(client, "", [path_of(1)], filled(mails.POSTFIX, path_of(1)))

    assert replies[0][0] == 451


def test_a_mail_that_is_too_large_is_refused_for_each_recipient(engine: Engine, lmtp: smtplib.LMTP) -> None:
    first, second = sent(engine, 2)
    raw = b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * (MAIL_LIMIT // 72 + 10)

    replies = hand_over(lmtp, "", [path_of(first), path_of(second)], raw)

    assert [code for code, _ in replies] == [552, 552]
    assert lmtp.noop()[0] == 250  # nobody is out of step
    assert not kept(engine)


def test_lines_longer_than_allowed_are_taken_as_they_come(engine: Engine, lmtp: smtplib.LMTP) -> None:
    (id,) = sent(engine, 1)
    raw = filled(mails.POSTFIX.replace("This is the mail system", "x" * 5000), path_of(id))

    ((code, _),) = hand_over(lmtp, "", [path_of(id)], raw)

    assert code == 250
    assert state(engine, id)[0] == "failed"


def test_a_port_that_is_taken_is_named_with_its_setting(engine: Engine, tmp_path: Path) -> None:
    returned = ReturnedMail(engine, SECRET, DOMAIN, tmp_path / "returned")

    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(Refused, match="BRIEFINGS_LMTP_PORT"):
        LmtpInbox(returned, other.getsockname()[1]).__enter__()
