"""The committed prefect.yaml, deployed to a real server, and a process worker that runs what its schedule says."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from briefings.services import Services
from briefings.settings import CHECKOUT
from briefings.up import Processes
from tests.flows.conftest import python
from tests.flows.town import PEOPLE, Town, lately

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

PATIENCE = 120.0


def test_a_worker_runs_a_scheduled_publish_of_a_deployed_flow(
    client: SyncPrefectClient,
    prefect_environment: dict[str, str],
    town: Town,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
    from prefect.client.schemas.schedules import IntervalSchedule

    town.approve(town.write(publish_at=lately()))
    monkeypatch.chdir(CHECKOUT)
    python("prefect", "work-pool", "create", "briefings", "--type", "process", "--overwrite")
    deployed = python("prefect", "--no-prompt", "deploy", "--all")
    deployment = client.read_deployment_by_name("publish/publish-north")
    soon = IntervalSchedule(interval=timedelta(seconds=20), anchor_date=datetime.now(UTC), timezone="Europe/London")
    client.create_deployment_schedules(deployment.id, [DeploymentScheduleCreate(schedule=soon, active=True)])
    worker = Processes(tmp_path / "logs", dict(os.environ))
    try:
        with Services().stand_ins():
            worker.start("worker", "prefect", "worker", "start", "--pool", "briefings")
            ended: list[FlowRun] = []
            deadline = time.monotonic() + PATIENCE
            while not ended and time.monotonic() < deadline:
                worker.check()
                time.sleep(0.5)
                runs = client.read_flow_runs(
                    deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
                )
                ended = [run for run in runs if run.state is not None and run.state.is_final()]
    finally:
        worker.stop()
        client.delete_work_pool("briefings")

    assert deployed.count("successfully created") == 8
    assert [run.state_name for run in ended] == ["Completed"], worker.log("worker").read_text()
    assert ended[0].auto_scheduled
    assert ended[0].name == f"publish north {datetime.now(ZoneInfo('Europe/London')):%Y-%m-%d}"
    assert town.mails == PEOPLE
