"""What tests of several rooms share: a temporary PostgreSQL, and empty databases of both kinds."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from briefings.store.engine import migrate, open_engine

ALL_REQUIRED = os.environ.get("BRIEFINGS_REQUIRE") == "all"
"""Under .ci/run nothing may be skipped for a missing part."""

KEPT = ("BRIEFINGS_REQUIRE", "BRIEFINGS_GOLDEN", "BRIEFINGS_FAULTS")

for name in [name for name in os.environ if name.startswith("BRIEFINGS_") and name not in KEPT]:
    del os.environ[name]  # a developer's own settings are no part of a test


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def missing(what: str) -> None:
    """Skip for a part that this machine lacks; where all parts are required, fail."""
    if ALL_REQUIRED:
        pytest.fail(f"{what}, and BRIEFINGS_REQUIRE=all allows no skipping", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Run a PostgreSQL cluster of our own for the session; give the URL of a database in it.

    PostgreSQL refuses to run as root: then it runs as the user that Debian made for it.
    """
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not installed:
        missing("PostgreSQL is not installed")
    binaries = installed[-1]
    as_user: dict[str, str | int] = {}
    folder = Path(tempfile.mkdtemp(prefix="briefings-pg-"))
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        as_user = {"user": "postgres" if "postgres" in names else "nobody"}
        shutil.chown(folder, str(as_user["user"]))
    port = free_port()
    options = (
        f"-F -p {port} -k {folder} -c listen_addresses=127.0.0.1 -c full_page_writes=off -c synchronous_commit=off"
    )
    subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-U", "briefings", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **as_user,  # type: ignore[call-overload]
    )  # fmt: skip
    control = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    subprocess.run(
        [*control, "-l", str(folder / "log"), "-o", options, "start"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **as_user,  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        yield f"postgresql://briefings@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd=folder, **as_user)  # type: ignore[call-overload]
        shutil.rmtree(folder, ignore_errors=True)


def create_database(postgres_url: str, template: str = "template1") -> str:
    """Create a database, as a copy of another one, and return its URL."""
    name = f"b{secrets.token_hex(6)}"
    engine = open_engine(postgres_url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    finally:
        engine.dispose()
    return make_url(postgres_url).set(database=name).render_as_string(hide_password=False)


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
