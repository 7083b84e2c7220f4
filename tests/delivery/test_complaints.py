"""Complaints: what follows for the one who complains, and for everybody where they pile up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, insert, select

from briefings.delivery import holds
from briefings.delivery.bounces import ReturnKind
from briefings.delivery.complaints import LEAST, complaint_rate
from briefings.delivery.returned import ReturnedMail, Taken
from briefings.store.engine import reading, writing
from briefings.store.people import consents, subscribers
from briefings.store.tables import deliveries
from briefings.subscribers.tokens import TokenPurpose
from tests.delivery import returned_mails as mails
from tests.delivery.ledger_rows import NOW
from tests.delivery.returned_mails import DOMAIN, filled
from tests.delivery.returned_rows import (
    LATER,
    TOKENS,
    complain,
    kept,
    path_of,
    sent,
    state,
    suppressed,
    take,
    unsubscribe_by_mail,
)


def test_a_complaint_suppresses_at_once_and_withdraws_consent(engine: Engine, returned: ReturnedMail) -> None:
    first, _ = sent(engine, 2)

    taken = complain(returned, first)

    assert taken == Taken(ReturnKind.COMPLAINT, True)
    assert suppressed(engine) == {"person0@example.org": "complained"}
    assert state(engine, first)[0] == "sent"
    with reading(engine) as connection:
        (consent,) = connection.execute(select(consents)).all()
        person = connection.execute(select(subscribers).order_by(subscribers.c.id)).first()
    assert (consent.action, consent.source) == ("withdrawn", "complained")
    assert person is not None
    assert person.end_reason == "complained"


def test_a_complaint_weighs_more_than_an_unsubscribe_before_it(engine: Engine, returned: ReturnedMail) -> None:
    (id,) = sent(engine, 1)
    unsubscribe_by_mail(engine, returned)

    complain(returned, id)

    assert suppressed(engine) == {"person0@example.org": "complained"}
    with reading(engine) as connection:
        assert len(connection.execute(select(consents)).all()) == 1


def _with_history(engine: Engine, count: int) -> list[int]:
    """Have `count` mails sent to people who are not in the register any more, and three to those who are."""
    values = {
        "briefing": "east/2026-11-19-b", "revision": "r1", "locale": "pl", "channel": "email", "purpose": "briefing",
        "state": "sent", "attempts": 1, "detail": "", "remote_id": "", "changed_at": NOW,
    }  # fmt: skip
    ids = sent(engine, LEAST + 1)
    with writing(engine) as connection:
        connection.execute(insert(deliveries), [{**values, "destination": f"subscriber:x{n}"} for n in range(count)])
    return ids


def test_too_many_complaints_hold_everything_until_a_person_opens_again(engine: Engine, returned: ReturnedMail) -> None:
    ids = _with_history(engine, 2900)

    for id in ids[:2]:
        complain(returned, id)
    with reading(engine) as connection:
        after_two = holds.active(connection, LATER)
    complain(returned, ids[2])

    assert not after_two
    with reading(engine) as connection:
        (hold,) = holds.active(connection, LATER)
        assert complaint_rate(connection, NOW) == (3, 2900 + LEAST + 1)
    assert (hold.scope, hold.made_by, hold.until) == (holds.ALL, holds.BREAKER, None)
    assert "3 of 2904 mails" in hold.reason


def test_few_complaints_among_many_mails_hold_nothing(engine: Engine, returned: ReturnedMail) -> None:
    ids = _with_history(engine, 3000)

    for id in ids[:3]:
        complain(returned, id)

    with reading(engine) as connection:
        assert not holds.active(connection, LATER)


def test_who_opens_again_is_not_stopped_by_the_same_complaints(engine: Engine, returned: ReturnedMail) -> None:
    ids = _with_history(engine, 100)
    for id in ids[:3]:
        complain(returned, id)
    with writing(engine) as connection:
        holds.lift(connection, holds.ALL, "Iona", LATER + timedelta(minutes=1))

    complain(returned, ids[3], LATER + timedelta(minutes=2))

    with reading(engine) as connection:
        assert not holds.active(connection, LATER + timedelta(minutes=3))


def test_one_person_with_many_reports_holds_nothing(engine: Engine, returned: ReturnedMail) -> None:
    id = _with_history(engine, 100)[0]
    report = filled(mails.ABUSE, f"fbl@{DOMAIN}", path=path_of(id), unsubscribe="blackened")

    taken = [take(returned, report + b"\n" * n, f"fbl@{DOMAIN}") for n in range(LEAST + 2)]

    assert all(each.is_new for each in taken)
    with reading(engine) as connection:
        assert not holds.active(connection, LATER)
        assert complaint_rate(connection, NOW)[0] == 1


def test_too_many_complaints_during_a_pause_are_told_to_who_resumes(engine: Engine, returned: ReturnedMail) -> None:
    ids = _with_history(engine, 100)
    with writing(engine) as connection:
        holds.hold(connection, holds.ALL, "a day off", "Iona", LATER)

    for id in ids[:LEAST]:
        complain(returned, id)

    with reading(engine) as connection:
        assert [hold.made_by for hold in holds.active(connection, LATER)] == ["Iona", holds.BREAKER]


def test_after_opening_again_complaints_about_older_mail_do_not_count(engine: Engine, returned: ReturnedMail) -> None:
    ids = _with_history(engine, 100)
    with writing(engine) as connection:
        holds.hold(connection, holds.ALL, "complaints: many", holds.BREAKER, LATER)
        holds.lift(connection, holds.ALL, "Iona", LATER)

    for id in ids[:LEAST]:
        complain(returned, id, LATER + timedelta(hours=1))

    with reading(engine) as connection:
        assert not holds.active(connection, LATER + timedelta(hours=1))


def test_complaints_that_name_only_the_subscriber_count(engine: Engine, returned: ReturnedMail) -> None:
    ids = _with_history(engine, 100)
    with reading(engine) as connection:
        query = select(deliveries.c.subscriber_id).where(deliveries.c.id.in_(ids[:LEAST]))
        people = list(connection.scalars(query))

    for person in people:
        token = TOKENS.token(TokenPurpose.UNSUBSCRIBE, person)
        raw = filled(mails.ABUSE, f"fbl@{DOMAIN}", path="blackened", unsubscribe=token)
        take(returned, raw, f"fbl@{DOMAIN}")

    assert {row.delivery_id for row in kept(engine)} == set(ids[:LEAST])
    with reading(engine) as connection:
        assert [hold.made_by for hold in holds.active(connection, LATER)] == [holds.BREAKER]
