"""docs/settings.md and .env.example say what settings.py has."""

from __future__ import annotations

import re
from pathlib import Path

from briefings.settings import Settings, env_example
from tests.conftest import KEPT
from tests.docs.pages import read, table_rows

NAMES = [f"BRIEFINGS_{name.upper()}" for name in Settings.model_fields]


def test_the_example_is_what_settings_generate() -> None:
    example = read(".env.example")

    assert example == env_example(), "run: python -m briefings.settings > .env.example"


def test_every_setting_stands_once_in_the_tables() -> None:
    rows = [cells[0].strip("`") for cells in table_rows(read("docs/settings.md"))]

    assert sorted(rows) == sorted(NAMES)


def test_no_document_names_a_setting_that_is_not_there() -> None:
    page = read("docs/settings.md") + read("docs/operations.md") + read("docs/another-borough.md")

    named = set(re.findall(r"BRIEFINGS_[A-Z0-9_]+", page))

    assert named <= {*NAMES, *KEPT}, "neither a setting nor one of the tests' own"


def test_the_example_with_every_line_set_gives_the_defaults(tmp_path: Path) -> None:
    lines = [line.removeprefix("#") for line in env_example().splitlines() if line.startswith("#BRIEFINGS_")]
    (tmp_path / ".env").write_text("\n".join(lines))

    settings = Settings(_env_file=tmp_path / ".env")

    given = settings.model_dump(exclude={"root"})
    assert given == Settings(_env_file=None).model_dump(exclude={"root"})
