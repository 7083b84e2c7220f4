"""Content that is wrong: each fault is one line with file and line, quickly, and the other files still load."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from briefings.content.loader import Content, load_content
from briefings.model.errors import InvalidInput
from briefings.settings import CHECKOUT

GOOD = "north/2026-11-20-car-crime-and-park-safety"
FILE = f"content/briefings/{GOOD}.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "content", tmp_path / "content")
    shutil.copytree(CHECKOUT / "templates" / "urgent", tmp_path / "templates" / "urgent")
    return tmp_path


def spoil(root: Path, change: Callable[[str], str]) -> Content:
    """Change the North briefing's text, and load everything."""
    file = root / FILE
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    return load_content(root)


def line_of(root: Path, text: str) -> int:
    lines = (root / FILE).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "marks", "says"),
    [
        ("severity: routine\n", "", "title:", "severity is missing: add it"),
        ("ward: E05013885", "ward: E05099999", "E05099999", "'E05099999' is not a ward of places.yaml"),
        ("ward: E05013885", "ward: E05013897", "E05013897", "is not in the region 'north'"),
        ("from: 2026-11-13", "from: 2026-02-30", "2026-02-30", "'2026-02-30' is not a date"),
        ('start: "2026-11-28 10:00"', "start: soon", "soon", "'soon' is not a time"),
        ('publish_at: "2026-11-20 09:00"', 'publish_at: "2026-11-20 01:30"', "01:30", "clocks change"),
        ('publish_at: "2026-11-20 09:00"', 'publish_at: "2026-11-20T09:00Z"', "09:00Z", "without a zone"),
        ("  from:", "\tfrom:", "\tfrom:", "a tab in YAML: indent with spaces"),
        ("severity: routine", "severity: &s routine", "&s", "anchors and aliases"),
        ("severity: routine", "severity: grave", "grave", "not one of routine, important, urgent"),
        ("severity: routine", "severity: routine\ncolour: red", "colour", "colour is not a known key"),
        ("severity: routine", "severity: routine\nseverity: urgent", "severity: urgent", "stands twice"),
        ("region: north", "region: nowhere", "nowhere", "is not a region of places.yaml"),
        ("region: north", "region: south", "region: south", "does not match the folder"),
        ("value: 14\n", "value: many\n", "value: many", "'many' is not a number"),
        ("src: park-path-at-dusk.png", "src: ../../places.yaml", "places.yaml", "outside the briefing's folder"),
        ("src: park-path-at-dusk.png", "src: gone.png", "gone.png", "is not there"),
        ("Residents of Chingford", "Residents <b>of</b> Chingford", "<b>of</b>", "HTML is not allowed"),
        ("Residents of Chingford", "![map](https://maps.example/1.png) Residents", "![map]", "an image in the text"),
        ("](https://crimestoppers-uk.org)", "](/report)", "](/report)", "without a full address"),
    ],
)
def test_a_fault_is_named_with_its_line(root: Path, old: str, new: str, marks: str, says: str) -> None:
    content = spoil(root, lambda text: text.replace(old, new))

    assert [p for p in content.problems if p.path.endswith(f"{GOOD}.md")] == list(content.problems) != []
    assert any(says in p.message for p in content.problems), [str(p) for p in content.problems]
    assert content.problems[0].line in (line_of(root, marks), line_of(root, marks) - 1)
    assert GOOD not in content.briefings
    assert len(content.briefings) == 3


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"", 1, "is empty"),
        (b"   \n\n", 1, "is empty"),
        (b"no front matter\n", 1, "must start with a line '---'"),
        (b"---\ntitle: x\n", 1, "has no end"),
        (b"---\n- a\n- b\n---\n## x\n", 2, "must be `key: value` lines"),
        (b"---\ntitle: caf\xe9\n---\n## x\n", 2, "is not UTF-8 text"),
        (b"---\ntitle: a\0b\n---\n## x\n", 2, "control character U+0000"),
        (b"---\ntitle: " + b"[" * 9000 + b"]" * 9000 + b"\n---\n## x\n", 2, "nested more than"),
        (b"---\na: &a [x, x]\nb: [*a, *a]\n---\n## x\n", 2, "anchors and aliases"),
        (b"---\ntitle: x\n---\n" + b"word " * 2_100_000, 1, "is 10.0 MiB"),
    ],
)
def test_a_file_that_is_no_briefing_is_refused_at_once(root: Path, data: bytes, line: int, says: str) -> None:
    (root / FILE).write_bytes(data)
    start = time.monotonic()

    content = load_content(root)

    assert time.monotonic() - start < 2
    assert any(p.line == line and says in p.message for p in content.problems), [str(p) for p in content.problems]
    assert len(content.briefings) == 3


def test_line_ends_and_a_byte_order_mark_of_another_system_are_well(root: Path) -> None:
    before = load_content(root).briefings[GOOD]
    file = root / FILE

    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    after = load_content(root)
    assert after.problems == ()
    assert after.briefings[GOOD].revision == before.revision


def test_the_revision_changes_with_every_change_of_content(root: Path) -> None:
    before = load_content(root).briefings[GOOD]

    after = spoil(root, lambda text: text.replace("value: 14\n", "value: 15\n")).briefings[GOOD]

    assert after.revision != before.revision
    assert len({briefing.revision for briefing in load_content(root).briefings.values()}) == 4


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("timezone: Europe/London", "timezone: Europe/Leyton", "is not a time zone"),
        ("source_locale: en-GB", "source_locale: xx-YY", "unknown locale"),
        ("E05013885", "E0501388X", "is not under wards"),
        ("weekly friday 09:00", "weekly friday 01:30", "clocks change"),
    ],
)
def test_places_that_are_wrong_stop_everything_with_a_reason(root: Path, old: str, new: str, says: str) -> None:
    file = root / "content" / "places.yaml"
    file.write_text(file.read_text().replace(old, new, 1))

    with pytest.raises(InvalidInput) as refused:
        load_content(root)

    assert any(says in problem.message and problem.line for problem in refused.value.problems)


def test_a_briefing_that_expires_on_a_day_goes_out_until_its_last_minute(root: Path) -> None:
    content = spoil(root, lambda text: text.replace("severity: routine", "severity: routine\nexpires: 2026-11-27"))

    expires = content.briefings[GOOD].expires

    assert expires is not None
    assert expires.isoformat() == "2026-11-27T23:59:00+00:00"
