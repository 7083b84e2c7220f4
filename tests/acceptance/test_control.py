"""A person's hand on a mailing, as commands in processes of their own: pause, look, resume, cancel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from subprocess import Popen

import pytest

from tests.acceptance.borough import write_briefing
from tests.acceptance.command import PATIENCE, Installation, kill, recipients, until
from tests.acceptance.command import everything as every_mail
from tests.acceptance.conftest import EAST, EASTERNERS, Scene
from tests.acceptance.holding_sink import HoldingSink

pytestmark = pytest.mark.slow

MANY, FEW = 60, 5
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


@contextmanager
def under_way(scene: Scene, follow: Callable[..., None]) -> Iterator[tuple[Installation, HoldingSink, Popen[str]]]:
    """Publish to many people, and give the publish while the server holds its answers back after a few."""
    follow(*((f"person{number}@example.org", "en-GB", "east", "") for number in range(MANY)))
    write_briefing(scene.installation.root, EAST)
    with HoldingSink(answers=FEW) as sink:
        installation = scene.installation.having(SMTP_URL=f"smtp://127.0.0.1:{sink.port}", SMTP_CONNECTIONS="2")
        installation.prepare_and_approve(EAST)
        publishing = installation.start("publish", EAST, *AT_NINE)
        try:
            until(lambda: len(sink.mails) > FEW, "nothing is under way")
            yield installation, sink, publishing
        finally:
            if publishing.poll() is None:
                kill(publishing)


def test_a_pause_from_another_process_stops_a_sender_at_work_and_afterwards_everybody_has_one(
    scene: Scene, follow: Callable[..., None]
) -> None:
    with under_way(scene, follow) as (installation, sink, publishing):
        installation.run("pause", EAST, "--by", "Ann", "--reason", "a wrong number", *AT_NINE)
        sink.release()
        _, said = publishing.communicate(timeout=PATIENCE)
        stopped_at, states = len(sink.mails), installation.states(EAST)
        installation.run("resume", EAST, "--by", "Ann", *AT_NINE)
        installation.run("deliver", *AT_NINE)

        assert publishing.returncode == 1
        assert "held by Ann: a wrong number" in said
        assert stopped_at < MANY
        assert states == {"sent": stopped_at, "queued": MANY - stopped_at}
        assert Counter(sink.recipients) == {f"person{number}@example.org": 1 for number in range(MANY)}


def test_a_cancel_from_another_process_lets_what_is_on_its_way_arrive_and_nothing_after_it(
    scene: Scene, follow: Callable[..., None]
) -> None:
    with under_way(scene, follow) as (installation, sink, publishing):
        cancelling = installation.start("cancel", EAST, "--by", "Ann", *AT_NINE)
        until(lambda: installation.states(EAST)["cancelled"] > 0, "nothing is cancelled")
        sink.release()
        said, _ = cancelling.communicate(timeout=PATIENCE)
        publishing.communicate(timeout=PATIENCE)
        arrived, states = len(sink.mails), installation.states(EAST)
        installation.run("deliver", *AT_NINE)

        assert (cancelling.returncode, publishing.returncode) == (0, 0)
        assert said.startswith(f"{EAST}: {MANY - arrived} email cancelled by Ann")
        assert arrived < MANY
        assert states == {"sent": arrived, "cancelled": MANY - arrived}
        assert len(sink.mails) == arrived


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
