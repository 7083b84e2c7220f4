"""The example of docs/another-borough.md runs as it is printed."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from briefings.cli import main
from briefings.content.loader import load_content
from briefings.settings import CHECKOUT
from tests.conftest import free_port
from tests.docs.pages import blocks, read

BRIEFING = "west/2026-11-19-bicycle-theft"


def test_the_example_of_another_borough_is_published_to_everybody(tmp_path: Path) -> None:
    page = read("docs/another-borough.md")
    folder = tmp_path / "content" / "briefings" / "west"
    folder.mkdir(parents=True)
    (tmp_path / "content" / "places.yaml").write_text(blocks(page, "yaml")[0])
    (folder / "2026-11-19-bicycle-theft.md").write_text(blocks(page, "markdown")[0])
    settings = {
        "BRIEFINGS_ROOT": str(tmp_path),
        "BRIEFINGS_DATA_DIR": str(tmp_path / "var"),
        "BRIEFINGS_SANDBOX_SMTP_PORT": str(free_port()),
        "BRIEFINGS_SANDBOX_X_PORT": str(free_port()),
    }
    said = []

    for command in (
        "check",
        "init --demo 30",
        f"prepare {BRIEFING}",
        f"approve {BRIEFING} --by Ann",
        f"publish {BRIEFING}",
    ):
        result = CliRunner().invoke(main, command.split(), env=settings)
        said.append((command.split()[0], result.exit_code))

    assert said == [("check", 0), ("init", 0), ("prepare", 0), ("approve", 0), ("publish", 0)]
    assert "30 sent now" in result.output


def test_the_example_of_another_borough_has_nothing_of_the_first_one() -> None:
    page = read("docs/another-borough.md")
    examples = "\n".join(blocks(page, "yaml") + blocks(page, "markdown"))
    first = load_content(CHECKOUT).places

    names = [first.borough.name, first.borough.code, *first.wards, *(ward.name for ward in first.wards.values())]

    assert [name for name in names if name in examples] == []
