"""The documents of the repository, and what tests read out of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from briefings.settings import CHECKOUT

TOP = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = (*(CHECKOUT / name for name in TOP), *sorted((CHECKOUT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def read(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language on a page; a nested fence must be longer or absent."""
    return [body for kind, body in _FENCE.findall(page) if kind == language]


def links(page: Path) -> Iterator[str]:
    """Yield where the links of a page lead, those in code left out."""
    yield from _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code forges make them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def sections(page: str, level: str = "### ") -> dict[str, str]:
    """Return heading -> text of the sections of one level; a higher heading ends one too."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in page.splitlines():
        if line.startswith(level):
            lines = found.setdefault(line.removeprefix(level).strip(), [])
        elif line.startswith("#"):
            lines = []
        else:
            lines.append(line)
    return {heading: "\n".join(text) for heading, text in found.items()}


def table_rows(page: str) -> Iterator[list[str]]:
    """Yield the cells of every table row of a page, header and rule left out."""
    lines = page.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        is_rule = set(line) <= set("|-: ")
        is_header = bool(following) and following.startswith("|") and set(following) <= set("|-: ")
        if line.startswith("|") and not is_rule and not is_header:
            yield [cell.strip() for cell in line.strip("|").split("|")]
