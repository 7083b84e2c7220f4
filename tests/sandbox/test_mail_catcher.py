"""The mail catcher, spoken to by a real SMTP client over a real socket."""

from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefings.model.errors import BriefingsError
from briefings.sandbox.catcher import SIZE_LIMIT, MailCatcher
from briefings.sandbox.caught import Caught
from briefings.sandbox.ports import caught_path, listening
from briefings.sandbox.run import StandIns

MAIL = (
    "From: Briefings <news@borough.example>\r\nTo: =?utf-8?b?SW9uYQ==?= <iona@example.org>\r\n"
    "Subject: =?utf-8?q?Siguran=C8=9Ba_=C3=AEn_cartier?=\r\nContent-Language: ro\r\n"
    "List-Id: <north.ro.borough.example>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n\r\n"
    ".început cu punct\r\n..două puncte\r\n.\x20\r\nȘtiri\x00 și gata\r\n"
).encode()


def test_a_mail_is_kept_byte_for_byte_with_its_envelope(stand_ins: StandIns) -> None:
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        smtp.sendmail("bounce+1@borough.example", ["iona@example.org"], MAIL, mail_options=["BODY=8BITMIME"])

    (mail,) = stand_ins.caught.list()

    assert mail.raw == MAIL
    assert (mail.mail_from, mail.rcpt_to) == ("bounce+1@borough.example", ("iona@example.org",))
    assert (mail.subject, mail.locale, mail.to) == ("Siguranța în cartier", "ro", "Iona <iona@example.org>")
    assert (mail.list_id, mail.size) == ("<north.ro.borough.example>", len(MAIL))


def test_the_catcher_offers_what_a_modern_server_offers(stand_ins: StandIns) -> None:
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        smtp.ehlo()

        assert smtp.esmtp_features.keys() >= {"size", "8bitmime", "smtputf8", "pipelining"}
        assert smtp.esmtp_features["size"] == str(SIZE_LIMIT)


