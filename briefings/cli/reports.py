"""What the terminal shows: progress while something is sent, and tables of what became of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from briefings.cli.progress import pace_text
from briefings.editorial import deliver
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import PrepareReport
from briefings.editorial.publish import PublishReport
from briefings.editorial.status import status, uncertain_rows
from briefings.responses.collect import Collected


@contextmanager
def preparing() -> Iterator[Callable[[str, str], None]]:
    """Show which edition is being prepared; nothing where nobody looks."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda briefing, locale: None
        return
    with console.status("preparing") as line:
        yield lambda briefing, locale: line.update(f"preparing {briefing} in {locale}")


def prepared_json(report: PrepareReport) -> dict[str, Any]:
    return {
        "prepared": [
            {
                "briefing": item.briefing,
                "revision": item.revision,
                "locales": {
                    e.locale: {
                        "ready": e.ready,
                        "fallback": sorted(e.unready_sections),
                        "stale": [s.key for s in e.segments.values() if s.is_stale],
                    }
                    for e in item.editions
                },
            }
            for item in report.prepared
        ],
        "blocked": [
            {"briefing": b.briefing, "locale": b.locale, "key": b.key, "problem": str(b.problem)}
            for b in report.blocked
        ],
        "problems": [str(problem) for problem in report.problems],
        "drafted": dict(report.drafted),
        "troubles": report.troubles,
    }


def show_prepared(report: PrepareReport) -> None:
    """Print a table: which locale of which briefing is ready, and how much of it falls back."""
    cells = {
        item.briefing: {e.locale: "ready" if e.ready else f"{len(e.unready_sections)} fall back" for e in item.editions}
        for item in report.prepared
    }
    _by_locale(cells)
    for engine, n in report.drafted.items():
        click.echo(f"{n} texts drafted by {engine}: they are labelled as a machine's until a person reviews them")
    for item in report.prepared:
        stale = {e.locale: sum(s.is_stale for s in e.segments.values()) for e in item.editions}
        if most := max(stale.values(), default=0):
            n = sum(1 for count in stale.values() if count)
            click.echo(f"{item.briefing}: {most} changed texts are to be translated again in {n} languages")


def _by_locale(cells: Mapping[str, Mapping[str, str]]) -> None:
    """Print a table with locales down and briefings across."""
    table = Table("locale", *cells)
    for locale in dict.fromkeys(locale for column in cells.values() for locale in column):
        table.add_row(locale, *(column.get(locale, "") for column in cells.values()))
    Console().print(table)


def finish_publish(desk: Desk, report: PublishReport, as_json: bool) -> int:
    """Print how a publish went, reasons on stderr; return the exit code."""
    if as_json:
        result = [
            {**status(desk, item.briefing), "sent_now": item.sent_now, "unsettled": item.unsettled}
            for item in report.delivered
        ]
        click.echo(_json({"published": result, "refused": report.refused}))
    else:
        for item in report.delivered:
            print_delivered(desk, item)
        if not report.delivered and not report.refused:
            click.echo("nothing is due")
    for item in report.delivered:
        if any(item.taken_over.values()):
            back, unknown = item.taken_over["queued"], item.taken_over["uncertain"]
            click.echo(
                f"{item.briefing}: took over from a dead sender: {back} sent anew, {unknown} uncertain", err=True
            )
        for channel, trouble in item.trouble.items():
            click.echo(f"{item.briefing}: {channel}: {trouble}", err=True)
        if not item.is_settled:
            states = ", ".join(f"{n} {state}" for state, n in item.totals.items() if n and state in _OPEN)
            held = "".join(f"; {one}: {one.command!r}" for one in item.holds)
            then = "then run" if item.is_held else "run"
            click.echo(f"{item.briefing}: left unsettled: {states}{held}; {then} 'briefings deliver' again", err=True)
    delivered = [item.briefing for item in report.delivered]
    elsewhere = sorted({name for item in report.delivered for name in item.uncertain_elsewhere})
    for briefing in dict.fromkeys(delivered + elsewhere):
        for row in uncertain_rows(desk, briefing):
            where = f"{row['channel']} {row['locale']} {row['destination']}"
            click.echo(f"{briefing}: uncertain: {where}: {row['detail']}", err=True)
    for briefing, reason in report.refused.items():
        click.echo(f"{briefing}: {reason}" if not reason.startswith(briefing) else reason, err=True)
    for briefing, trouble in report.trouble.items():
        click.echo(f"{briefing}: {trouble}", err=True)
    has_trouble = any(item.trouble for item in report.delivered)
    return 0 if report.is_settled and not has_trouble else 1


