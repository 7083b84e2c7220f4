"""People who step in while a mailing runs: staff who pause and resume it, and readers who unsubscribe."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from briefings.content.loader import load_content
from briefings.store.engine import open_engine
from briefings.subscribers.register import Register
from tests.faults.misconduct import paced
from tests.faults.trial import CONNECTIONS, Trial, sized

pytestmark = pytest.mark.faults

PAUSES = sized(4, 50)
UNSUBSCRIBES = sized(60, 500)


def test_pauses_and_resumes_at_random(trial: Trial) -> None:
    chance = Random(3)
    trial.server.fault = paced(Random(4), 0.1 if PAUSES < 50 else 0.03)
    by = ("--by", "A person")

    ends = []
    for number in range(PAUSES):
        sending = trial.start("publish", trial.briefing) if number == 0 else trial.start("deliver")
        time.sleep(chance.random())
        pausing = trial.run("pause", trial.briefing, *by)
        at_pause = len(trial.server.accepted)
        ends.append((trial.finish(sending), pausing, len(trial.server.accepted) - at_pause))
        resumed = trial.run("resume", trial.briefing, *by)
        assert resumed.code == 0, resumed.err
    between = len(trial.server.accepted)
    trial.recover()

    tally = trial.conclude(f"{PAUSES} pauses and resumes")
    for stopped, pausing, late in ends:
        assert pausing.code == 0, pausing.err
        assert stopped.code == 1, stopped.out
        assert "held" in stopped.err, stopped.err
        # What was marked before the pause is let finish: on each connection one message, and the one behind its dot.
        assert late <= 2 * CONNECTIONS
    assert 0 < between < len(trial.people), "the pauses met nothing"
    assert tally.is_clean
    assert (tally.uncertain, tally.failed) == (0, 0)
    assert len(trial.server.accepted) == len(trial.people)


def test_people_who_unsubscribe_while_it_runs(trial_on_both: Trial) -> None:
    trial, chance = trial_on_both, Random(5)
    trial.server.fault = paced(Random(6), 0.03)
    leaving = chance.sample(list(trial.people), UNSUBSCRIBES)

    process = trial.start_publish()
    trial.wait_for(10)
    with witnessed_register(trial) as (register, witnessed):
        for person in leaving:
            register.unsubscribe(person, "by phone", datetime.now(UTC))
            time.sleep(chance.random() * 0.02)
    still_ran = process.poll() is None
    finished = trial.finish(process)

    mailed, states = trial.server.mailed(), trial.states()
    waiting = [person for person in leaving if witnessed[person] in ("queued", "claimed")]
    out = [person for person in leaving if witnessed[person] in ("sending", "sent")]
    tally = trial.conclude(f"{UNSUBSCRIBES} unsubscribes while it runs, {len(waiting)} before their mail")
    assert sorted(waiting + out) == sorted(leaving), Counter(witnessed.values())
    assert waiting, "all were mailed already: nothing was tried"
    assert still_ran
    assert [person for person in waiting if mailed[person]] == [], "mailed after they had unsubscribed"
    assert {states[person] for person in waiting} == {"suppressed"}
    assert all(mailed[person] == 1 for person in out)
    assert finished.code == 0, finished.err
    assert tally.is_clean
    assert len(trial.server.accepted) == len(trial.people) - len(waiting)


@contextmanager
def witnessed_register(trial: Trial) -> Iterator[tuple[Register, dict[str, str]]]:
    """Give the register, and each person's state in the very transaction that ends their subscription."""
    installation, witnessed = trial.installation, dict[str, str]()
    url = installation.environment.get("DATABASE_URL") or f"sqlite:///{installation.data_dir / 'briefings.db'}"
    engine = open_engine(url)
    places = load_content(installation.root).places
    secret = (installation.data_dir / "secret.key").read_text().strip().encode()
    register = Register(engine, places, secret)

    def before_commit(connection: Connection) -> None:
        ended = "SELECT email, id FROM subscribers WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1"
        row: Any = connection.execute(text(ended)).one_or_none()
        if row is not None:
            state = text("SELECT state FROM deliveries WHERE subscriber_id = :id AND channel = 'email'")
            witnessed.setdefault(row.email, str(connection.scalar(state, {"id": row.id})))

    event.listen(engine, "commit", before_commit)
    try:
        yield register, witnessed
    finally:
        engine.dispose()
