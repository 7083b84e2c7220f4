"""Sending: `briefings deliver` with its durable ledger, against postfix's smtp-source and Python's SMTP clients.

All send to the same smtp-sink, in turn and several rounds of it; a figure is the median. What our command needs to
start (a run with nothing to send) is taken off its seconds and its CPU; everything that grows with the mailing is in.

    python -m benchmarks.sending --rows 10000 --only sqlite,source
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
from sqlalchemy import make_url

from benchmarks.forty import octets, write_root
from benchmarks.mailing_list import Installation, plan
from benchmarks.measured import Measured
from benchmarks.peers import aiosmtplib_rate, smtp_source, smtplib_rate
from benchmarks.sinks import smtp_sink
from benchmarks.table import Row, print_table
from briefings.rendering.email import EmailRendering
from briefings.subscribers.subscriber import Format
from tests.postgres import cluster, create_database, installed

ROWS, ROUNDS = 10_000, 3
BUILT = 200
"""Messages for the clients that build each one: some 100 a second."""

CONTENDERS = ("sqlite", "source", "aiosmtplib", "smtplib", "postgresql")
CPU_LIMIT_MS = 0.15

Client = Callable[[int, EmailRendering, int], float]


@dataclass(frozen=True)
class Sent:
    """How one contender did, per message: `rate` in messages/s, `cpu` in ms of CPU of the sending process."""

    rate: float
    cpu: float = 0.0


class Ours:
    """A planned mailing, copied anew for each round."""

    def __init__(self, name: str, root: Path, folder: Path, rows: int, port: int, server_url: str = "") -> None:
        self._folder, self._rows, self._port, self._server_url = folder, rows, port, server_url
        self._round = 0
        self._planned = self._plan(root, folder / name, rows)
        idle = self._plan(root, folder / f"{name}-idle", 0)
        runs = [idle.deliver(port) for _ in range(2)]  # the first may have to compile modules
        self.start = Measured(min(run.seconds for run in runs), min(run.cpu for run in runs), 0)

    def _plan(self, root: Path, data: Path, rows: int) -> Installation:
        planned = Installation(root, data, create_database(self._server_url) if self._server_url else "")
        plan(planned, rows, ["en-GB"], Format.HTML)
        return planned

    def send(self) -> Sent:
        self._round += 1
        url = self._planned.database_url
        copied = create_database(self._server_url, str(make_url(url).database)) if url else ""
        copy = self._planned.copied(self._folder / f"{self._planned.data.name}-{self._round}", copied)
        run = copy.deliver(self._port)
        copy.check_all_sent(self._rows)
        return Sent(self._rows / (run.seconds - self.start.seconds), (run.cpu - self.start.cpu) / self._rows * 1000)


def run(rows: int = ROWS, rounds: int = ROUNDS, only: Collection[str] = CONTENDERS) -> Iterator[Row]:
    with TemporaryDirectory(prefix="briefings-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        say("a briefing that makes a mail of 40 KB")
        mail = write_root(folder / "root")
        port = stack.enter_context(smtp_sink())
        contenders = {"source": lambda: _source(port, rows)} | {
            peer: partial(_built, client, port, mail)
            for peer, client in (("aiosmtplib", aiosmtplib_rate), ("smtplib", smtplib_rate))
        }
        for ledger in ("sqlite", "postgresql"):
            if ledger in only:
                say(f"{rows:,} subscribers planned: {ledger}")
                server = stack.enter_context(_postgresql()) if ledger == "postgresql" else ""
                contenders[ledger] = Ours(ledger, folder / "root", folder, rows, port, server).send
        runs: dict[str, list[Sent]] = {which: [] for which in CONTENDERS if which in only}
        for number in range(1, rounds + 1):
            for which, results in runs.items():
                results.append(sent := contenders[which]())
                say(f"round {number} of {rounds}: {which} {sent.rate:.0f}/s, {sent.cpu:.3f} ms CPU a message")
        yield from _rows(
            {which: Sent(median(s.rate for s in found), median(s.cpu for s in found)) for which, found in runs.items()},
            octets(mail),
        )


def _source(port: int, rows: int) -> Sent:
    run = smtp_source(port, rows)
    return Sent(rows / run.seconds, run.cpu / rows * 1000)


def _built(client: Client, port: int, mail: EmailRendering) -> Sent:
    return Sent(client(port, mail, BUILT))


def _postgresql() -> AbstractContextManager[str]:
    """Run a cluster that is as durable as PostgreSQL is by itself: fsync and synchronous_commit on."""
    binaries = installed()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql, or leave postgresql out (--only)")
    return cluster(binaries)


def _rows(found: dict[str, Sent], size: int) -> Iterator[Row]:
    ours = found.get("sqlite")
    if ours is None:
        for which, sent in found.items():
            yield f"send {size:,} octets: {which}", f"{sent.rate:.0f}/s", f"{sent.cpu:.3f} ms", "", ""
        return
    what = f"send {size:,} octets, ledger on, SQLite FULL"
    for which, name, wanted in (
        ("source", "smtp-source", 1),
        ("aiosmtplib", "aiosmtplib, each built,", 10),
        ("smtplib", "smtplib, each built,", 10),
    ):
        if which in found:
            rate = found[which].rate
            yield what, f"{ours.rate:.0f}/s", f"{name} {rate:.0f}/s", f"{ours.rate / rate:.2f} x", f">= {wanted} x"
    cpu = "sender CPU for one of these"
    yield cpu, f"{ours.cpu:.3f} ms", f"{CPU_LIMIT_MS} ms", f"{ours.cpu / CPU_LIMIT_MS:.2f}", "<= 1"
    if "source" in found:
        theirs = found["source"].cpu
        yield cpu, f"{ours.cpu:.3f} ms", f"smtp-source {theirs:.3f} ms", f"{ours.cpu / theirs:.2f}", ""
    if "postgresql" in found:
        rate = found["postgresql"].rate
        ratio = f"{rate / ours.rate:.2f} x"
        yield "the same, PostgreSQL ledger, fsync on", f"{rate:.0f}/s", f"SQLite {ours.rate:.0f}/s", ratio, ">= 0.8 x"


def say(line: str) -> None:
    """Tell who waits how far it is."""
    print(f"sending: {line}", file=sys.stderr, flush=True)


@click.command()
@click.option("--rows", default=ROWS, show_default=True, help="Messages in each round.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="Rounds; a figure is their median.")
@click.option("--only", default=",".join(CONTENDERS), show_default=True, help="Contenders, comma-separated.")
def main(rows: int, rounds: int, only: str) -> None:
    """Print how fast we send, and how fast the others do."""
    chosen = only.split(",")
    if unknown := set(chosen) - set(CONTENDERS):
        raise click.UsageError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(CONTENDERS)}")
    print_table(run(rows, rounds, chosen))


if __name__ == "__main__":
    main()
