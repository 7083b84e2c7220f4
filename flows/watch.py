"""Watch: look for what is open or silent, and fail where somebody has to act."""

from __future__ import annotations

from prefect import flow

from flows import names, stages
from flows.publish import finish


def _name() -> str:
    return names.at_time("watch")


@flow(name="watch", flow_run_name=_name)
def watch() -> None:
    """List unsettled, uncertain, missed and late things and a silent due check; fail if one is wrong."""
    wrong = stages.look()
    stages.beat("watch")
    finish(wrong)
