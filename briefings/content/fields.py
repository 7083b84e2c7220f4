"""YAML with line numbers and without surprises: every value is read by name, every fault has a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

import yaml

from briefings.model.errors import Problem

MAX_DEPTH = 12
Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
E = TypeVar("E", bound=StrEnum)

_TEXT = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_HTML = re.compile(r"<[A-Za-z/!?][^<>]*>")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::00)?$")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNICODE_LINE_ENDS = {0x85: " ", 0x2028: " ", 0x2029: " "}
"""YAML counts these as line ends and editors do not: as spaces they leave line numbers right."""


@dataclass
class Report:
    """Collects the problems of one file. `offset` is added to YAML's line numbers."""

    path: str
    offset: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, message))


def compose(text: str, report: Report) -> yaml.MappingNode | None:
    """Parse YAML into nodes, or report why not and return None.

    Anchors, aliases and deep nesting are refused before anything is built from them.
    """
    text = text.translate(_UNICODE_LINE_ENDS)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=Loader):
            line = (event.start_mark.line if event.start_mark else 0) + 1 + report.offset
            if getattr(event, "anchor", None):
                report.add(line, "YAML anchors and aliases (& and *) are not allowed: write the value out")
                return None
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                report.add(line, f"nested more than {MAX_DEPTH} levels deep: write it flat")
                return None
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line + 1 if mark else 1) + report.offset
        lines = text.splitlines()
        shown = lines[mark.line] if mark and mark.line < len(lines) else ""
        if "\t" in shown:
            report.add(line, "a tab in YAML: indent with spaces")
        else:
            report.add(line, f"not valid YAML ({error.problem}): check quotes, colons and indentation")
        return None
    except (yaml.YAMLError, ValueError) as error:
        report.add(1 + report.offset, f"not valid YAML ({str(error).splitlines()[0]})")
        return None
    if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL):
        report.add(1 + report.offset, "is empty: nothing to read")
        return None
    if not isinstance(node, yaml.MappingNode):
        report.add(node.start_mark.line + 1 + report.offset, "must be `key: value` lines")
        return None
    return node


