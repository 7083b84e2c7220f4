"""Deployments: the one list of what runs when, for `prefect deploy` and for `briefings up`.

`python -m flows.deployments` writes prefect.yaml from it; with `--check` it only says whether
the file is up to date.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from briefings.model.place import Places
from briefings.settings import CHECKOUT
from flows.names import installed_places

WORK_POOL = "briefings"
HEADER = """\
# Written by `python -m flows.deployments` from content/places.yaml: change that, not this.
#
#   prefect work-pool create briefings --type process
#   prefect deploy --all
#   prefect worker start --pool briefings
"""


@dataclass(frozen=True)
class Deployment:
    """One flow with its parameters and its schedule: five cron fields, as wall time in `timezone`."""

    name: str
    module: str
    flow: str
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)
    cron: str = ""
    timezone: str = ""


def deployments(places: Places) -> list[Deployment]:
    """Return everything that is deployed for a borough."""
    zone = places.borough.timezone
    by_region = [
        Deployment(
            f"publish-{region.id}",
            "publish",
            "publish",
            f"Publish what is approved and due in {region.name}"
            + (f": {region.cadence}." if region.cadence else "; without a cadence, on demand."),
            {"region": region.id, "due": True},
            region.cadence.cron if region.cadence else "",
            zone,
        )
        for region in places.regions.values()
    ]
    return [
        *by_region,
        Deployment(
            "publish-urgent", "publish", "publish", "Publish named, approved briefings at once, late or not. On demand."
        ),
        Deployment("deliver", "deliver", "deliver", "Help to send one large mailing. Started by a publish."),
        Deployment(
            "due-check", "publish", "due_check", "Publish whatever is due, settle what was begun.",
            cron="*/5 * * * *", timezone=zone,
        ),
        Deployment(
            "watch", "watch", "watch", "Fail where somebody has to act.", cron="*/15 * * * *", timezone=zone
        ),
        Deployment(
            "prepare", "prepare", "prepare", "Translate and check all briefings, weekday mornings and on demand.",
            cron="0 6 * * 1-5", timezone=zone,
        ),
    ]  # fmt: skip


def prefect_yaml(places: Places) -> str:
    """Return the text of prefect.yaml."""
    environment = {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "briefings",
    }
    entries = [
        {
            "name": item.name,
            "description": item.description,
            "entrypoint": f"flows/{item.module}.py:{item.flow}",
            "parameters": item.parameters,
            "schedules": [{"cron": item.cron, "timezone": item.timezone}] if item.cron else [],
            "work_pool": {"name": WORK_POOL, "job_variables": {"env": dict(environment)}},
        }
        for item in deployments(places)
    ]
    content = {
        "name": "community-safety-briefings",
        "pull": [{"flows.checkout.enter": {}}],
        "deployments": entries,
    }
    return HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def main() -> int:
    """Write prefect.yaml, or with `--check` return 1 where it is not what would be written."""
    parser = argparse.ArgumentParser(prog="python -m flows.deployments", description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--file", type=Path, default=CHECKOUT / "prefect.yaml")
    given = parser.parse_args()
    text = prefect_yaml(installed_places())
    if not given.check:
        given.file.write_text(text, encoding="utf-8")
        return 0
    if given.file.is_file() and given.file.read_text(encoding="utf-8") == text:
        return 0
    print(f"{given.file.name} is not up to date: run 'python -m flows.deployments'", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
