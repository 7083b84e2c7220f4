"""Progress: bars with rate and time left while this process delivers, and while another one does."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from briefings.delivery.holds import Hold, active, on_job
from briefings.delivery.pace import Pace, Part, left, pace, planned
from briefings.delivery.plan import Job
from briefings.editorial import deliver, records
from briefings.editorial.desk import Desk
from briefings.model.delivery import NOTICE
from briefings.store.engine import reading

SHOWN_EVERY = 0.1
"""Seconds between two changes of a bar: drawing must not cost what sending needs."""

LOOKED_EVERY, SAID_EVERY = 1.0, 5.0
"""Seconds between two looks at the ledger, and between two plain lines."""

LOOKS_COST = 10
"""A look may take this part of the time, so that it never takes a large mailing's database from it."""


class RateColumn(ProgressColumn):
    """Messages a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed if task.finished else task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.1f}/s")


def bars(console: Console) -> Progress:
    """Return the bars, as they look everywhere."""
    to_go = TimeRemainingColumn(elapsed_when_finished=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
    return Progress(*columns, MofNCompleteColumn(), RateColumn(), to_go, console=console)


@contextmanager
def progress_bars(
    desk: Desk, clock: Callable[[], datetime], console: Console | None = None
) -> Iterator[deliver.Progress]:
    """Show a bar for each briefing and channel while it is delivered; nothing where nobody looks.

    A bar that stops before its end says what holds it.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield deliver.nothing
        return
    tasks: dict[tuple[Job, str], TaskID] = {}
    unseen: dict[TaskID, int] = {}
    shown = time.monotonic()
    with bars(console) as progress:

        def show() -> None:
            for task, n in unseen.items():
                progress.advance(task, n)
            unseen.clear()

        def settled(job: Job, channel: str, n: int) -> None:
            nonlocal shown
            key = (job, channel)
            if key not in tasks:
                done, whole = _counted(desk, job, channel)
                tasks[key] = progress.add_task(f"{job.briefing} {channel}", total=whole, completed=max(0, done - n))
            unseen[tasks[key]] = unseen.get(tasks[key], 0) + n
            if time.monotonic() - shown >= SHOWN_EVERY:
                shown = time.monotonic()
                show()

        try:
            yield settled
        finally:
            show()
            for (job, channel), task in tasks.items():
                # Several were recorded before the first was told of: the ledger has the last word.
                done, whole = _counted(desk, job, channel)
                progress.update(task, total=whole, completed=done)
                if done < whole and (held := _held(desk, job, clock())):
                    progress.update(task, description=f"{job.briefing} {channel} (held by {held.made_by})")
                    progress.stop_task(task)


def follow(desk: Desk, briefing: str | None, clock: Callable[[], datetime], console: Console | None = None) -> None:
    """Show how far a briefing is, or all that is under way, until it is settled, whoever delivers.

    Bars on a terminal, plain lines elsewhere.
    """
    console = console or Console()
    with reading(desk.engine) as connection:
        names = [briefing] if briefing else sorted({part.briefing for part in left(connection)})
        totals = {part: n for name in names for part, n in planned(connection, name).items()}
    if console.is_terminal:
        _draw(desk, names, totals, clock, console)
    else:
        _say(desk, names, clock)


def _draw(
    desk: Desk, names: Sequence[str], totals: Mapping[Part, int], clock: Callable[[], datetime], console: Console
) -> None:
    tasks: dict[Part, TaskID] = {}
    whole = dict(totals)
    with bars(console) as progress:
        for look in _looks(desk, names, clock):
            for part in look.open:
                whole[part] = max(whole.get(part, 0), look.open[part])
                if part not in tasks:
                    tasks[part] = progress.add_task("", total=whole[part])
            for part, task in tasks.items():
                held = look.held(part) if part in look.open else ""
                progress.update(
                    task,
                    total=whole[part],
                    completed=whole[part] - look.open.get(part, 0),
                    description=f"{part.briefing} {part.channel}" + (f" ({held})" if held else ""),
                )
    for name in names:
        console.print(f"{name}: settled", markup=False)


def _say(desk: Desk, names: Sequence[str], clock: Callable[[], datetime]) -> None:
    said, at = "", 0.0
    for look in _looks(desk, names, clock):
        if time.monotonic() - at < SAID_EVERY and look.open:
            continue
        with reading(desk.engine) as connection:
            paces = {name: pace(connection, name, clock()) for name in names}
        lines = "\n".join(_line(name, paces[name], look) for name in names)
        if lines != said:
            click.echo(lines)
            said, at = lines, time.monotonic()


@dataclass(frozen=True)
class _Look:
    """One look at the ledger: what is open, and what is held."""

    open: Mapping[Part, int]
    holds: Sequence[Hold]
    urgent: Collection[str]

    def held(self, part: Part) -> str:
        """Return what keeps all of a part back; empty where nothing does."""
        is_notice, is_urgent = part.revision.endswith(NOTICE), part.briefing in self.urgent
        kept = (one for one in self.holds if one.keeps_back(part.briefing, is_notice=is_notice, is_urgent=is_urgent))
        return str(next(kept, ""))


def _line(briefing: str, found: Pace, look: _Look) -> str:
    held = sorted({text for part in look.open if part.briefing == briefing and (text := look.held(part))})
    if not found.left:
        return f"{briefing}: settled"
    return "; ".join((f"{briefing}: {found.left} left", pace_text(found.per_second, found.seconds_left), *held))


def pace_text(per_second: float, seconds_left: int | None) -> str:
    """Return `12.5 a second, 0:03:20 to go`, or that nothing moves."""
    if seconds_left is None:
        return "nothing went out in the last minute"
    minutes, seconds = divmod(seconds_left, 60)
    return f"{per_second:g} a second, {minutes // 60}:{minutes % 60:02}:{seconds:02} to go"


def _looks(desk: Desk, names: Sequence[str], clock: Callable[[], datetime]) -> Iterator[_Look]:
    """Yield looks at these briefings until nothing of them is open."""
    while True:
        began = time.monotonic()
        with reading(desk.engine) as connection:
            found = left(connection, names[0] if len(names) == 1 else "")
            open_now = {part: n for part, n in found.items() if part.briefing in names}
            look = _Look(open_now, active(connection, clock()), records.urgent_briefings(connection))
        yield look
        if not open_now:
            return
        time.sleep(max(LOOKED_EVERY, LOOKS_COST * (time.monotonic() - began)))


def _held(desk: Desk, job: Job, now: datetime) -> Hold | None:
    with reading(desk.engine) as connection:
        return on_job(connection, job, now)


def _counted(desk: Desk, job: Job, channel: str) -> tuple[int, int]:
    """Return how many rows of a job are settled on a channel, and how many there are."""
    part = Part(job.briefing, job.revision, channel)
    with reading(desk.engine) as connection:
        whole = planned(connection, job.briefing).get(part, 0)
        return whole - left(connection, job.briefing).get(part, 0), whole
