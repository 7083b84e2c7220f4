"""Claims on SQLite and on PostgreSQL: what a sender holds is found by them, and nothing that is held is ever missed."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, text, update

from briefings.delivery.claims import FAR, forget_done, held, stretches
from briefings.delivery.ledger import Ledger
from briefings.delivery.rows import Result
from briefings.delivery.senders import dead_senders
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store.engine import reading, writing
from briefings.store.tables import claims, deliveries
from tests.delivery.ledger_rows import JOB, NOW, planned, rows


def claim(engine: Engine, sender: str, limit: int) -> tuple[Ledger, list[int]]:
    ledger = Ledger(engine, sender)
    return ledger, [row.id for row in ledger.claim(JOB, Channel.EMAIL, limit, NOW)]


def all_held(engine: Engine) -> list[tuple[str, int]]:
    with reading(engine) as connection:
        theirs = held(connection)
        return sorted(connection.execute(select(theirs.c.sender, theirs.c.id)).tuples())


def claimed(engine: Engine) -> list[tuple[str, int, int]]:
    with reading(engine) as connection:
        return sorted(connection.execute(select(claims.c.sender, claims.c.first_id, claims.c.last_id)).tuples())


def test_a_sender_holds_what_it_claimed_and_has_not_recorded(engine: Engine) -> None:
    planned(engine, 5)
    one, mine = claim(engine, "one", 2)
    _, others = claim(engine, "two", 2)

    one.turn([Result(mine[0], DeliveryState.SENT)], (), JOB, NOW)

    assert all_held(engine) == [("one", mine[1]), *(("two", id) for id in others)]


def test_a_row_in_two_claims_of_its_sender_is_held_once(engine: Engine) -> None:
    planned(engine, 3)
    ledger, (first, second, third) = claim(engine, "one", 3)
    ledger.turn([Result(second, DeliveryState.QUEUED)], (), JOB, NOW)

    again = [row.id for row in ledger.claim(JOB, Channel.EMAIL, 3, NOW)]

    assert again == [second]
    assert all_held(engine) == [("one", first), ("one", second), ("one", third)]
    assert claimed(engine) == [("one", first, third), ("one", second, second)]


def test_a_claim_is_kept_while_one_of_its_rows_is_held_and_forgotten_then(engine: Engine) -> None:
    planned(engine, 2)
    ledger, (first, second) = claim(engine, "one", 2)
    seen = []

    for id in (first, second):
        ledger.turn([Result(id, DeliveryState.SENT)], (), JOB, NOW)
        with writing(engine) as connection:
            forget_done(connection)
        seen.append(claimed(engine))

    assert seen == [[("one", first, second)], []]


def test_a_sender_forgets_what_is_done_with_its_next_claim(engine: Engine) -> None:
    planned(engine, 2)
    ledger, (first,) = claim(engine, "one", 1)
    ledger.turn([Result(first, DeliveryState.SENT)], (), JOB, NOW)

    (second,) = [row.id for row in ledger.claim(JOB, Channel.EMAIL, 1, NOW)]

    assert claimed(engine) == [("one", second, second)]


def test_what_comes_back_is_claimed_again_once_nothing_is_behind(engine: Engine) -> None:
    planned(engine, 4)
    ledger, (first, _) = claim(engine, "one", 2)
    ledger.turn([Result(first, DeliveryState.QUEUED)], (), JOB, NOW)

    found = [row.id for row in ledger.claim(JOB, Channel.EMAIL, 4, NOW)]

    assert found == [first, *(row.id for row in rows(engine)[2:])]


def test_a_dead_sender_whose_claim_was_forgotten_too_early_cannot_be(engine: Engine) -> None:
    """Another one tidies up between every two steps of a sender that then dies."""
    planned(engine, 2)
    ledger = Ledger(engine, "one")
    for step in (
        lambda: ledger.claim(JOB, Channel.EMAIL, 2, NOW),
        lambda: ledger.turn([Result(rows(engine)[0].id, DeliveryState.SENT)], (), JOB, NOW),
    ):
        step()
        with writing(engine) as connection:
            forget_done(connection)

    assert all_held(engine) == [("one", rows(engine)[1].id)]


def test_ids_that_lie_far_apart_are_no_stretch() -> None:
    ids = [3, 4, 4 + FAR, 4 + 2 * FAR + 1, 4 + 2 * FAR + 2]

    found = list(stretches(ids))

    assert found == [(3, 4 + FAR), (4 + 2 * FAR + 1, 4 + 2 * FAR + 2)]
    assert list(stretches([])) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_marking_a_row_and_recording_it_as_sent_touches_no_index(engine: Engine) -> None:
    planned(engine, 1)
    claim(engine, "one", 1)
    heap_only = text("SELECT n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'deliveries'")

    with writing(engine) as connection:
        connection.execute(update(deliveries).values(state="sending", attempts=1, changed_at=NOW))
        connection.execute(update(deliveries).values(state="sent", sender=None, remote_id="250 Ok", changed_at=NOW))
        found = connection.scalar(heap_only)

    assert found == 2


def test_who_claimed_and_is_not_known_is_dead(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    planned(engine, 1)
    claim(engine, "one", 1)

    found = dead_senders(engine, tmp_path_factory.mktemp("locks"))

    assert found.gone == ("one",)
