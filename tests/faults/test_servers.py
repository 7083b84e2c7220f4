"""Mail servers that break off, drip, storm, stall and talk nonsense: nobody is lost, and nobody is mailed twice."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests.acceptance.command import until
from tests.faults.faulty_server import Fault, Phase, well
from tests.faults.misconduct import (
    Drops,
    Garbage,
    GiantLines,
    Greylist,
    Storm,
    Tarpit,
    drips,
    greets_without_end,
)
from tests.faults.trial import COMMAND_SECONDS, Trial, hence

pytestmark = pytest.mark.faults

SLACK = 0.7
"""Seconds that a machine with other things to do may take away from one of two runs that are compared."""


def test_a_server_that_drops_connections_before_and_after_the_dot(trial: Trial) -> None:
    trial.server.fault = drops = Drops(Random(1))

    trial.publish()
    trial.deliver_until_settled(6)

    tally = trial.conclude("2% dropped after the dot, 5% before it")
    assert drops.dropped[Phase.DATA]
    assert drops.dropped[Phase.BODY]
    assert drops.dropped[Phase.DOT]
    assert tally.is_clean
    assert tally.failed == 0
    # What was dropped after the dot is in doubt, what surely had no dot is not.
    assert drops.dropped[Phase.DOT] <= tally.uncertain <= drops.doubtful


def test_servers_that_never_get_to_work(new_trial: Callable[..., Trial]) -> None:
    storm = Storm()
    faults: dict[str, Fault] = {
        "a greeting that drips": drips,
        "a greeting of 220- without end": greets_without_end,
        "a storm of 421": storm,
    }
    stuck = {name: new_trial() for name in faults}
    for name, trial in stuck.items():
        trial.server.fault = faults[name]
        trial.having(SMTP_TIMEOUT="1")

    began = time.monotonic()
    publishing = {name: trial.start_publish() for name, trial in stuck.items()}
    stopped = {name: trial.finish(publishing[name]) for name, trial in stuck.items()}
    seconds = time.monotonic() - began
    before = {name: trial.tally() for name, trial in stuck.items()}
    for trial in stuck.values():
        trial.recover()

    tallies = {name: trial.conclude(name) for name, trial in stuck.items()}
    assert seconds < 60, "a command was to give up within its deadlines"
    assert storm.answered <= 100, "a server that closes down was to be left alone"
    assert "421" in stopped["a storm of 421"].err
    for name, trial in stuck.items():
        assert stopped[name].code == 1
        assert f"127.0.0.1:{trial.server.port}" in stopped[name].err or "421" in stopped[name].err
        assert (before[name].waiting, before[name].failed, before[name].uncertain) == (len(trial.people), 0, 0)
        assert tallies[name].is_clean
        assert (tallies[name].uncertain, tallies[name].failed) == (0, 0)
        assert len(trial.server.accepted) == len(trial.people)


def test_a_storm_of_421_in_the_middle_of_a_mailing(trial: Trial) -> None:
    calm = len(trial.people) // 3
    storm = Storm()
    trial.server.fault = lambda moment: storm(moment) if len(trial.server.accepted) >= calm else None

    process = trial.start_publish()
    until(lambda: storm.answered >= 2 or process.poll() is not None, "the storm met nobody")
    time.sleep(1)
    storm.over.set()
    trial.finish(process)
    trial.deliver_until_settled(3)

    tally = trial.conclude("a storm of 421 in the middle")
    assert storm.answered <= 100
    assert tally.is_clean
    assert (tally.uncertain, tally.failed) == (0, 0)
    assert len(trial.server.accepted) == len(trial.people)


def test_greylisting_of_everybody(trial: Trial) -> None:
    trial.server.fault = Greylist()

    first = trial.publish()
    put_off = trial.tally()
    second = trial.run("deliver", "--now", hence(hours=6))

    tally = trial.conclude("greylisting of everybody")
    assert (first.code, second.code) == (1, 0), first.err + second.err
    assert put_off.waiting == len(trial.people)
    assert tally.is_clean
    assert (tally.uncertain, tally.failed) == (0, 0)
    assert trial.server.seen[Phase.RCPT] <= 2 * len(trial.people), "nobody was to be asked about more than twice"
    assert len(trial.server.accepted) == len(trial.people)


def test_replies_of_garbage(trial: Trial) -> None:
    trial.server.fault = garbage = Garbage(Random(7))

    trial.publish()
    trial.run("deliver", "--now", hence(hours=6))
    trial.recover()

    tally = trial.conclude("replies of garbage")
    assert all(garbage.given[phase] for phase in (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT)), garbage.given
    assert tally.is_clean
    assert tally.failed == 0
    assert tally.uncertain == garbage.given[Phase.DOT]


def test_reply_lines_of_ten_megabytes(trial: Trial) -> None:
    phases = (Phase.EHLO, Phase.MAIL, Phase.RCPT, Phase.DOT)
    trial.server.fault = giant = GiantLines(phases, times=2)

    publishing = trial.start_publish()
    most = peak_memory(publishing)
    trial.finish(publishing)
    trial.server.fault = well
    delivering = trial.start("deliver", "--now", hence(hours=6))
    usual = peak_memory(delivering)
    trial.finish(delivering)

    tally = trial.conclude("reply lines of 10 MB")
    # The first of the two also posts, with a client that takes some 9 MB; a line that is kept takes 10 MB at least.
    assert most < usual + 16 * 1024**2, "a reply was kept that was longer than any can be"
    assert all(giant.given[phase] == 2 for phase in phases), giant.given
    assert tally.is_clean
    assert (tally.waiting, tally.failed) == (0, 0)
    assert tally.uncertain == giant.given[Phase.DOT]


def test_a_tarpit_for_one_of_ten_domains(new_trial: Callable[..., Trial]) -> None:
    calm_trial, trial = new_trial(), new_trial()
    # Sixteen connections that wait for one in ten recipients, one after the other, would take over three times as long.
    pace, stuck = 0.05, "d7.example"
    for each, domain in ((calm_trial, ""), (trial, stuck)):
        each.having(SMTP_CONNECTIONS="16")
        each.server.fault = Tarpit(domain, seconds=0.6, pace=pace)
    quick = [person for person in trial.people if not person.endswith(f"@{stuck}")]

    calm_trial.publish()
    usual = duration(calm_trial, quick)
    process = trial.start_publish()
    until(lambda: all_mailed(trial, quick) or process.poll() is not None, "the other domains wait", COMMAND_SECONDS)
    process.send_signal(signal.SIGINT)
    trial.finish(process)
    with_tarpit = duration(trial, quick)
    trial.recover()

    tally = trial.conclude("a tarpit for one of ten domains")
    print(f"nine domains: {usual:.2f} s, beside a tarpit: {with_tarpit:.2f} s ({with_tarpit / usual:.2f} times)")
    assert with_tarpit <= 1.2 * usual + SLACK
    assert tally.is_clean
    assert (tally.uncertain, tally.failed) == (0, 0)
    assert len(trial.server.accepted) == len(trial.people)


def all_mailed(trial: Trial, people: list[str]) -> bool:
    return len(trial.server.accepted) >= len(people) and not set(people) - set(trial.server.mailed())


def duration(trial: Trial, people: list[str]) -> float:
    """Return the seconds from the first message that was accepted to the last one of these people."""
    times = {message.recipient: message.at for message in trial.server.accepted}
    return max(times[person] for person in people) - min(times.values())


def peak_memory(process: subprocess.Popen[str]) -> int:
    """Follow a process to its end; return the most octets of memory it ever had (Linux)."""
    most = 0
    while process.poll() is None:
        with suppress(OSError):
            found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
            most = max(most, int(found[1]) * 1024 if found else 0)
        time.sleep(0.01)
    return most
