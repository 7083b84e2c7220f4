"""Sending: `briefings deliver` with its durable ledger, against postfix's smtp-source and Python's SMTP clients.

All send to the same smtp-sink, in turn and several rounds of it. Figures are medians; a ratio is the median of the
rounds' ratios, for what else the machine does weighs on all that ran in the same round. Our command's seconds begin
with its first connection and end when it ends; the CPU of a run with nothing to send is taken off its CPU.

    python -m benchmarks.sending --rows 10000 --only sqlite,source
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import click

from benchmarks.contenders import NAMES, Sent, contenders
from benchmarks.forty import octets, write_root
from benchmarks.mailing_list import disk_folder
from benchmarks.sinks import smtp_sink
from benchmarks.table import Row, print_table, say

ROWS, ROUNDS = 20_000, 3
CPU_LIMIT_MS = 0.15
PEERS = {
    "source": ("smtp-source", ">= 1 x"),
    "aiosmtplib": ("aiosmtplib, each built,", ">= 10 x"),
    "smtplib": ("smtplib, each built,", ">= 10 x"),
}
Rounds = Mapping[str, Sequence[Sent]]


def run(rows: int = ROWS, rounds: int = ROUNDS, only: Collection[str] = NAMES) -> Iterator[Row]:
    with disk_folder() as name, smtp_sink() as sink:
        folder = Path(name)
        mail = write_root(folder / "root")
        with contenders(only, folder, folder / "root", mail, rows, sink.port) as ready:
            done: dict[str, list[Sent]] = {which: [] for which in ready}
            for number in range(1, rounds + 1):
                for which, send in ready.items():
                    before = sink.cpu
                    sent = send()
                    done[which].append(sent)
                    took = (sink.cpu - before) / sent.messages * 1000
                    cpu = f"CPU for each {sent.cpu:.3f} ms, the sink's {took:.3f} ms"
                    say(f"round {number} of {rounds}: {which} {sent.rate:.0f}/s; {cpu}")
        yield from _against(done, octets(mail)) if "sqlite" in done else _alone(done, octets(mail))


def _alone(done: Rounds, size: int) -> Iterator[Row]:
    for which in done:
        yield f"send {size:,} octets: {which}", f"{_rate(done[which]):.0f}/s", f"{_cpu(done[which]):.3f} ms", "", ""


def _against(done: Rounds, size: int) -> Iterator[Row]:
    ours = done["sqlite"]
    rate, cpu = f"{_rate(ours):.0f}/s", f"{_cpu(ours):.3f} ms"
    what = f"send {size:,} octets, ledger on, SQLite FULL"
    for which, (name, wanted) in PEERS.items():
        if which in done:
            yield what, rate, f"{name} {_rate(done[which]):.0f}/s", f"{_ratio(ours, done[which]):.2f} x", wanted
    yield "sender CPU for one of these", cpu, f"{CPU_LIMIT_MS} ms", f"{_cpu(ours) / CPU_LIMIT_MS:.2f}", "<= 1"
    if "source" in done:
        theirs = _cpu(done["source"])
        yield "sender CPU for one of these", cpu, f"smtp-source {theirs:.3f} ms", f"{_cpu(ours) / theirs:.2f}", ""
    if "postgresql" in done:
        other = done["postgresql"]
        what = "the same, PostgreSQL ledger, fsync on"
        yield what, f"{_rate(other):.0f}/s", f"SQLite {rate}", f"{_ratio(other, ours):.2f} x", ">= 0.8 x"


def _rate(rounds: Sequence[Sent]) -> float:
    return median(sent.rate for sent in rounds)


def _cpu(rounds: Sequence[Sent]) -> float:
    return median(sent.cpu for sent in rounds)


def _ratio(ours: Sequence[Sent], theirs: Sequence[Sent]) -> float:
    return median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))


@click.command()
@click.option("--rows", default=ROWS, show_default=True, help="Messages in each round.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="Rounds; a figure is their median.")
@click.option("--only", default=",".join(NAMES), show_default=True, help="Contenders, comma-separated.")
def main(rows: int, rounds: int, only: str) -> None:
    """Print how fast we send, and how fast the others do."""
    chosen = only.split(",")
    if unknown := set(chosen) - set(NAMES):
        raise click.UsageError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    print_table(run(rows, rounds, chosen))


if __name__ == "__main__":
    main()
