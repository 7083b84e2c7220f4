"""One Prefect server for all tests of flows: starting it takes longer than all that they do with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from briefings.up import Processes
from tests.conftest import free_port
from tests.flows.town import Town, found

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient


@pytest.fixture(scope="session")
def prefect_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Run a Prefect server; give the environment in which its clients find it."""
    folder = tmp_path_factory.mktemp("prefect")
    port = free_port()
    ours = {
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2",
    }
    before = dict(os.environ)
    os.environ.update(ours)  # before Prefect is imported for the first time, which reads it then
    processes = Processes(folder / "logs", dict(os.environ))
    try:
        processes.start("prefect", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        processes.wait_for("prefect", f"http://127.0.0.1:{port}/api/health")
        yield ours
    finally:
        processes.stop()
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def client(prefect_environment: dict[str, str]) -> Iterator[SyncPrefectClient]:
    """A client of the server, in whose settings this process then runs flows."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_BATCH_INTERVAL, temporary_settings

    with (
        temporary_settings(
            {
                PREFECT_API_URL: prefect_environment["PREFECT_API_URL"],
                PREFECT_LOGGING_TO_API_BATCH_INTERVAL: 0.2,
            }
        ),
        get_client(sync_client=True) as client,
    ):
        yield client


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Smallham, as the installation that this process and what it starts belong to."""
    town = found(tmp_path)
    for name, value in town.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BRIEFINGS_SANDBOX_SMTP_PORT", str(free_port()))
    monkeypatch.setenv("BRIEFINGS_SANDBOX_X_PORT", str(free_port()))
    return town


def python(*arguments: str, code: int = 0, seconds: float = 120) -> str:
    """Run `python -m ...` to its end, which is to be `code`; return what it printed, both outputs together."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return done.stdout
