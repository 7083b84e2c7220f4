"""Up: everything one installation needs, started in order, watched, and stopped together.

Prefect's server, the site and the schedules are processes of their own; the stand-ins are threads
of this one. In the sandbox the current briefings are published first, by real flow runs.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from briefings.delivery.ledger import counts
from briefings.editorial.approve import approve
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import prepare
from briefings.editorial.status import status
from briefings.model.briefing import Briefing, Severity
from briefings.model.channel import Channel
from briefings.model.delivery import UNSETTLED
from briefings.model.edition import EditionState
from briefings.model.errors import BriefingsError, Refused
from briefings.reports import counts_table
from briefings.services import Services
from briefings.settings import CHECKOUT
from briefings.store.engine import reading
from briefings.subscribers.demo import demo_subscribers

HOST, DEMO_TEAM = "127.0.0.1", "demo team"
STARTING_S, STOPPING_S = 120.0, 10.0
CURRENT = timedelta(days=7)
"""The demonstration shows a region's briefings that are at most this much older than its newest."""


class Ended(BriefingsError):
    """A process that should live has ended, or does not answer."""


@dataclass
class Processes:
    """What was started, in order. Each is a session of its own: Ctrl-C reaches only this process."""

    logs: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str, talks: bool = False) -> subprocess.Popen[str]:
        """Start `python -m ...`. What it prints goes to its log; with `talks`, only its errors do."""
        self.logs.mkdir(parents=True, exist_ok=True)
        pipe = subprocess.PIPE if talks else None
        with self.log(name).open("w") as log:
            process = subprocess.Popen(  # noqa: S603  # our own modules and Prefect's
                [sys.executable, "-m", *arguments],
                stdin=pipe or subprocess.DEVNULL,
                stdout=pipe or log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
                text=True,
            )
        self.running[name] = process
        return process

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Raise Ended where one has ended, with the place of its log."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Ended(f"{name} has ended (exit {process.returncode}); its log: {self.log(name)}")

    def wait_for(self, name: str, url: str) -> None:
        """Return when this address answers. Raises Ended where it does not in time, or a process ends."""
        deadline = time.monotonic() + STARTING_S
        with httpx.Client(trust_env=False, timeout=5) as client:
            while time.monotonic() < deadline:
                self.check()
                with suppress(httpx.HTTPError):
                    if client.get(url).is_success:
                        return
                time.sleep(0.2)
        raise Ended(f"{name} did not answer within {STARTING_S:.0f} s; its log: {self.log(name)}")

    def stop(self) -> None:
        """Stop all, and all that they have started; what does not stop in time is killed."""
        family = _descendants([process.pid for process in self.running.values()])
        deadline = time.monotonic() + STOPPING_S
        for process in reversed(self.running.values()):
            _signal(process.pid, signal.SIGTERM)
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _signal(process.pid, signal.SIGKILL)
            process.wait()
        for pid in family:  # a scheduled run is a session of its own
            _signal(pid, signal.SIGKILL)
        self.running.clear()


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _descendants(pids: Sequence[int]) -> list[int]:
    """Return the ids of all processes that these have started, and those in turn."""
    try:
        shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False)  # noqa: S607
    except FileNotFoundError:
        return []
    parents = [line.split() for line in shown.stdout.splitlines()]
    found = list(pids)
    for pid in found:
        found += [int(child) for child, parent in parents if int(parent) == pid]
    return found[len(pids) :]


def run(services: Services, demo: int) -> int:
    """Start everything and serve until Ctrl-C or SIGTERM; return the exit code.

    In the sandbox the current briefings are prepared, approved and published first, to `demo`
    invented subscribers where there are none. Elsewhere this approves and publishes nothing.
    """
    _check_ports(services)
    show = Console(highlight=False, soft_wrap=True)
    processes = Processes(services.settings.data_dir / "logs", _environment(services))
    with _signals(signal.default_int_handler):
        try:
            _serve(services, demo, processes, show)
        except KeyboardInterrupt:
            show.print("stopping ...")
        finally:
            with _signals(signal.SIG_IGN):
                processes.stop()
    show.print("everything has stopped")
    return 0


@contextmanager
def _signals(handler: Any) -> Iterator[None]:
    """Handle Ctrl-C, a stop by the system and a closed terminal alike."""
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _check_ports(services: Services) -> None:
    """Raise Refused where a port that is needed is taken, before anything is started."""
    settings = services.settings
    needed = [("the site", "BRIEFINGS_WEB_PORT", services.web_port)]
    needed.append(("Prefect", "BRIEFINGS_PREFECT_PORT", settings.prefect_port))
    if services.is_sandbox and not settings.smtp_url:
        needed.append(("the mail catcher", "BRIEFINGS_SANDBOX_SMTP_PORT", settings.sandbox_smtp_port))
    if services.is_sandbox and not settings.x_api_url:
        needed.append(("the stand-in for X", "BRIEFINGS_SANDBOX_X_PORT", settings.sandbox_x_port))
    for what, setting, port in needed:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except (OSError, OverflowError):
                raise Refused(
                    f"port {port} is busy: {what} needs it; stop what uses it, or set {setting} to another port"
                ) from None


