"""Deployments: one list, and the file that is written from it."""

from __future__ import annotations

import time
from pathlib import Path

import yaml

from briefings.settings import CHECKOUT
from flows.deployments import deployments, prefect_yaml
from flows.names import installed_places
from tests.flows.conftest import python
from tests.flows.town import Town


def test_the_committed_file_is_what_would_be_written_and_the_check_is_quick() -> None:
    begun = time.monotonic()

    said = python("flows.deployments", "--check")

    assert said == ""
    assert time.monotonic() - begun < 15  # it would be more with Prefect's import


def test_every_region_has_a_deployment_with_its_cadence_in_the_boroughs_zone(town: Town) -> None:
    found = {item.name: item for item in deployments(installed_places())}

    assert list(found) == ["publish-north", "publish-urgent", "deliver", "due-check", "watch", "prepare"]
    assert found["publish-north"].cron == "0 9 * * 5"
    assert found["publish-north"].parameters == {"region": "north", "due": True}
    assert found["publish-urgent"].cron == ""
    assert {item.timezone for item in found.values() if item.cron} == {"Europe/London"}


def test_the_file_names_flows_that_are_there_and_no_folder_of_this_machine() -> None:
    text = prefect_yaml(installed_places())

    entrypoints = [entry["entrypoint"].split(":") for entry in yaml.safe_load(text)["deployments"]]

    assert all(f"def {flow}(" in Path(CHECKOUT, path).read_text() for path, flow in entrypoints)
    assert str(CHECKOUT) not in text
    assert str(Path.home()) not in text


def test_a_file_that_is_out_of_date_is_named(town: Town, tmp_path: Path) -> None:
    old = tmp_path / "prefect.yaml"
    old.write_text("deployments: []\n")

    said = python("flows.deployments", "--check", "--file", str(old), code=1)

    assert said == "prefect.yaml is not up to date: run 'python -m flows.deployments'\n"
