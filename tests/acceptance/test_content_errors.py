"""`briefings check` over everything that can be wrong at once: a line for each, in time, and the rest is read."""

from __future__ import annotations

import time
from pathlib import Path

from tests.acceptance.borough import CONTACTS, write_briefing
from tests.acceptance.command import Installation
from tests.acceptance.conftest import EAST

BOMB = "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n"


def test_every_wrong_file_is_named_with_file_and_line_in_two_seconds_and_the_others_are_read(
    otherham: Path, tmp_path: Path
) -> None:
    good = write_briefing(otherham, EAST).read_text()
    folder = otherham / "content" / "briefings" / "east"
    wrong: dict[str, tuple[bytes, int, str]] = {
        "missing-key": (good.replace("author: Otherham Safety Team\n", "").encode(), 2, "author is missing"),
        "unknown-ward": (good.replace("Quarry Hall", "Hall, ward: E05013885").encode(), 12, "is not a ward"),
        "bad-date": (good.replace("to: 2026-11-19", "to: 2026-11-31").encode(), 4, "is not a date"),
        "tab": (good.replace("  id: next", "\tid: next").encode(), 14, "a tab in YAML"),
        "bomb": (good.replace(CONTACTS, BOMB).encode(), 9, "anchors and aliases"),
        "ten-megabytes": (good.encode() + b"word " * 2_100_000, 1, "is 10.0 MiB"),
        "html": (good.replace("Call 101", "<script>Call</script> 101").encode(), 24, "HTML is not allowed"),
        "not-utf8": (good.replace("Quarry Hall", "Caf\xe9").encode("latin-1"), 12, "is not UTF-8 text"),
        "empty": (b"", 1, "is empty"),
        "key-twice": (good.replace("severity: routine", "severity: routine\nseverity: urgent").encode(), 7, "twice"),
        "unknown-key": (good.replace("severity:", "colour: red\nseverity:").encode(), 6, "is not a known key"),
        "wrong-type": (good.replace("author: Otherham Safety Team", "author: 7").encode(), 7, "must be text"),
        "deep": (good.replace(CONTACTS, "contacts: " + "[" * 50_000 + "\n").encode(), 9, "nested more than"),
    }
    for name, (data, _, _) in wrong.items():
        (folder / f"2026-11-20-{name}.md").write_bytes(data)
    installation = Installation(tmp_path / "data", otherham)
    start = time.monotonic()

    finished = installation.run("check", code=1)
    seconds = time.monotonic() - start

    places = [
        line.partition(": ")[0].removeprefix("otherham/content/briefings/east/2026-11-20-")
        for line in finished.err.splitlines()
    ]
    assert sorted(places) == sorted(f"{name}.md:{line}" for name, (_, line, _) in wrong.items())
    for name, (_, _, says) in wrong.items():
        assert says in next(line for line in finished.err.splitlines() if f"-{name}.md:" in line)
    assert "1 briefings can be read, 13 faults" in finished.out
    assert seconds < 2 + start_up(installation)


def start_up(installation: Installation) -> float:
    """Measure what the machine takes to start any command at all, just now."""
    start = time.monotonic()
    installation.run("--help")
    return time.monotonic() - start
