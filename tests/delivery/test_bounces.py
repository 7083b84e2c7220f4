"""Reading returned mail: what the mail systems of the world send, and what the hostile ones may."""

from __future__ import annotations

import base64
import random
import time
import tracemalloc

import pytest

from briefings.delivery.bounces import Returned, ReturnKind, ReturnReader
from briefings.delivery.return_address import ReturnAddresses
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.delivery import returned_mails as mails
from tests.delivery.returned_mails import DOMAIN, SECRET, WHO, filled

TOKENS = Tokens(SECRET)
ADDRESSES = ReturnAddresses(SECRET, DOMAIN)
DELIVERY, SUBSCRIBER = 471, 12
PATH = f"bounce+{TOKENS.token(TokenPurpose.BOUNCE, DELIVERY)}@{DOMAIN}"
UNSUBSCRIBE = TOKENS.token(TokenPurpose.UNSUBSCRIBE, SUBSCRIBER)
FORGED = f"bounce+{Tokens(b'another secret, just as long').token(TokenPurpose.BOUNCE, DELIVERY)}@{DOMAIN}"


def read(raw: bytes, to: str = PATH, sender: str | None = "") -> Returned:
    return ReturnReader(ADDRESSES).read(raw, ADDRESSES.recipient(to), sender)


@pytest.mark.parametrize(
    ("mail", "kind", "status"),
    [
        (mails.POSTFIX, ReturnKind.BOUNCE, "5.1.1"),
        (mails.POSTFIX_FULL, ReturnKind.BOUNCE, "5.2.2"),
        (mails.POSTFIX_GAVE_UP, ReturnKind.BOUNCE, "4.4.1"),
        (mails.POSTFIX_DELAYED, ReturnKind.DELAY, "4.3.0"),
        (mails.EXCHANGE, ReturnKind.BOUNCE, "5.1.10"),
        (mails.GMAIL, ReturnKind.BOUNCE, "5.1.1"),
        (mails.EXIM, ReturnKind.BOUNCE, "5.0.0"),
        (mails.EXIM_NO_CODE, ReturnKind.BOUNCE, ""),
        (mails.EXIM_WARNING, ReturnKind.DELAY, "4.0.0"),
        (mails.QMAIL, ReturnKind.BOUNCE, "5.1.1"),
        (mails.QMAIL_GAVE_UP, ReturnKind.BOUNCE, "4.4.3"),
        (mails.SENDMAIL, ReturnKind.BOUNCE, "5.0.0"),
        (mails.GERMAN, ReturnKind.BOUNCE, "5.2.2"),
        (mails.JAPANESE, ReturnKind.BOUNCE, "5.7.1"),
        (mails.UTF8, ReturnKind.BOUNCE, "5.1.1"),
        (mails.DELIVERED, ReturnKind.AUTO_REPLY, "2.0.0"),
        (mails.OUT_OF_OFFICE, ReturnKind.AUTO_REPLY, ""),
        (mails.LETTER, ReturnKind.OTHER, ""),
    ],
)  # fmt: skip
def test_what_mail_systems_send_is_understood(mail: str, kind: ReturnKind, status: str) -> None:
    raw = filled(mail, PATH)

    returned = read(raw, sender=None)

    assert (returned.kind, returned.status, returned.delivery_id) == (kind, status, DELIVERY)


def test_figures_in_a_letter_do_not_kill_an_address_even_if_its_sender_is_empty() -> None:
    raw = filled(mails.LETTER, PATH)

    returned = read(raw, sender="")

    assert (returned.kind, returned.status) == (ReturnKind.DELAY, "")


def test_an_address_is_dead_only_if_all_it_is_forwarded_to_are() -> None:
    raw = filled(mails.FORWARDED, PATH)

    returned = read(raw)

    assert (returned.kind, returned.status) == (ReturnKind.BOUNCE, "5.2.2")


def test_one_forwarded_copy_that_arrived_outweighs_one_that_failed() -> None:
    raw = filled(mails.FORWARDED.replace("Action: failed\nStatus: 5.2.2", "Action: relayed\nStatus: 2.1.9"), PATH)

    returned = read(raw)

    assert returned.kind is ReturnKind.AUTO_REPLY


