"""Prepare: translate and check briefings in every locale, before somebody has to approve them."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow

from flows import names, stages
from flows.publish import finish


def _name() -> str:
    return names.about("prepare")


@flow(name="prepare", flow_run_name=_name)
def prepare(briefings: Sequence[str] = (), now: str = "") -> None:
    """Prepare the named briefings, or all. Fails, with every reason, where a text is blocked or unreadable.

    Args:
        briefings: ids such as `north/2026-11-20-car-crime`; none for all.
        now: ISO time that stands for the clock; empty for the clock.
    """
    finish(stages.prepare_editions(names.what(), list(briefings), now))
