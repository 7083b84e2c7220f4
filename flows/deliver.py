"""Deliver: a helper's share of one large mailing. A publish starts it, and answers for the whole."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from flows import stages
from flows.publish import finish


def _name() -> str:
    return f"deliver {flow_run.parameters['briefing']}"


@flow(name="deliver", flow_run_name=_name)
def deliver(briefing: str, now: str = "") -> str:
    """Send mails of a briefing that was published and that no other sender has claimed, until none waits.

    Args:
        briefing: an id such as `north/2026-11-20-car-crime`.
        now: ISO time that stands for the clock; empty for the clock.
    """
    sent, trouble = stages.help_out(briefing, now)
    finish(trouble)
    return f"{briefing}: {sent} sent by this helper"
