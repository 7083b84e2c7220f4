"""Urgent messages by command: a file in a hurry, a draft that nobody signed, and a signed text in Romanian."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from briefings.settings import CHECKOUT
from tests.acceptance.command import Installation

PLACES = """\
borough: {code: E09099999, name: Otherham, timezone: Europe/London, source_locale: en-GB}
locales: [en-GB, ro]
regions:
  east: {name: East, wards: [E05099901]}
wards:
  E05099901: {name: Quarry}
"""
NOW = ("--now", "2026-11-20T16:00")
LANE = "east/2026-11-20-quarry-lane"


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """Otherham with one region and two languages."""
    (tmp_path / "otherham" / "content").mkdir(parents=True)
    (tmp_path / "otherham" / "content" / "places.yaml").write_text(PLACES)
    return Installation(tmp_path / "data", tmp_path / "otherham")


def fill_in(place: Installation) -> Path:
    """Begin a briefing by command, and fill in what is empty."""
    place.run("messages", "new", "avoid-area", LANE, *NOW)
    path = place.root / "content" / "briefings" / f"{LANE}.md"
    text = path.read_text(encoding="utf-8")
    for key, value in {"author": "Ann Otherham", "place": "Quarry Lane", "do": "[stay-away]"}.items():
        text = text.replace(f"{key}:  #", f"{key}: {value}  #")
    path.write_text(text, encoding="utf-8")
    return path


def text_in_romanian(place: Installation) -> str:
    place.run("prepare", LANE, *NOW)
    return place.run("preview", LANE, "--locale", "ro", "--channel", "text", *NOW).out


def test_a_new_file_says_what_is_to_be_filled_in_and_is_never_written_over(place: Installation) -> None:
    path = place.root / "content" / "briefings" / f"{LANE}.md"

    made = place.run("messages", "new", "avoid-area", LANE, *NOW)
    before = path.read_text(encoding="utf-8")
    empty = place.run("check", code=1)
    again = place.run("messages", "new", "road-closed", LANE, *NOW, code=1)

    assert str(path) in made.out
    assert 'publish_at: "2026-11-20 16:00"' in before
    assert "  # call:  # a phone number" in before
    assert "#   stay-away: Please stay away from this area." in before
    for missing in ("author", "message: place", "message: do"):
        assert f": {missing} is missing" in empty.err
    assert "is there already: nothing was written" in again.err
    assert path.read_text(encoding="utf-8") == before
    fill_in_again = place.run("messages", "new", "flood", "east/2026-11-20-flood", code=1)
    assert "there is no message of the kind 'flood'" in fill_in_again.err
    assert "region/date-words" in place.run("messages", "new", "appeal", "east/../places", code=1).err


def test_a_filled_in_file_is_a_briefing(place: Installation) -> None:
    path = fill_in(place)

    checked = place.run("check", str(path))

    assert "1 briefings can be read, 0 faults" in checked.out


def test_what_nobody_signed_falls_back_and_what_somebody_signed_is_romanian_until_a_word_changes(
    place: Installation,
) -> None:
    fill_in(place)
    shutil.copytree(CHECKOUT / "locales" / "ro", place.root / "locales" / "ro")
    catalog = place.root / "locales" / "ro" / "LC_MESSAGES" / "urgent.po"
    title = catalog.read_text(encoding="utf-8").split('msgid "Avoid this area: {place}"\nmsgstr "')[1].split("{")[0]

    unsigned = text_in_romanian(place)
    refused = place.run("messages", "sign", "avoid-area", "--locale", "ro", "--by", " .", code=1)
    english = place.run("messages", "sign", "--locale", "en-GB", "--by", "Ana Pop", code=1)
    half = place.run("messages", "sign", "avoid-area", "--locale", "ro", "--by", "Ana Pop", *NOW)
    half_signed = text_in_romanian(place)
    rest = place.run("messages", "sign", "--locale", "ro", "--by", "Ana Pop", *NOW)
    signed = text_in_romanian(place)
    listed = place.run("messages", "list", "--json").json["ro"]
    catalog.write_text(catalog.read_text(encoding="utf-8").replace(title, f"Chiar {title}"), encoding="utf-8")
    changed = text_in_romanian(place)
    draft = place.run("messages", "list", "--locale", "ro")

    assert "Avoid this area: Quarry Lane" in unsigned
    assert f"{title}Quarry Lane" not in unsigned
    assert "needs the name" in refused.err
    assert "no translation to sign off" in english.err
    assert "phrases are not signed off in ro yet" in half.err
    assert "Avoid this area: Quarry Lane" in half_signed
    assert rest.out.count("signed off in ro by Ana Pop") == 9
    assert rest.err == ""
    assert f"{title}Quarry Lane" in signed
    assert "Avoid this area" not in signed
    assert listed["avoid-area"] == {
        "state": "signed", "reviewer": "Ana Pop", "signed_at": "2026-11-20 16:00:00+00:00", "missing": 0,
    }  # fmt: skip
    assert "Avoid this area: Quarry Lane" in changed
    assert draft.out.count("draft") == 1


def test_a_fault_stops_the_sign_off_of_its_kind_and_of_no_other(place: Installation) -> None:
    shutil.copytree(CHECKOUT / "locales" / "ro", place.root / "locales" / "ro")
    catalog = place.root / "locales" / "ro" / "LC_MESSAGES" / "urgent.po"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace("la 0800 555 111", "la 0800 555 112"), encoding="utf-8")

    all_of_them = place.run("messages", "sign", "--locale", "ro", "--by", "Ana Pop", code=1)
    shown = place.run("messages", "show", "appeal", "--locale", "ro")

    assert all_of_them.out.count("signed off in ro") == 8
    assert "appeal is not signed off in ro: appeal: section/1/2: phone number 0800 555 111" in all_of_them.err
    assert "phone number 0800 555 111 is missing" in shown.out
    assert "not signed off in ro" in shown.out


def test_an_urgent_catalog_that_cannot_be_read_is_named_and_the_message_goes_out_in_english(
    place: Installation,
) -> None:
    fill_in(place)
    catalog = place.root / "locales" / "ro" / "LC_MESSAGES" / "urgent.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text("this is no catalog\n", encoding="utf-8")

    prepared = place.run("prepare", LANE, *NOW, code=1)
    preview = place.run("preview", LANE, "--locale", "ro", "--channel", "text", *NOW)

    assert "urgent.po:1: not a PO catalog" in prepared.err
    assert "Avoid this area: Quarry Lane" in preview.out


def test_what_the_demonstration_signed_does_not_count_outside_the_sandbox(place: Installation) -> None:
    fill_in(place)
    place.run("messages", "sign", "--locale", "ro", "--by", "demo reviewer", *NOW)
    place.run("prepare", LANE, *NOW)
    place.run("approve", LANE, "--by", "Second Person", *NOW)
    sandbox = text_in_romanian(place)
    real = place.having(
        DELIVERY_MODE="allow-list", ALLOW_LIST="@example.org", SECRET_KEY="a-key-of-sixteen-letters",
        SMTP_URL="smtp://127.0.0.1:1",
    )  # fmt: skip

    published = real.run("publish", LANE, *NOW, code=1)
    approved = real.run("approve", LANE, "--by", "Second Person", *NOW, code=1)
    listed = real.run("messages", "list", "--locale", "ro", "--json").json
    signed = real.run("messages", "sign", "--locale", "ro", "--by", "Demo Reviewer", *NOW, code=1)
    outside = text_in_romanian(real)
    again = real.run("publish", LANE, *NOW, code=1)

    assert "Evitați această zonă: Quarry Lane" in sandbox
    assert "signed off by the demonstration only" in published.err
    assert "signed off by the demonstration only" in approved.err
    assert "demo reviewer" not in str(listed)
    assert "signs in the sandbox only" in signed.err
    assert "Avoid this area: Quarry Lane" in outside
    assert "is not approved in its present text" in again.err


def test_a_wrong_slot_in_one_language_is_that_languages_trouble(place: Installation) -> None:
    fill_in(place)
    catalog = place.root / "locales" / "ro" / "LC_MESSAGES" / "urgent.po"
    catalog.parent.mkdir(parents=True)
    text = (CHECKOUT / "locales" / "ro" / "LC_MESSAGES" / "urgent.po").read_text(encoding="utf-8")
    catalog.write_text(
        text.replace('msgstr "Evitați această zonă: {place}"', 'msgstr "Evitați această zonă: {locul}"'),
        encoding="utf-8",
    )

    prepared = place.run("prepare", "--json", *NOW, code=1)
    shown = place.run("translations", "show", LANE, "--locale", "ro", "--json").json

    assert [item["key"] for item in prepared.json["blocked"]] == ["title"]
    assert "{place}" in prepared.err
    assert [text["key"] for text in shown if text["state"] == "initial"] == ["title"]
