"""The ledger on SQLite and on PostgreSQL: every row is claimed by one, marked before it is sent, and never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, text, update
from sqlalchemy.exc import OperationalError

from briefings.delivery import hot
from briefings.delivery.ledger import Ledger
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result, Row
from briefings.delivery.senders import Dead
from briefings.delivery.takeover import take_over
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store.engine import open_engine, reading, writing
from briefings.store.people import subscribers
from briefings.store.tables import claims, deliveries, publications
from tests.delivery.ledger_rows import JOB, NOW, add_people, plan, planned, rows, states

URGENT = replace(JOB, is_urgent=True)


CLAIMED: dict[int, Row] = {}


def claim(ledger: Ledger, limit: int = 100, later: timedelta = timedelta()) -> list[int]:
    rows = ledger.claim(JOB, Channel.EMAIL, limit, NOW + later)
    CLAIMED.update({row.id: row for row in rows})
    return [row.id for row in rows]


def mark(ledger: Ledger, ids: list[int], job: Job = JOB) -> set[int]:
    return set(ledger.turn((), [CLAIMED[id] for id in ids], job, NOW).may)


def record(ledger: Ledger, *results: Result) -> int:
    return ledger.turn(results, (), JOB, NOW).recorded


def dead(*names: str) -> Dead:
    return Dead(gone=names)


def test_everybody_is_planned_once_however_often_and_in_a_language_that_is_offered(engine: Engine) -> None:
    add_people(engine, "a@example.org")
    add_people(engine, "b@example.org", locale="ar")

    plan(engine)
    plan(engine)

    assert [(row.destination, row.locale, row.state) for row in rows(engine)] == [
        (f"subscriber:{rows(engine)[0].subscriber_id}", "pl", "queued"),
        (f"subscriber:{rows(engine)[1].subscriber_id}", "en-GB", "queued"),
    ]


def test_a_claimed_row_is_nobody_elses(engine: Engine) -> None:
    planned(engine, 5)
    one, other = Ledger(engine, "one"), Ledger(engine, "other")

    first, second, third = claim(one, 3), claim(other), claim(one)

    assert (len(first), len(second), third) == (3, 2, [])
    assert not set(first) & set(second)
    assert mark(other, first) == set()
    assert states(engine) == {"claimed": 5}


def test_many_senders_at_once_claim_every_row_exactly_once(engine: Engine) -> None:
    planned(engine, 120)

    def work(name: str) -> list[int]:
        ledger, mine = Ledger(engine, name), list[int]()
        while got := claim(ledger, 7):
            mine += got
        return mine

    with ThreadPoolExecutor(4) as pool:
        claimed = [id for ids in pool.map(work, ("a", "b", "c", "d")) for id in ids]

    assert sorted(claimed) == [row.id for row in rows(engine)]


def test_who_unsubscribed_after_the_claim_is_not_marked(engine: Engine) -> None:
    planned(engine, 2)
    ledger = Ledger(engine, "one")
    ids = claim(ledger)
    with writing(engine) as connection:
        leaver = update(subscribers).where(subscribers.c.email == "person0@example.org").values(ended_at=NOW)
        connection.execute(leaver)

    may = mark(ledger, ids)

    assert may == {ids[1]}
    assert [(row.state, row.sender) for row in rows(engine)] == [("suppressed", None), ("sending", "one")]


@pytest.mark.parametrize(
    ("change", "state"),
    [({"withdrawn_at": NOW}, "cancelled"), ({"revision": "r2"}, "cancelled"), ({}, "sending")],
)
def test_what_was_withdrawn_or_replaced_since_is_not_marked(
    engine: Engine, change: dict[str, object], state: str
) -> None:
    planned(engine, 2)
    ledger = Ledger(engine, "one")
    ids = claim(ledger)
    with writing(engine) as connection:
        connection.execute(update(publications).values({"correction": True, **change}))

    mark(ledger, ids)

    assert states(engine) == {state: 2}


def test_what_has_expired_is_not_marked(engine: Engine) -> None:
    planned(engine, 2)
    ledger = Ledger(engine, "one")
    ids = claim(ledger)

    may = mark(ledger, ids, replace(JOB, expires_at=NOW))

    assert may == set()
    assert states(engine) == {"expired": 2}


def test_a_deferred_row_waits_for_its_time(engine: Engine) -> None:
    planned(engine, 1)
    ledger = Ledger(engine, "one")
    ids = claim(ledger)
    mark(ledger, ids)

    record(ledger, Result(ids[0], DeliveryState.DEFERRED, "not now", NOW + timedelta(minutes=5)))

    assert claim(ledger) == []
    assert claim(ledger, later=timedelta(minutes=5)) == ids
    assert rows(engine)[0].attempts == 1


def test_a_result_that_comes_after_the_row_was_taken_over_is_not_written(engine: Engine) -> None:
    planned(engine, 1)
    slow = Ledger(engine, "slow")
    ids = claim(slow)
    mark(slow, ids)
    take_over(engine, dead("slow"), [], NOW)

    written = record(slow, Result(ids[0], DeliveryState.SENT))

    assert written == 0
    assert states(engine) == {"uncertain": 1}


def test_releasing_puts_back_only_what_was_claimed_and_not_begun(engine: Engine) -> None:
    planned(engine, 4)
    ledger, other = Ledger(engine, "one"), Ledger(engine, "other")
    mine = claim(ledger, 3)
    claim(other)
    mark(ledger, mine[:1])

    ledger.release(NOW)

    assert [(row.state, row.sender) for row in rows(engine)] == [
        ("sending", "one"), ("queued", None), ("queued", None), ("claimed", "other"),
    ]  # fmt: skip


def test_a_dead_senders_claims_go_back_and_what_it_was_sending_is_uncertain(engine: Engine) -> None:
    planned(engine, 5)
    gone, alive = Ledger(engine, "dead"), Ledger(engine, "alive")
    ids = claim(gone, 4)
    mark(gone, ids[:2])
    mark(alive, claim(alive))

    take_over(engine, dead("dead"), [], NOW)

    assert [row.state for row in rows(engine)] == ["uncertain", "uncertain", "queued", "queued", "sending"]
    assert "it may have arrived" in rows(engine)[0].detail
    assert claim(alive) == ids[2:]


def test_an_urgent_mail_that_a_dead_sender_had_on_the_wire_is_sent_once_more_and_then_no_more(engine: Engine) -> None:
    planned(engine, 1)
    seen = []

    for name in ("first", "second"):
        ledger = Ledger(engine, name)
        mark(ledger, claim(ledger))
        take_over(engine, dead(name), [JOB.briefing], NOW)
        seen.append(dict(states(engine)))

    assert seen == [{"queued": 1}, {"uncertain": 1}]
    assert rows(engine)[0].attempts == 2


def test_a_post_that_a_dead_sender_had_on_the_wire_goes_back_for_its_channel_can_look(engine: Engine) -> None:
    row = {
        "briefing": JOB.briefing, "revision": JOB.revision, "locale": "pl", "channel": "x", "destination": "account/pl",
        "purpose": "briefing", "state": "sending", "sender": "dead", "attempts": 1, "detail": "", "remote_id": "17",
        "changed_at": NOW,
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(deliveries).values(row))
        connection.execute(insert(claims).values(sender="dead", first_id=1, last_id=1))

    take_over(engine, dead("dead"), [], NOW)

    assert [(row.state, row.remote_id, row.sender) for row in rows(engine)] == [("queued", "17", None)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_a_connection_that_broke_while_idle_does_not_keep_rows_from_being_released(engine: Engine) -> None:
    planned(engine, 3)
    ledger = Ledger(engine, "one")
    claim(ledger)
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with reading(engine) as connection:
        connection.execute(text(others))

    ledger.release(NOW)

    assert states(engine) == {"queued": 3}


@pytest.mark.postgres
def test_a_sender_gives_a_server_up_that_hangs_and_asks_it_again(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot, "HOT_S", 0.3)
    connection = hot.hot_connection(open_engine(postgres_url))

    with pytest.raises(OperationalError), connection.transaction():
        connection.rows("SELECT pg_sleep(20)", {})

    with connection.transaction():
        assert connection.column("SELECT 1", {}) == [1]
    connection.close()
