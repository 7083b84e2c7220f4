"""Blocks for named audiences, services for the borough, the easy-read version: read, or refused with a line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from briefings.content.loader import Content, load_content
from briefings.model.briefing import Briefing
from briefings.settings import CHECKOUT
from briefings.translation.segments import source_texts

NORTH = "north/2026-11-20-car-crime-and-park-safety"
URGENT = "central/2026-11-20-avoid-part-of-hoe-street"
FILE = f"content/briefings/{NORTH}.md"
AUDIENCES = "content/audiences.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "content", tmp_path / "content")
    shutil.copytree(CHECKOUT / "templates" / "urgent", tmp_path / "templates" / "urgent")
    return tmp_path


def changed(root: Path, name: str, old: str, new: str) -> Content:
    file = root / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_content(root)


def north(root: Path, old: str, new: str) -> Briefing:
    content = changed(root, FILE, old, new)
    assert content.problems == ()
    return content.briefings[NORTH]


@pytest.mark.parametrize(
    ("written", "heading", "audiences"),
    [
        ("Can you help? {audience: young-people}", "Can you help?", ("young-people",)),
        ("Can you help? { audience: businesses , young-people } ##", "Can you help?", ("businesses", "young-people")),
        ("Can you help {us}, please?", "Can you help {us}, please?", ()),
    ],
)
def test_a_heading_may_end_in_the_audiences_of_its_section(
    root: Path, written: str, heading: str, audiences: tuple[str, ...]
) -> None:
    briefing = north(root, "## Can you help?", f"## {written}")

    section = briefing.sections[5]

    assert (section.heading, section.audiences) == (heading, audiences)
    assert {id for id, _name in briefing.audience_names} == {"young-people", *audiences}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("Help {audience: pensioners}", "'pensioners' is not one of everyone, young-people, businesses"),
        ("Help {audience: }", "braces in a heading"),
        ("Help {audience young-people}", "braces in a heading"),
        ("Help {audience: young-people; businesses}", "braces in a heading"),
        ("Help audience: young-people}", "braces in a heading"),
        ("{audience: young-people} Help", "braces in a heading"),
        ("Help {audience: businesses} {audience: young-people}", "braces in a heading"),
        ("Help {young-people}", "braces in a heading"),
        ("{audience: young-people}", "a section without a heading"),
    ],
)
def test_an_odd_audience_in_a_heading_is_refused_with_its_line(root: Path, written: str, says: str) -> None:
    content = changed(root, FILE, "## Can you help?", f"## {written}")

    lines = (root / FILE).read_text(encoding="utf-8").split("\n")

    assert [problem.line for problem in content.problems] == [lines.index(f"## {written}") + 1]
    assert says in content.problems[0].message


def test_contacts_events_and_actions_name_their_audiences(root: Path) -> None:
    changed(
        root,
        FILE,
        "  - name: Crimestoppers\n",
        "  - name: Crimestoppers\n    audience: businesses\n    locales: [ro, ur]\n",
    )
    changed(root, FILE, "    ward: E05013885\n", "    ward: E05013885\n    audience: [businesses, everyone]\n")

    briefing = north(root, "    state: done\n", "    state: done\n    audience: young-people\n")

    assert (briefing.contacts[2].audiences, briefing.contacts[2].locales) == (("businesses",), ("ro", "ur"))
    assert briefing.events[0].audiences == ("businesses", "everyone")
    assert briefing.actions[0].audiences == ("young-people",)
    assert briefing.audience_names == (("young-people", "Young people"), ("businesses", "Businesses"))


@pytest.mark.parametrize(
    ("old", "new", "marks", "says"),
    [
        ('phone: "0800', 'audience: old\n    phone: "0800', "audience: old", "contacts 3: audience 'old' is not one"),
        ('phone: "0800', 'locales: [ro, fr]\n    phone: "0800', "[ro, fr]", "'fr' is not one of the borough's"),
        ("easy_read:\n", "easy_read: [Call 101.]\nfigure:\n", "easy_read:", "has 1: write 3 to 40 short sentences"),
        ("Lock the car, then", "Lock the car and " + "then " * 25, "then then", "120 are the most"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_entry_is_named_with_its_line(
    root: Path, old: str, new: str, marks: str, says: str
) -> None:
    content = changed(root, FILE, old, new)

    lines = (root / FILE).read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if marks in text)

    assert any(says in problem.message and problem.line == line for problem in content.problems), content.problems


def test_services_are_contacts_of_every_briefing_but_urgent_ones(root: Path) -> None:
    content = load_content(root)

    names = {id: [contact.name for contact in b.contacts[3:]] for id, b in content.briefings.items()}

    assert names.pop(URGENT) == []
    assert len(names) == 3
    assert {tuple(services) for services in names.values()} == {("Ask for an interpreter", "Fearless")}


def test_a_contact_of_other_languages_is_no_text_of_this_one(root: Path) -> None:
    briefing = load_content(root).briefings[NORTH]

    english, romanian = source_texts(briefing, "en-GB"), source_texts(briefing, "ro")

    assert "contact/3/name" not in english
    assert romanian["contact/3/name"] == "Ask for an interpreter"
    assert romanian["audience/young-people/name"] == "Young people"


def test_a_service_that_no_language_of_the_region_shows_does_not_change_its_briefings(root: Path) -> None:
    before = changed(root, "content/places.yaml", "    name: North\n", "    name: North\n    locales: [ro]\n")

    after = changed(root, AUDIENCES, "services:\n", "services:\n  - {name: Foyer, phone: '101', locales: [pl]}\n")

    assert after.problems == ()
    assert after.briefings[NORTH].revision == before.briefings[NORTH].revision
    south = next(id for id in after.briefings if id.startswith("south/"))
    assert len(after.briefings[south].contacts) == len(before.briefings[south].contacts) + 1
    assert after.briefings[south].revision == before.briefings[south].revision  # the borough's, not the briefing's


def test_a_service_with_a_fault_is_named_and_left_out(root: Path) -> None:
    content = changed(root, AUDIENCES, 'url: "https://crimestoppers-uk.org/fearless"', "url: fearless")

    assert [problem.path.rpartition("/")[2] for problem in content.problems] == ["audiences.yaml"]
    assert "services 2: url 'fearless' is not a full address" in content.problems[0].message
    assert [contact.name for contact in content.briefings[NORTH].contacts][3:] == ["Ask for an interpreter"]


def test_easy_read_sentences_are_texts_of_one_section(root: Path) -> None:
    briefing = load_content(root).briefings[NORTH]

    easy = {key: text for key, text in source_texts(briefing).items() if key.startswith("easy/")}

    assert tuple(easy.values()) == briefing.easy_read
    assert 8 <= len(easy) <= 14
    assert all(len(text) <= 120 for text in easy.values())
