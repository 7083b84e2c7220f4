"""Publish: a region's due briefings, or named ones at once; and the due check that takes up all the rest."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, get_run_logger

from briefings.model.errors import Refused
from briefings.settings import Settings
from flows import names, stages
from flows.outcome import NotDone, Outcome, Unsettled


def _publish_name() -> str:
    return names.about("publish")


def _due_check_name() -> str:
    return names.at_time("due-check")


@flow(name="publish", flow_run_name=_publish_name)
def publish(region: str = "", briefings: Sequence[str] = (), due: bool = False, now: str = "") -> str:
    """Publish named briefings now (late or not), or with `due` what is due, in one region or in all.

    Args:
        region: a region's id, with `due`; empty for all.
        briefings: ids such as `north/2026-11-20-car-crime`; they must be approved.
        due: publish what is approved and due, and finish what was begun.
        now: ISO time that stands for the clock; empty for the clock.
    """
    if bool(briefings) == due:
        raise Refused("name briefings, or say due (and not both)")
    return _publish(names.what(), region, briefings, now, "publish")


@flow(name="due-check", flow_run_name=_due_check_name)
def due_check(now: str = "") -> str:
    """Publish whatever is due in any region, settle what was begun, fetch what came back: the net under all schedules.

    A mailbox that cannot be read, and letters that cannot be sent, fail the run, once all the rest is done.
    """
    # Returned mail first: who has complained or left by now is not mailed again.
    troubles = stages.collect_mail() if Settings().imap_url.get_secret_value() else []
    try:
        done = _publish("due", "", (), now, "due-check")
    except NotDone as error:
        raise NotDone("; ".join([str(error), *troubles, *stages.post_waiting_letters()])) from error
    finish([*troubles, *stages.post_waiting_letters()])
    return done


def _publish(what: str, region: str, briefings: Sequence[str], now: str, heartbeat: str) -> str:
    logger = get_run_logger()
    outcome: Outcome = stages.send(what, region, list(briefings), now)
    if not outcome.held.issuperset(outcome.unsettled):
        logger.warning("not settled yet, trying again: %s", "; ".join(outcome.reasons))
        regions = sorted({briefing.partition("/")[0] for briefing in outcome.unsettled})
        try:
            outcome = outcome.then(stages.settle(what, regions, now))
        except Unsettled as error:  # raised again below as NotDone, once the table is there
            outcome = outcome.then(error.outcome)
    if outcome.briefings:
        stages.leave_table(what, names.key(f"publish {what}"), outcome.briefings)
    stages.beat(heartbeat)
    for note in outcome.notes:
        logger.warning(note)
    finish(outcome.reasons)
    logger.info(str(outcome))
    return str(outcome)


def finish(reasons: Sequence[str]) -> None:
    """Log every reason why a run is not done and fail it with them; do nothing where there are none."""
    for reason in reasons:
        get_run_logger().error(reason)
    if reasons:
        raise NotDone("; ".join(reasons))
