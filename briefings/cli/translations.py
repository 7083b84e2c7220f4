"""`briefings translations ...`: export, import."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from briefings.cli.base import as_json, at_now, command, leave, main, now_of, out
from briefings.model.errors import Problem, Refused
from briefings.model.language import canonical
from briefings.services import Services

if TYPE_CHECKING:
    from briefings.translation.exchange.units import ImportReport

FORMAT_NAMES = ("po", "xliff", "tmx")
"""Named here: the formats themselves bring an XML library along, which no other command needs."""


@main.group()
def translations() -> None:
    """What is translated, and what is not."""


@command(translations)
@click.argument("briefing", nargs=-1)
@click.option("--locale", required=True, metavar="L")
@click.option("--format", "format_", type=click.Choice(FORMAT_NAMES), help="Default: what the file's ending says.")
@click.option(
    "--out", "target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Default: stdout."
)
@click.option("--memory", "whole_memory", is_flag=True, help="Everything the translation memory has in this locale.")
def export(
    services: Services, briefing: tuple[str, ...], locale: str, format_: str | None, target: Path | None,
    whole_memory: bool,
) -> None:  # fmt: skip
    """Write the texts of the briefings for a translator, with the translations there are."""
    from briefings.translation.exchange.export import units_of, units_of_memory
    from briefings.translation.exchange.files import FORMATS, format_of, write_bytes

    if briefing and whole_memory:
        raise click.UsageError("name briefings or give --memory, not both")
    desk, tag = services.desk, known_locale(services, locale)
    chosen = FORMATS[format_] if format_ else format_of(target or Path())
    if whole_memory:
        units = list(units_of_memory(desk.memory, tag))
    else:
        sources = [desk.briefing(name) for name in briefing] or desk.content.briefings.values()
        units = units_of(sources, tag, desk.resources)
    written = chosen.write(units, tag, desk.source_locale)
    missing = sum(not unit.target for unit in units)
    if target is None:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
    else:
        write_bytes(target, written)
    where = target or "standard output"
    click.echo(f"{len(units)} texts written to {where}, {missing} without a translation", err=target is None)


@command(translations, "import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--locale", required=True, metavar="L")
@click.option("--by", default="", metavar="NAME", help="Who translated it, or reviewed it; the file's name otherwise.")
@click.option("--reviewed", is_flag=True, help="Believe the rows that say they were reviewed, on the word of --by.")
@click.option("--memory", "as_memory", is_flag=True, help="Take texts that no briefing has too: a translation memory.")
@as_json
@at_now
def import_(
    services: Services, file: Path, locale: str, by: str, reviewed: bool, as_memory: bool, as_json: bool,
    now: str | None,
) -> None:  # fmt: skip
    """Take translations from a PO, XLIFF or TMX file; each is checked first, and refused with its row."""
    from briefings.cli.reports import show_import
    from briefings.editorial.exchange import import_translations

    if reviewed and not by.strip():
        raise click.UsageError("--reviewed needs --by NAME: whoever vouches for a review has a name")
    moment = now_of(services, now)()
    tag = known_locale(services, locale)
    report, aside = import_translations(
        services.desk, file, tag, moment, by=by, is_reviewed=reviewed, as_memory=as_memory
    )
    for problem in report.refused:
        click.echo(str(problem), err=True)
    for doubt in report.doubts:
        click.echo(f"taken, but look again: {doubt}", err=True)
    if aside:
        click.echo(f"refused rows are kept in {aside}: correct them there and import that file", err=True)
    if as_json:
        out({**_counts(report), "refused": _lines(report.refused), "doubts": _lines(report.doubts)})
    else:
        show_import({**_counts(report), "refused": len(report.refused)})
    leave(1 if report.refused else 0)


def _lines(problems: Sequence[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


def _counts(report: ImportReport) -> dict[str, int]:
    return {
        "taken": report.taken,
        "unchanged": report.unchanged,
        "untranslated": report.untranslated,
        "obsolete": report.obsolete,
    }


def known_locale(services: Services, locale: str) -> str:
    """Return one of the borough's locales in its one spelling. Raises Refused for any other."""
    try:
        tag = canonical(locale)
    except ValueError as error:
        raise Refused(str(error)) from error
    if tag not in services.desk.content.places.locales:
        raise Refused(f"{tag} is not one of the borough's locales (places.yaml)")
    return tag
