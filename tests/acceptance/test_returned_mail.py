"""What comes back after a publish that really went out: through Dovecot and `collect`, and over LMTP to `serve`."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from briefings.sandbox.caught import CaughtMail
from tests.acceptance.borough import CHANNELS, write_briefing
from tests.acceptance.conftest import EAST, Scene, subscribe_all
from tests.acceptance.test_afterwards import ON_TIME
from tests.conftest import create_database, free_port
from tests.delivery import returned_mails as mails
from tests.delivery.returned_mails import filled
from tests.responses.dovecot import Dovecot, dovecot, stored_as, url_of

ONE, TWO, THREE = "one@example.org", "two@example.org", "three@example.org"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def mailbox(server: Dovecot) -> Dovecot:
    server.empty()
    return server


def published(scene: Scene) -> dict[str, CaughtMail]:
    """Publish; return the caught mails by recipient."""
    scene.installation.run("publish", EAST, *ON_TIME)
    return {mail.rcpt_to[0]: mail for mail in scene.stand_ins.caught.list()}


def head_of(mail: CaughtMail) -> str:
    """Return the headers of a mail as a mail system would return them, with the return path it noted."""
    head = mail.raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")
    return f"Return-Path: <{mail.mail_from}>\n{head}\n".replace("{", "{{").replace("}", "}}")


def came_back(kind: str, mail: CaughtMail, to: str = "") -> bytes:
    """Return what a mail system says of a mail that it got."""
    return filled(kind, to or mail.mail_from, path=mail.mail_from, copy=head_of(mail))


@pytest.mark.slow
def test_a_mailbox_of_returned_mail_is_taken_in_by_collect(east: Scene, mailbox: Dovecot) -> None:
    sent = published(east)
    before = east.installation.states(EAST)
    mailbox.put(stored_as(sent[ONE].mail_from, came_back(mails.POSTFIX, sent[ONE])))
    mailbox.put(stored_as(f"abuse@{mails.DOMAIN}", came_back(mails.ABUSE, sent[TWO], f"abuse@{mails.DOMAIN}")))
    mailbox.put(stored_as(sent[THREE].mail_from, came_back(mails.OUT_OF_OFFICE, sent[THREE])))
    mailbox.put(b"From: somebody@example.org\r\nTo: postmaster@briefings.example\r\n\r\nGood morning\r\n")
    installation = east.installation.having(IMAP_URL=url_of(mailbox))

    collected = installation.run("collect", "--json")
    again = installation.run("collect", "--json")

    assert before == {"sent": 3}
    assert collected.json["returned"] == {"auto-reply": 1, "bounce": 1, "complaint": 1, "other": 1}
    assert again.json == {"new": 0, "returned": {}, "letters": {}, "troubles": {}}
    assert mailbox.seen() == 4
    assert installation.states(EAST) == {"sent": 2, "failed": 1}
    (failed,) = installation.rows("SELECT detail FROM deliveries WHERE state = 'failed'")
    assert failed.detail == "bounced: 5.1.1 no such mailbox"
    ended = installation.rows("SELECT email, end_reason FROM subscribers WHERE ended_at IS NOT NULL")
    assert {tuple(row) for row in ended} == {(ONE, "bounced"), (TWO, "complained")}
    assert len(list((installation.data_dir / "returned").glob("*.eml"))) == 1
    (kept,) = installation.rows("SELECT count(*) AS n FROM returns")
    assert kept.n == 4


@pytest.mark.slow
@pytest.mark.postgres
def test_a_mailbox_is_taken_in_on_postgresql_too(
    postgres_url: str, postgres_template: str, scene: Scene, mailbox: Dovecot
) -> None:
    installation = scene.installation.having(DATABASE_URL=create_database(postgres_url, postgres_template))
    subscribe_all(installation, [(ONE, "en-GB", "east", "")])
    write_briefing(installation.root, EAST)
    installation.prepare_and_approve(EAST)
    sent = published(Scene(installation, scene.stand_ins))
    mailbox.put(stored_as(sent[ONE].mail_from, came_back(mails.QMAIL, sent[ONE])))

    collected = installation.having(IMAP_URL=url_of(mailbox)).run("collect", "--json")

    assert collected.json["returned"] == {"bounce": 1}
    assert installation.states(EAST) == {"failed": 1}


@pytest.mark.slow
def test_serve_takes_returned_mail_over_lmtp(east: Scene) -> None:
    sent = published(east)
    installation = east.installation.having(LMTP_PORT=str(free_port()))
    unsubscribe = sent[TWO].raw.partition(b"<mailto:")[2].partition(b">")[0].decode()

    with (
        installation.serving(),
        smtplib.LMTP("127.0.0.1", int(installation.environment["LMTP_PORT"]), timeout=60) as lmtp,
    ):
        lmtp.sendmail("", [sent[ONE].mail_from], came_back(mails.EXCHANGE, sent[ONE]))
        lmtp.sendmail(TWO, [unsubscribe], b"From: two@example.org\r\nSubject: unsubscribe\r\n\r\n")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            lmtp.sendmail("", ["bounce+forged@briefings.example"], came_back(mails.POSTFIX, sent[THREE]))

    assert installation.states(EAST) == {"sent": 2, "failed": 1}
    ended = installation.rows("SELECT email, end_reason FROM subscribers WHERE ended_at IS NOT NULL")
    assert {tuple(row) for row in ended} == {(ONE, "bounced"), (TWO, "by mail")}


@pytest.mark.slow
def test_an_inbox_that_fails_does_not_stop_the_other(east: Scene, mailbox: Dovecot) -> None:
    sent = published(east)
    (east.installation.root / "content" / "channels.yaml").write_text(CHANNELS)
    east.stand_ins.x.timeline.mention("ana", "The park, please", datetime.now(UTC))
    mailbox.put(stored_as(sent[ONE].mail_from, came_back(mails.GMAIL, sent[ONE])))
    nowhere = free_port()

    no_mailbox = east.installation.having(IMAP_URL=f"imap://a:s3cret@127.0.0.1:{nowhere}").run("collect", code=1)
    no_x = east.installation.having(IMAP_URL=url_of(mailbox), X_API_URL=f"http://127.0.0.1:{nowhere}", X_TIMEOUT="5")
    without_x = no_x.run("collect", "--json", code=1)

    assert "1 new responses" in no_mailbox.out
    assert no_mailbox.err.startswith(f"mailbox: the IMAP server 127.0.0.1:{nowhere} failed")
    assert "s3cret" not in no_mailbox.err
    assert without_x.json["returned"] == {"bounce": 1}
    assert list(without_x.json["troubles"]) == ["X"]
    assert without_x.err.startswith("X: ")


@pytest.mark.slow
def test_a_wrong_mailbox_setting_is_one_line(east: Scene) -> None:
    installation = east.installation.having(IMAP_URL="imaps://mail.example.org")

    finished = installation.run("collect", code=1)

    assert finished.err.startswith("mailbox: BRIEFINGS_IMAP_URL must be imaps://user:password@host/Folder")
    assert len(finished.err.splitlines()) == 1
