"""Stages: the tasks that flows are made of, each one call of the library. Inputs are ids and strings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import flow_run
from prefect.tasks import Task

from briefings.delivery.plan import Job
from briefings.editorial import publish as publishing
from briefings.editorial.collecting import collect_mailbox, post_letters
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import prepare
from briefings.editorial.share import lend_a_hand
from briefings.editorial.status import record_heartbeat
from briefings.editorial.watch import concerns
from briefings.model.errors import Transient
from briefings.responses.collect import Collected
from briefings.services import Services, clock
from flows import sharing, table
from flows.outcome import Outcome, Unsettled

EARLY = timedelta(seconds=5)
"""Prefect starts a run up to this much before its time."""

WAITS = [2.0, 10.0]
"""Seconds before the second and the third attempt; after that the next due check tries again."""


MAIL_WITHIN = 60.0
"""Seconds for which returned mail is brought in before what is due: a flood of it must not keep that waiting."""


@contextmanager
def open_desk(now: str | None = None) -> Iterator[Desk]:
    """Give the desk of this installation, made for one task and let go after it.

    With `now`, the time that stands for the clock or empty, it calls helpers for large mailings.
    """
    services = Services()

    def call_helpers(job: Job) -> None:
        sharing.call_helpers(services.desk, services.settings, job, now or "")

    try:
        if now is not None:
            services.desk.call_helpers = call_helpers
        yield services.desk
    finally:
        services.engine.dispose()


def clock_for(desk: Desk, now: str) -> Callable[[], datetime]:
    """Return the clock of a run: a given time, or the machine's but never before the planned start."""
    if now:
        return clock(now, desk.content.places.borough.zone)
    planned = flow_run.scheduled_start_time

    def time() -> datetime:
        moment = datetime.now(UTC)
        return planned if planned is not None and moment < planned <= moment + EARLY else moment

    return time


def may_be_retried(_task: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    """Say whether a failed stage is worth another attempt: for what is not now, never for what is refused."""
    return isinstance(state.result(raise_on_failure=False), Transient)


@task(name="prepare", task_run_name="prepare {what}", cache_policy=NO_CACHE)
def prepare_editions(what: str, briefings: Sequence[str], now: str) -> list[str]:
    """Prepare in every locale and leave a table; return what is wrong, one line each."""
    with open_desk() as desk:
        report = prepare(desk, briefings, clock_for(desk, now)())
        create_table_artifact(table.of_prepared(report), "prepare", "Which locale of which briefing is ready.")
        return report.lines


@task(name="send", task_run_name="send {what}", cache_policy=NO_CACHE)
def send(what: str, region: str, briefings: Sequence[str], now: str) -> Outcome:
    """Publish the named briefings, or without names what is due (in one region, or in all)."""
    with open_desk(now) as desk:
        time = clock_for(desk, now)
        if briefings:
            report = publishing.publish(desk, briefings, time)
        else:
            report = publishing.publish_due(desk, time, region=region)
        return Outcome.of(desk, report)


@task(
    name="settle",
    task_run_name="settle {what}",
    cache_policy=NO_CACHE,
    retries=len(WAITS),
    retry_delay_seconds=WAITS,
    retry_condition_fn=may_be_retried,
)
def settle(what: str, regions: Sequence[str], now: str) -> Outcome:
    """Deliver what these regions' briefings left unsettled. Raises Unsettled where something still is."""
    with open_desk(now) as desk:
        outcome = Outcome()
        for region in regions:
            report = publishing.sweep(desk, clock_for(desk, now), region=region)
            outcome = outcome.plus(Outcome.of(desk, report))
        if outcome.unsettled:
            raise Unsettled(outcome)
        return outcome


@task(name="help", task_run_name="help with {briefing}", cache_policy=NO_CACHE)
def help_out(briefing: str, now: str) -> tuple[int, list[str]]:
    """Send a share of a mailing; return how much it was, and what stopped it (a hold does not count as that)."""
    with open_desk() as desk:
        done = lend_a_hand(desk, briefing, clock_for(desk, now))
        stopped = [f"{briefing}: {text}" for item in done if not item.is_held for text in item.trouble.values()]
        return sum(item.sent_now for item in done), stopped


@task(name="table", task_run_name="table {what}", cache_policy=NO_CACHE)
def leave_table(what: str, key: str, briefings: Sequence[str]) -> None:
    """Leave the table of region x locale x channel as an artifact, with links to pages and feeds."""
    with open_desk() as desk:
        create_table_artifact(table.of_published(desk, briefings), key, table.links(desk, briefings))


@task(name="look", task_run_name="look at what is open", cache_policy=NO_CACHE)
def look() -> list[str]:
    """Leave a table of everything that is open; return what is wrong, one line each."""
    with open_desk() as desk:
        found = concerns(desk, datetime.now(UTC))
        rows = [{"wrong": "yes" if concern.is_wrong else "no", "what": concern.text} for concern in found]
        if rows:
            create_table_artifact(rows, "watch", "What is open, and whether somebody has to act.")
        return [concern.text for concern in found if concern.is_wrong]


@task(name="collect", task_run_name="collect returned mail", cache_policy=NO_CACHE)
def collect_mail() -> list[str]:
    """Bring in the mail that came back; return what stopped it, one line each."""
    services = Services()
    collected = Collected()
    try:
        with collected.trying("mailbox"):
            collect_mailbox(services.desk, services.imap_inbox(), collected, lambda: datetime.now(UTC), MAIL_WITHIN)
    finally:
        services.engine.dispose()
    return [f"{name}: {trouble}" for name, trouble in collected.troubles.items()]


def post_waiting_letters() -> list[str]:
    """Send letters that residents wait for, where the site runs elsewhere; return what stopped it.

    No task: it is run every few minutes, and mostly there is nothing to do.
    """
    services = Services()
    collected = Collected()
    try:
        with collected.trying("letters"):
            post_letters(services.poster, lambda: datetime.now(UTC))
    finally:
        services.engine.dispose()
    return [f"{name}: {trouble}" for name, trouble in collected.troubles.items()]


@task(name="heartbeat", task_run_name="heartbeat {name}", cache_policy=NO_CACHE)
def beat(name: str) -> None:
    """Note that a run came to its end, whatever it found."""
    with open_desk() as desk:
        record_heartbeat(desk, name, datetime.now(UTC))
