"""A person's hand on a mailing, as commands in processes of their own: pause, look, resume, cancel."""

from __future__ import annotations

import pytest

from tests.acceptance.command import Installation, kill, recipients, until
from tests.acceptance.command import everything as every_mail
from tests.acceptance.conftest import EAST, EASTERNERS, Scene

pytestmark = pytest.mark.slow

AT_NINE = ("--now", "2026-11-20T09:00")
EVERYBODY = {address: 1 for address, *_ in EASTERNERS}


def test_a_paused_briefing_waits_while_others_look_on_and_goes_out_once_when_it_is_resumed(east: Scene) -> None:
    installation = east.installation
    paused = installation.run("pause", EAST, "--by", "Ann", "--reason", "checking a fact", *AT_NINE)
    published = installation.run("publish", EAST, *AT_NINE, code=1)
    waiting = installation.status(EAST)
    looking_on = installation.start("status", EAST, "--watch")
    assert looking_on.stdout is not None
    first_line = looking_on.stdout.readline()

    resumed = installation.run("resume", EAST, "--by", "Ben", *AT_NINE)
    installation.run("deliver", *AT_NINE)
    try:
        until(lambda: looking_on.poll() is not None, "the watch does not end by itself")
    finally:
        kill(looking_on) if looking_on.poll() is None else None
    rest, _ = looking_on.communicate()

    held = f"{EAST} is held by Ann: checking a fact"
    assert paused.out.startswith(f"{held}; 'briefings resume {EAST} --by NAME' lets it go on")
    assert f"{held}: 'briefings resume {EAST} --by NAME'; then run 'briefings deliver' again" in published.err
    assert waiting["holds"] == [held]
    assert waiting["progress"] == {"per_second": 0.0, "left": 3, "seconds_left": None}
    assert first_line == f"{EAST}: 3 left; nothing went out in the last minute; {held}\n"
    assert rest.splitlines()[-1] == f"{EAST}: settled"
    assert f"lifted: {held}" in resumed.out
    assert looking_on.returncode == 0
    assert recipients(every_mail(east.stand_ins)) == EVERYBODY


def test_what_is_cancelled_stays_where_it_is_and_what_is_not_held_cannot_be_resumed(east: Scene) -> None:
    installation = east.installation
    installation.run("pause", "--by", "Ann", *AT_NINE)
    installation.run("publish", EAST, *AT_NINE, code=1)

    table = installation.run("status")
    cancelled = installation.run("cancel", EAST, "--by", "Ann", "--reason", "the event is off", *AT_NINE)
    resumed = installation.run("resume", "--by", "Ann", *AT_NINE)
    again = installation.run("resume", "--by", "Ann", *AT_NINE, code=1)
    delivered = installation.run("deliver", *AT_NINE)

    assert "everything is held by Ann" in table.out
    assert cancelled.out == f"{EAST}: 3 email cancelled by Ann; pages and feeds stay\n"
    assert "lifted: everything is held by Ann" in resumed.out
    assert again.err == "briefings: everything is not held\n"
    assert delivered.out == "nothing is due\n"
    assert every_mail(east.stand_ins) == []
    assert installation.states(EAST) == {"cancelled": 3}
    assert installation.states(EAST, "page") == {"sent": 4}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pause",), "Missing option '--by'"),
        (("resume",), "Missing option '--by'"),
        (("cancel", EAST), "Missing option '--by'"),
        (("pause", EAST, "--domain", "example.org", "--by", "Ann"), "not both"),
        (("status", "--watch", "--json"), "--watch is for people"),
        (("deliver", "--rate", "-1"), "'--rate'"),
    ],
)
def test_wrong_usage_ends_with_two(east_ready: Installation, arguments: tuple[str, ...], said: str) -> None:
    refused = east_ready.run(*arguments, code=2)

    assert said in refused.err
