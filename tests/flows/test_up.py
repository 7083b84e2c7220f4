"""`briefings up`: from nothing to a table and a site, once; and nothing of it left after Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from briefings.up import _descendants
from tests.conftest import free_port
from tests.flows.town import Town, lately

PATIENCE = 150.0


@pytest.fixture
def ports(town: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Free ports for the site and for Prefect, in the settings of what is started."""
    site, prefect = free_port(), free_port()
    monkeypatch.setenv("BRIEFINGS_PUBLIC_URL", f"http://127.0.0.1:{site}")
    monkeypatch.setenv("BRIEFINGS_PREFECT_PORT", str(prefect))
    return site, prefect


@contextmanager
def up(log: Path, until: str = "serving; stop with Ctrl-C") -> Iterator[subprocess.Popen[bytes]]:
    """Run `briefings up --demo 12` until it has said something; kill what is left of it at the end."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "briefings", "up", "--demo", "12"], stdout=file, stderr=subprocess.STDOUT
        )
    started: list[int] = []
    try:
        deadline = time.monotonic() + PATIENCE
        while until not in log.read_text() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
        started = _descendants([process.pid])
        assert until in log.read_text(), log.read_text()
        yield process
        assert process.poll() is not None
        assert not [pid for pid in started if _lives(pid)]
    finally:
        for pid in (process.pid, *started):
            if _lives(pid):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stopped(process: subprocess.Popen[bytes], number: int = signal.SIGINT) -> int:
    process.send_signal(number)
    return process.wait(40)


@pytest.mark.prefect
@pytest.mark.slow
def test_up_publishes_once_shows_it_and_leaves_nothing_behind(
    town: Town, ports: tuple[int, int], tmp_path: Path
) -> None:
    briefing = town.write(publish_at=lately())
    first, second = tmp_path / "first.log", tmp_path / "second.log"

    with up(first) as process:
        page = httpx.get(f"http://127.0.0.1:{ports[0]}/pl/{briefing}/", trust_env=False)
        found = httpx.post(f"http://127.0.0.1:{ports[1]}/api/flow_runs/filter", json={}, trust_env=False).json()
        first_code = stopped(process)
    with up(second) as process:
        second_code = stopped(process, signal.SIGTERM)

    assert (first_code, second_code) == (0, 0)
    assert "approved as the demo team" in first.read_text()
    assert "urgent message templates signed off as the demo reviewer in 1 language (a demonst" in first.read_text()
    assert "What went out" in first.read_text()
    assert "nothing new to send: all " in second.read_text()
    assert page.status_code == 200
    assert [run["name"] for run in found if run["state_type"] == "COMPLETED"] == [f"publish {briefing}"]
    assert town.mails == 12
    assert not any(is_open(port) for port in ports)
    assert "Traceback" not in first.read_text() + second.read_text()


def test_up_says_which_port_is_busy_and_starts_nothing(town: Town, ports: tuple[int, int], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", ports[1])):
        said = subprocess.run(
            [sys.executable, "-m", "briefings", "up"], capture_output=True, text=True, timeout=60, check=False
        )

    assert said.returncode == 1
    assert said.stderr.strip().endswith(
        f"port {ports[1]} is busy: Prefect needs it; stop what uses it, or set BRIEFINGS_PREFECT_PORT to another"
    )
    assert not town.data_dir.exists()


@pytest.mark.prefect
@pytest.mark.slow
def test_up_publishes_nothing_by_itself_outside_the_sandbox(
    town: Town, ports: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.approve(town.write(publish_at="2024-11-20 09:00"))
    monkeypatch.setenv("BRIEFINGS_DELIVERY_MODE", "live")
    monkeypatch.setenv("BRIEFINGS_SMTP_URL", f"smtp://127.0.0.1:{free_port()}")
    monkeypatch.setenv("BRIEFINGS_SECRET_KEY", "for this test and nothing else")

    with up(tmp_path / "log") as process:
        feed = httpx.get(f"http://127.0.0.1:{ports[0]}/feeds/north/en-GB.atom", trust_env=False)
        code = stopped(process)

    said = (tmp_path / "log").read_text()
    assert code == 0
    assert feed.status_code == 200
    assert "<entry>" not in feed.text
    assert "sandbox" not in said
    assert "approved" not in said
    assert "signed off" not in said
