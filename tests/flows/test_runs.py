"""Flow runs against a real Prefect server. The rules are tested where they live: here, that runs tell the truth."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from briefings.services import Services
from tests.flows.town import NOW, PEOPLE, Town, lately
from tests.responses.dovecot import dovecot, url_of

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import State

pytestmark = pytest.mark.prefect


def run(flow: str, **parameters: Any) -> State[Any]:
    """Run a flow here and return its final state."""
    from flows import prepare, publish, watch

    known: dict[str, Any] = {
        "publish": publish.publish,
        "due-check": publish.due_check,
        "prepare": prepare.prepare,
        "watch": watch.watch,
    }
    state: State[Any] = known[flow](**parameters, return_state=True)
    return state


def logged(client: SyncPrefectClient, state: State[Any], level: int) -> str:
    """Return what a run has logged at a level; logs reach the server a moment after the run's end."""
    from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId, LogFilterLevel

    wanted = LogFilter(
        flow_run_id=LogFilterFlowRunId(any_=[state.state_details.flow_run_id]),
        level=LogFilterLevel(ge_=level),
    )
    deadline = time.monotonic() + 20
    while not (logs := client.read_logs(wanted)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return "\n".join(log.message for log in logs)


def table(client: SyncPrefectClient, state: State[Any]) -> tuple[list[dict[str, str]], str]:
    """Return the rows and the description of the table that a run left."""
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    left = client.read_artifacts(
        artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[state.state_details.flow_run_id]))
    )
    (artifact,) = [each for each in left if each.type == "table"]
    assert isinstance(artifact.data, str)
    return json.loads(artifact.data), artifact.description or ""


def name(client: SyncPrefectClient, state: State[Any]) -> str:
    assert state.state_details.flow_run_id is not None
    return client.read_flow_run(state.state_details.flow_run_id).name


def test_a_publish_run_sends_to_everybody_and_leaves_a_table_with_links(client: SyncPrefectClient, town: Town) -> None:
    briefing = town.write()
    town.approve(briefing)

    with Services().stand_ins():
        state = run("publish", briefings=[briefing], now=NOW)
        again = run("publish", briefings=[briefing], now=NOW)

    rows, description = table(client, state)
    assert state.is_completed()
    assert town.mails == PEOPLE
    assert {row["locale"] for row in rows} == {"en-GB", "pl"}
    assert sum(int(row["email"]) for row in rows) == PEOPLE
    assert all(row["region"] == "north" and row["page"] == "1" for row in rows)
    assert rows[0]["feed at"].endswith("/feeds/north/en-GB.atom")
    assert f"/pl/{briefing}/" in description
    assert name(client, state) == f"publish {briefing}"
    assert again.result() == f"{briefing}: nothing new to send"


def test_a_regions_run_publishes_what_is_due_and_is_named_after_it(client: SyncPrefectClient, town: Town) -> None:
    town.approve(town.write())
    town.approve(town.write("2026-11-27-later", "2026-11-27 09:00"))

    with Services().stand_ins():
        state = run("publish", region="north", due=True, now=NOW)

    assert state.is_completed()
    assert town.mails == PEOPLE
    assert name(client, state) == "publish north 2026-11-20"


def test_a_run_that_leaves_something_unsettled_fails_and_says_why(client: SyncPrefectClient, town: Town) -> None:
    briefing = town.write()
    town.approve(briefing)

    state = run("publish", briefings=[briefing], now=NOW)  # nothing listens on the catcher's port

    assert state.is_failed()
    assert f"{briefing}: left unsettled: " in str(state.message)
    assert "left unsettled" in logged(client, state, 40)
    assert "no connection to the mail server" in logged(client, state, 30)
    assert table(client, state)[0]


def test_what_was_left_is_settled_by_the_next_due_check(client: SyncPrefectClient, town: Town) -> None:
    briefing = town.write()
    town.approve(briefing)
    run("publish", briefings=[briefing], now=NOW)

    with Services().stand_ins():
        state = run("due-check", now="2026-11-20T11:00:00+00:00")

    assert state.is_completed()
    assert town.mails == PEOPLE
    assert name(client, state) == "due-check 2026-11-20 11:00"


def test_what_is_refused_fails_at_once_and_is_not_tried_again(client: SyncPrefectClient, town: Town) -> None:
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    briefing = town.write()

    state = run("publish", briefings=[briefing], now=NOW)

    runs = client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))
    )
    assert state.is_failed()
    assert "never prepared" in str(state.message)
    assert "never prepared" in logged(client, state, 40)
    assert {run.name: run.run_count for run in runs if run.name.startswith(("send", "settle"))} == {
        f"send {briefing}": 1
    }


def test_prepare_leaves_a_table_and_watch_says_what_is_wrong(client: SyncPrefectClient, town: Town) -> None:
    briefing = town.write(publish_at=lately())

    prepared, watched = run("prepare"), run("watch")

    assert prepared.is_completed()
    assert {row["briefing"] for row in table(client, prepared)[0]} == {briefing}
    assert watched.is_failed()
    assert "is not approved" in str(watched.message)


def test_the_due_check_reads_the_mailbox_of_returned_mail_and_says_when_it_cannot(
    client: SyncPrefectClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dovecot() as mailbox:
        mailbox.put(b"From: somebody@example.org\r\nTo: postmaster@briefings.example\r\n\r\nGood morning\r\n")
        monkeypatch.setenv("BRIEFINGS_IMAP_URL", url_of(mailbox))
        read = run("due-check", now=NOW)
        seen = mailbox.seen()
    away = run("due-check", now=NOW)

    assert read.is_completed()
    assert seen == 1
    assert away.is_failed()
    assert "mailbox" in str(away.message)
