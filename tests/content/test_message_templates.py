"""Urgent messages from templates: slots are filled with what is right for them, and a name stays a name."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from briefings.content.loader import Content, load_content
from briefings.content.markdown import body_html, body_plain, inline_texts
from briefings.content.message_templates import load_message_templates
from briefings.model.briefing import Briefing
from briefings.settings import CHECKOUT
from briefings.translation.segments import own_texts

PLACES = """\
borough: {code: T1, name: Otherham, timezone: Europe/London, source_locale: en-GB}
locales: [en-GB, pl]
regions:
  east: {name: East, wards: [T1W1]}
wards:
  T1W1: {name: Mill Lane}
"""
FRONT = """\
---
region: east
period: {from: 2026-11-20, to: 2026-11-20}
publish_at: "2026-11-20 16:30"
severity: urgent
author: Ann Otherham
message:
"""
FIRST = FRONT.count("\n") + 1
"""The line of the first entry under `message:`."""
KINDS = {
    "all-clear", "appeal", "avoid-area", "event-cancelled", "incident-update", "missing-person", "phone-lines-down",
    "road-closed",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "content" / "briefings" / "east").mkdir(parents=True)
    (tmp_path / "content" / "places.yaml").write_text(PLACES)
    shutil.copytree(CHECKOUT / "templates" / "urgent", tmp_path / "templates" / "urgent")
    return tmp_path


def load(root: Path, *entries: str, body: str = "", front: str = FRONT) -> Content:
    """Write one briefing with these lines under `message:`, and load everything."""
    path = root / "content" / "briefings" / "east" / "2026-11-20-now.md"
    path.write_text(front + "".join(f"  {entry}\n" for entry in entries) + f"---\n{body}", encoding="utf-8")
    return load_content(root)


def briefing(content: Content) -> Briefing:
    assert content.problems == ()
    return content.briefings["east/2026-11-20-now"]


def test_the_eight_kinds_that_ship_can_be_read() -> None:
    templates = load_message_templates([CHECKOUT / "templates"], CHECKOUT)

    assert templates.problems == ()
    assert set(templates.kinds) == KINDS
    assert len(templates.phrases) > 20


def test_what_is_not_given_is_left_out_and_each_phrase_is_an_item_of_its_own(root: Path) -> None:
    found = briefing(load(root, "kind: avoid-area", "place: Mill Lane", "do: [stay-away, keep-roads-free]"))

    assert found.title == "Avoid this area: Mill Lane"
    assert found.summary.endswith("Please avoid this area for now: Mill Lane.")
    assert [section.heading for section in found.sections] == ["What is happening", "What to do"]
    assert found.sections[0].body == "Police are dealing with an incident here: Mill Lane."
    assert found.sections[1].body == (
        "- Please stay away from this area.\n"
        "- Keep the roads free for police, ambulances and fire engines.\n"
        "- **In an emergency:** call 999 if someone is in danger or a crime is happening now."
    )


def test_times_are_written_as_everywhere_else(root: Path) -> None:
    found = briefing(load(root, "kind: all-clear", "place: Mill Lane", 'since: "2026-11-20 15:45"'))

    assert "Over since: Friday, 20 November 2026, 15:45." in found.sections[0].body


@pytest.mark.parametrize("until", ["2026-11-20 15:45", "2026-11-21 09:00"])
def test_an_end_may_be_its_start_or_come_after_it(root: Path, until: str) -> None:
    times = ('since: "2026-11-20 15:45"', f'until: "{until}"')

    found = briefing(load(root, "kind: road-closed", "place: Mill Lane", "do: [stay-away]", *times))

    assert "We expect to open it again:" in found.sections[0].body


def test_a_section_of_which_nothing_is_left_is_left_out(root: Path) -> None:
    (root / "templates" / "urgent" / "test-only.md").write_text(
        "---\ntitle: 'Test: {place}'\nsummary: This is a test.\nslots: {place: place, call: phone?}\n---\n"
        "## Maybe\n\nCall {call}.\n\n## Always\n\nNothing has happened.\n"
    )

    found = briefing(load(root, "kind: test-only", "place: Mill Lane"))

    assert [section.heading for section in found.sections] == ["Always"]


def test_sections_of_the_briefing_itself_follow_those_of_the_message(root: Path) -> None:
    found = briefing(load(root, "kind: avoid-area", "place: A", "do: [stay-away]", body="## More\n\nRead this.\n"))

    assert [section.heading for section in found.sections] == ["What is happening", "What to do", "More"]
    assert own_texts(found) == {"section/2/heading": "More", "section/2/0": "Read this."}


def test_a_briefing_with_a_message_survives_being_kept(root: Path) -> None:
    entries = ("kind: missing-person", "person: Ann", "place: A", 'since: "2026-11-20 15:45"', "call: 101")
    found = briefing(load(root, *entries))
    kept = TypeAdapter(Briefing)

    again = kept.validate_json(kept.dump_json(found))

    assert again == found
    assert again.revision == found.revision != replace(found, message=None).revision


@pytest.mark.parametrize(
    ("entries", "line", "says"),
    [
        (("kind: flood",), 0, "kind 'flood' is not a kind of message: there are all-clear, appeal"),
        (("place: Mill Lane",), 0, "kind is missing: add it"),
        (("kind: avoid-area", "do: [stay-away]"), 0, "place is missing: add it"),
        (("kind: avoid-area", "place: A"), 0, "do is missing: name at least one phrase"),
        (("kind: avoid-area", "place: A", "do: [stay-awy]"), 2, "'stay-awy' is not a phrase of phrases.yaml: did you"),
        (("kind: avoid-area", "place: A", "do: [fire, fire]"), 2, "'fire' stands twice: keep one"),
        (("kind: avoid-area", "place: A", "do: stay-away"), 2, "must be a list of texts"),
        (
            ("kind: avoid-area", "plase: A", "place: A", "do: [fire]"),
            1,
            "plase is not a known key: did you mean 'place'",
        ),
        (("kind: avoid-area", "place: A", "do: [fire]", "since: 3pm"), 3, "'3pm' is not a time"),
        (("kind: avoid-area", "place: A", "do: [fire]", "call: ring us"), 3, "'ring us' is not a phone number"),
        (("kind: avoid-area", "place: A", "do: [fire]", 'call: "+44 (0)20"'), 3, "is not a phone number"),
        (
            ("kind: road-closed", "place: A", "do: [fire]", 'until: "2026-11-20 15:00"', 'since: "2026-11-20 15:01"'),
            3,
            "until '2026-11-20 15:00' lies before `since` (2026-11-20 15:01): put right the one that is wrong",
        ),
        (
            (
                "kind: incident-update",
                "place: A",
                "do: [fire]",
                "say: [fire]",
                "at: 2026-11-20 15:01",
                "until: 2026-11-19 23:59",
            ),
            5,
            "until '2026-11-19 23:59' lies before `at` (2026-11-20 15:01)",
        ),
        (("kind: missing-person", "age: 151"), 1, "'151' is not a whole number from 0 to 150"),
        (("kind: missing-person", "age: ¾"), 1, "is not a whole number"),
        (("kind: avoid-area", "place: '---'", "do: [fire]"), 1, "has no letters: write the name"),
    ],
)
def test_a_fault_in_a_message_is_named_with_its_line(
    root: Path, entries: tuple[str, ...], line: int, says: str
) -> None:
    content = load(root, *entries)

    assert content.briefings == {}
    assert [p.line for p in content.problems if says in p.message] == [FIRST + line], [str(p) for p in content.problems]


@pytest.mark.parametrize(("key", "line"), [("title: Mine", 2), ("summary: Mine", 2), ("message: {kind: flood}", FIRST)])
def test_what_the_message_gives_is_not_given_twice(root: Path, key: str, line: int) -> None:
    front = FRONT.replace("---\n", f"---\n{key}\n")

    content = load(root, "kind: avoid-area", "place: A", "do: [stay-away]", front=front)

    assert [p.line for p in content.problems if "comes from the message" in p.message or "twice" in p.message] == [line]


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("Mill Lane <b>now</b>", "HTML"),
        ("Mill Lane {0}", "holds {"),
        ("Mill Lane {call}", "holds {"),
        ("Mill Lane, see https://evil.example", "web address"),
        ("Mill Lane, www.evil.example", "web address"),
        ("Mill \u202eenaL\u202c", "invisible character U+202E"),
        ("Mill\u200bLane", "invisible character U+200B"),
        ("Mill \\[Lane", "which no name has"),
        ("> Mill Lane", "holds >"),
        ("Mill Lane " * 500, "120 are the most"),
    ],
)
def test_a_hostile_value_is_refused_with_its_line(root: Path, place: str, says: str) -> None:
    quoted = place.replace("'", "''")

    content = load(root, "kind: avoid-area", f"place: '{quoted}'", "do: [stay-away]")

    assert content.briefings == {}
    assert [p.line for p in content.problems if says in p.message] == [FIRST + 1], [str(p) for p in content.problems]


@pytest.mark.parametrize(
    "name",
    [
        "[Mill Lane](tel:0900123)",
        "Mill *Lane* and **more**",
        "Mill _Lane_ `code`",
        "![Lane](x.png)",
        "[Mill]: Lane",
        "Fish &amp; Chips &#91;",
        "# Mill Lane",
        "- Mill Lane",
        "1. Mill Lane",
        "12) Mill Lane",
        "~~~ Mill Lane",
        "O'Neill's Bar & Grill, No. 5-7 (A104)",
    ],
)
@pytest.mark.parametrize("pattern", ["{place}: closed now.", "Closed: {place}."])
def test_a_name_that_looks_like_markup_is_shown_as_it_is_written(root: Path, name: str, pattern: str) -> None:
    (root / "templates" / "urgent" / "test-only.md").write_text(
        f"---\ntitle: 'Test: {{place}}'\nsummary: A test.\nslots: {{place: place}}\n---\n## One\n\n{pattern}\n"
    )
    quoted = name.replace("'", "''")

    found = briefing(load(root, "kind: test-only", f"place: '{quoted}'"))

    body = found.sections[0].body
    assert found.title == f"Test: {name}"
    assert body_plain(body, inline_texts(body)) == pattern.replace("{place}", name)
    assert re.findall(r"<(\w+)", body_html(body, inline_texts(body))) == ["p"]


@pytest.mark.parametrize(
    ("old", "new", "marks", "says"),
    [
        ("call: phone?", "call: telephone?", "call: tele", "is not a type of slot"),
        ("  call: phone?\n", "", "call {call}", "{call} is not among the slots"),
        ("If you saw what happened, call {call}.", "If you saw it, call us.", "slots:", "slots: call is in no text"),
        ("Thank you for", "Thank **you** <b>for</b>", "<b>for", "no plain paragraph"),
        ("Thank you for your", "1. Thank you for your", "1. Thank", "no plain paragraph"),
        ("Thank you for", "Thank you {0 for", "{0 for", "a brace that is no slot"),
        ("- {do}", "- Do this: {do}", "Do this", "a list of phrases stands in a line of its own"),
        ("All clear: {place}", "All clear: {place} {call}", "{place} {call}", "title and summary take neither"),
        ("## What to do", "## What to do in {place}", "## What to do in", "a slot in a heading"),
        ("## What has changed\n", "", "The incident here", "text before the first section"),
        ("Over since: {since}.", "Over since:\n{since}.", "{since}.", "a paragraph of two lines"),
        ("slots:", "slot:", "slot:", "slot is not a known key"),
    ],
)
def test_a_template_that_is_wrong_is_named_with_its_line_and_the_others_still_load(
    root: Path, old: str, new: str, marks: str, says: str
) -> None:
    path = root / "templates" / "urgent" / "all-clear.md"
    text = path.read_text().replace(old, new)
    path.write_text(text)
    line = next(n for n, shown in enumerate(text.split("\n"), start=1) if marks in shown)

    content = load_content(root)

    assert {problem.path for problem in content.problems} == {"templates/urgent/all-clear.md"}
    assert any(says in p.message and abs(p.line - line) <= 1 for p in content.problems), [
        str(p) for p in content.problems
    ]
    assert set(content.messages.kinds) == KINDS - {"all-clear"}


def test_an_installation_s_own_template_and_phrases_come_before_those_that_ship(root: Path) -> None:
    own = root / "own"
    shutil.copytree(root / "templates" / "urgent", own / "urgent")
    (own / "urgent" / "phrases.yaml").write_text("phrases:\n  stay-away: Keep away.\n  bring-water: Bring water.\n")
    path = own / "urgent" / "avoid-area.md"
    path.write_text(path.read_text().replace("Avoid this area:", "Keep away from:"))

    templates = load_message_templates([own, root / "templates"], root)

    assert templates.problems == ()
    assert templates.kinds["avoid-area"].title == "Keep away from: {place}"
    assert templates.phrases["stay-away"] == "Keep away."
    assert {"bring-water", "stay-inside"} <= set(templates.phrases)


@pytest.mark.parametrize("phrase", ["Call {call}.", "<b>Run</b>", "- Run", "", "[Run, now]"])
def test_a_phrase_that_is_no_plain_text_is_named_and_no_message_can_use_it(root: Path, phrase: str) -> None:
    path = root / "templates" / "urgent" / "phrases.yaml"
    path.write_text(f"phrases:\n  stay-away: Stay away.\n  run: {phrase if phrase[:1] == '[' else repr(phrase)}\n")

    content = load(root, "kind: avoid-area", "place: Mill Lane", "do: [run]")

    named = {(problem.path, problem.line) for problem in content.problems}
    assert ("templates/urgent/phrases.yaml", 3) in named
    assert any("'run' is not a phrase of phrases.yaml" in problem.message for problem in content.problems)
    assert content.briefings == {}
