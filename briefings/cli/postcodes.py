"""`briefings postcodes import`: which ward each of the borough's postcodes lies in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from briefings.cli.base import as_json, at_now, command, leave, main, now_of, out
from briefings.services import REFUSED_FOLDER, Services

SHOWN_PROBLEMS = 20


@main.group()
def postcodes() -> None:
    """Where in the borough a postcode lies."""


@command(postcodes, "import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@at_now
def import_(services: Services, file: Path, as_json: bool, now: str | None) -> None:
    """Take the borough's postcodes from the ONS Postcode Directory (CSV), in place of those known before."""
    from briefings.residents.postcode_file import import_postcodes

    quarantine = services.settings.data_dir / REFUSED_FOLDER / f"{now_of(services, now)():%Y%m%dT%H%M%S}-{file.name}"
    with _progress() as progress:
        report = import_postcodes(services.engine, services.desk.content.places, file, quarantine, progress)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        click.echo(str(problem), err=True)
    if as_json:
        out({**asdict(report), "problems": [str(problem) for problem in report.problems]})
    else:
        click.echo(
            f"{report.rows} rows read: {report.kept} kept, {report.other_boroughs} in other boroughs, "
            f"{report.terminated} terminated, {report.malformed} malformed"
        )
    if report.old_wards:
        click.echo(
            f"{report.old_wards} of this borough are in wards that places.yaml does not have: one of the two is of "
            "another year",
            err=True,
        )
    if report.malformed:
        click.echo(f"malformed rows are kept in {quarantine}", err=True)
    leave(1 if report.malformed or report.old_wards else 0)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show how far it is, where a person looks on."""
    if not sys.stderr.isatty():
        yield lambda done, size: None
        return
    with click.progressbar(length=100, label="reading", file=sys.stderr) as bar:
        yield lambda done, size: bar.update(max(0, done * 100 // max(size, 1) - bar.pos))
