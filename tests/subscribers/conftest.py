"""A register in a real database file, for a borough that is nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from briefings.model.place import Borough, Places, Region, Ward
from briefings.store.engine import migrate, open_engine
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment

NOW = datetime(2026, 4, 17, 9, 0, tzinfo=UTC)
SECRET = b"a secret of the tests, thirty-two"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a migrated SQLite file: copying it is quicker than migrating for each test."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path.read_bytes()


@pytest.fixture
def engine(tmp_path: Path, empty_database: bytes) -> Iterator[Engine]:
    path = tmp_path / "briefings.sqlite"
    path.write_bytes(empty_database)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def second_engine(tmp_path: Path, empty_database: bytes) -> Iterator[Engine]:
    path = tmp_path / "second.sqlite"
    path.write_bytes(empty_database)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def places() -> Places:
    wards = {code: Ward(code, name) for code, name in (("W1", "Hill"), ("W2", "Mill"), ("W3", "Quay"), ("W9", "Isle"))}
    locales = ("en-GB", "ro", "ur", "pt-PT")
    return Places(
        borough=Borough("B1", "Anytown", "Europe/London", "en-GB"),
        locales=locales,
        regions={
            "north": Region("north", "North", ("W1", "W2"), locales),
            "south": Region("south", "South", ("W3",), locales),
        },
        wards=wards,
    )


@pytest.fixture
def register(engine: Engine, places: Places) -> Register:
    return Register(engine, places, SECRET)


def wish(
    email: str = "ana@example.org",
    regions: tuple[str, ...] = ("north",),
    wards: tuple[str, ...] = (),
    locale: str = "ro",
    confirmed_at: datetime | None = NOW,
) -> Enrolment:
    """A plain enrolment, confirmed unless a test says otherwise."""
    return Enrolment(email, Choices(locale, regions, wards), "web form", "Yes, email me.", confirmed_at)
