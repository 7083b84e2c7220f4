"""Pace, on both databases: what is left, by part, and at which pace it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event, text

from briefings.delivery.ledger import Ledger
from briefings.delivery.pace import Pace, Part, left, pace, planned
from briefings.delivery.rows import Result
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store.engine import reading
from tests.delivery.ledger_rows import JOB, NOW
from tests.delivery.ledger_rows import planned as people_planned

OTHER = replace(JOB, briefing="west/2026-11-20-b", region="west")
EMAIL = Part(JOB.briefing, JOB.revision, "email")


def send(engine: Engine, states: Sequence[DeliveryState], ago: timedelta = timedelta()) -> None:
    """Claim, mark and record rows of JOB with these outcomes, some time before NOW."""
    ledger, at = Ledger(engine, "one"), NOW - ago
    rows = ledger.claim(JOB, Channel.EMAIL, len(states), at)
    ledger.turn((), rows, JOB, at)
    later = NOW + timedelta(hours=1)
    ledger.turn([Result(row.id, state, "", later) for row, state in zip(rows, states, strict=True)], (), JOB, at)
    ledger.close()


def test_what_waits_is_deferred_or_in_somebodys_hands_is_left_and_what_is_settled_is_not(engine: Engine) -> None:
    people_planned(engine, 8)
    send(engine, [DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DEFERRED])
    Ledger(engine, "two").claim(JOB, Channel.EMAIL, 2, NOW)

    with reading(engine) as connection:
        of_one, of_all, of_other = left(connection, JOB.briefing), left(connection), left(connection, OTHER.briefing)
        whole = planned(connection, JOB.briefing)

    assert of_one == of_all == {EMAIL: 6}
    assert of_other == {}
    assert whole == {EMAIL: 8}


def test_the_pace_is_that_of_the_last_minute_and_of_what_there_was_of_it(engine: Engine) -> None:
    people_planned(engine, 40)
    send(engine, [DeliveryState.SENT] * 10, ago=timedelta(minutes=5))
    send(engine, [DeliveryState.SENT] * 6, ago=timedelta(seconds=3))
    send(engine, [DeliveryState.FAILED] * 4)

    with reading(engine) as connection:
        now, later = (pace(connection, JOB.briefing, NOW + after) for after in (timedelta(), timedelta(hours=1)))

    assert now == Pace(2.0, 20)
    assert now.seconds_left == 10
    assert (later.per_second, later.seconds_left) == (0.0, None)


def test_nothing_left_is_no_time_left(engine: Engine) -> None:
    people_planned(engine, 1)
    send(engine, [DeliveryState.SENT])

    with reading(engine) as connection:
        found = pace(connection, JOB.briefing, NOW)

    assert (found.left, found.seconds_left) == (0, 0)


def test_what_waits_is_counted_from_the_index_of_what_waits(engine: Engine) -> None:
    people_planned(engine, 3)
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with reading(engine) as connection:
        left(connection, JOB.briefing)
    query, values = next((query, values) for query, values in asked if "GROUP BY" in query)

    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))  # on three rows it would read them all
            rows = connection.exec_driver_sql(f"EXPLAIN {query}", values)
        else:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
        plan = "\n".join(str(row) for row in rows)

    assert "ix_deliveries_waiting" in plan
