"""The mailbox of returned mail, served by Dovecot itself, and servers that do not behave."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from briefings.delivery.quarantine import FOLDER_LIMIT
from briefings.delivery.return_address import Recipient
from briefings.delivery.returned import ReturnedMail, Taken
from briefings.model.errors import Permanent, Refused, Transient
from briefings.model.untrusted_mail import MAIL_LIMIT
from briefings.responses.inboxes.imap import ImapInbox
from briefings.responses.inboxes.imap_connection import ImapAddress, ImapConnection, Security
from tests.delivery import returned_mails as mails
from tests.delivery.returned_mails import DOMAIN, SECRET, filled
from tests.delivery.returned_rows import kept, path_of, sent, state, suppressed
from tests.responses.dovecot import LOGIN, PASSWORD, USER, Dovecot, dovecot, stored_as, url_of


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(scope="module")
def tls_server() -> Iterator[Dovecot]:
    with dovecot(tls=True) as running:
        yield running


@pytest.fixture
def mailbox(server: Dovecot) -> Dovecot:
    """The same server, its mailbox emptied."""
    server.empty()
    return server


@pytest.fixture
def returned(engine: Engine, tmp_path: Path) -> ReturnedMail:
    return ReturnedMail(engine, SECRET, DOMAIN, tmp_path / "returned")


def collect(server: Dovecot, returned: ReturnedMail, url: str = "") -> Counter[str]:
    counts: Counter[str] = Counter()
    ImapInbox(url or url_of(server), 30.0, returned).collect(counts, clock)
    return counts


def stored(mail: str, delivery_id: int, header: str = "Delivered-To") -> bytes:
    """Return a mail about a delivery as a catch-all stores it."""
    return stored_as(path_of(delivery_id), filled(mail, path_of(delivery_id)), header)


def test_a_mailbox_is_taken_in_and_marked(engine: Engine, returned: ReturnedMail, mailbox: Dovecot) -> None:
    first, second, third = sent(engine, 3)
    mailbox.put(stored(mails.POSTFIX, first))
    mailbox.put(stored(mails.QMAIL, second, "X-Original-To"))
    mailbox.put(filled(mails.POSTFIX_DELAYED, path_of(third)))
    mailbox.put(b"From: a@example.org\r\nTo: nobody\r\n\r\nHello\r\n")

    counts = collect(mailbox, returned)

    assert counts == {"bounce": 2, "delay": 1, "other": 1}
    assert [state(engine, id)[0] for id in (first, second, third)] == ["failed", "failed", "sent"]
    assert set(suppressed(engine)) == {"person0@example.org", "person1@example.org"}
    assert mailbox.seen() == 4
    assert collect(mailbox, returned) == {}


def test_more_mails_than_a_batch_are_all_taken(engine: Engine, returned: ReturnedMail, mailbox: Dovecot) -> None:
    ids = sent(engine, 230)
    for id in ids:
        mailbox.put(stored(mails.POSTFIX, id))

    counts = collect(mailbox, returned)

    assert counts == {"bounce": 230}
    assert {row.delivery_id for row in kept(engine)} == set(ids)


def test_when_time_is_up_the_rest_waits_for_the_next_time(
    engine: Engine, returned: ReturnedMail, mailbox: Dovecot
) -> None:
    for id in sent(engine, 3):
        mailbox.put(stored(mails.POSTFIX, id))
    inbox, counts = ImapInbox(url_of(mailbox), 30.0, returned), Counter[str]()

    is_end = inbox.collect(counts, clock, within=0.0)
    first, is_end_then = dict(counts), inbox.collect(counts, clock, within=600.0)

    assert (is_end, first) == (False, {"bounce": 1})
    assert (is_end_then, counts) == (True, {"bounce": 3})


class Crash(BaseException):
    """Ends a run where a kill would."""


class Crashing(ReturnedMail):
    """Commits the first mail, and does not live to mark it."""

    def take(self, raw: bytes, recipient: Recipient | None, sender: str | None, now: datetime) -> Taken:
        super().take(raw, recipient, sender, now)
        raise Crash


def test_a_crash_between_commit_and_mark_reads_again_and_counts_once(
    engine: Engine, returned: ReturnedMail, mailbox: Dovecot, tmp_path: Path
) -> None:
    (id,) = sent(engine, 1)
    mailbox.put(stored(mails.POSTFIX, id))
    with pytest.raises(Crash):
        collect(mailbox, Crashing(engine, SECRET, DOMAIN, tmp_path / "returned"))
    unseen = mailbox.seen() == 0

    counts = collect(mailbox, returned)

    assert unseen
    assert counts == {"again": 1}
    assert len(kept(engine)) == 1
    assert mailbox.seen() == 1


def test_a_mail_that_is_too_large_is_not_fetched_and_stays_where_it_is(
    engine: Engine, returned: ReturnedMail, mailbox: Dovecot, tmp_path: Path
) -> None:
    (id,) = sent(engine, 1)
    mailbox.put(b"From: a@example.org\r\n\r\n" + b"x" * 70 + b"\r\n" * (MAIL_LIMIT // 2))
    mailbox.put(stored(mails.POSTFIX, id))

    counts = collect(mailbox, returned)

    assert counts == {"other": 1, "bounce": 1}
    assert not (tmp_path / "returned").exists()
    assert any("15 MiB" in row.detail for row in kept(engine))


def test_hostile_mail_does_not_stop_what_comes_after_it(
    engine: Engine, returned: ReturnedMail, mailbox: Dovecot
) -> None:
    (id,) = sent(engine, 1)
    mailbox.put(b"From: " + b"=?utf-8?q?=C3=A9?= " * 15_000 + b"\r\n\r\nx")
    mailbox.put(
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2000))
    )
    mailbox.put(bytes(range(256)) * 10)
    mailbox.put(stored(mails.POSTFIX, id))

    counts = collect(mailbox, returned)

    assert counts == {"other": 3, "bounce": 1}
    assert state(engine, id)[0] == "failed"


def test_a_full_quarantine_does_not_stop_what_can_be_read(
    engine: Engine, returned: ReturnedMail, mailbox: Dovecot, tmp_path: Path
) -> None:
    (id,) = sent(engine, 1)
    mailbox.put(b"From: a@example.org\r\nTo: nobody\r\n\r\nHello\r\n")
    mailbox.put(stored(mails.POSTFIX, id))
    (tmp_path / "returned").mkdir()
    with (tmp_path / "returned" / "earlier.eml").open("wb") as file:
        file.truncate(FOLDER_LIMIT)  # takes no room on the disk
    counts: Counter[str] = Counter()

    with pytest.raises(Refused, match="look through them"):
        ImapInbox(url_of(mailbox), 30.0, returned).collect(counts, clock)

    assert counts == {"bounce": 1, "waiting": 1}
    assert state(engine, id)[0] == "failed"
    assert mailbox.seen() == 1


def test_tls_is_spoken_and_the_certificate_is_checked(
    engine: Engine, returned: ReturnedMail, tls_server: Dovecot
) -> None:
    (id,) = sent(engine, 1)
    tls_server.put(stored(mails.POSTFIX, id))
    url = f"imaps://{LOGIN}@127.0.0.1:{tls_server.tls_port}"
    counts: Counter[str] = Counter()

    with pytest.raises(Permanent, match="certificate"):
        collect(tls_server, returned, url)
    ImapInbox(url, 30.0, returned, tls_server.trusting).collect(counts, clock)

    assert counts == {"bounce": 1}


def test_starttls_is_spoken_where_the_server_is_another_machine(tls_server: Dovecot) -> None:
    address = ImapAddress("127.0.0.1", tls_server.port, USER, PASSWORD, security=Security.STARTTLS)

    with ImapConnection(address, 30.0, tls_server.trusting).open() as mailbox:
        line = mailbox.client.sock

    assert isinstance(line, ssl.SSLSocket)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("imaps://a:b@mail.example.org", ("mail.example.org", 993, "a", "b", "INBOX", Security.TLS)),
        ("imaps://a%40b:p%2Fq@h.example:9/Bounces", ("h.example", 9, "a@b", "p/q", "Bounces", Security.TLS)),
        ("imap://a:b@mail.example.org/X", ("mail.example.org", 143, "a", "b", "X", Security.STARTTLS)),
        ("imap://a:b@127.0.0.1", ("127.0.0.1", 143, "a", "b", "INBOX", Security.NONE)),
        ("imap://a:b@localhost:1143", ("localhost", 1143, "a", "b", "INBOX", Security.NONE)),
    ],
)
def test_a_url_names_a_mailbox(url: str, expected: tuple[str, int, str, str, str, Security]) -> None:
    address = ImapAddress.parse(url)

    assert (
        address.host, address.port, address.user, address.password, address.folder, address.security,
    ) == expected  # fmt: skip


@pytest.mark.parametrize(
    "url", ["", "imaps://host", "pop3://a:s3cret@h", "imaps://a:s3cret@h:x", "imaps://a@h", "imaps://:s3cret@"]
)
def test_a_url_that_names_no_mailbox_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(Refused) as refused:
        ImapAddress.parse(url)

    assert "BRIEFINGS_IMAP_URL" in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("login", "folder", "reason"),
    [
        (f"{USER}:s3cret", "INBOX", "refuses the login"),
        (f"{USER}:s3cr%C3%A9t", "INBOX", "refuses the login"),
        (LOGIN, "Nowhere", "no folder 'Nowhere'"),
    ],
)
def test_a_refusal_says_what_to_look_at(
    returned: ReturnedMail, mailbox: Dovecot, login: str, folder: str, reason: str
) -> None:
    with pytest.raises(Permanent, match=reason) as refused:
        collect(mailbox, returned, f"imap://{login}@127.0.0.1:{mailbox.port}/{folder}")

    assert "s3cr" not in str(refused.value)


@contextmanager
def misbehaving(greeting: bytes, every: float = 0.0) -> Iterator[int]:
    """Listen, say something to whoever comes (again and again with `every` seconds between), and no more."""
    stop = threading.Event()

    def serve(listening: socket.socket) -> None:
        while not stop.is_set():
            with suppress(OSError):
                line, _ = listening.accept()
                with line, suppress(OSError):
                    line.sendall(greeting)
                    while every and not stop.wait(every):
                        line.sendall(b"x")
                    stop.wait()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize(("greeting", "every"), [(b"", 0.0), (b"* OK ", 0.05), (b"* OK ready\r\n", 0.05)])
def test_a_server_that_drips_or_says_nothing_is_left_at_the_deadline(
    returned: ReturnedMail, greeting: bytes, every: float
) -> None:
    started = time.monotonic()

    with misbehaving(greeting, every) as port, pytest.raises(Transient, match=r"did not answer within 0\.5 s"):
        ImapInbox(f"imap://a:b@127.0.0.1:{port}", 0.5, returned).collect(Counter(), clock)

    assert time.monotonic() - started < 20


def test_a_server_that_is_away_is_named(returned: ReturnedMail) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Transient, match=rf"127\.0\.0\.1:{port} failed: .*refused"):
        ImapInbox(f"imap://a:b@127.0.0.1:{port}", 5.0, returned).collect(Counter(), clock)
