"""The database: migrations give the tables, times keep their meaning, writes do not trip over each other."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from briefings.store.engine import migrate, open_engine, reading, writing
from briefings.store.tables import heartbeats, metadata


def test_migrations_lead_to_the_tables_that_the_code_describes(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'briefings.db'}")

    migrate(engine)

    with reading(engine) as connection:
        # the words to search by are kept as each database does it best, which no table of ours describes
        ours = {"include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("search_words")}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []


def test_migrating_twice_and_at_once_is_well(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'briefings.db'}"
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(open_engine(url))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_time_comes_back_in_utc(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'briefings.db'}")
    migrate(engine)
    tokyo = datetime(2026, 11, 20, 18, tzinfo=timezone(timedelta(hours=9)))

    with writing(engine) as connection:
        connection.execute(insert(heartbeats).values(name="here", at=tokyo))

    with reading(engine) as connection:
        assert connection.scalar(select(heartbeats.c.at)) == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'briefings.db'}")
    migrate(engine)

    with pytest.raises(Exception, match="without a zone"), writing(engine) as connection:
        connection.execute(insert(heartbeats).values(name="here", at=datetime(2026, 11, 20)))  # noqa: DTZ001


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'briefings.db'}")
    migrate(engine)
    now = datetime(2026, 11, 20, tzinfo=UTC)

    def write(number: int) -> None:
        for turn in range(20):
            with writing(engine) as connection:
                names = set(connection.scalars(select(heartbeats.c.name)))
                connection.execute(insert(heartbeats).values(name=f"{number}-{turn}-{len(names)}", at=now))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with reading(engine) as connection:
        seen = sorted(int(name.split("-")[2]) for name in connection.scalars(select(heartbeats.c.name)))
    assert seen == list(range(80))
