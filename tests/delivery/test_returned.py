"""What follows from returned mail: in the ledger and for the subscriber."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from briefings.delivery import holds, quarantine
from briefings.delivery.bounces import ReturnKind
from briefings.delivery.plan import Job
from briefings.delivery.returned import ReturnedMail, Taken
from briefings.model.delivery import DeliveryState
from briefings.model.errors import Refused, Transient
from briefings.store.engine import reading, writing
from briefings.store.people import consents, subscribers
from briefings.store.tables import deliveries
from briefings.subscribers.suppression import SuppressionReason
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.delivery import returned_mails as mails
from tests.delivery.ledger_rows import NOW, add_people, planned, rows
from tests.delivery.returned_mails import DOMAIN, filled
from tests.delivery.returned_rows import (
    LATER,
    TOKENS,
    bounce,
    complain,
    kept,
    path_of,
    sent,
    state,
    suppressed,
    take,
    unsubscribe_by_mail,
)


def test_a_hard_bounce_fails_the_delivery_and_suppresses_the_address(engine: Engine, returned: ReturnedMail) -> None:
    first, second = sent(engine, 2)

    taken = bounce(returned, first)

    assert taken == Taken(ReturnKind.BOUNCE, True)
    assert state(engine, first) == ("failed", "bounced: 5.1.1 no such mailbox")
    assert state(engine, second) == ("sent", "")
    assert suppressed(engine) == {"person0@example.org": "bounced"}
    (row,) = kept(engine)
    assert (row.kind, row.delivery_id, row.status, row.received_at) == ("bounce", first, "5.1.1", LATER)


def test_the_same_mail_twice_counts_once(engine: Engine, returned: ReturnedMail) -> None:
    (id,) = sent(engine, 1)
    bounce(returned, id)
    with writing(engine) as connection:
        connection.execute(update(deliveries).values(state=DeliveryState.SENT))  # would show a second effect

    again = bounce(returned, id)

    assert again == Taken(ReturnKind.BOUNCE, False)
    assert state(engine, id)[0] == "sent"
    assert len(kept(engine)) == 1


def test_the_same_mail_by_many_at_once_counts_once(engine: Engine, returned: ReturnedMail) -> None:
    (id,) = sent(engine, 1)

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: bounce(returned, id), range(12)))

    assert sum(each.is_new for each in taken) == 1
    assert len(kept(engine)) == 1


@pytest.mark.parametrize("before", ["uncertain", "queued", "deferred", "cancelled", "failed"])
def test_only_what_may_have_arrived_becomes_failed(engine: Engine, returned: ReturnedMail, before: str) -> None:
    (id,) = sent(engine, 1)
    with writing(engine) as connection:
        connection.execute(update(deliveries).values(state=before, detail="as it was"))

    bounce(returned, id)

    expected = ("failed", "bounced: 5.1.1 no such mailbox") if before == "uncertain" else (before, "as it was")
    assert state(engine, id) == expected
    assert suppressed(engine) == {"person0@example.org": "bounced"}


def test_a_bounce_that_overtakes_its_own_record_is_to_be_brought_again(engine: Engine, returned: ReturnedMail) -> None:
    (id,) = sent(engine, 1)
    with writing(engine) as connection:
        connection.execute(update(deliveries).values(state=DeliveryState.SENDING))

    with pytest.raises(Transient):
        bounce(returned, id)

    assert not kept(engine)
    with writing(engine) as connection:
        connection.execute(update(deliveries).values(state=DeliveryState.SENT))
    assert bounce(returned, id) == Taken(ReturnKind.BOUNCE, True)
    assert state(engine, id)[0] == "failed"


def test_a_delay_changes_nothing_and_is_recorded(engine: Engine, returned: ReturnedMail) -> None:
    (id,) = sent(engine, 1)

    taken = bounce(returned, id, mails.POSTFIX_DELAYED)

    assert taken.kind is ReturnKind.DELAY
    assert state(engine, id) == ("sent", "")
    assert not suppressed(engine)
    assert kept(engine)[0].status == "4.3.0"


def test_given_up_after_days_fails_the_delivery_and_says_nothing_of_the_address(
    engine: Engine, returned: ReturnedMail
) -> None:
    (id,) = sent(engine, 1)

    bounce(returned, id, mails.POSTFIX_GAVE_UP)

    assert state(engine, id) == ("failed", "bounced: 4.4.1 its mail server does not answer")
    assert not suppressed(engine)


JOBS = [Job(f"east/2026-11-2{n}-a", "r1", "east", ("en-GB", "pl"), "en-GB") for n in range(6)]


def _mailings(engine: Engine, returned: ReturnedMail, *what: str | None, order: Sequence[int] = ()) -> None:
    """Send one mailing after another to one person; `what` came back of each, or nothing."""
    add_people(engine, "one@example.org")
    ids = [sent(engine, 1, job)[0] for job, _ in zip(JOBS, what, strict=False)]
    for n in order or range(len(what)):
        if (mail := what[n]) is not None:
            bounce(returned, ids[n], mail, NOW + timedelta(days=n))


FULL, POLICY, GAVE_UP = mails.POSTFIX_FULL, mails.JAPANESE, mails.POSTFIX_GAVE_UP


@pytest.mark.parametrize(
    ("what", "is_given_up"),
    [
        ((FULL,), False),
        ((FULL, FULL), False),
        ((FULL, FULL, FULL), True),
        ((FULL, FULL, None, FULL), False),
        ((FULL, FULL, FULL, None), True),  # of the last nothing is known yet
        ((FULL, GAVE_UP, POLICY, FULL, FULL), True),
        ((FULL, GAVE_UP, POLICY, FULL), False),
        ((POLICY, POLICY, POLICY, POLICY), False),
        ((GAVE_UP, GAVE_UP, GAVE_UP, GAVE_UP), False),
    ],
)
def test_a_full_mailbox_is_given_up_after_three_briefings_in_a_row(
    engine: Engine, returned: ReturnedMail, what: tuple[str | None, ...], is_given_up: bool
) -> None:
    _mailings(engine, returned, *what)

    given_up = suppressed(engine)

    assert given_up == ({"one@example.org": "bounced"} if is_given_up else {})


def test_bounces_in_a_row_may_come_in_any_order(engine: Engine, returned: ReturnedMail) -> None:
    _mailings(engine, returned, FULL, FULL, FULL, order=(2, 0, 1))

    given_up = suppressed(engine)

    assert given_up == {"one@example.org": "bounced"}


def test_bounces_of_long_ago_do_not_count(engine: Engine, returned: ReturnedMail) -> None:
    _mailings(engine, returned, FULL, FULL)
    (third,) = sent(engine, 1, JOBS[2])

    bounce(returned, third, FULL, NOW + timedelta(days=100))

    assert not suppressed(engine)


def test_corrections_of_one_briefing_count_as_one(engine: Engine, returned: ReturnedMail) -> None:
    add_people(engine, "one@example.org")
    jobs = [Job("east/2026-11-20-a", f"r{n}", "east", ("en-GB",), "en-GB") for n in range(3)]
    for job in jobs:
        id = max(sent(engine, 1, job))
        bounce(returned, id, FULL)

    given_up = suppressed(engine)

    assert not given_up


def test_a_mail_to_the_unsubscribe_address_ends_the_subscription_once(engine: Engine, returned: ReturnedMail) -> None:
    planned(engine, 2)

    first = unsubscribe_by_mail(engine, returned)
    second = unsubscribe_by_mail(engine, returned, "I said: stop")

    assert (first.kind, first.is_new, second.is_new) == (ReturnKind.UNSUBSCRIBE, True, True)
    assert suppressed(engine) == {"person0@example.org": "unsubscribed"}
    with reading(engine) as connection:
        (consent,) = connection.execute(select(consents)).all()
        ended = connection.execute(select(subscribers).where(subscribers.c.ended_at.is_not(None))).one()
    assert (consent.action, consent.source, ended.end_reason) == ("withdrawn", "by mail", "by mail")


def test_forged_tokens_change_nothing(engine: Engine, returned: ReturnedMail) -> None:
    sent(engine, 2)
    before = rows(engine)
    forger = Tokens(b"another secret, just as long")
    path = f"bounce+{forger.token(TokenPurpose.BOUNCE, before[0].id)}@{DOMAIN}"
    mail_out = f"unsubscribe+{forger.token(TokenPurpose.UNSUBSCRIBE, 1)}@{DOMAIN}"

    kinds = [
        take(returned, filled(mails.POSTFIX, path), path).kind,
        take(returned, filled(mails.QMAIL, path), path).kind,
        take(returned, filled(mails.ABUSE, f"fbl@{DOMAIN}", path=path), f"fbl@{DOMAIN}").kind,
        take(returned, b"Subject: stop\r\n\r\n", mail_out).kind,
    ]

    assert kinds == [ReturnKind.OTHER] * 4
    assert rows(engine) == before
    assert not suppressed(engine)
    with reading(engine) as connection:
        assert not connection.execute(select(consents)).all()
        assert not holds.active(connection, LATER)


def test_a_return_about_a_delivery_that_is_gone_is_only_recorded(engine: Engine, returned: ReturnedMail) -> None:
    sent(engine, 1)

    taken = bounce(returned, 999_999), complain(returned, 999_999)

    assert [each.kind for each in taken] == [ReturnKind.BOUNCE, ReturnKind.COMPLAINT]
    assert not suppressed(engine)


def test_a_bounce_for_somebody_erased_is_no_error(engine: Engine, returned: ReturnedMail) -> None:
    (id,) = sent(engine, 1)
    with writing(engine) as connection:
        connection.execute(subscribers.delete())

    bounce(returned, id)
    complain(returned, id)

    assert state(engine, id)[0] == "failed"


def test_a_newsletter_that_reached_a_canary_is_recorded_with_its_delivery(
    engine: Engine, returned: ReturnedMail
) -> None:
    (id,) = sent(engine, 1)
    letter = b"Subject: Community safety briefing\r\n\r\nHello\r\n"
    with reading(engine) as connection:
        subscriber = connection.scalar(select(subscribers.c.id)) or 0
    token = TOKENS.token(TokenPurpose.UNSUBSCRIBE, subscriber).encode()

    by_path = take(returned, letter, f"canary+east.pl@{DOMAIN}", path_of(id))
    by_link = take(returned, b"List-Unsubscribe: <https://x.example/u/%b>\r\n" % token + letter, f"canary+a@{DOMAIN}")

    assert [by_path.kind, by_link.kind] == [ReturnKind.CANARY] * 2
    assert [row.delivery_id for row in kept(engine)] == [id, id]
    assert state(engine, id)[0] == "sent"


def test_what_nobody_can_read_is_kept_whole_for_us_alone(
    engine: Engine, returned: ReturnedMail, tmp_path: Path
) -> None:
    raw = b"From: somebody@example.org\r\nSubject: \xff\xfe\r\n\r\nA word about your newsletter"

    taken = take(returned, raw, f"postmaster@{DOMAIN}"), take(returned, raw, f"postmaster@{DOMAIN}")

    (row,) = kept(engine)
    (path,) = (tmp_path / "returned").iterdir()
    assert [each.is_new for each in taken] == [True, False]
    assert (path.name, path.read_bytes()) == (f"{row.digest}.eml", raw)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert row.kind == "other"


def test_an_automatic_reply_is_counted_and_thrown_away(engine: Engine, returned: ReturnedMail, tmp_path: Path) -> None:
    (id,) = sent(engine, 1)

    taken = bounce(returned, id, mails.OUT_OF_OFFICE)

    assert taken.kind is ReturnKind.AUTO_REPLY
    assert state(engine, id) == ("sent", "")
    assert not (tmp_path / "returned").exists()


def test_nobody_can_fill_the_disk_with_what_we_cannot_read(
    engine: Engine, returned: ReturnedMail, tmp_path: Path
) -> None:
    folder = tmp_path / "returned"
    folder.mkdir()
    with (folder / "earlier.eml").open("wb") as file:
        file.truncate(quarantine.FOLDER_LIMIT)  # takes no room on the disk

    with pytest.raises(Refused, match="look through them"):
        take(returned, b"Subject: x\r\n\r\n", f"abuse@{DOMAIN}")

    assert not kept(engine)


def test_a_quarantine_that_cannot_be_written_says_so(engine: Engine, returned: ReturnedMail, tmp_path: Path) -> None:
    (tmp_path / "returned").write_text("no folder")

    with pytest.raises(Refused, match="cannot take returned mail"):
        take(returned, b"Subject: x\r\n\r\n", f"abuse@{DOMAIN}")

    assert not kept(engine)


def test_every_kind_of_mail_leaves_one_row(engine: Engine, returned: ReturnedMail) -> None:
    first, second = sent(engine, 2)

    bounce(returned, first)
    bounce(returned, second, mails.POSTFIX_DELAYED)
    bounce(returned, second, mails.OUT_OF_OFFICE)
    take(returned, filled(mails.LETTER, path_of(second)), path_of(second), mails.WHO)
    complain(returned, second)
    unsubscribe_by_mail(engine, returned)
    take(returned, b"\r\n", f"canary+a@{DOMAIN}", path_of(second))

    assert Counter(row.kind for row in kept(engine)) == Counter(kind.value for kind in ReturnKind)
    assert suppressed(engine)["person1@example.org"] == SuppressionReason.COMPLAINED
