"""`briefings translations export` and `import`, as a comms team uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from briefings.cli import main
from briefings.store.engine import open_engine
from briefings.translation.exchange.files import FORMATS
from briefings.translation.memory import Memory
from tests.translation.exchange.material import NORTH

Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run a command in an installation of its own: the shipped content, an empty memory."""

    def run(*arguments: str | Path, code: int = 0) -> Result:
        environment = {"BRIEFINGS_DATA_DIR": str(tmp_path / "var")}
        result = CliRunner().invoke(main, ["translations", *map(str, arguments)], env=environment)
        assert result.exit_code == code, result.output
        return result

    return run


def kept(tmp_path: Path, locale: str) -> Memory:
    return Memory(open_engine(f"sqlite:///{tmp_path / 'var' / 'briefings.db'}"), "en-GB")


@pytest.mark.parametrize("name", FORMATS)
def test_an_agency_gets_a_file_and_sends_it_back(command: Command, tmp_path: Path, name: str) -> None:
    sent = tmp_path / f"ur.{FORMATS[name].endings[0]}"
    command("export", "--locale", "ur", "--format", name, "--out", sent, NORTH.id)
    title = next(u.target for u in read(sent, name, "ur") if u.source == NORTH.title)
    answered = tmp_path / f"back{FORMATS[name].endings[0]}"
    answered.write_text(sent.read_text(encoding="utf-8").replace(title, "Highams Park: نیا عنوان"), encoding="utf-8")

    result = command("import", answered, "--locale", "ur", "--by", "Agency", "--json")

    report = json.loads(result.stdout)
    assert (report["taken"], report["refused"], report["untranslated"]) == (1, [], 0)
    assert report["unchanged"] > 50
    (entry,) = kept(tmp_path, "ur").entries("ur")
    assert (entry.source, entry.target, entry.author) == (NORTH.title, "Highams Park: نیا عنوان", "Agency")


def test_refused_rows_are_named_and_kept_aside_to_be_corrected(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "bg.po"
    command("export", "--locale", "bg", "--out", path)
    change_translations(path, "61016", "61017")

    result = command("import", path, "--locale", "bg", "--now", "2026-11-20T09:00Z", code=1)

    lines = [line for line in result.stderr.splitlines() if line.startswith(f"{path}:")]
    assert len(lines) == 1
    assert "61016" in lines[0]
    (aside,) = (tmp_path / "var" / "quarantine").iterdir()
    assert aside.name == "20261120T090000-bg.po"
    assert str(aside) in result.stderr
    change_translations(aside, "61017", "61016")
    report = json.loads(command("import", aside, "--locale", "bg", "--json").stdout)
    assert report == {"taken": 0, "unchanged": 1, "untranslated": 0, "obsolete": 0, "refused": [], "doubts": []}


def change_translations(path: Path, old: str, new: str) -> None:
    """Change a text where it is translated, as an editor on Windows saves it."""
    lines = path.read_text(encoding="utf-8").split("\n")
    changed = [line.replace(old, new) if line.startswith("msgstr") else line for line in lines]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(changed).encode())


def read(path: Path, name: str, locale: str) -> list:  # type: ignore[type-arg]
    return FORMATS[name].read(path.read_bytes(), str(path), locale, "en-GB")[0]


def test_a_memory_goes_out_and_comes_in_whole(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "agency.po"
    file.write_text('msgid "A text of long ago"\nmsgstr "Un text vechi"\n', encoding="utf-8")
    refused = command("import", file, "--locale", "ro", code=1)
    command("import", file, "--locale", "ro", "--memory")

    command("export", "--locale", "ro", "--memory", "--out", tmp_path / "all.tmx")

    assert f"{file}:1: no briefing has this text" in refused.stderr
    (unit,) = read(tmp_path / "all.tmx", "tmx", "ro")
    assert (unit.source, unit.target, unit.author) == ("A text of long ago", "Un text vechi", "agency.po")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("export", "--locale", "xx", "--out", "a.po"), 1, "unknown locale 'xx'"),
        (("export", "--locale", "lt", "--out", "a.po"), 1, "lt is not one of the borough's locales"),
        (("export", "--locale", "ro", "--out", "a.po", "north/none"), 1, "there is no briefing 'north/none'"),
        (("export", "--locale", "ro", "--out", "a.po", "--memory", NORTH.id), 2, "name briefings or give --memory"),
        (("import", __file__, "--locale", "ro", "--reviewed"), 2, "--reviewed needs --by NAME"),
        (("export", "--locale", "ro", "--out", f"{__file__}/a.po"), 1, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    command: Command, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = command(*arguments, code=code)

    assert said in result.stderr