def test_commands_sent_in_one_go_are_answered_in_order(stand_ins: StandIns) -> None:
    with socket.create_connection(("127.0.0.1", stand_ins.smtp_port), timeout=10) as connection:
        answers = connection.makefile("rb")
        answers.readline()
        connection.sendall(b"HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\nDATA\r\n")
        envelope = [answers.readline()[:3] for _ in range(4)]

        connection.sendall(
            b"Subject: one\r\n\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<perm-fail@example.org>\r\nDATA\r\nQUIT\r\n"
        )
        after_the_dot = [answers.readline()[:3] for _ in range(5)]

    assert envelope == [b"250", b"250", b"250", b"354"]
    assert after_the_dot == [b"250", b"250", b"550", b"503", b"221"]
    assert stand_ins.caught.count() == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"", b""),
        (b"..\r\n", b".\r\n"),
        (b"a\r\n", b"a\r\n"),
        (b"ends.\r\nwith dots.\r\n", b"ends.\r\nwith dots.\r\n"),
        (b"..\r\n..\r\n...\r\n", b".\r\n.\r\n..\r\n"),
        (b"bare\n.\nline feeds\r\r\n", b"bare\n.\nline feeds\r\r\n"),
    ],
)
def test_only_a_dot_alone_ends_a_mail(stand_ins: StandIns, sent: bytes, kept: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        smtp.ehlo()
        smtp.mail("a@borough.example")
        smtp.rcpt("b@example.org")
        smtp.docmd("DATA")
        for byte in sent + b".\r\n":
            smtp.send(bytes([byte]))
        answer = smtp.getreply()

    assert answer[0] == 250
    assert stand_ins.caught.list()[0].raw == kept


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a" * 998 + b"\r\n", 250),
        (b"a" * 999 + b"\r\n", 500),
        ((b"a" * 98 + b"\r\n") * (SIZE_LIMIT // 100 + 1), 552),
        (b"." + b"a" * (SIZE_LIMIT + 10) + b"\r\n", 552),
    ],
)
def test_lines_and_mails_beyond_the_limits_are_refused(stand_ins: StandIns, body: bytes, status: int) -> None:
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        smtp.ehlo()
        smtp.mail("a@borough.example")
        smtp.rcpt("b@example.org")
        answer = smtp.data(body)
        smtp.noop()

    assert answer[0] == status
    assert stand_ins.caught.count() == (status == 250)


def test_simulated_recipients_are_refused_and_the_others_are_not(stand_ins: StandIns) -> None:
    recipients = ["temp-fail@example.org", "perm-fail@example.org", "ok@example.org"]
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        refused = smtp.sendmail("a@borough.example", recipients, MAIL)

    assert {address: answer[0] for address, answer in refused.items()} == {recipients[0]: 451, recipients[1]: 550}
    assert stand_ins.caught.list()[0].rcpt_to == ("ok@example.org",)


def test_an_address_in_another_script_is_taken(stand_ins: StandIns) -> None:
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        smtp.sendmail("a@borough.example", ["பயனர்@example.org"], MAIL, mail_options=["SMTPUTF8", "BODY=8BITMIME"])

    assert stand_ins.caught.list()[0].rcpt_to == ("பயனர்@example.org",)


def test_caught_mail_outlives_the_catcher(tmp_path: Path) -> None:
    with StandIns(tmp_path) as first, smtplib.SMTP("127.0.0.1", first.smtp_port) as smtp:
        smtp.sendmail("a@borough.example", ["b@example.org"], MAIL)

    with StandIns(tmp_path) as second:
        kept = second.caught.list()

    assert [mail.raw for mail in kept] == [MAIL]


def test_what_was_answered_250_outlives_a_kill(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from briefings.sandbox.run import StandIns\n"
        "with StandIns(Path(sys.argv[1])) as running: print(running.smtp_port, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with smtplib.SMTP("127.0.0.1", int(process.stdout.readline())) as smtp:
            for _ in range(20):
                smtp.sendmail("a@borough.example", ["b@example.org"], MAIL)
            process.kill()
            process.wait()
            smtp.close()

    with Caught(caught_path(tmp_path)) as caught:
        assert caught.count() == 20


def test_a_stopped_catcher_hangs_up_and_gives_its_port_back(tmp_path: Path) -> None:
    caught = Caught(tmp_path / "caught.db")
    catcher = MailCatcher(caught).start()
    client = smtplib.SMTP("127.0.0.1", catcher.port)
    catcher.stop()

    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.docmd("NOOP")
    assert not listening(catcher.port)
    MailCatcher(caught, port=catcher.port).start().stop()


def test_a_busy_port_is_named_and_nothing_stays_behind(stand_ins: StandIns, tmp_path: Path) -> None:
    with pytest.raises(BriefingsError, match=rf"stand-in for X cannot listen on 127.0.0.1:{stand_ins.x_port}"):
        StandIns(tmp_path / "other", 0, stand_ins.x_port).start()
    with pytest.raises(BriefingsError, match=rf"mail catcher cannot listen on 127.0.0.1:{stand_ins.smtp_port}"):
        StandIns(tmp_path / "other", stand_ins.smtp_port, 0).start()

    assert listening(stand_ins.x_port)


def test_mail_is_found_by_address_subject_and_language(tmp_path: Path) -> None:
    with Caught(caught_path(tmp_path)) as caught:
        now = datetime(2026, 11, 20, 17, tzinfo=UTC)
        for number in range(60):
            caught.add("a@borough.example", [f"r{number}@example.org"], MAIL, now)
        urdu = b"Subject: \xd9\x85\xd8\xad\xd9\x84\xdb\x81\r\nContent-Language: ur\r\n\r\n"
        last = caught.add("a@borough.example", ["x@example.org"], urdu, now)

        assert [mail.id for mail in caught.list(1, 2)] == [last, last - 1]
        assert [len(caught.list(page, 50)) for page in (1, 2, 3)] == [50, 11, 0]
        assert [mail.subject for mail in caught.list(locale="ur")] == ["محلہ"]
        assert caught.count(q="SIGURANȚA") == 60
        assert caught.count(q="r59@") == 1
        assert caught.count_by_locale() == {"ro": 60, "ur": 1}


def test_a_second_process_reads_while_the_first_writes(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, 17, tzinfo=UTC)
    with Caught(tmp_path / "c.db") as writer, Caught(tmp_path / "c.db") as reader:
        for number in range(1, 20):
            writer.add("a@borough.example", ["b@example.org"], MAIL, now)

            assert reader.count() == number


def test_odd_headers_are_kept_and_do_not_stop_the_catcher(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, 17, tzinfo=UTC)
    oddities = [
        b"",
        b"\r\n",
        b"Subject: =?nonsense?b?!!?=\r\nContent-Language: not a tag!\r\n\r\n",
        b"Subject: \xff\xfe\r\n\r\n",
        b"From: " + b"=?utf-8?q?x?= " * 30000 + b"\r\n\r\n",
    ]
    with Caught(tmp_path / "c.db") as caught:
        for raw in oddities:
            caught.add("", [], raw, now)

        assert [mail.raw for mail in caught.list()] == oddities[::-1]
