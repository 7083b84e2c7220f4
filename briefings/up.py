"""Up: everything one installation needs, started in order, watched, and stopped together.

Prefect's server, the site and the schedules are processes of their own; the stand-ins are threads
of this one. In the sandbox the current briefings are published first, by real flow runs.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from briefings.editorial.desk import Desk
from briefings.model.channel import Channel
from briefings.model.errors import BriefingsError, Refused
from briefings.services import Services

HOST = "127.0.0.1"
STARTING_S, STOPPING_S = 120.0, 10.0
NOT_ALL = 3
"""With this the opening ends where it did not publish all that it should; it has said why."""


class Ended(BriefingsError):
    """A process that should live has ended, or does not answer."""


@dataclass
class Processes:
    """What was started, in order. Each is a session of its own: Ctrl-C reaches only this process."""

    logs: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str, shows: bool = False) -> None:
        """Start `python -m ...`. What it prints goes to its log; with `shows`, only its errors do."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.log(name).open("w") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603  # our own modules and Prefect's
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=None if shows else log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Raise Ended where one has ended, with the place of its log."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Ended(f"{name} has ended (exit {process.returncode}); its log: {self.log(name)}")

    def finish(self, name: str, *also_good: int) -> int:
        """Wait for one that ends by itself; return its exit code, 0 or in `also_good`. Raises Ended otherwise."""
        process = self.running[name]
        while process.poll() is None:
            self.check()
            time.sleep(0.1)
        if process.returncode not in (0, *also_good):
            self.check()
        del self.running[name]
        return process.returncode

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
        """Stop all, last first, and all that they have started; what does not stop in time is killed."""
        runs = _descendants([process.pid for process in self.running.values()])  # some are sessions of their own
        deadline = time.monotonic() + STOPPING_S
        for pid in runs:
            _signal(pid, signal.SIGTERM)
        for process in reversed(self.running.values()):  # Prefect's server last: the others report to it
            _signal(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(1.0, deadline - time.monotonic()))
            _signal(process.pid, signal.SIGKILL)
            process.wait()
        for pid in runs:
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
    _open_return_road(services)
    desk = services.desk  # whatever is wrong in the settings or places.yaml is said here
    show = Console(highlight=False, soft_wrap=True)
    processes = Processes(services.settings.data_dir / "logs", _environment(services))
    with _signals(signal.default_int_handler), ExitStack() as threads:
        try:
            threads.enter_context(services.stand_ins())
            return _serve(services, desk, demo, processes, show)
        except KeyboardInterrupt:
            return 0
        finally:
            with _signals(signal.SIG_IGN):
                with suppress(OSError):  # the terminal may be gone
                    show.print("stopping")
                processes.stop()
                threads.close()  # last: who still sends must not find its server gone
                with suppress(OSError):
                    show.print("everything has stopped")


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
    address = "BRIEFINGS_WEB_PORT" if settings.web_port else "BRIEFINGS_PUBLIC_URL"
    needed = [("the site", address, services.web_port), ("Prefect", "BRIEFINGS_PREFECT_PORT", settings.prefect_port)]
    if settings.lmtp_port:
        needed.append(("the LMTP listener", "BRIEFINGS_LMTP_PORT", settings.lmtp_port))
    for what, setting, port in needed:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except (OSError, OverflowError):
                raise Refused(
                    f"port {port} is busy: {what} needs it; stop what uses it, or set {setting} to another"
                ) from None


def _open_return_road(services: Services) -> None:
    """Give mail that comes back a way in, on a port that nobody uses: in the sandbox, where none is set."""
    if services.is_sandbox and not services.settings.lmtp_port:
        with socket.socket() as free:
            free.bind((HOST, 0))
            services.settings.lmtp_port = free.getsockname()[1]


def _environment(services: Services) -> dict[str, str]:
    """Return the environment of what we start: ours, with Prefect at home in the data folder and silent."""
    settings = services.settings
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return ours | {
        "BRIEFINGS_DATA_DIR": str(settings.data_dir.resolve()),
        "BRIEFINGS_ROOT": str(settings.root.resolve()),
        "BRIEFINGS_LMTP_PORT": str(settings.lmtp_port),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str((settings.data_dir / "prefect").resolve()),
        "PREFECT_API_URL": f"http://{HOST}:{settings.prefect_port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_DATABASE_TIMEOUT": "60",  # its own SQLite, while everything starts at once
        "PREFECT_SERVER_DATABASE_CONNECTION_TIMEOUT": "60",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": f"{STARTING_S:.0f}",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "briefings",
    }


def _serve(services: Services, desk: Desk, demo: int, processes: Processes, show: Console) -> int:
    port = services.settings.prefect_port
    code = 0
    show.print(f"starting Prefect and the site; their logs are in {processes.logs}")
    processes.start("prefect", "prefect", "server", "start", "--host", HOST, "--port", str(port))
    if services.is_sandbox:
        show.print("sandbox: mails and posts go to stand-ins on this machine, to nobody else")
        processes.start("opening", "flows.opening", str(demo), shows=True)
    processes.start("site", "briefings", "serve")
    if services.is_sandbox:
        code = processes.finish("opening", NOT_ALL)
    processes.wait_for("prefect", f"http://{HOST}:{port}/api/health")
    processes.wait_for("site", f"http://{HOST}:{services.web_port}/healthz")
    processes.start("schedules", "flows.serve")
    _show_addresses(services, show)
    try:
        while True:
            processes.check()
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 1 if code else 0


def _show_addresses(services: Services, show: Console) -> None:
    site = services.desk.site
    region = next(iter(site.places.regions.values()))
    lines = {"site": site.absolute("/")}
    if services.is_sandbox:
        lines["what was sent"] = site.absolute("/sandbox/")
    lines["a feed"] = site.feed_url(region.id, region.locales[-1], Channel.ATOM)
    lines["Prefect"] = f"http://{HOST}:{services.settings.prefect_port}/"
    for name, address in lines.items():
        show.print(f"  {name:<14} {address}", markup=False)
    show.print("serving; stop with Ctrl-C")
