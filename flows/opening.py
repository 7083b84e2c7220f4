"""Opening: the publish runs with which `briefings up` begins in the sandbox, in one process.

Writes to the terminal for the person who looks on; what Prefect logs goes to standard error.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import httpx
from rich.console import Console

from briefings.model.errors import BriefingsError, Transient
from briefings.services import Services
from flows import demonstration

STARTING_S = 120.0
NOT_ALL = 3
"""Exit code where something was refused or left unsettled; `briefings up` knows it too."""


def main() -> int:
    """Get everything ready while Prefect starts, publish, and show what went out."""
    show = Console(highlight=False, soft_wrap=True)
    services = Services()
    desk = services.desk
    with ThreadPoolExecutor(1) as aside:
        importing = aside.submit(import_module, "flows.publish")  # seconds, in which the rest is prepared
        briefings, now = demonstration.make_ready(desk, int(sys.argv[1]), show)
        with show.status("waiting for Prefect"):
            publish = importing.result().publish
            _wait_for_prefect(services.settings.prefect_port)
    if not briefings:
        show.print("no briefing's time has come: nothing to send")
        return 0
    before = demonstration.sent(desk, briefings)
    is_done = True
    with demonstration.bars(desk, briefings, show):
        for run in demonstration.runs(briefings):
            begun = time.monotonic()
            try:
                said = publish(briefings=run, now=now.isoformat())
                show.print(f"flow run done in {time.monotonic() - begun:.1f} s: {said}", markup=False)
            except BriefingsError as error:
                is_done = False
                show.print(f"flow run failed: {error}", style="red", markup=False)
    show.print(demonstration.counted(desk, briefings))
    after = demonstration.sent(desk, briefings)
    again = f"nothing new to send: all {after} were sent before"
    show.print(again if after == before else f"{after - before} sent: mails, posts, pages and feed entries")
    return 0 if is_done else NOT_ALL


def _wait_for_prefect(port: int) -> None:
    deadline = time.monotonic() + STARTING_S
    health = f"http://127.0.0.1:{port}/api/health"
    with httpx.Client(trust_env=False, timeout=5) as client:
        while time.monotonic() < deadline:
            try:
                if client.get(health).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
    raise Transient(f"Prefect did not answer within {STARTING_S:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
