"""What tests of several rooms share: a temporary PostgreSQL, and empty databases of both kinds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from briefings.store.engine import migrate, open_engine
from tests.postgres import HURRIED, cluster, create_database, installed
from tests.postgres import free_port as free_port  # where the tests look for it

ALL_REQUIRED = os.environ.get("BRIEFINGS_REQUIRE") == "all"
"""Under .ci/run nothing may be skipped for a missing part."""

KEPT = ("BRIEFINGS_REQUIRE", "BRIEFINGS_GOLDEN", "BRIEFINGS_FAULTS")

for name in [name for name in os.environ if name.startswith("BRIEFINGS_") and name not in KEPT]:
    del os.environ[name]  # a developer's own settings are no part of a test


def missing(what: str) -> None:
    """Skip for a part that this machine lacks; where all parts are required, fail."""
    if ALL_REQUIRED:
        pytest.fail(f"{what}, and BRIEFINGS_REQUIRE=all allows no skipping", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Run a PostgreSQL cluster of our own for the session; give the URL of a database in it."""
    binaries = installed()
    if binaries is None:
        missing("PostgreSQL is not installed")
        return
    with cluster(binaries, HURRIED) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of a database with our tables and nothing in them."""
    url = create_database(postgres_url)
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "briefings.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database with our tables: SQLite, and once more PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "briefings.db")
        return f"sqlite:///{tmp_path / 'briefings.db'}"
    server: str = request.getfixturevalue("postgres_url")
    return create_database(server, request.getfixturevalue("postgres_template"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()
