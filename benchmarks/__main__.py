"""`make bench`: run all benchmarks and print their ratios as one table."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks import building, memory, rendering, sending, site

BENCHMARKS = (memory.run, rendering.run, building.run, sending.run, site.run)


def main() -> None:
    table = Table("what", "ours", "against", "ratio", "wanted")
    for run in BENCHMARKS:
        for row in run():
            table.add_row(*row)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
