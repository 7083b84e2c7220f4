"""Engines: SQLite in WAL mode with immediate writes, or PostgreSQL; and bringing tables up to date."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, ExceptionContext, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_MS = 5000
CONNECT_S, ANSWER_S = 10.0, 600.0
"""For as long a database over the network is waited for: to connect, and for each piece of an answer. The largest
statement of ours plans a mailing to everybody, which takes a minute for a million."""


def open_engine(url: str) -> Engine:
    """Open the database a URL names. `postgresql://` uses pg8000, the driver that is installed."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+pg8000")
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, hide_parameters=True)
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        _tame_sqlite(engine)
        return engine
    engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=True, connect_args={"timeout": CONNECT_S})
    _tame_the_network(engine)
    return engine


def _tame_the_network(engine: Engine) -> None:
    """Give each wait for a server an end, and keep the kernel from holding back the rest of a long statement.

    It would do so until the server has confirmed the beginning, which it does late (RFC 1122 4.2.3.2): each such
    statement took 40 ms. The driver has no option for either.
    """

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Dialect, _record: Any, given: Any, options: Any) -> Any:
        try:
            return dialect.connect(*given, **options)
        except OSError as error:
            raise OperationalError("the database", {}, error) from error

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        wait_for(connection, ANSWER_S)
        connected = connection._usock
        if connected.family in (socket.AF_INET, socket.AF_INET6):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @event.listens_for(engine, "handle_error")
    def _on_error(context: ExceptionContext) -> DatabaseError | None:
        """Say it in the words of every other fault of a database: the driver lets a network's fault through bare."""
        if not isinstance(context.original_exception, OSError):
            return None
        context.is_disconnect = True
        return OperationalError("the database", {}, context.original_exception)


def wait_for(connection: Any, seconds: float) -> None:
    """Wait for each piece of an answer on a driver's connection over the network for so long, by the wall clock."""
    connection._usock.settimeout(seconds)


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
