"""Real apertium, through the real commands: a briefing in Spanish that nobody has translated, labelled as it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from briefings.sandbox.run import StandIns
from briefings.settings import CHECKOUT
from briefings.translation.engines.apertium import ApertiumEngine
from tests.acceptance.command import PATIENCE, Installation, decoded, everything, parsed
from tests.acceptance.conftest import NORTH
from tests.conftest import missing

LABEL = "Traducción automática. Ninguna persona ha revisado todavía esta traducción."
NOW = ("--now", "2026-11-20T09:00")


class Copy(Installation):
    """Commands of a copy of the checkout: with another catalog than the one that ships."""

    def settings(self) -> dict[str, str]:
        return super().settings() | {"PYTHONPATH": str(self.root)}


@pytest.fixture
def without_spanish(tmp_path: Path) -> Copy:
    """A checkout from which the Spanish briefing text is gone; the interface and the glossary are there."""
    if not ApertiumEngine().can_translate("en-GB", "es"):
        missing("apertium-eng-spa is not installed")
    root = tmp_path / "checkout"
    for folder in ("briefings", "content", "locales", "templates"):
        shutil.copytree(CHECKOUT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "locales" / "es" / "LC_MESSAGES" / "content.po").unlink()
    copy = Copy(tmp_path / "data", root, {"ENGINES": "apertium"})
    where = [sys.executable, "-c", "import briefings; print(briefings.__file__)"]
    found = subprocess.run(
        where, capture_output=True, text=True, check=True, cwd=tmp_path, env={**os.environ, **copy.settings()},
        timeout=PATIENCE,
    )  # fmt: skip
    assert found.stdout.startswith(str(root))
    return copy


@pytest.mark.slow
def test_apertium_drafts_the_whole_north_briefing_and_the_mail_says_that_a_machine_did(without_spanish: Copy) -> None:
    installation = without_spanish
    installation.run("subscribers", "add", "es@example.org", "--locale", "es", "--region", "north")

    prepared = installation.run("prepare", NORTH, "--json", *NOW).json
    again = installation.run("prepare", NORTH, "--json", *NOW).json

    assert prepared["drafted"]["apertium"] >= 60
    assert prepared["troubles"] == []
    assert again["drafted"] == {}  # what is in the memory is not drafted twice
    segments = installation.status(NORTH)["locales"]["es"]["segments"]
    assert {state for state, n in segments.items() if n} == {"machine"}

    with StandIns(installation.data_dir) as stand_ins:
        installation.run("approve", NORTH, "--by", "A second person", *NOW)
        installation.run("publish", NORTH, *NOW)
        (mail,) = everything(stand_ins)
        text = decoded(parsed(stand_ins, mail))
    assert LABEL in text
    for fact in ("0800 555 111", "18001 101", "61016", "https://crimestoppers-uk.org", "18:00", "17 de noviembre"):
        assert fact in text.replace("\u00a0", " "), fact
    assert not re.search(r"\{\d+\}", text)


def test_a_machine_draft_does_not_go_out_in_an_important_briefing(without_spanish: Copy) -> None:
    installation = without_spanish
    path = installation.root / "content" / "briefings" / f"{NORTH}.md"
    path.write_text(path.read_text().replace("severity: routine", "severity: important"))

    prepared = installation.run("prepare", NORTH, "--json", *NOW).json

    spanish = prepared["prepared"][0]["locales"]["es"]
    assert not spanish["ready"]
    assert len(spanish["fallback"]) > 10
    assert prepared["prepared"][0]["locales"]["ro"]["ready"]