def test_a_report_in_base64_is_understood() -> None:
    head, _, rest = mails.UTF8.partition("Reporting-MTA")
    block, _, end = rest.partition("--=_utf8\nContent-Type: message/global-headers")
    body = base64.encodebytes(f"Reporting-MTA{block}".format(who=WHO).encode()).decode()
    mail = head.replace(
        "global-delivery-status\nContent-Transfer-Encoding: 8bit",
        "global-delivery-status\nContent-Transfer-Encoding: base64",
    )

    returned = read(filled(f"{mail}{body}\n--=_utf8\nContent-Type: message/global-headers{end}", PATH))

    assert (returned.kind, returned.status) == (ReturnKind.BOUNCE, "5.1.1")


@pytest.mark.parametrize(
    "to", [FORGED, f"bounce+x@{DOMAIN}", f"postmaster@{DOMAIN}", PATH.replace(DOMAIN, "a.example")]
)
@pytest.mark.parametrize("mail", [mails.POSTFIX, mails.EXIM, mails.QMAIL, mails.POSTFIX_DELAYED])
def test_a_bounce_to_an_address_that_is_not_signed_is_about_nothing(mail: str, to: str) -> None:
    raw = filled(mail, PATH)  # the signed return path in the mail itself proves nothing

    returned = read(raw, to)

    assert (returned.kind, returned.delivery_id, returned.subscriber_id) == (ReturnKind.OTHER, 0, 0)


def test_the_token_of_one_purpose_does_not_serve_another() -> None:
    swapped = f"bounce+{UNSUBSCRIBE}@{DOMAIN}"

    recipient = ADDRESSES.recipient(swapped)

    assert recipient is None


@pytest.mark.parametrize("local", ["BOUNCE+{0}", "Bounce+{1}"])
def test_a_return_path_survives_a_mail_system_that_changes_its_case(local: str) -> None:
    token = TOKENS.token(TokenPurpose.BOUNCE, DELIVERY)

    recipient = ADDRESSES.recipient(f"{local.format(token, token.upper())}@{DOMAIN.upper()}")

    assert recipient is not None
    assert recipient.id == DELIVERY


@pytest.mark.parametrize(
    ("mail", "path", "unsubscribe", "delivery", "subscriber"),
    [
        (mails.ABUSE, PATH, UNSUBSCRIBE, DELIVERY, SUBSCRIBER),
        (mails.ABUSE, PATH, "redacted", DELIVERY, 0),
        (mails.REDACTED, "redacted@redacted.invalid", UNSUBSCRIBE, 0, SUBSCRIBER),
        (mails.REDACTED, PATH, "redacted", DELIVERY, 0),
    ],
)
def test_a_complaint_is_known_by_any_token_its_provider_left_in(
    mail: str, path: str, unsubscribe: str, delivery: int, subscriber: int
) -> None:
    raw = filled(mail, f"abuse@{DOMAIN}", path=path, unsubscribe=unsubscribe)

    returned = read(raw, f"abuse@{DOMAIN}")

    assert returned == Returned(ReturnKind.COMPLAINT, delivery, subscriber, detail="reported as abuse")


def test_a_complaint_with_forged_tokens_is_about_nothing() -> None:
    raw = filled(mails.ABUSE, f"abuse@{DOMAIN}", path=FORGED, unsubscribe="a" * 48)

    returned = read(raw, f"abuse@{DOMAIN}")

    assert (returned.kind, returned.delivery_id, returned.subscriber_id) == (ReturnKind.OTHER, 0, 0)


def test_a_complaint_about_a_friend_who_forwarded_us_is_not_about_our_subscriber() -> None:
    forward = (
        f"From: friend@example.com\nSubject: Fwd\nContent-Type: text/plain\n\nList-Unsubscribe: /u/{UNSUBSCRIBE}\n"
    )
    raw = filled(mails.HUMAN_FORWARD, f"abuse@{DOMAIN}", path=PATH, copy=forward)

    returned = read(raw, f"abuse@{DOMAIN}")

    assert returned.kind is ReturnKind.OTHER


def test_a_report_that_a_mail_is_no_spam_is_no_complaint() -> None:
    raw = filled(mails.ABUSE.replace("Feedback-Type: abuse", "Feedback-Type: not-spam"), f"abuse@{DOMAIN}", path=PATH)

    returned = read(raw, f"abuse@{DOMAIN}")

    assert returned.kind is ReturnKind.OTHER


@pytest.mark.parametrize("text", ["", "unsubscribe", "Please do NOT unsubscribe me", "\x00\xff"])
def test_a_mail_to_the_unsubscribe_address_counts_whatever_it_says(text: str) -> None:
    raw = f"From: a@example.org\r\n\r\n{text}".encode()

    returned = read(raw, f"unsubscribe+{UNSUBSCRIBE}@{DOMAIN}", "a@example.org")

    assert returned == Returned(ReturnKind.UNSUBSCRIBE, subscriber_id=SUBSCRIBER)


