"""A million: memory, CPU and pace of `briefings deliver` at 1,000,000 recipients, against the same at 10,000.

The mail goes to a bare sink, as text and in all locales in turn, so that it takes minutes.
`BENCH_ROWS=100000 make bench` takes fewer.

    python -m benchmarks.million --rows 100000
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.forty import write_root
from benchmarks.mailing_list import Installation, disk_folder, plan, starting
from benchmarks.measured import Measured
from benchmarks.sinks import BareSink, bare_sink
from benchmarks.table import Row, print_table, say
from briefings.content.loader import load_content
from briefings.subscribers.subscriber import Format

FEW, MANY = 10_000, 1_000_000
PEAK_MB, GROWTH, CPU_LIMIT_MS = 100, 1.1, 0.15
SAY_EVERY_S = 10.0


def run(rows: int | None = None) -> Iterator[Row]:
    many = int(os.environ.get("BENCH_ROWS", MANY)) if rows is None else rows
    with disk_folder() as name, bare_sink() as sink:
        folder = Path(name)
        write_root(folder / "root")
        start = starting(Installation(folder / "root", folder / "idle"), sink.port)
        few = _deliver(folder, sink, FEW)
        much = _deliver(folder, sink, many)
    small, large = few.peak / 1e6, much.peak / 1e6
    ratio = large / small
    what = f"peak memory, {many:,} recipients"
    yield what, f"{large:.0f} MB", f"{FEW:,}: {small:.0f} MB", f"{ratio:.2f} x", f"<= {GROWTH} x"
    yield what, f"{large:.0f} MB", f"{PEAK_MB} MB", f"{large / PEAK_MB:.2f}", "<= 1"
    cpu = (much.cpu - start) / many * 1000
    what = f"send {many:,} to a bare sink, SQLite FULL"
    yield f"{what}: CPU for one", f"{cpu:.3f} ms", f"{CPU_LIMIT_MS} ms", f"{cpu / CPU_LIMIT_MS:.2f}", "<= 1"
    before, rate = FEW / few.seconds, many / much.seconds
    yield what, f"{rate:.0f}/s", f"{FEW:,}: {before:.0f}/s", f"{rate / before:.2f} x", ""


def _deliver(folder: Path, sink: BareSink, rows: int) -> Measured:
    """Plan and deliver to so many people. Raises RuntimeError unless as many messages come in."""
    say(f"{rows:,} subscribers planned: SQLite")
    installation = Installation(folder / "root", folder / f"{rows}")
    locales = load_content(installation.root).places.locales
    plan(installation, rows, locales, Format.TEXT)
    before = sink.taken
    next_line = [time.monotonic() + SAY_EVERY_S]

    def watch() -> None:
        if time.monotonic() > next_line[0]:
            next_line[0] += SAY_EVERY_S
            say(f"{sink.taken - before:,} of {rows:,}")

    measured = installation.deliver(sink.port, watch)
    installation.check_all_sent(rows)
    if sink.taken - before != rows:
        raise RuntimeError(f"{rows} mails are in the ledger as sent, and {sink.taken - before} came in")
    return measured


@click.command()
@click.option("--rows", default=MANY, show_default=True, help="Recipients.")
def main(rows: int) -> None:
    """Print what a large mailing takes beside a small one."""
    print_table(run(rows))


if __name__ == "__main__":
    main()
