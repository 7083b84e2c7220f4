"""A mailing that is planned and not sent: a data folder with N subscribers, for `briefings deliver` to send.

The sender is measured as it is used: the command, as a process of its own, on a prepared data folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from sqlalchemy import Connection, String, case, cast, func, insert, literal, select
from sqlalchemy.sql.elements import ColumnElement

from benchmarks.borough import NORTH, NOW
from benchmarks.measured import Measured, measure
from benchmarks.sinks import has_connection
from benchmarks.table import say
from briefings.editorial.approve import approve
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import begin
from briefings.model.delivery import DeliveryState
from briefings.services import Services
from briefings.settings import CHECKOUT, Settings
from briefings.store.engine import reading, writing
from briefings.store.people import follows, subscribers
from briefings.store.tables import deliveries
from briefings.subscribers.subscriber import Format, Frequency

CONNECTIONS = 48
"""Connections of ours; after a crash at most this many mails are uncertain."""
DOMAINS = 100
"""Subscribers are spread over so many mail domains."""

NOWHERE = "http://127.0.0.1:9"
"""Stands for X: nothing is posted, and with both addresses given no stand-in is started."""


@dataclass(frozen=True)
class Installation:
    """A content folder, a data folder and a database (empty: SQLite in the data folder)."""

    root: Path
    data: Path
    database_url: str = ""

    def services(self) -> Services:
        return Services(Settings(_env_file=None, root=self.root, data_dir=self.data, database_url=self.database_url))

    def copied(self, data: Path, database_url: str = "") -> Installation:
        """Return a copy of this data folder, which nobody may have open. PostgreSQL is copied by who calls."""
        shutil.copytree(self.data, data)
        os.sync()  # what is copied is not written while something else is measured
        return replace(self, data=data, database_url=database_url)

    def deliver(self, port: int, watch: Callable[[], None] = lambda: None) -> Measured:
        """Run `briefings deliver` to the mail server on `port` of this machine, and measure it.

        Its seconds are those from its first connection on. Nobody else may be connected.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BRIEFINGS_")} | {
            "PYTHONPATH": str(CHECKOUT),
            "BRIEFINGS_ROOT": str(self.root),
            "BRIEFINGS_DATA_DIR": str(self.data),
            "BRIEFINGS_DATABASE_URL": self.database_url,
            "BRIEFINGS_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "BRIEFINGS_SMTP_CONNECTIONS": str(CONNECTIONS),
            "BRIEFINGS_X_API_URL": NOWHERE,
        }
        command = [sys.executable, "-m", "briefings", "deliver", "--now", NOW.isoformat()]
        return measure(command, environment, self.data, partial(has_connection, port), watch)

    def check_all_sent(self, rows: int) -> None:
        """Raise RuntimeError unless exactly so many mails are in the ledger, and all are sent."""
        services = self.services()
        with reading(services.engine) as connection:
            states = dict(
                connection.execute(
                    select(deliveries.c.state, func.count())
                    .where(deliveries.c.channel == "email")
                    .group_by(deliveries.c.state)
                )
                .tuples()
                .all()
            )
        services.engine.dispose()
        if states != ({DeliveryState.SENT: rows} if rows else {}):
            raise RuntimeError(f"of {rows} mails the ledger says {states}: the benchmark has not measured what it says")


def disk_folder() -> TemporaryDirectory[str]:
    """Make a folder for data that goes away. Raises SystemExit where it would lie in memory."""
    place = gettempdir()
    kind = subprocess.run(["stat", "-f", "-c", "%T", place], check=True, capture_output=True, text=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        raise SystemExit(f"{place} is in memory, where a ledger cannot be durable: set TMPDIR to a folder on a disk")
    if os.getloadavg()[0] > (os.cpu_count() or 1) / 2:
        say(f"others use this machine (load {os.getloadavg()[0]:.1f}): look at CPU for each, the paces say little")
    return TemporaryDirectory(prefix="briefings-bench-")


def plan(installation: Installation, rows: int, locales: Sequence[str], format: Format) -> None:
    """Prepare and approve the North briefing, and plan it for `rows` invented subscribers, in turn in `locales`."""
    services = installation.services()
    desk = services.desk
    prepare(desk, [NORTH], NOW)
    approve(desk, NORTH, "the benchmark", NOW)
    with writing(desk.engine) as connection:
        _populate(connection, rows, locales, format, NOW)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE subscribers, follows")  # as autovacuum has done where people subscribe
    begin(desk, NORTH, NOW)
    services.engine.dispose()


def starting(installation: Installation, port: int) -> float:
    """Return the seconds of CPU that `briefings deliver` takes on an empty list: the better of two runs."""
    plan(installation, 0, ["en-GB"], Format.HTML)
    return min(installation.deliver(port).cpu for _ in range(2))  # the first may have to compile modules


def _populate(connection: Connection, rows: int, locales: Sequence[str], format: Format, now: datetime) -> None:
    """Insert confirmed subscribers who follow the North, in two statements."""
    if not rows:
        return
    numbers = select(literal(0).label("i")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i < rows - 1))
    number: ColumnElement[int] = numbers.c.i
    locale = _one_of(locales, number)
    email = literal("resident") + cast(number, String) + "@d" + cast(number % DOMAINS, String) + literal(".example.org")
    moment = literal(now, subscribers.c.created_at.type)
    people = select(number + 1, email, locale, literal(str(Frequency.IMMEDIATE)), literal(str(format)), moment, moment)
    columns = ["id", "email", "locale", "frequency", "format", "created_at", "confirmed_at"]
    connection.execute(insert(subscribers).from_select(columns, people))
    following = select(subscribers.c.id, literal("region"), literal(NORTH.partition("/")[0]))
    connection.execute(insert(follows).from_select(["subscriber_id", "kind", "place"], following))


def _one_of(words: Sequence[str], number: ColumnElement[int]) -> ColumnElement[str]:
    if len(words) == 1:
        return literal(words[0])
    return case(*((number % len(words) == place, literal(word)) for place, word in enumerate(words)))
