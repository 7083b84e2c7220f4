"""The commands of a briefing's life: prepare, approve, preview, publish, correct, withdraw, status, serve."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import click

from briefings.cli.base import as_json, at_now, command, leave, now_of, out
from briefings.model.channel import Channel
from briefings.model.errors import Refused
from briefings.services import Services

LOCALE, CHANNEL = "--locale", "--channel"


@command()
@click.option("--demo", metavar="N", type=click.IntRange(1), help="Also add N invented subscribers at example.org.")
@at_now
def init(services: Services, demo: int | None, now: str | None) -> None:
    """Create the data folder and bring the database up to date."""
    desk = services.desk
    register = desk.register
    if demo:
        from briefings.subscribers.demo import demo_subscribers

        moment = now_of(services, now)()
        speakers = desk.content.audiences.speakers
        outcomes = register.add_all(
            demo_subscribers(desk.content.places, speakers, demo, seed=1, confirmed_at=moment), moment
        )
        click.echo("demo subscribers: " + ", ".join(f"{n} {outcome}" for outcome, n in outcomes.items()))
    count = register.count()
    click.echo(f"ready in {services.settings.data_dir}: {count.active} subscribers")


@command()
@click.argument("briefing", nargs=-1)
@as_json
@at_now
def prepare(services: Services, briefing: tuple[str, ...], as_json: bool, now: str | None) -> None:
    """Translate and check briefings in every locale; all of them unless some are named."""
    from briefings.cli.reports import prepared_json, preparing, show_prepared
    from briefings.editorial.prepare import prepare as run

    with preparing() as progress:
        report = run(services.desk, briefing, now_of(services, now)(), progress)
    if as_json:
        out(prepared_json(report))
    else:
        show_prepared(report)
    for line in report.lines:
        click.echo(line, err=True)
    leave(0 if report.is_clean else 1)


@command()
@click.argument("briefing")
@click.option("--by", required=True, metavar="NAME", help="Who approves; kept with the approval.")
@at_now
def approve(services: Services, briefing: str, by: str, now: str | None) -> None:
    """Approve the present text of a briefing and freeze what goes out."""
    from briefings.editorial.approve import approve as run

    revision = run(services.desk, briefing, by, now_of(services, now)())
    click.echo(f"{briefing} approved by {by} at revision {revision}")


@command()
@click.argument("briefing")
@click.option(LOCALE, required=True, metavar="L", help="Locale, such as ro or pt-PT.")
@click.option(CHANNEL, required=True, metavar="C", help="email, text, atom, rss, json, page or x.")
@click.option("--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file instead.")
@at_now
def preview(services: Services, briefing: str, locale: str, channel: str, target: Path | None, now: str | None) -> None:
    """Show what one channel will carry in one locale."""
    from briefings.editorial.preview import preview as run

    shown = run(services.desk, briefing, locale, channel, now_of(services, now)())
    if target:
        target.write_bytes(shown)
        click.echo(f"written to {target}")
    else:
        sys.stdout.buffer.write(shown)
        sys.stdout.buffer.flush()


@command()
@click.argument("briefing", nargs=-1)
@click.option("--due", is_flag=True, help="Publish what is approved and due, and finish what was begun.")
@as_json
@at_now
def publish(services: Services, briefing: tuple[str, ...], due: bool, as_json: bool, now: str | None) -> None:
    """Publish approved briefings: the named ones now, or all that are due."""
    from briefings.cli.progress import progress_bars
    from briefings.cli.reports import finish_publish
    from briefings.editorial import publish as publishing

    if bool(briefing) == due:
        raise click.UsageError("name briefings, or give --due (and not both)")
    time = now_of(services, now)
    with services.stand_ins(), progress_bars(services.desk, time) as progress:
        if due:
            report = publishing.publish_due(services.desk, time, progress)
        else:
            report = publishing.publish(services.desk, briefing, time, progress)
    leave(finish_publish(services.desk, report, as_json))


@command()
@click.option("--rate", type=click.FloatRange(min=0), metavar="N", help="Mails a second at most; 0: no limit.")
@click.option(
    "--restored", type=click.Choice(["hold", "send"]), help="The database was restored: hold or send what waits in it."
)
@as_json
@at_now
def deliver(services: Services, rate: float | None, restored: str | None, as_json: bool, now: str | None) -> None:
    """Finish every delivery that was begun and is not settled."""
    from briefings.cli.progress import progress_bars
    from briefings.cli.reports import finish_publish
    from briefings.editorial.publish import sweep
    from briefings.editorial.restored import confirm_restored

    if restored:
        confirmed = confirm_restored(services.desk, now_of(services, now)(), send=restored == "send")
        click.echo(f"the restored database is taken as it is: {confirmed.uncertain} mails are now uncertain", err=True)
        for briefing in confirmed.held:
            again = f"'briefings resume {briefing} --by NAME'"
            click.echo(f"{briefing}: held, it may have gone out before: look, then {again}", err=True)
    if rate is not None:
        services.limit_rate(rate)
    with services.stand_ins(), progress_bars(services.desk, now_of(services, now)) as progress:
        report = sweep(services.desk, now_of(services, now), progress)
    leave(finish_publish(services.desk, report, as_json))


@command()
@click.argument("briefing")
@click.option("--reason", default="", help="Said to those who got it, in the source language.")
@as_json
@at_now
def withdraw(services: Services, briefing: str, reason: str, as_json: bool, now: str | None) -> None:
    """Take a published briefing back on every channel, and tell who got it."""
    from briefings.cli.progress import progress_bars
    from briefings.cli.reports import finish_publish
    from briefings.editorial.amend import withdraw as run
    from briefings.editorial.publish import PublishReport

    with services.stand_ins(), progress_bars(services.desk, now_of(services, now)) as progress:
        delivered = run(services.desk, briefing, reason, now_of(services, now), progress)
    leave(finish_publish(services.desk, PublishReport([delivered]), as_json))


@command()
@click.argument("briefing")
@as_json
@at_now
def correct(services: Services, briefing: str, as_json: bool, now: str | None) -> None:
    """Publish the approved new text of a published briefing, and tell who got the old one."""
    from briefings.cli.progress import progress_bars
    from briefings.cli.reports import finish_publish
    from briefings.editorial.amend import correct as run
    from briefings.editorial.publish import PublishReport

    with services.stand_ins(), progress_bars(services.desk, now_of(services, now)) as progress:
        delivered = run(services.desk, briefing, now_of(services, now), progress)
    leave(finish_publish(services.desk, PublishReport([delivered]), as_json))


@command()
@as_json
@at_now
def collect(services: Services, as_json: bool, now: str | None) -> None:
    """Bring in what residents answered on X, and the mail that came back; send letters that residents wait for.

    Answers on the site come in by themselves, and `serve` sends letters as well.
    """
    from briefings.cli.reports import show_collected
    from briefings.editorial.collecting import collect_mailbox, post_letters
    from briefings.responses.collect import Collected, collect_mentions

    time, collected = now_of(services, now), Collected()
    if Channel.X in services.desk.content.channels.enabled:
        with collected.trying("X"), services.stand_ins():
            collect_mentions(services.engine, services.desk.open_x(), collected, time())
    with collected.trying("letters"), services.stand_ins():
        collected.letters = post_letters(services.poster, time)
    with collected.trying("mailbox"):
        collect_mailbox(services.desk, services.imap_inbox(), collected, time)
    if as_json:
        out(collected.as_json())
    else:
        show_collected(collected)
    for name, trouble in collected.troubles.items():
        click.echo(f"{name}: {trouble}", err=True)
    leave(1 if collected.troubles else 0)


@command()
@click.argument("briefing", required=False)
@click.option("--watch", is_flag=True, help="Show how far it is, with rate and time left, until it is settled.")
@as_json
@at_now
def status(services: Services, briefing: str | None, watch: bool, as_json: bool, now: str | None) -> None:
    """Say where briefings stand: what went to whom, in which language, and what is left."""
    from briefings.cli.reports import show_status
    from briefings.editorial import status as standing

    if watch and as_json:
        raise click.UsageError("--watch is for people to look at; ask for --json again and again instead")
    time = now_of(services, now)
    known = standing.known_briefings(services.desk)
    if watch:
        from briefings.cli.progress import follow

        if briefing and briefing not in known:
            services.desk.briefing(briefing)
        follow(services.desk, briefing, time)
        return
    found = [standing.status(services.desk, name, time()) for name in ([briefing] if briefing else known)]
    if as_json:
        out(found[0] if briefing else found)
    else:
        show_status(services.desk, found)


@command()
@click.option("--port", type=int, help="Port; otherwise that of BRIEFINGS_PUBLIC_URL.")
def serve(services: Services, port: int | None) -> None:
    """Serve the residents' site (and in the sandbox, what was caught) until Ctrl-C.

    It sends the letters that sign-ups ask for, in the sandbox to the stand-ins, which it starts where nobody has; with
    BRIEFINGS_LMTP_PORT it also takes returned mail there.
    """
    import uvicorn

    from briefings.web.guard.connections import server_options
    from briefings.web.serve import application

    chosen = port or services.web_port
    try:
        listening = socket.create_server(("127.0.0.1", chosen), backlog=2048)
    except (OSError, OverflowError):
        raise Refused(f"port {chosen} is busy: stop what uses it, or set BRIEFINGS_WEB_PORT to another port") from None
    options = server_options(application(services))
    with services.stand_ins(), services.lmtp_inbox(), services.post_office():
        uvicorn.Server(options).run(sockets=[listening])


@command()
@click.argument("briefing", required=False)
@as_json
def responses(services: Services, briefing: str | None, as_json: bool) -> None:
    """Show what residents answered: votes counted, messages as they were written."""
    from briefings.cli.reports import show_responses
    from briefings.responses.record import kept_responses

    found = kept_responses(services.engine, briefing)
    if as_json:
        out(found)
    else:
        show_responses(services.desk, found)


@command()
@click.option("--demo", default=1000, show_default=True, metavar="N", help="Invented subscribers to begin with.")
def up(services: Services, demo: int) -> None:
    """Start everything: stand-ins, site, Prefect; publish the current briefings; stop with Ctrl-C."""
    from briefings.up import run

    leave(run(services, demo))
