"""Group commit on SQLite and on PostgreSQL: what is locked keeps nobody waiting but who has to."""

from __future__ import annotations

import asyncio
import threading
import time

from sqlalchemy import Engine, text

from briefings.delivery.group_commit import GroupCommit
from briefings.delivery.ledger import Ledger
from briefings.delivery.rows import Result
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store.engine import writing
from tests.delivery.ledger_rows import JOB, NOW, planned, states

LOCKED_S, LONGEST_S = 1.5, 0.8


def test_the_loop_goes_on_while_the_ledger_is_locked_and_nothing_is_lost(engine: Engine) -> None:
    planned(engine, 40)
    ledger = Ledger(engine, "one")
    waiting = ledger.claim(JOB, Channel.EMAIL, 40, NOW)
    longest = 0.0

    async def send() -> None:
        nonlocal longest
        commit = GroupCommit(ledger, JOB, lambda: NOW, lambda results, turn: None)
        for row in waiting[:20]:  # by now it is known how near the database is
            assert row.id in (await commit.mark(row)).may
            commit.put(Result(row.id, DeliveryState.SENT))
        await commit.flush()
        locked, lock = threading.Event(), threading.Thread(target=lambda: hold_lock(engine, locked))
        lock.start()
        locked.wait()
        marking = asyncio.gather(*(commit.mark(row) for row in waiting[20:]))
        while not marking.done():
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)
        assert all(row.id in turn.may for row, turn in zip(waiting[20:], await marking, strict=True))
        for row in waiting[20:]:
            commit.put(Result(row.id, DeliveryState.SENT))
        await commit.close()
        lock.join()

    asyncio.run(send())
    ledger.release(NOW)

    assert states(engine) == {"sent": 40}
    assert longest < LONGEST_S


def hold_lock(engine: Engine, locked: threading.Event) -> None:
    with writing(engine) as connection:  # SQLite: nobody else writes
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE"))
        locked.set()
        time.sleep(LOCKED_S)
