"""A large mailing on one PostgreSQL ledger, shared by a publish and a helper that a real worker runs."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from briefings.delivery.supply import BATCH
from briefings.editorial.control import pause
from briefings.services import Services
from briefings.settings import CHECKOUT
from briefings.store.engine import reading
from briefings.store.tables import deliveries
from briefings.subscribers.demo import demo_subscribers
from briefings.up import Processes
from tests.conftest import create_database
from tests.flows.conftest import python
from tests.flows.test_runs import logged, run
from tests.flows.town import NOW, PEOPLE, Town

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

pytestmark = [pytest.mark.prefect, pytest.mark.postgres, pytest.mark.slow]

MANY = 2 * BATCH
"""More than one sender claims at once."""

PATIENCE = 200.0


class WaitsForTwo:
    """A mail server that answers the first sender's first mail only once another one has sent something too."""

    def __init__(self) -> None:
        self.recipients: Counter[str] = Counter()
        self.by_connection: Counter[int] = Counter()
        self.both = asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.recipients.update(envelope.rcpt_tos)
        self.by_connection[id(session)] += 1
        if len(self.by_connection) > 1:
            self.both.set()
        await self.both.wait()
        return "250 2.0.0 kept"


@contextmanager
def listening() -> Iterator[tuple[WaitsForTwo, int]]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    waits = WaitsForTwo()
    serving = loop.create_server(lambda: SMTP(waits, hostname="localhost", loop=loop), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result(20)
    try:
        yield waits, server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


@pytest.fixture
def sharing_town(town: Town, postgres_url: str, postgres_template: str, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Smallham on a PostgreSQL ledger, with settings by which two share every mailing."""
    for name, value in {
        "DATABASE_URL": create_database(postgres_url, postgres_template),
        "SENDERS": "2",
        "SHARE_ABOVE": "5",
        "SMTP_CONNECTIONS": "1",
        "SMTP_TIMEOUT": str(PATIENCE),
        "SMTP_DOT_TIMEOUT": str(PATIENCE),
    }.items():
        monkeypatch.setenv(f"BRIEFINGS_{name}", value)
    return town


def subscribe_many() -> None:
    services, now = Services(), datetime(2026, 11, 20, 8, tzinfo=UTC)
    desk = services.desk
    desk.register.add_all(demo_subscribers(desk.content.places, {}, MANY, seed=1, confirmed_at=now), now)
    services.engine.dispose()


def mail_states() -> dict[str, int]:
    services = Services()
    with reading(services.engine) as connection:
        states = connection.scalars(select(deliveries.c.state).where(deliveries.c.channel == "email"))
        counted = dict(Counter(states))
    services.engine.dispose()
    return counted


def without_deployment(client: SyncPrefectClient) -> None:
    """Take the helpers' deployment away, whichever test has left it."""
    from prefect.exceptions import ObjectNotFound

    with suppress(ObjectNotFound):
        client.delete_deployment(client.read_deployment_by_name("deliver/deliver").id)


def helpers(client: SyncPrefectClient) -> list[FlowRun]:
    deployment = client.read_deployment_by_name("deliver/deliver")
    return [run for run in client.read_flow_runs() if run.deployment_id == deployment.id]


def test_two_workers_share_a_mailing_on_one_ledger_and_everybody_gets_one(
    client: SyncPrefectClient, sharing_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe_many()
    shared = sharing_town.write()
    sharing_town.approve(shared)
    monkeypatch.chdir(CHECKOUT)
    python("prefect", "work-pool", "create", "briefings", "--type", "process", "--overwrite")
    python("prefect", "--no-prompt", "deploy", "--name", "deliver")
    worker = Processes(tmp_path / "logs", dict(os.environ))
    try:
        with listening() as (server, port):
            monkeypatch.setenv("BRIEFINGS_SMTP_URL", f"smtp://127.0.0.1:{port}")
            worker.environment["BRIEFINGS_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
            worker.start("worker", "prefect", "worker", "start", "--pool", "briefings")
            state = run("publish", briefings=[shared], now=NOW)
            deadline = time.monotonic() + PATIENCE
            found = helpers(client)
            while not all(each.state and each.state.is_final() for each in found):
                assert time.monotonic() < deadline, worker.log("worker").read_text()
                time.sleep(0.5)
                found = helpers(client)
    finally:
        worker.stop()
        without_deployment(client)
        client.delete_work_pool("briefings")

    assert state.is_completed(), state.message
    assert [(each.state_name, each.name) for each in found] == [("Completed", f"deliver {shared}")]
    assert mail_states() == {"sent": MANY}  # none uncertain: the publish never gave its first connection up
    assert server.recipients == dict.fromkeys(server.recipients, 1)
    assert len(server.recipients) == MANY
    first, second, *_ = server.by_connection.values()
    assert first > 0
    assert second > 0


def test_a_publish_that_finds_no_helpers_says_so_and_goes_on_alone(
    client: SyncPrefectClient, sharing_town: Town
) -> None:
    without_deployment(client)
    briefing = sharing_town.write()
    sharing_town.approve(briefing)

    with Services().stand_ins():
        state = run("publish", briefings=[briefing], now=NOW)

    assert state.is_completed(), state.message
    assert sharing_town.mails == PEOPLE
    assert "no helper could be started, going on alone" in logged(client, state, 30)


def test_a_briefing_that_is_held_calls_nobody_is_not_tried_again_and_its_run_fails_with_the_way_on(
    client: SyncPrefectClient, sharing_town: Town
) -> None:
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    briefing = sharing_town.write()
    sharing_town.approve(briefing)
    services = Services()
    pause(services.desk, "Ann", datetime.now(UTC), briefing)
    services.engine.dispose()

    state = run("publish", briefings=[briefing], now="")

    runs = client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))
    )
    assert state.is_failed()
    assert f"{briefing} is held by Ann; it goes on after 'briefings resume {briefing} --by NAME'" in str(state.message)
    assert [run.name for run in runs if run.name.startswith("settle")] == []
    assert "helper" not in logged(client, state, 20)
