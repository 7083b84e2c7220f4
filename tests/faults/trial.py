"""A trial: one mailing to a known list of people over a server that misbehaves, and what became of each of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.acceptance.command import Finished, Installation, until
from tests.faults.faulty_server import FaultyServer, well

IS_FULL = os.environ.get("BRIEFINGS_FAULTS") == "full"
CONNECTIONS = 4
COMMAND_SECONDS = 600.0 if IS_FULL else 90.0
"""So long may any one command take before it is killed and the test fails."""
WAITING = frozenset({"queued", "claimed", "deferred"})
EXPLAINED = frozenset({"uncertain", "failed", "deferred", "suppressed", "expired", "cancelled"})
"""States that say of a person who has no mail why not."""


def sized(reduced: int, full: int) -> int:
    return full if IS_FULL else reduced


@dataclass(frozen=True)
class Tally:
    """What the server's record and the ledger say together, of `people` who were to be mailed.

    `lost`: not mailed, and the ledger does not say why not: it has no row, or calls it sent. `unmarked`:
    mailed, and the ledger believes that they were not. `waiting`: not settled yet, and not mailed.
    """

    people: int
    lost: int
    duplicated: int
    uncertain: int
    unmarked: int
    waiting: int
    failed: int

    def __str__(self) -> str:
        return f"lost {self.lost} / duplicated {self.duplicated} / uncertain {self.uncertain} (of {self.people})"

    @property
    def is_clean(self) -> bool:
        """True where nobody is lost, mailed twice, or mailed unknown to the ledger."""
        return not (self.lost or self.duplicated or self.unmarked)


@dataclass
class Trial:
    """An installation with one approved briefing that `people` are to get, and the server it mails to."""

    installation: Installation
    server: FaultyServer
    briefing: str
    people: Sequence[str]
    report: Callable[[str], None]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def database(self) -> str:
        return "postgresql" if "DATABASE_URL" in self.installation.environment else "sqlite"

    def having(self, **settings: str) -> None:
        self.installation = self.installation.having(**settings)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command; it is killed at the end of the test if it still runs."""
        process = self.installation.start(*arguments)
        self.processes.append(process)
        return process

    def run(self, *arguments: str) -> Finished:
        return self.finish(self.start(*arguments))

    def finish(self, process: subprocess.Popen[str]) -> Finished:
        """Wait for a command's end; it may not be a stack trace, and may not name anybody."""
        out, err = process.communicate(timeout=COMMAND_SECONDS)
        assert "Traceback" not in err, err
        assert not re.search(r"person\d+@", out + err), "an address was printed"
        return Finished(process.returncode, out, err)

    def publish(self) -> Finished:
        return self.run("publish", self.briefing)

    def start_publish(self) -> subprocess.Popen[str]:
        return self.start("publish", self.briefing)

    def deliver_until_settled(self, most: int) -> Finished:
        """Run `deliver`, each time some hours later by its clock, until nothing waits; at most so often."""
        for number in range(1, most + 1):
            finished = self.run("deliver", "--now", hence(hours=12 * number))
            if not self.tally().waiting:
                return finished
        raise AssertionError(f"after {most} runs {self.tally().waiting} still wait:\n{finished.out}\n{finished.err}")

    def recover(self) -> Finished:
        """Let the server be well again, and deliver all that waits."""
        self.server.fault = well
        return self.deliver_until_settled(3)

    def wait_for(self, accepted: int, seconds: float = 60.0) -> None:
        """Wait until the server has accepted so many messages in all."""
        until(lambda: len(self.server.accepted) >= accepted, f"it never came to {accepted} messages", seconds)

    def wait_until_quiet(self, seconds: float = 0.5) -> None:
        """Wait until the server has accepted nothing for so long."""
        known, since = -1, time.monotonic()
        while known != len(self.server.accepted) or time.monotonic() < since + seconds:
            if known != len(self.server.accepted):
                known, since = len(self.server.accepted), time.monotonic()
            time.sleep(0.01)

    def states(self) -> dict[str, str]:
        """Return the ledger's word on everybody, by address. Nobody may stand in it twice."""
        query = (
            "SELECT s.email, d.state FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id "
            "WHERE d.briefing = :briefing AND d.channel = 'email'"
        )
        rows = self.installation.rows(query, briefing=self.briefing)
        found = {row.email: str(row.state) for row in rows}
        assert len(found) == len(rows)
        return found

    def tally(self) -> Tally:
        states, mailed = self.states(), self.server.mailed()
        assert set(mailed) <= set(self.people), "the server had mail for somebody who was not to get any"
        unmailed = [states.get(person, "") for person in self.people if not mailed[person]]
        marked = {"sent", "sending", "uncertain"}
        return Tally(
            people=len(self.people),
            lost=sum(state not in EXPLAINED | WAITING for state in unmailed),
            duplicated=sum(n - 1 for n in mailed.values()),
            uncertain=sum(state == "uncertain" for state in states.values()),
            unmarked=sum(states.get(person) not in marked for person in mailed),
            waiting=sum(state in WAITING for state in unmailed),
            failed=sum(state == "failed" for state in states.values()),
        )

    def conclude(self, fault: str) -> Tally:
        """Return the final tally; print it, and put it into the table at the end of the run."""
        tally = self.tally()
        where = "" if self.database == "sqlite" else ", on PostgreSQL"
        self.report(f"{tally!s:<56} {fault}{where}")
        return tally

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            process.wait()


def hence(**later: float) -> str:
    """Return a time from now on, as `--now` takes it."""
    return (datetime.now(UTC) + timedelta(**later)).isoformat(timespec="seconds")