_OPEN = ("queued", "claimed", "sending", "deferred")


def print_delivered(desk: Desk, item: deliver.Delivered) -> None:
    """Print one briefing's table: locales down, channels across, what was sent of what was planned."""
    Console().print(delivery_table(item))
    click.echo(
        f"{item.briefing}: {item.sent_now} sent now" if item.sent_now else f"{item.briefing}: nothing new to send"
    )


def delivery_table(item: deliver.Delivered) -> Table:
    return counts_table(f"{item.briefing} ({item.revision})", item.rows)


def counts_table(title: str, rows: Sequence[Any]) -> Table:
    channels = sorted({row.channel for row in rows})
    table = Table("locale", *channels, title=title)
    for locale in sorted({row.locale for row in rows}):
        cells = []
        for channel in channels:
            here = {row.state: row.n for row in rows if (row.locale, row.channel) == (locale, channel)}
            cells.append(_cell(here))
        table.add_row(locale, *cells)
    return table


def _cell(states: Mapping[str, int]) -> str:
    """Show `12` where all is sent, `10 sent, 2 failed` where it is not."""
    if set(states) <= {"sent"}:
        return str(states.get("sent", "-"))
    return ", ".join(f"{n} {state}" for state, n in sorted(states.items()))


def show_status(desk: Desk, found: Sequence[dict[str, Any]]) -> None:
    table = Table("briefing", "state", "eligible", "e-mail", "under way", "locales ready")
    for item in found:
        progress = item["progress"]
        pace = f"{progress['left']} left, {pace_text(progress['per_second'], progress['seconds_left'])}"
        mails = ", ".join(f"{n} {state}" for state, n in item["channels"].get("email", {}).items() if n)
        ready = sum(1 for locale in item["locales"].values() if locale["ready"])
        table.add_row(
            item["briefing"], item["state"], str(item["eligible"]), mails or "-",
            pace if progress["left"] else "-", f"{ready}/{len(item['locales'])}",
        )  # fmt: skip
    Console().print(table)
    for hold in dict.fromkeys(hold for item in found for hold in item["holds"]):
        click.echo(hold)
    for item in found:
        for row in uncertain_rows(desk, item["briefing"]):
            click.echo(f"{item['briefing']}: uncertain: {row['channel']} {row['locale']} {row['destination']}")


def show_collected(collected: Collected) -> None:
    """Print what was brought in."""
    click.echo(f"{collected.mentions} new responses")
    if collected.returned:
        counted = ", ".join(f"{n} {kind}" for kind, n in sorted(collected.returned.items()))
        click.echo(f"returned mail: {counted}")
    if collected.letters:
        click.echo(f"letters: {', '.join(f'{n} {outcome}' for outcome, n in sorted(collected.letters.items()) if n)}")


def show_responses(desk: Desk, found: Sequence[Mapping[str, Any]]) -> None:
    """Print the votes for each question as bars, then the messages."""
    votes = Counter((item["briefing"], item["choice"]) for item in found if item["choice"] is not None)
    most = max(votes.values(), default=0)
    table = Table("briefing", "answer", "votes")
    for (briefing, choice), n in sorted(votes.items()):
        source = desk.content.briefings.get(briefing)
        options = source.question.options if source and source.question else ()
        answer = options[choice] if choice < len(options) else f"option {choice + 1}"
        table.add_row(briefing, answer, f"{'█' * round(20 * n / most)} {n}")
    Console().print(table)
    for item in found:
        if item["message"]:
            click.echo(f"{item['received_at']:%Y-%m-%d %H:%M} {item['briefing']} [{item['locale']}] {item['message']}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def show_import(counts: Mapping[str, int]) -> None:
    """Print what became of the rows of a file."""
    table = Table("rows", "how many")
    for what, count in counts.items():
        table.add_row(what, str(count))
    Console().print(table)
