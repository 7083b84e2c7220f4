"""kill -9 at any moment of publishing, then again at once: nobody skipped, nobody twice, the rest is listed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import httpx
import pytest

from briefings.sandbox.run import StandIns
from tests.acceptance.borough import write_briefing
from tests.acceptance.command import Installation, everything, kill, posts, recipients, until
from tests.acceptance.conftest import EAST, NORTH, Scene, subscribe_all
from tests.acceptance.holding_sink import HoldingSink

pytestmark = pytest.mark.slow

AGAIN = ("publish", "--due", "--now", "2026-11-20T09:01")
CONNECTIONS, KILLS = 4, 5


def uncertain_people(installation: Installation, briefing: str) -> set[str]:
    query = (
        "SELECT s.email FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id "
        "WHERE d.briefing = :briefing AND d.state = 'uncertain'"
    )
    return {row.email for row in installation.rows(query, briefing=briefing)}


def eligible_people(installation: Installation, briefing: str) -> set[str]:
    query = (
        "SELECT DISTINCT s.email FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id "
        "WHERE d.briefing = :briefing"
    )
    return {row.email for row in installation.rows(query, briefing=briefing)}


def followers_in_otherham(count: int) -> list[tuple[str, str, str, str]]:
    return [(f"person{number}@example.org", ("ar", "en-GB", "pl")[number % 3], "east", "") for number in range(count)]


def wait_for_posts(stand_ins: StandIns, count: int) -> None:
    until(lambda: len(posts(stand_ins)) >= count, "nothing was posted")


def wait_for_mails(stand_ins: StandIns, count: int) -> None:
    until(lambda: stand_ins.caught.count() >= count, "nothing was mailed")


def wait_until_filled(sink: HoldingSink, count: int) -> None:
    until(lambda: len(sink.mails) == count, "the sink was not filled")


def test_five_kills_in_one_mailing_skip_nobody_and_mail_nobody_twice(shipped_on_both: Scene) -> None:
    installation, stand_ins, chance = shipped_on_both.installation, shipped_on_both.stand_ins, Random(20261120)
    expected = installation.status(NORTH)["would_get"]

    for number in range(KILLS):
        before = stand_ins.caught.count()
        process = installation.start(*AGAIN)
        wanted = chance.randint(5, 40)
        if number == KILLS - 1:  # the last one dies while it posts on X
            wait_for_posts(stand_ins, wanted // 2)
        else:
            wait_for_mails(stand_ins, before + wanted)
        time.sleep(chance.random() / 50)
        assert process.poll() is None, "it was to be killed while it published"
        kill(process)
    last = installation.run("publish", NORTH, "--now", "2026-11-20T09:02")

    mails = recipients(everything(stand_ins))
    uncertain = uncertain_people(installation, NORTH)
    assert set(mails.values()) == {1}
    assert set(mails) | uncertain == eligible_people(installation, NORTH)
    assert len(eligible_people(installation, NORTH)) == expected
    assert len(uncertain) <= CONNECTIONS * KILLS
    assert last.err.count(": uncertain: email ") == len(uncertain), last.err
    assert installation.status(NORTH)["channels"]["email"]["uncertain"] == len(uncertain)
    threads = installation.rows("SELECT remote_id FROM deliveries WHERE briefing = :b AND channel = 'x'", b=NORTH)
    assert sum(len(thread.remote_id.split(",")) for thread in threads) == len(posts(stand_ins))
    assert installation.states(NORTH, "x") == {"sent": 11}


def test_what_was_on_the_wire_when_a_routine_briefing_was_killed_is_listed_and_not_sent_again(east: Scene) -> None:
    subscribe_all(east.installation, followers_in_otherham(6))

    with HoldingSink(answers=3) as sink:
        installation = east.installation.having(SMTP_URL=f"smtp://127.0.0.1:{sink.port}")
        process = installation.start(*AGAIN)
        wait_until_filled(sink, 3 + CONNECTIONS)
        kill(process)
        sink.release()
        again = installation.run(*AGAIN)
        shown = installation.run("status")

    uncertain = uncertain_people(installation, EAST)
    assert sorted(sink.recipients) == sorted(eligible_people(installation, EAST))
    assert uncertain == set(sink.recipients[3 : 3 + CONNECTIONS])
    assert again.err.count(f"{EAST}: uncertain: email ") == shown.out.count(f"{EAST}: uncertain: email ") == CONNECTIONS
    assert installation.status(EAST)["channels"]["email"]["uncertain"] == CONNECTIONS
    assert "@" not in again.err


def test_what_was_on_the_wire_when_an_urgent_briefing_was_killed_is_sent_once_more_and_only_once(
    scene: Scene, follow: Callable[..., None]
) -> None:
    follow(*followers_in_otherham(6))
    write_briefing(scene.installation.root, EAST, severity="urgent")
    scene.installation.prepare_and_approve(EAST)

    with HoldingSink(answers=2) as sink:
        installation = scene.installation.having(SMTP_URL=f"smtp://127.0.0.1:{sink.port}")
        for filled in (6, 10):
            process = installation.start(*AGAIN)
            wait_until_filled(sink, filled)
            kill(process)
        sink.release()
        again = installation.run(*AGAIN)

    assert len(sink.mails) == 10
    assert len(set(sink.mails)) == 6, "the second mail is the same, Message-ID included"
    assert set(sink.recipients[6:]) == set(sink.recipients[2:6]) == uncertain_people(installation, EAST)
    assert again.err.count(": uncertain: email ") == CONNECTIONS


def test_a_publisher_killed_while_it_plans_leaves_nothing_behind(shipped_to_few: Scene) -> None:
    installation, stand_ins, chance = shipped_to_few.installation, shipped_to_few.stand_ins, Random(2)
    path = installation.data_dir / "briefings.db"
    with closing(sqlite3.connect(path)) as database, database:  # every planned row now takes its time
        database.execute(
            "CREATE TRIGGER slow AFTER INSERT ON deliveries BEGIN SELECT sum(n) FROM (WITH RECURSIVE c(n) AS "
            "(SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500000) SELECT n FROM c); END"
        )

    for _ in range(2):
        process = installation.start(*AGAIN)
        until(lambda: is_being_written(path), "it never planned")
        time.sleep(0.2 + chance.random())
        assert process.poll() is None
        kill(process)
    planned = installation.rows("SELECT briefing FROM deliveries"), installation.rows("SELECT * FROM publications")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TRIGGER slow")
    with installation.serving() as site:
        page = site.get(f"/en-GB/{NORTH}/")
    installation.run("publish", NORTH, "--now", "2026-11-20T09:02")

    mails = recipients(everything(stand_ins))
    assert planned == ([], [])
    assert page.status_code == httpx.codes.NOT_FOUND
    assert set(mails.values()) == {1}
    assert set(mails) == eligible_people(installation, NORTH)
    assert installation.states(NORTH) == {"sent": len(mails)}


def test_three_publishers_at_once_share_the_work_and_a_killed_ones_share_is_taken_over(shipped_on_both: Scene) -> None:
    installation, stand_ins = shipped_on_both.installation, shipped_on_both.stand_ins
    publish = ("publish", NORTH, "--now", "2026-11-20T09:01")

    processes = [installation.start(*publish) for _ in range(3)]
    wait_for_mails(stand_ins, 20)
    kill(processes.pop(0))
    ends = [(*process.communicate(), process.returncode) for process in processes]

    mails = recipients(everything(stand_ins))
    uncertain = uncertain_people(installation, NORTH)
    assert [code for *_, code in ends] == [0, 0], "\n".join(err for _, err, _ in ends)
    assert set(mails.values()) == {1}
    assert set(mails) | uncertain == eligible_people(installation, NORTH)
    assert len(uncertain) <= CONNECTIONS
    threads = installation.rows("SELECT remote_id FROM deliveries WHERE briefing = :b AND channel = 'x'", b=NORTH)
    assert sum(len(thread.remote_id.split(",")) for thread in threads) == len(posts(stand_ins))


def is_being_written(path: Path) -> bool:
    database = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        database.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        database.close()
    return False