def test_a_newsletter_to_a_canary_names_its_delivery_by_envelope_or_return_path() -> None:
    to, letter = f"canary+north.ro@{DOMAIN}", b"Subject: Community safety briefing\r\n\r\nHello\r\n"

    by_envelope = read(letter, to, PATH)
    by_header = read(b"Return-Path: <%b>\r\n%b" % (PATH.encode(), letter), to, None)
    by_nothing = read(letter, to, "somebody@example.org")

    assert by_envelope == by_header == Returned(ReturnKind.CANARY, DELIVERY)
    assert by_nothing.kind is ReturnKind.OTHER


@pytest.mark.parametrize(
    "mail", [v for name, v in vars(mails).items() if name.isupper() and "{to}" in str(v) and v != mails.COPY]
)
def test_nothing_that_is_kept_of_a_mail_holds_an_address(mail: str) -> None:
    raw = filled(mail, PATH, path=PATH, unsubscribe=UNSUBSCRIBE)

    returned = read(raw)

    assert "@" not in returned.detail + returned.status
    assert "popescu" not in returned.detail.lower()


def _nested(depth: int, kind: str = "multipart/mixed") -> bytes:
    parts = [f'Content-Type: {kind}; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)]
    return "".join(parts).encode()


def test_no_damaged_mail_stops_the_reading() -> None:
    chance = random.Random(7)
    corpus = [
        filled(value, PATH)
        for name, value in vars(mails).items()
        if name.isupper() and "To: " in str(value) and value != mails.COPY
    ]

    for _ in range(3000):
        raw = bytearray(chance.choice(corpus))
        for _ in range(chance.randrange(1, 8)):
            at, length = chance.randrange(len(raw)), chance.randrange(1, 60)
            raw[at : at + length] = chance.choice([b"", chance.randbytes(length), b"\r\n", b"--", bytes(raw[:length])])
        assert read(bytes(raw), chance.choice([PATH, f"abuse@{DOMAIN}"])).kind in ReturnKind


REPORT = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n'
HOSTILE = {
    "a From header of 280 KB of encoded words": b"From: " + b"=?utf-8?q?=C3=A9?= " * 15_000 + b"\n\nx",
    "2,000 nested parts": _nested(2000),
    "2,000 nested mails": b"Content-Type: message/rfc822\n\n" * 2000,
    "2,000 nested digests": _nested(2000, "multipart/digest"),
    "20 nested parts of 19,000 lines": _nested(20) + b"\n" * 19_000,
    "20 nested digests of 19,000 lines": _nested(20, "multipart/digest") + b"\n" * 19_000,
    "20,000 parts": REPORT + b"Content-Type: text/plain\n\nx\n--b\n" * 20_000,
    "15 MiB of empty lines": REPORT + b"\n" * (15 << 20),
    "15 MiB in one line": REPORT + b"x" * (15 << 20),
    "15 MiB of bare carriage returns": REPORT + b"\r" * (15 << 20),
    "a part of many parameters": REPORT + b"Content-Type: text/plain" + b";" * 250_000,
    "a part of many quoted parameters": REPORT + b'Content-Type: message/delivery-status; a="' + b'\\";' * 80_000,
    "a hidden header behind a bare return": b"X: y\rContent-Type: a/b" + b';"' * 30_000 + b"\n\nx",
    "a report of 19,000 fields": REPORT + b"Content-Type: message/delivery-status\n\n" + b"Status: 5\n" * 19_000,
    "a report of 9,000 blocks": REPORT + b"Content-Type: message/delivery-status\n\n" + b"Action: x\n\n" * 9_000,
    "dashes without end": b"From: mailer-daemon\n\n" + b"-" * 250_000,
    "digits without end": b"From: mailer-daemon\n\n" + b"5.1." * 60_000,
    "spaces without end": b"From: mailer-daemon\n\n" + b"\n      " * 19_000,
    "codes without end": b"From: mailer-daemon\n\n" + b"550 " * 60_000,
    "no header at all": b"\n\n",
    "nothing": b"",
    "noise": random.Random(1).randbytes(200_000),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_costs_little_time_and_memory(raw: bytes) -> None:
    started = time.process_time()
    tracemalloc.start()
    try:
        returned = read(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    seconds = time.process_time() - started

    assert returned.kind in ReturnKind
    assert seconds < 10, f"{seconds:.1f} s, under the tracing of memory, which costs several times the reading"
    assert peak < 64 << 20, f"{peak >> 20} MiB"
