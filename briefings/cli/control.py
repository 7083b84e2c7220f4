"""`briefings pause`, `resume` and `cancel`: a person's hand on what goes out."""

from __future__ import annotations

import click

from briefings.cli.base import at_now, command, leave, now_of
from briefings.services import Services

named = click.option("--by", required=True, metavar="NAME", help="Who decides it; kept.")
because = click.option("--reason", default="", metavar="TEXT", help="Why; kept, and shown to whoever looks.")
of_domain = click.option("--domain", default="", metavar="D", help="Mail to this domain only, such as example.org.")


def _one_scope(briefing: str | None, domain: str) -> str:
    if briefing and domain:
        raise click.UsageError("name a briefing or give --domain, not both")
    return briefing or ""


@command()
@click.argument("briefing", required=False)
@named
@because
@of_domain
@at_now
def pause(services: Services, briefing: str | None, by: str, reason: str, domain: str, now: str | None) -> None:
    """Keep mails and posts back until a person resumes them: of a briefing, to a domain, or everything."""
    from briefings.editorial.control import pause as run

    name = _one_scope(briefing, domain)
    done = run(services.desk, by, now_of(services, now)(), name, domain, reason)
    if not done.is_new:
        click.echo("it was held already, and stays so:")
    for one in done.holds:
        click.echo(f"{one}; {one.command!r} lets it go on")
    if not domain:
        click.echo(f"{done.waiting} deliveries wait; pages and feeds stay as they are")


@command()
@click.argument("briefing", required=False)
@named
@of_domain
@at_now
def resume(services: Services, briefing: str | None, by: str, domain: str, now: str | None) -> None:
    """Take off what holds a briefing, a domain or everything; also what a breaker holds."""
    from briefings.editorial.control import resume as run

    name = _one_scope(briefing, domain)
    done = run(services.desk, by, now_of(services, now)(), name, domain)
    for one in done.lifted:
        click.echo(f"lifted: {one}")
    for one in done.others:
        click.echo(f"still: {one}; {one.command!r}")
    if done.waiting and not domain:
        click.echo(f"{done.waiting} deliveries wait: 'briefings deliver' sends them, or the next due check")


@command()
@click.argument("briefing")
@named
@because
@at_now
def cancel(services: Services, briefing: str, by: str, reason: str, now: str | None) -> None:
    """Call off for good what has not gone out of a briefing; pages and feeds stay."""
    from briefings.editorial.control import cancel as run

    done = run(services.desk, briefing, by, reason, now_of(services, now))
    counted = ", ".join(f"{n} {channel}" for channel, n in sorted(done.counts.items()))
    click.echo(f"{briefing}: {counted or 'nothing'} cancelled by {by}; pages and feeds stay")
    for one in done.holds:
        click.echo(f"still: {one}; {one.command!r}")
    if done.being_sent:
        click.echo(
            f"{briefing}: {done.being_sent} are still being sent; run 'briefings cancel {briefing} --by NAME' again, "
            "for what comes back would wait",
            err=True,
        )
    leave(1 if done.being_sent else 0)
