"""`briefings translations status|show|review`: how far texts have come, and a person's word on them."""

from __future__ import annotations

import click

from briefings.cli.base import as_json, at_now, command, leave, now_of, out
from briefings.cli.translations import known_locale, translations
from briefings.model.edition import SegmentState
from briefings.model.errors import InvalidInput, Refused
from briefings.services import Services

_STATES = (SegmentState.TRANSLATED, SegmentState.REVIEWED, SegmentState.FINAL)


@command(translations)
@click.argument("briefing", nargs=-1)
@click.option("--locale", metavar="L", help="Only this locale.")
@as_json
def status(services: Services, briefing: tuple[str, ...], locale: str | None, as_json: bool) -> None:
    """Show locale by locale and section by section how far the texts of briefings have come."""
    from briefings.cli.translation_tables import status_json, status_table
    from briefings.editorial.prepare import as_it_stands

    desk = services.desk
    only = (known_locale(services, locale),) if locale else ()
    found = {name: as_it_stands(desk, name, only) for name in briefing or tuple(desk.content.briefings)}
    if as_json:
        out({name: status_json(editions) for name, (editions, _) in found.items()})
    else:
        for name, (editions, _) in found.items():
            status_table(name, editions)
    unreadable = dict.fromkeys(str(problem) for _, problems in found.values() for problem in problems)
    for line in unreadable:
        click.echo(line, err=True)
    leave(1 if unreadable else 0)


@command(translations)
@click.argument("briefing")
@click.option("--locale", required=True, metavar="L")
@click.option("--section", "sections", multiple=True, metavar="S", help="Only this section, such as section/2 or head.")
@as_json
def show(services: Services, briefing: str, locale: str, sections: tuple[str, ...], as_json: bool) -> None:
    """Show a briefing's texts beside their translations, with states, faults and doubts."""
    from briefings.cli.translation_tables import text_json, texts_table
    from briefings.editorial.prepare import as_it_stands

    tag = known_locale(services, locale)
    resources = services.desk.resources
    found, problems = as_it_stands(services.desk, briefing, (tag,))
    if problems:
        raise InvalidInput(*problems)
    if not found:
        raise Refused(f"{briefing} is not published in {tag}")
    edition = found[0]
    shown = [s for s in edition.segments.values() if not sections or s.section in sections]
    doubts = {s.key: resources.check(s.source, s.target, tag) for s in shown if s.target}
    if as_json:
        out([text_json(segment, doubts.get(segment.key, ())) for segment in shown])
    else:
        texts_table(f"{briefing} {tag}", shown, doubts)


@command(translations)
@click.argument("briefing")
@click.option("--locale", required=True, metavar="L")
@click.option("--by", required=True, metavar="NAME", help="Who answers for it; kept with the texts.")
@click.option("--section", "sections", multiple=True, metavar="S", help="Only this section, such as section/2 or head.")
@click.option("--as", "to", type=click.Choice([str(s) for s in _STATES]), default="reviewed", show_default=True)
@click.option("--reject", is_flag=True, help="Do not use these translations any more, wherever they stand.")
@click.option("--restore", is_flag=True, help="Use again what was rejected.")
@as_json
@at_now
def review(
    services: Services,
    briefing: str,
    locale: str,
    by: str,
    sections: tuple[str, ...],
    to: str,
    reject: bool,
    restore: bool,
    as_json: bool,
    now: str | None,
) -> None:
    """Say in your name that the translations of a briefing were read: taken over, reviewed, final or rejected."""
    from briefings.editorial.review import restore as bring_back
    from briefings.editorial.review import review as run

    tag = known_locale(services, locale)
    if reject and restore:
        raise click.UsageError("reject or restore, not both")
    if restore:
        restored = bring_back(services.desk, briefing, tag, by, now_of(services, now)(), sections)
        if as_json:
            out({"restored": restored})
        else:
            click.echo(f"{restored} texts restored by {by}; run 'briefings prepare {briefing}' and approve it")
        return
    state = SegmentState.INITIAL if reject else SegmentState(to)
    report = run(services.desk, briefing, tag, by, state, now_of(services, now)(), sections)
    for key, reason in report.refused.items():
        click.echo(f"{briefing} {tag} {key}: {reason}", err=True)
    if as_json:
        out({"moved": report.moved, "refused": report.refused})
    else:
        done = "rejected" if reject else state
        click.echo(f"{len(report.moved)} texts {done} by {by}, {len(report.refused)} refused")
        if report.moved:
            click.echo(f"run 'briefings prepare {briefing}' and approve it: then they go out as they stand now")
    leave(1 if report.refused else 0)
