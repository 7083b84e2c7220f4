"""docs/commands.md says what the program has: no command or option more, none less."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from briefings.cli import main
from tests.docs.pages import read, sections


def commands(group: click.Group, path: str = "briefings") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(main))
DOCUMENTED = {heading.strip("`"): text for heading, text in sections(read("docs/commands.md")).items()}


def options(command: click.Command) -> set[str]:
    return {
        name
        for option in command.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--")
    }


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    documented = set(DOCUMENTED)

    assert documented == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_exactly_the_options_of_its_command(name: str) -> None:
    usage = re.search(r"^`(briefings .+)`$", DOCUMENTED[name], re.MULTILINE)

    assert usage is not None, "a section starts with the usage in backquotes"
    assert set(re.findall(r"--[a-z-]+", usage[1])) == options(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_usage_names_the_arguments_of_its_command(name: str) -> None:
    usage = DOCUMENTED[name].split("`")[1]
    arguments = [param for param in COMMANDS[name].params if isinstance(param, click.Argument)]

    missing = [argument.make_metavar(click.Context(COMMANDS[name])) for argument in arguments]

    assert [text for text in missing if text not in usage] == []


def test_the_options_of_every_command_are_named() -> None:
    general = read("docs/commands.md").split("\n## ")[0]

    assert options(main) - {"--help"} <= set(re.findall(r"--[a-z-]+", general))


@pytest.mark.parametrize(
    ("option", "values"),
    [("--frequency", ("immediate", "weekly", "monthly")), ("--format", ("html", "text", "large-print"))],
)
def test_a_choice_takes_the_values_that_are_documented(option: str, values: tuple[str, ...]) -> None:
    command = COMMANDS["briefings subscribers add"]
    choice = next(param for param in command.params if option in param.opts)

    taken = [choice.type_cast_value(click.Context(command), value) for value in values]

    assert [str(value) for value in taken] == list(values)
    assert all(f"`{value}`" in DOCUMENTED["briefings subscribers add"] for value in values)
