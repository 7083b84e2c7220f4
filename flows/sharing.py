"""Sharing: start runs of the deployment `deliver` that help with a large mailing."""

from __future__ import annotations

from datetime import UTC, datetime

from prefect import get_run_logger
from prefect.deployments import run_deployment

from briefings.delivery.plan import Job
from briefings.editorial.desk import Desk
from briefings.editorial.share import helpers_wanted
from briefings.settings import Settings

HELPER = "deliver/deliver"


def call_helpers(desk: Desk, settings: Settings, job: Job, now: str) -> int:
    """Start the helpers that a mailing wants; return how many were. Without them it goes on alone.

    A part is started once an hour: a run that is repeated meanwhile does not add to them.
    """
    moment = datetime.now(UTC)
    wanted = helpers_wanted(desk, job, settings.senders, settings.share_above, moment)
    logger = get_run_logger()
    for part in range(1, wanted + 1):
        try:
            run_deployment(
                HELPER,
                parameters={"briefing": job.briefing, "now": now},
                timeout=0,
                as_subflow=False,
                idempotency_key=f"{HELPER} {job.briefing} {job.revision} {part} {moment:%Y-%m-%dT%H}",
            )
        except Exception as error:  # whatever it is: a mailing never waits for its helpers
            logger.warning("no helper could be started, going on alone: %s: %s", type(error).__name__, error)
            return part - 1
    if wanted:
        logger.info("%s: %d helpers called", job.briefing, wanted)
    return wanted
