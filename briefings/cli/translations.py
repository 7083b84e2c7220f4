"""`briefings translations ...`: export, import."""

from __future__ import annotations

from pathlib import Path

import click

from briefings.cli.base import as_json, command, leave, main, out
from briefings.model.errors import Refused
from briefings.model.language import canonical, catalog_name
from briefings.services import Services


@main.group()
def translations() -> None:
    """What is translated, and what is not."""


@command(translations)
@click.option("--locale", required=True, metavar="L")
@click.option("--out", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(services: Services, locale: str, target: Path) -> None:
    """Write a PO file with every text of the briefings and the translations there are."""
    from briefings.translation.exchange import content_template, merged, review_status, write_catalog

    tag = known_locale(services, locale)
    path = _catalog(services, tag)
    template = content_template(services.desk.content.briefings.values())
    catalog = merged(path, template, tag)
    write_catalog(target, catalog, review_status(path))
    missing = sum(1 for message in catalog if message.id and not message.string)
    click.echo(f"{len(catalog)} texts written to {target}, {missing} without a translation")


@command(translations, "import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--locale", required=True, metavar="L")
@as_json
def import_(services: Services, file: Path, locale: str, as_json: bool) -> None:
    """Take translations from a PO file; each is checked first, and refused with its line if a fact differs."""
    from briefings.translation.exchange import content_template, import_catalog

    tag = known_locale(services, locale)
    template = content_template(services.desk.content.briefings.values())
    report = import_catalog(file, _catalog(services, tag), template, tag, services.desk.source_locale)
    for problem in report.refused:
        click.echo(str(problem), err=True)
    if as_json:
        refused = [str(problem) for problem in report.refused]
        out({"taken": report.taken, "unchanged": report.unchanged, "refused": refused})
    else:
        click.echo(f"{report.taken} taken, {report.unchanged} unchanged, {len(report.refused)} refused")
    leave(1 if report.refused else 0)


def known_locale(services: Services, locale: str) -> str:
    """Return one of the borough's locales in its one spelling. Raises Refused for any other."""
    try:
        tag = canonical(locale)
    except ValueError as error:
        raise Refused(str(error)) from error
    if tag not in services.desk.content.places.locales:
        raise Refused(f"{tag} is not one of the borough's locales (places.yaml)")
    return tag


def _catalog(services: Services, tag: str) -> Path:
    return services.settings.root / "locales" / catalog_name(tag) / "LC_MESSAGES" / "content.po"