class Fields:
    """The keys of one YAML mapping. Call `done()` last: it reports keys that nobody asked for."""

    def __init__(self, node: yaml.MappingNode, report: Report, name: str = "") -> None:
        self.report = report
        self.name = name
        self.own_line = node.start_mark.line + 1 + report.offset
        self._nodes: dict[str, yaml.Node] = {}
        self._asked: set[str] = set()
        for key, value in node.value:
            word = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            line = key.start_mark.line + 1 + report.offset
            if not word:
                report.add(line, "a key must be one word")
            elif word in self._nodes:
                report.add(line, f"{self._path(word)} stands twice: keep one")
            else:
                self._nodes[word] = value

    def keys(self) -> list[str]:
        return list(self._nodes)

    def has(self, key: str) -> bool:
        return key in self._nodes

    def refuse(self, key: str, why: str) -> None:
        """Report a key that has no place here, if it is there."""
        self._asked.add(key)
        if key in self._nodes:
            self.wrong(key, why)

    def is_list(self, key: str) -> bool:
        return isinstance(self._nodes.get(key), yaml.SequenceNode)

    def line(self, key: str) -> int:
        """Return the line of a key's value, or of the mapping where the key is missing."""
        node = self._nodes.get(key)
        return node.start_mark.line + 1 + self.report.offset if node is not None else self.own_line

    def wrong(self, key: str, message: str) -> None:
        """Report a problem with one key."""
        self.report.add(self.line(key), f"{self._path(key)} {message}")

    def done(self) -> None:
        for key in self._nodes.keys() - self._asked:
            near = get_close_matches(key, self._asked, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(sorted(self._asked))}"
            self.wrong(key, f"is not a known key: {hint}")

    def text(self, key: str, *, required: bool = True, loose: bool = False) -> str:
        """Read a text. `loose` also takes what YAML reads as a number or truth value (phones, options)."""
        node = self._get(key, required)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or (node.tag != _TEXT and not loose):
            self.wrong(key, "must be text: put it in quotes" if isinstance(node, yaml.ScalarNode) else "must be text")
            return ""
        return self._clean(key, node.value, self.line(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts; absent means empty."""
        return tuple(text for text, _line in self.texts_with_lines(key))

    def texts_with_lines(self, key: str) -> list[tuple[str, int]]:
        node = self._get(key, required=False)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(n, yaml.ScalarNode) for n in node.value):
            self.wrong(key, "must be a list of texts, such as [one, two]")
            return []
        found: list[tuple[str, int]] = []
        for item in node.value:
            line = item.start_mark.line + 1 + self.report.offset
            found.append((self._clean(f"{key} {len(found) + 1}", item.value, line), line))
        return found

    def day(self, key: str, *, required: bool = True) -> date | None:
        """Read a date written as 2026-11-20."""
        raw = self._scalar(key, required)
        if raw is None:
            return None
        try:
            return date.fromisoformat(raw)
        except ValueError:
            self.wrong(key, f"{raw!r} is not a date: write it as 2026-11-20")
            return None

    def moment(self, key: str, zone: ZoneInfo, *, required: bool = True, or_day: bool = False) -> datetime | None:
        """Read a wall time in the borough's zone, written as 2026-11-20 09:00.

        With `or_day` a date alone stands for its last minute.
        """
        raw = self._scalar(key, required)
        if raw is None:
            return None
        if or_day and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
            raw = f"{raw} 23:59"
        match = _MOMENT.match(raw)
        try:
            if not match:
                raise ValueError
            return datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=zone)
        except ValueError:
            self.wrong(key, f"{raw!r} is not a time: write the wall time as 2026-11-20 09:00, without a zone")
            return None

    def number(self, key: str) -> Decimal:
        """Read a number in plain figures; thousands may be parted by commas."""
        raw = self._scalar(key, required=True)
        plain = (raw or "0").replace(",", "")
        if not _NUMBER.fullmatch(plain):
            self.wrong(key, f"{raw!r} is not a number: write it as 14 or 2.5")
            return Decimal(0)
        return Decimal(plain)

    def choice(self, key: str, kind: type[E]) -> E | None:
        raw = self._scalar(key, required=True)
        if raw is None:
            return None
        try:
            return kind(raw)
        except ValueError:
            self.wrong(key, f"{raw!r} is not one of {', '.join(kind)}")
            return None

    def mapping(self, key: str, *, required: bool = True) -> Fields | None:
        node = self._get(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self.wrong(key, "must be `key: value` lines")
            return None
        return Fields(node, self.report, self._path(key))

    def mappings(self, key: str) -> Iterator[Fields]:
        """Read a list of mappings; absent means empty."""
        node = self._get(key, required=False)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(key, "must be a list: start each item with '- '")
            return
        for number, item in enumerate(node.value, start=1):
            if isinstance(item, yaml.MappingNode):
                yield Fields(item, self.report, f"{self._path(key)} {number}")
            else:
                self.report.add(
                    item.start_mark.line + 1 + self.report.offset,
                    f"{self._path(key)} {number} must be `key: value` lines",
                )

    def _path(self, key: str) -> str:
        return f"{self.name}: {key}" if self.name else key

    def _get(self, key: str, required: bool) -> yaml.Node | None:
        self._asked.add(key)
        node = self._nodes.get(key)
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == _NULL):
            if required:
                self.report.add(self.line(key), f"{self._path(key)} is missing: add it")
            return None
        return node

    def _scalar(self, key: str, required: bool) -> str | None:
        node = self._get(key, required)
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(key, "must be a single value")
            return None
        return str(node.value).strip()

    def _clean(self, key: str, value: str, line: int) -> str:
        text = " ".join(value.split())
        name = self._path(key)
        if not text:
            self.report.add(line, f"{name} is empty: write something or remove the line")
        if _HTML.search(text):
            self.report.add(line, f"{name} holds HTML, which is not allowed: write plain text")
        if _CONTROL.search(text):
            self.report.add(line, f"{name} holds a control character: write the text anew")
        return text
