"""Senders that are killed, that are many, and that sleep past their lease: each person has one mail or a reason."""

from __future__ import annotations

import os
import signal
import time
from random import Random

import pytest

from tests.acceptance.command import kill, until
from tests.faults.faulty_server import well
from tests.faults.misconduct import Held, paced
from tests.faults.trial import CONNECTIONS, Trial, sized

pytestmark = pytest.mark.faults

KILLS = {"sqlite": sized(5, 20), "postgresql": sized(3, 20)}
PUBLISHERS = {"sqlite": 16, "postgresql": sized(6, 16)}
LEASE = 2


def test_kills_at_any_moment(trial_on_both: Trial) -> None:
    trial, chance = trial_on_both, Random(20261120)
    kills = KILLS[trial.database]
    trial.server.fault = paced(Random(1), 0.02)
    share = len(trial.people) // (kills + 1)

    for number in range(kills):
        process = trial.start("publish", trial.briefing) if number == 0 else trial.start("deliver")
        trial.wait_for(len(trial.server.accepted) + chance.randint(1, share))
        time.sleep(chance.random() / 50)
        assert process.poll() is None, "it was to be killed while it sent"
        kill(process)
        trial.wait_until_quiet(0.1)
    last = trial.run("deliver")

    tally = trial.conclude(f"kill -9 x {kills}")
    assert last.code == 0, last.err
    assert tally.is_clean
    assert (tally.waiting, tally.failed) == (0, 0)
    assert tally.uncertain <= CONNECTIONS * kills
    assert last.err.count(": uncertain: email ") == tally.uncertain


def test_sixteen_publishers_of_one_edition(trial_on_both: Trial) -> None:
    trial, together = trial_on_both, PUBLISHERS[trial_on_both.database]
    trial.server.fault = Held(passes=0)

    processes = [trial.start_publish() for _ in range(together)]
    until(lambda: senders(trial) == together, f"only {senders(trial)} were at work together", 120)
    trial.server.fault = well
    trial.server.release()
    ends = [trial.finish(process) for process in processes]

    tally = trial.conclude(f"{together} publishers of one edition")
    assert [end.code for end in ends] == [0] * together, "\n".join(end.err for end in ends)
    assert tally.is_clean
    assert (tally.uncertain, tally.failed, tally.waiting) == (0, 0, 0)


def test_a_sender_that_sleeps_past_its_lease_and_wakes(trial_on_both: Trial) -> None:
    trial = trial_on_both
    trial.having(LEASE=str(LEASE))
    trial.server.fault = held = Held(passes=len(trial.people) // 4)

    sleeper = trial.start_publish()
    until(lambda: held.held == CONNECTIONS or sleeper.poll() is not None, "it never sent")
    os.killpg(sleeper.pid, signal.SIGSTOP)
    slept = time.monotonic()
    trial.server.fault = well
    trial.server.release()  # the answers wait for the sleeper
    until(lambda: time.monotonic() > slept + LEASE + 0.5, "time stands still")
    other = trial.run("deliver")
    between, mailed = trial.states(), len(trial.server.accepted)
    os.killpg(sleeper.pid, signal.SIGCONT)
    woken = trial.finish(sleeper)

    tally = trial.conclude("SIGSTOP past the lease, then SIGCONT")
    assert other.code == 0, other.err
    assert "took over" in other.err
    assert woken.code == 1, woken.out
    assert "silent" in woken.err, woken.err
    assert len(trial.server.accepted) == mailed, "it mailed what others had settled"
    assert trial.states() == between, "it wrote over what others had settled"
    assert tally.is_clean
    assert (tally.waiting, tally.failed) == (0, 0)
    assert tally.uncertain <= CONNECTIONS


def senders(trial: Trial) -> int:
    """Count the processes that have taken up the work, by their leases."""
    return int(trial.installation.rows("SELECT count(*) AS n FROM senders")[0].n)
