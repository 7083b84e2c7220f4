"""The database: migrations give the tables, times keep their meaning, writes do not trip over each other."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import OperationalError

from briefings.store import engine as engines
from briefings.store import people  # noqa: F401  # its tables register themselves
from briefings.store.engine import MIGRATIONS, migrate, open_engine, reading, said, writing
from briefings.store.tables import claims, deliveries, heartbeats, metadata
from tests.postgres import create_database

HANGS = 0.3
"""Seconds for which these tests wait for a server that does not answer."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table: SQLite, and once more PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return create_database(request.getfixturevalue("postgres_url"))


def differences(connection: Connection) -> list[Any]:
    """Return how the tables differ from what the code describes.

    The words to search by are kept as each database does it best, which no table of ours describes.
    """

    def is_described(name: str | None, kind: str, parents: Any) -> bool:
        table = name if kind == "table" else parents.get("table_name")
        return not str(table).startswith("search_words")

    ours = {"include_name": is_described}
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=ours), metadata)
    return found


def test_migrations_lead_to_the_tables_that_the_code_describes(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'briefings.db'}")

    migrate(engine)

    with reading(engine) as connection:
        assert differences(connection) == []


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


def test_what_senders_held_before_there_were_claims_lies_in_one(database: str) -> None:
    engine = open_engine(database)
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    row = {
        "briefing": "east/a", "revision": "r1", "locale": "pl", "channel": "email", "purpose": "briefing",
        "state": "claimed", "sender": "one", "attempts": 0, "detail": "", "remote_id": "", "changed_at": now,
    }  # fmt: skip
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(insert(deliveries), [{**row, "destination": f"subscriber:{n}"} for n in range(3)])

    migrate(engine)

    with reading(engine) as connection:
        assert connection.execute(select(claims.c.sender, claims.c.first_id, claims.c.last_id)).all() == [("one", 1, 3)]
        assert connection.scalars(select(deliveries.c.waits)).all() == [False] * 3
        assert differences(connection) == []
    engine.dispose()


@pytest.mark.postgres
def test_a_server_that_hangs_is_given_up_and_asked_again_over_another_connection(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "ANSWER_S", HANGS)
    engine = open_engine(postgres_url)

    began = time.monotonic()
    with pytest.raises(OperationalError), reading(engine) as connection:
        connection.exec_driver_sql("SELECT pg_sleep(20)")
    waited = time.monotonic() - began

    assert waited < 10
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_server_that_says_nothing_to_a_connection_is_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "CONNECT_S", HANGS)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = open_engine(f"postgresql://x@127.0.0.1:{silent.getsockname()[1]}/x")

        with pytest.raises(OperationalError) as refused, reading(engine):
            pass

    assert "did not answer" in said(refused.value)
