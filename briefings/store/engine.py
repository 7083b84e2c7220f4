"""Engines: SQLite in WAL mode with immediate writes, or PostgreSQL; and bringing tables up to date."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_MS = 5000


def open_engine(url: str) -> Engine:
    """Open the database a URL names. `postgresql://` uses pg8000, the driver that is installed."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+pg8000")
    engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        _tame_sqlite(engine)
    else:
        _send_at_once(engine)
    return engine


def _send_at_once(engine: Engine) -> None:
    """Keep the kernel from holding back the rest of a long statement until the server has confirmed its beginning.

    The server confirms late (RFC 1122 4.2.3.2), so each such statement took 40 ms. The driver has no option for it.
    """

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connected = getattr(connection, "_usock", None)
        if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _tame_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves: BEGIN IMMEDIATE for writes
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is deleted, such as an address, is overwritten with zeros; FAST leaves whole pages as they were.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a write transaction; commits at the end, rolls back on an error.

    SQLite: `BEGIN IMMEDIATE`, for a plain BEGIN that later writes fails under contention.
    Never keep one open across the network.
    """
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a read transaction: one consistent picture for all its statements."""
    with engine.connect() as connection, connection.begin():
        yield connection


def said(error: SQLAlchemyError) -> str:
    """Return what a database said in one line, without the statement, its values, or the row it was about."""
    original = getattr(error, "orig", None) or error
    fields = original.args[0] if original.args else ""
    message = fields.get("M", "") if isinstance(fields, dict) else str(original)  # pg8000 gives the protocol's fields
    reason = message.strip() or type(original).__name__
    return f"the database did not answer ({reason.splitlines()[0][:200]})"


_FOR_NOW = ("08", "53", "57")
"""Classes of SQLSTATE: the connection, what the server has of room, and what its operator does (PostgreSQL, A)."""


def is_out_of_reach(error: SQLAlchemyError) -> bool:
    """Say whether the database does not answer just now; False where what it was asked is wrong."""
    if isinstance(error, NoConnectionLeft):
        return True
    original = getattr(error, "orig", None)
    fields = original.args[0] if original is not None and original.args else ""
    if isinstance(fields, dict):  # what pg8000 was told by the server
        return str(fields.get("C", "")).startswith(_FOR_NOW)
    if isinstance(error, InterfaceError):  # pg8000's word for a server that is not there
        return True
    return isinstance(error, OperationalError) and not str(original).startswith("no such")


def migrate(engine: Engine) -> None:
    """Bring the tables up to the newest migration. Safe to run by several processes at once."""
    if is_up_to_date(engine):
        return
    from alembic import command  # a tenth of a command's memory, and of no use where nothing has changed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7426101)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_up_to_date(engine: Engine) -> bool:
    """Say whether the newest migration has been run; migrations are files named by their number."""
    newest = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest)
