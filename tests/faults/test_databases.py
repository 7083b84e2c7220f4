"""A ledger that is locked, has no room left, or is an older one than what went out."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from briefings.store.engine import open_engine
from tests.acceptance.command import until
from tests.faults.disk import small_disk
from tests.faults.faulty_server import well
from tests.faults.misconduct import Held
from tests.faults.trial import CONNECTIONS, IS_FULL, Trial, sized

pytestmark = pytest.mark.faults

LOCKED_SECONDS = sized(7, 20)
"""Longer than the five seconds for which SQLite itself waits for a lock."""
DATABASES = ["sqlite", *([pytest.param("postgresql", marks=pytest.mark.postgres)] if IS_FULL else [])]


@pytest.mark.parametrize("database", DATABASES)
def test_a_database_that_is_locked_for_longer_than_anybody_waits(
    new_trial: Callable[..., Trial], database: str
) -> None:
    trial = new_trial(database)
    trial.server.fault = held = Held(passes=len(trial.people) // 4)

    process = trial.start_publish()
    until(lambda: held.held == CONNECTIONS or process.poll() is not None, "it never sent")
    with locked(trial):
        trial.server.fault = well
        trial.server.release()  # four are accepted, and cannot be recorded
        began, before = time.monotonic(), len(trial.server.accepted)
        until(lambda: time.monotonic() > began + LOCKED_SECONDS, "time stands still")
        during, still_runs = len(trial.server.accepted), process.poll() is None
    finished = trial.finish(process)

    tally = trial.conclude(f"the database locked for {LOCKED_SECONDS} s")
    assert still_runs, finished.err
    assert during == before, "something went out that could not be marked"
    assert finished.code == 0, finished.err
    assert tally.is_clean
    assert (tally.uncertain, tally.failed) == (0, 0)
    assert len(trial.server.accepted) == len(trial.people)


def test_a_disk_that_is_full(trial: Trial, tmp_path: Path) -> None:
    trial.server.fault = held = Held(passes=len(trial.people) // 10)
    with small_disk(trial, tmp_path / "disk") as disk:
        process = trial.start_publish()
        until(lambda: held.held == CONNECTIONS or process.poll() is not None, "it never sent")
        disk.fill(process)
        trial.server.fault = well
        trial.server.release()
        began = time.monotonic()
        stopped = trial.finish(process)
        seconds = time.monotonic() - began
        disk.empty()
        sent = len(trial.server.accepted)
        unmarked = trial.tally().unmarked
        trial.run("deliver")

        tally = trial.conclude(f"a full disk: {disk.kind}")
        assert stopped.code == 1, stopped.out
        assert "disk" in stopped.err, stopped.err
        assert seconds < 30, "waiting makes no room"
        assert sent < len(trial.people), "the disk was never full"
        assert unmarked == 0
        assert tally.is_clean
        assert (tally.failed, tally.waiting) == (0, 0)
        assert tally.uncertain <= CONNECTIONS


def test_an_older_database_that_is_put_back(trial: Trial, tmp_path: Path) -> None:
    trial.server.fault = held = Held(passes=len(trial.people) // 3)
    path, older = trial.installation.data_dir / "briefings.db", tmp_path / "older.db"

    process = trial.start_publish()
    until(lambda: held.held == CONNECTIONS or process.poll() is not None, "it never sent")
    with closing(sqlite3.connect(path)) as database:
        database.execute("VACUUM INTO ?", (str(older),))
    trial.server.fault = well
    trial.server.release()
    finished = trial.finish(process)
    for name in ("briefings.db", "briefings.db-wal", "briefings.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    shutil.copy(older, path)
    refusals = [trial.run("deliver"), trial.run("publish", "--due")]
    trial.run("deliver", "--restored", "hold")
    after = trial.run("deliver")

    tally = trial.conclude("an older database put back")
    assert finished.code == 0, finished.err
    for refused in refusals:
        assert refused.code == 1
        assert "--restored hold" in refused.err, refused.err
    assert after.code == 0, after.err
    assert len(trial.server.accepted) == len(trial.people), "all had it before the older database came back"
    assert tally.is_clean
    assert (tally.waiting, tally.failed) == (0, 0)
    assert tally.uncertain >= len(trial.people) * 2 // 3 - CONNECTIONS, "nobody can say of those who got it since"


@contextmanager
def locked(trial: Trial) -> Iterator[None]:
    """Keep everybody else from writing to the ledger, as a long backup or a forgotten session does."""
    if trial.database == "sqlite":
        path = trial.installation.data_dir / "briefings.db"
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    engine = open_engine(trial.installation.environment["DATABASE_URL"])
    try:
        with engine.connect() as session, session.begin():
            session.exec_driver_sql("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        engine.dispose()
