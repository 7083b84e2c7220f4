"""What a person sees on a terminal while mails go out, from this process and from another."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from rich.console import Console
from rich.progress import Progress, TaskID
from sqlalchemy import update

from briefings.cli.progress import RateColumn, follow, pace_text, progress_bars
from briefings.delivery.plan import Job
from briefings.editorial.control import pause
from briefings.editorial.publish import publish, publish_due
from briefings.store.engine import writing
from briefings.store.tables import deliveries
from tests.editorial.conftest import EAST, Newsroom

PEOPLE = tuple(f"person{number}@example.org" for number in range(5))


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=200, color_system=None)


def shown(console: Console) -> str:
    """Return all that was written, without what moves the cursor."""
    assert isinstance(console.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())


def test_a_bar_ends_full_with_the_rate(newsroom: Newsroom) -> None:
    newsroom.follow(*PEOPLE)
    newsroom.ready()
    console = terminal()

    with progress_bars(newsroom.desk, newsroom.clock, console) as progress:
        publish(newsroom.desk, [EAST], newsroom.clock, progress)

    last = shown(console).rstrip().splitlines()[-1]
    assert f"{EAST} email" in last
    assert "5/5" in last
    assert "/s" in last


def test_a_bar_that_stops_short_says_who_holds_it(newsroom: Newsroom) -> None:
    newsroom.follow(*PEOPLE)
    newsroom.ready()
    publish(newsroom.without_mail_server().desk, [EAST], newsroom.clock)
    newsroom.later(60)
    console, desk, row = terminal(), newsroom.desk, newsroom.rows()[0]
    job = Job(EAST, row.revision, "east", ("en-GB",), "en-GB")

    with progress_bars(desk, newsroom.clock, console) as progress:
        with writing(desk.engine) as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(state="sent"))
        progress(job, "email", 1)
        pause(desk, "Ann", newsroom.now, EAST)

    last = shown(console).rstrip().splitlines()[-1]
    assert f"{EAST} email (held by Ann)" in last
    assert "1/5" in last


def test_where_nobody_looks_nothing_is_drawn(newsroom: Newsroom) -> None:
    console = Console(file=io.StringIO(), force_terminal=False)

    with progress_bars(newsroom.desk, newsroom.clock, console) as progress:
        pass

    assert shown(console) == ""
    assert callable(progress)


@pytest.mark.parametrize("briefing", [EAST, None])
def test_who_looks_on_sees_bars_until_another_process_has_settled_all(
    newsroom: Newsroom, briefing: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.follow(*PEOPLE)
    newsroom.ready()
    publish(newsroom.without_mail_server().desk, [EAST], newsroom.clock)
    newsroom.later(60)
    console, desk, looks = terminal(), newsroom.desk, 0

    def clock_that_delivers_after_the_first_look() -> object:
        nonlocal looks
        looks += 1
        if looks == 2:
            publish_due(newsroom.desk, newsroom.clock)
        return newsroom.now

    follow(desk, briefing, clock_that_delivers_after_the_first_look, console)  # type: ignore[arg-type]

    said = shown(console)
    assert "0/5" in said
    assert "5/5" in said
    assert said.rstrip().endswith(f"{EAST}: settled")


def test_a_held_bar_says_so_to_who_looks_on(newsroom: Newsroom) -> None:
    newsroom.follow(*PEOPLE)
    newsroom.ready()
    publish(newsroom.without_mail_server().desk, [EAST], newsroom.clock)
    pause(newsroom.desk, "Ann", newsroom.now, reason="lunch")
    newsroom.later(60)
    console, desk, looks = terminal(), newsroom.desk, 0

    class Enough(Exception):
        pass

    def two_looks() -> object:
        nonlocal looks
        looks += 1
        if looks > 2:
            raise Enough
        return newsroom.now

    with pytest.raises(Enough):
        follow(desk, EAST, two_looks, console)  # type: ignore[arg-type]

    assert f"{EAST} email (everything is held by Ann: lunch)" in shown(console)


@pytest.mark.parametrize(
    ("per_second", "seconds", "said"),
    [
        (12.5, 3725, "12.5 a second, 1:02:05 to go"),
        (1000.0, 59, "1000 a second, 0:00:59 to go"),
        (0.0, None, "nothing went out in the last minute"),
    ],
)
def test_a_pace_reads_as_a_rate_and_a_time(per_second: float, seconds: int | None, said: str) -> None:
    text = pace_text(per_second, seconds)

    assert text == said


def test_a_rate_of_many_has_no_fraction_and_a_slow_one_has() -> None:
    moment = timedelta(0).total_seconds()
    with Progress(get_time=lambda: moment, disable=True) as progress:
        fast, slow = progress.add_task("fast", total=10_000), progress.add_task("slow", total=10_000)
        for step in range(3):
            moment = step * 10.0
            progress.advance(fast, 20_000 / 10)
            progress.advance(slow, 12)

        rates = [RateColumn().render(progress.tasks[TaskID(task)]).plain for task in (fast, slow)]

    assert rates == ["200/s", "1.2/s"]
