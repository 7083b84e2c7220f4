"""The table that benchmarks print: what, ours, against whom or which limit, the ratio, and what is wanted."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

Row = tuple[str, ...]
WIDTH = 130


def print_table(rows: Iterable[Row]) -> None:
    table = Table("what", "ours", "against", "ratio", "wanted")
    for row in rows:
        table.add_row(*row)
    Console(width=WIDTH).print(table)


def say(line: str) -> None:
    """Tell who waits how far it is."""
    print(f"bench: {line}", file=sys.stderr, flush=True)