def _environment(services: Services) -> dict[str, str]:
    """Return the environment of what we start: ours, with Prefect at home in the data folder and silent."""
    settings = services.settings
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return ours | {
        "BRIEFINGS_DATA_DIR": str(settings.data_dir.resolve()),
        "BRIEFINGS_ROOT": str(settings.root.resolve()),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str((settings.data_dir / "prefect").resolve()),
        "PREFECT_API_URL": f"http://{HOST}:{settings.prefect_port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": f"{STARTING_S:.0f}",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "briefings",
    }


def _serve(services: Services, demo: int, processes: Processes, show: Console) -> None:
    desk, port = services.desk, services.settings.prefect_port
    with services.stand_ins():
        show.print(f"starting Prefect and the site; logs are in {processes.logs}")
        processes.start("prefect", "prefect", "server", "start", "--host", HOST, "--port", str(port))
        current: list[Briefing] = []
        if services.is_sandbox:
            show.print("sandbox: mails and posts go to stand-ins on this machine, to nobody else")
            processes.start("opening", "flows.opening", talks=True)
            current, now = _current(list(desk.content.briefings.values()), services.settings.root)
            current = _ready(desk, current, now, demo, show)
        processes.start("site", "briefings", "serve")
        with show.status("waiting for Prefect and the site"):
            processes.wait_for("prefect", f"http://{HOST}:{port}/api/health")
            processes.wait_for("site", f"http://{HOST}:{services.web_port}/healthz")
        if services.is_sandbox:
            _publish(desk, current, now, processes, show)
        processes.start("schedules", "flows.serve")
        _show_addresses(services, show)
        while True:
            processes.check()
            time.sleep(0.5)


def _current(briefings: Sequence[Briefing], root: Path) -> tuple[list[Briefing], datetime]:
    """Return what the demonstration shows, and the moment at which its clock stands.

    That is the newest publish time, so that an urgent briefing of that day has not expired. What
    is still to come stays embargoed; only where the shipped samples are all still to come (a
    machine whose clock is behind) does the clock of the demonstration run ahead.
    """
    real = datetime.now(UTC)
    come = [each for each in briefings if each.publish_at <= real]
    come = come or (list(briefings) if root.resolve() == CHECKOUT else [])
    now = max((each.publish_at for each in come), default=real)
    newest = {region: max(b.publish_at for b in come if b.region == region) for region in {b.region for b in come}}
    shown = [b for b in come if newest[b.region] - b.publish_at <= CURRENT and (b.expires is None or b.expires > now)]
    return sorted(shown, key=lambda b: (b.severity is Severity.URGENT, b.region, b.publish_at)), now


def _ready(desk: Desk, current: Sequence[Briefing], now: datetime, demo: int, show: Console) -> list[Briefing]:
    """Bring subscribers, editions and approvals about; return what can be published."""
    zone = desk.content.places.borough.zone
    show.print(f"the clock of the demonstration stands at {now.astimezone(zone):%A %d %B %Y, %H:%M}")
    people = desk.register.count()
    if demo and not (people.active or people.pending or people.ended):
        wanted = demo_subscribers(desk.content.places, desk.content.audiences.speakers, demo, 1, now)
        desk.register.add_all(wanted, now)
    show.print(f"{desk.register.count().active} subscribers, at example.org unless you added your own")
    with show.status("preparing") as line:
        report = prepare(desk, [], now, lambda briefing, locale: line.update(f"preparing {briefing} in {locale}"))
    for problem in (*report.problems, *(blocked.problem for blocked in report.blocked)):
        show.print(f"  {problem}", style="red", markup=False)
    show.print(f"prepared {len(report.prepared)} briefings in {len(desk.content.places.locales)} locales")
    return [briefing for briefing in current if _is_cleared(desk, briefing, now, show)]


def _is_cleared(desk: Desk, briefing: Briefing, now: datetime, show: Console) -> bool:
    found = status(desk, briefing.id)
    if found["state"] == EditionState.WITHDRAWN:
        show.print(f"{briefing.id} was withdrawn and stays so")
        return False
    if found["state"] == EditionState.PUBLISHED:
        if found["revision"] == briefing.revision:
            return True
        show.print(f"{briefing.id} has changed since it was published: approve it, then 'briefings correct' it")
        return False
    if found["state"] != EditionState.APPROVED:
        try:
            approve(desk, briefing.id, DEMO_TEAM, now)
        except BriefingsError as error:
            show.print(str(error), style="red", markup=False)
            return False
        show.print(
            f"{briefing.id} approved as the {DEMO_TEAM}: this is a demonstration; in real use a person does this"
        )
    return True
