"""One English sentence changes: one text is stale in ten languages, nothing else, and the earlier one is offered."""

from __future__ import annotations

import shutil
from pathlib import Path

import polib
import pytest

from briefings.settings import CHECKOUT
from tests.acceptance.command import Installation
from tests.acceptance.conftest import NORTH

OLD = "They checked 140 parked cars. They left a note where a bag or a tool could be seen."
NEW = "They checked 140 parked cars. They left a note where a bag, a tool or a phone could be seen."
KEY = "section/1/1"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    root = tmp_path / "root"
    shutil.copytree(CHECKOUT / "content", root / "content")
    return Installation(tmp_path / "data", root)


def test_one_changed_sentence_is_one_stale_text_in_ten_languages(installation: Installation) -> None:
    before = installation.run("prepare", NORTH, "--json").json["prepared"][0]["locales"]
    states_before = installation.status(NORTH)["locales"]
    path = installation.root / "content" / "briefings" / f"{NORTH}.md"
    assert path.read_text().count(OLD) == 1
    path.write_text(path.read_text().replace(OLD, NEW))

    prepared = installation.run("prepare", NORTH, "--json").json

    after = prepared["prepared"][0]["locales"]
    assert len(after) == 11
    assert {tag for tag, edition in before.items() if not edition["ready"]} == set()
    assert prepared["blocked"] == []
    assert after.pop("en-GB")["ready"]
    assert {tag: edition["stale"] for tag, edition in after.items()} == {key: [KEY] for key in after}
    assert {tag: edition["fallback"] for tag, edition in after.items()} == {key: ["section/1"] for key in after}
    states_after = installation.status(NORTH)["locales"]
    for tag in after:
        old, new = (states[tag]["segments"] for states in (states_before, states_after))
        assert new == old | {"initial": 1, "translated": old["translated"] - 1}, tag


def test_the_earlier_translation_is_offered_to_the_translator_and_to_the_reviewer(installation: Installation) -> None:
    installation.run("prepare", NORTH)
    path = installation.root / "content" / "briefings" / f"{NORTH}.md"
    path.write_text(path.read_text().replace(OLD, NEW))
    target = installation.data_dir / "ta.po"

    exported = installation.run("translations", "export", NORTH, "--locale", "ta", "--out", str(target))
    shown = installation.run("translations", "show", NORTH, "--locale", "ta", "--section", "section/1", "--json").json

    offered = [entry for entry in polib.pofile(str(target)) if entry.fuzzy]
    assert "1 without a translation" in exported.out
    assert [(entry.msgid, entry.previous_msgid) for entry in offered] == [(NEW, OLD)]
    assert "140" in offered[0].msgstr
    (stale,) = [text for text in shown if text["earlier"]]
    assert (stale["key"], stale["earlier"]) == (KEY, offered[0].msgstr)
