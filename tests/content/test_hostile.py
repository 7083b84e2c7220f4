"""Content that means no good, or no good comes of: refused with its line, and never slow."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from briefings.content.loader import load_content
from tests.acceptance.borough import place_otherham, write_briefing

BRIEFING = "east/2026-11-20-a"
FIRST_EXTRA, FIRST_BODY = 9, 11


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = place_otherham(tmp_path)
    write_briefing(root, "east/2026-11-20-good")
    return root


def front(line: str) -> dict[str, str]:
    return {"extra": f"{line}\n"}


def body(text: str) -> dict[str, str]:
    return {"extra": "", "body": text}


@pytest.mark.parametrize(
    ("written", "line", "says"),
    [
        (front("figures: [{label: Thefts, value: 1e999999999}]"), FIRST_EXTRA, "is not a number"),
        (front("figures: [{label: Thefts, value: .inf}]"), FIRST_EXTRA, "is not a number"),
        (front("figures: [{label: Thefts, value: ١٤}]"), FIRST_EXTRA, "is not a number"),
        (front("question: {id: q, text: Which?, options: [A, '']}"), FIRST_EXTRA, "options 2 is empty"),
        (front("question: {id: q, text: Which?, options: [A, '<b>B</b>']}"), FIRST_EXTRA, "options 2 holds HTML"),
        (front('contacts: [{name: A, email: "a@example.org\\nBcc: b@example.org"}]'), FIRST_EXTRA, "not an e-mail"),
        (front('contacts: [{name: A, url: "https://a.example/ x"}]'), FIRST_EXTRA, "is not a full address"),
        (front("<<: {severity: urgent}"), FIRST_EXTRA, "<< is not a known key"),
        (front("question: !!python/object/apply:os.system [true]"), FIRST_EXTRA, "must be `key: value` lines"),
        (front('actions: [{said: "\\a", did: B, state: done}]'), FIRST_EXTRA, "control character"),
        (front("contacts: [" + "[" * 5000), FIRST_EXTRA, "nested more than"),
        ({"publish_at": "2026-11-20 09:00:30"}, 5, "is not a time"),
        ({"title": "rings \\a bell"}, 2, "title holds a control character"),
        ({"title": "rings \x07 bell"}, 2, "holds the control character U+0007"),
        ({"title": "one\u2028line", "extra": "colour: red\n"}, FIRST_EXTRA, "colour is not a known key"),
        ({"title": "one\u0085line", "extra": "colour: red\n"}, FIRST_EXTRA, "colour is not a known key"),
        (body("## A\n\nSee [our page][1].\n\n[1]: https://a.example\n"), 14, "a link defined apart"),
        (body("## A\n\nText.\x0b\n"), 12, "holds the control character U+000B"),
        (body("## A <i>b</i>\n\nText.\n"), 10, "HTML is not allowed"),
        (body("## A\n\n> - <script>\n"), 12, "HTML is not allowed"),
    ],
)
def test_what_would_do_harm_later_is_refused_where_it_stands(
    root: Path, written: dict[str, str], line: int, says: str
) -> None:
    write_briefing(root, BRIEFING, **written)

    content = load_content(root)

    assert [(problem.line, says in problem.message) for problem in content.problems] == [(line, True)], content.problems
    assert list(content.briefings) == ["east/2026-11-20-good"]


@pytest.mark.parametrize(
    "written",
    [
        {"title": "<a" * 50_000},
        body("## A\n\n" + "[" * 20_000),
        body("## A\n\n" + "> " * 20_000 + "x"),
        body("## A\n\n" + "- " * 20_000 + "x"),
        body("## A\n\n" + "*a **a " * 10_000),
        body("## A\n\n" + "&" * 50_000),
    ],
)
def test_what_is_made_to_be_slow_is_read_in_time(root: Path, written: dict[str, str]) -> None:
    write_briefing(root, BRIEFING, **written)
    start = time.process_time()

    load_content(root)

    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", ["2026-11-20-a.md", "east/more/2026-11-20-a.md"])
def test_a_file_in_the_wrong_folder_is_named_and_not_passed_over(root: Path, name: str) -> None:
    good = root / "content" / "briefings" / "east" / "2026-11-20-good.md"
    path = root / "content" / "briefings" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(good.read_bytes())

    content = load_content(root)

    assert [(problem.path.endswith(name), problem.line) for problem in content.problems] == [(True, 3)]
    assert "does not match the folder" in content.problems[0].message


def test_a_file_name_too_long_for_an_address_is_refused(root: Path) -> None:
    write_briefing(root, "east/2026-11-20-" + "long-" * 30 + "name")

    content = load_content(root)

    assert [problem.line for problem in content.problems] == [1]
    assert "100 are the most" in content.problems[0].message
