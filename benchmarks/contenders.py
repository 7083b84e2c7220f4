"""Who sends in the benchmark of sending: ours with either ledger, smtp-source, and Python's clients."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.mailing_list import Installation, plan, starting
from benchmarks.peers import aiosmtplib_rate, smtp_source, smtplib_rate
from benchmarks.table import say
from briefings.rendering.email import EmailRendering
from briefings.subscribers.subscriber import Format
from tests.postgres import cluster, create_database, installed

BUILT = 200
"""Messages for the clients that build each one: a few hundred a second at best."""

NAMES = ("sqlite", "source", "aiosmtplib", "smtplib", "postgresql")
CLIENTS = {"aiosmtplib": aiosmtplib_rate, "smtplib": smtplib_rate}


@dataclass(frozen=True)
class Sent:
    """How a contender did in one round: `rate` in messages/s, `cpu` in ms of the sending process for each."""

    messages: int
    rate: float
    cpu: float


@contextmanager
def contenders(
    only: Collection[str], folder: Path, root: Path, mail: EmailRendering, rows: int, port: int
) -> Iterator[dict[str, Callable[[], Sent]]]:
    """Give those of NAMES that are in `only`, ready to send `rows` messages to a port of this machine, by name.

    `mail` is what the content folder `root` makes of the briefing.
    """
    with ExitStack() as stack:
        ready: dict[str, Callable[[], Sent]] = {}
        for name in (each for each in NAMES if each in only):
            if name in CLIENTS:
                ready[name] = partial(_built, name, port, mail)
            elif name == "source":
                ready[name] = partial(_source, port, rows)
            else:
                say(f"{rows:,} subscribers planned: {name}")
                server = stack.enter_context(_postgresql()) if name == "postgresql" else ""
                ready[name] = _Ours(root, folder / name, rows, port, server).send
        yield ready


class _Ours:
    """A planned mailing, copied anew for each round. The CPU that our command takes to start is taken off."""

    def __init__(self, root: Path, folder: Path, rows: int, port: int, server_url: str) -> None:
        self._folder, self._rows, self._port, self._server_url = folder, rows, port, server_url
        self._round = 0
        self._planned = Installation(root, folder / "planned", self._database())
        plan(self._planned, rows, ["en-GB"], Format.HTML)
        self._start = starting(Installation(root, folder / "idle", self._database()), port)

    def _database(self, template: str = "template1") -> str:
        return create_database(self._server_url, template) if self._server_url else ""

    def send(self) -> Sent:
        self._round += 1
        database = self._database(str(make_url(self._planned.database_url or "sqlite://").database))
        copy = self._planned.copied(self._folder / f"round-{self._round}", database)
        run = copy.deliver(self._port)
        copy.check_all_sent(self._rows)
        return Sent(self._rows, self._rows / run.seconds, (run.cpu - self._start) / self._rows * 1000)


def _source(port: int, rows: int) -> Sent:
    run = smtp_source(port, rows)
    return Sent(rows, rows / run.seconds, run.cpu / rows * 1000)


def _built(client: str, port: int, mail: EmailRendering) -> Sent:
    cpu = time.process_time()
    rate = CLIENTS[client](port, mail, BUILT)
    return Sent(BUILT, rate, (time.process_time() - cpu) / BUILT * 1000)


def _postgresql() -> AbstractContextManager[str]:
    """Run a cluster that is as durable as PostgreSQL is by itself: fsync and synchronous_commit on."""
    binaries = installed()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql, or leave postgresql out (--only)")
    return cluster(binaries)
