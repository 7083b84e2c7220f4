"""Serve: run the deployments' schedules in this process, against the Prefect server that is there.

`briefings up` starts it as `python -m flows.serve`; with a worker, use prefect.yaml instead.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module

from prefect import serve
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Cancelled
from prefect.types.entrypoint import EntrypointType

from flows.deployments import Deployment, deployments
from flows.names import installed_places

TOO_LATE = "Its time passed while nothing ran. The next due check takes up what is late."


def served(item: Deployment) -> RunnerDeployment:
    """Return a deployment as Prefect's runner takes it; modules, not files, so that any folder will do."""
    flow = getattr(import_module(f"flows.{item.module}"), item.flow)
    deployment: RunnerDeployment = flow.to_deployment(
        item.name,
        description=item.description,
        parameters=item.parameters,
        schedule=Cron(item.cron, timezone=item.timezone) if item.cron else None,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return deployment


def cancel_what_passed() -> None:
    """Cancel runs that were planned for a time when nothing ran, or all would start at once."""
    passed = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),
    )
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(flow_run_filter=passed, limit=200):
            for run in runs:
                client.set_flow_run_state(run.id, Cancelled(message=TOO_LATE), force=True)


def main() -> None:
    cancel_what_passed()
    serve(*(served(item) for item in deployments(installed_places())), pause_on_shutdown=False)


if __name__ == "__main__":
    main()
