"""`briefings subscribers ...`: import, export, add, unsubscribe, canaries, show, erase."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from briefings.cli.base import as_json, at_now, command, leave, main, now_of, out
from briefings.model.errors import Refused
from briefings.services import REFUSED_FOLDER, Services
from briefings.subscribers.exchange import ImportReport, import_csv
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency

WORDS = "Added by the comms team on the person's request."


_NOBODY = "nobody is known with this address"


@main.group()
def subscribers() -> None:
    """Who gets what."""


@command(subscribers, "import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@at_now
def import_(services: Services, file: Path, as_json: bool, now: str | None) -> None:
    """Take subscribers from a CSV file; rows that are wrong are named and kept aside."""
    moment = now_of(services, now)()
    quarantine = services.settings.data_dir / REFUSED_FOLDER / f"{moment:%Y%m%dT%H%M%S}-{file.name}"
    report = import_csv(services.desk.register, file, moment, quarantine)
    for problem in report.refused:
        click.echo(str(problem), err=True)
    if as_json:
        out({**asdict(report), "refused": [str(problem) for problem in report.refused]})
    else:
        click.echo(_summary(report))
    if report.refused_rows:
        click.echo(f"refused rows are kept in {quarantine}: correct them there and import that file", err=True)
    leave(1 if report.refused_rows else 0)


def _summary(report: ImportReport) -> str:
    return (
        f"{report.taken} taken, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.pending} of them not confirmed, {report.refused_rows} refused"
    )


@command(subscribers, "export")
@click.option("--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file instead.")
def export(services: Services, target: Path | None) -> None:
    """Write all subscribers as CSV."""
    from briefings.subscribers.exchange import export_csv, export_file

    if target:
        click.echo(f"{export_file(services.engine, target)} subscribers written to {target}", err=True)
    else:
        export_csv(services.engine, sys.stdout)


@command(subscribers)
@click.argument("email")
@click.option("--locale", required=True, metavar="L", help="Locale, such as ro or pt-PT.")
@click.option("--region", "regions", multiple=True, help="Region to follow; may be given more than once.")
@click.option("--ward", "wards", multiple=True, help="GSS code of a ward to follow; may be given more than once.")
@click.option("--frequency", type=click.Choice([str(one) for one in Frequency]), default="weekly", show_default=True)
@click.option("--format", "format_", type=click.Choice([str(one) for one in Format]), default="html", show_default=True)
@click.option("--again", is_flag=True, help="The person had unsubscribed, and asks to come back.")
@click.option("--source", default="command line", help="Where the person asked for it; kept with the consent.")
@at_now
def add(
    services: Services, email: str, locale: str, regions: tuple[str, ...], wards: tuple[str, ...],
    frequency: str, format_: str, again: bool, source: str, now: str | None,
) -> None:  # fmt: skip
    """Add a person who asked for it, or change what they get."""
    moment = now_of(services, now)()
    choices = Choices(locale, regions, wards, Frequency(frequency), Format(format_))
    enrolment = Enrolment(email, choices, source, WORDS, moment)
    _, outcome = services.desk.register.add(enrolment, moment, own_wish=again)
    click.echo(str(outcome))


@command(subscribers)
@click.argument("email")
@click.option("--reason", default="asked by the person", help="Kept with the record.")
@at_now
def unsubscribe(services: Services, email: str, reason: str, now: str | None) -> None:
    """End all mail to a person, at once."""
    if services.desk.register.unsubscribe(email, reason, now_of(services, now)()) is None:
        raise Refused("nobody is subscribed with this address")
    click.echo("unsubscribed")


@command(subscribers)
@click.option("--remove", is_flag=True, help="End all canaries instead.")
@at_now
def canaries(services: Services, remove: bool, now: str | None) -> None:
    """Subscribe one address of our own in each region and language, and raise an alarm when its mail does not come."""
    from briefings.subscribers.canaries import place_canaries, remove_canaries

    register, moment = services.desk.register, now_of(services, now)()
    if remove:
        click.echo(f"{remove_canaries(register, moment)} canaries removed")
        return
    counts = place_canaries(register, services.settings.reply_domain, moment)
    told = ", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n)
    click.echo(f"{sum(counts.values())} canaries: {told}")


@command(subscribers)
@click.argument("email")
def show(services: Services, email: str) -> None:
    """Print everything that is held about a person who asks for it, as JSON."""
    from briefings.residents.held import held_at

    found = held_at(services.desk.register, services.secret, email)
    if found is None:
        raise Refused(_NOBODY)
    out(found)


@command(subscribers)
@click.argument("email")
@at_now
def erase(services: Services, email: str, now: str | None) -> None:
    """Erase a person who asks for it: nothing is left of the address but what keeps us from mailing it."""
    from briefings.residents.erasing import erase_address

    register, moment = services.desk.register, now_of(services, now)()
    if not erase_address(register, services.secret, email, services.folders_with_addresses, moment):
        raise Refused(_NOBODY)
    click.echo("erased")
