"""`make bench`: run all benchmarks and print their ratios as one table."""

from __future__ import annotations

from benchmarks import building, memory, million, rendering, sending, site
from benchmarks.table import print_table

BENCHMARKS = (memory.run, rendering.run, building.run, sending.run, million.run, site.run)


def main() -> None:
    print_table(row for run in BENCHMARKS for row in run())


if __name__ == "__main__":
    main()
