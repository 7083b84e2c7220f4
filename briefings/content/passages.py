"""The texts of a briefing file with the lines they stand on, read without judging whether the file is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import yaml
from markdown_it.token import Token

from briefings.content.fields import Report, compose
from briefings.content.heading import without_audiences
from briefings.content.markdown import PARSER


class Kind(StrEnum):
    HEADING = "heading"
    TEXT = "text"
    ALT = "alt"
    SHORT = "short"
    """A name, a label or an option: too short to be a sentence."""


@dataclass(frozen=True)
class Link:
    text: str
    target: str


@dataclass(frozen=True)
class Passage:
    """A text, where it starts, and the links in it. A line end in `text` is one in the file."""

    line: int
    kind: Kind
    text: str
    links: tuple[Link, ...] = ()

    def line_at(self, position: int) -> int:
        return self.line + self.text.count("\n", 0, position)


_KEYS = {
    "title": Kind.HEADING,
    "summary": Kind.TEXT,
    "contacts": {"name": Kind.SHORT, "note": Kind.TEXT},
    "events": {"title": Kind.SHORT},
    "question": {"text": Kind.TEXT, "options": Kind.SHORT},
    "actions": {"said": Kind.TEXT, "did": Kind.TEXT},
    "figures": {"label": Kind.SHORT},
    "images": {"alt": Kind.ALT},
    "easy_read": Kind.TEXT,
}
"""What of the front matter is read by residents. Units, sources and places are names."""


def passages(text: str) -> list[Passage]:
    """Return the texts of a briefing file in their order; what cannot be read is left out."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return []
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if end is None:
        return []
    node = compose("\n".join(lines[1:end]), Report("", offset=1))
    front = list(_front(node, _KEYS)) if node is not None else []
    return [*front, *_body("\n".join(lines[end + 1 :]), end + 2)]


def _front(node: yaml.Node, known: object) -> Iterator[Passage]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _front(item, known)
    elif isinstance(node, yaml.MappingNode) and isinstance(known, dict):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in known:
                yield from _front(value, known[key.value])
    elif isinstance(node, yaml.ScalarNode) and isinstance(known, Kind):
        yield Passage(node.start_mark.line + 2, known, " ".join(str(node.value).split()))


def _body(body: str, first_line: int) -> Iterator[Passage]:
    is_heading = False
    for token in PARSER.parse(body):
        if token.type in ("heading_open", "heading_close"):
            is_heading = token.type == "heading_open"
        elif token.type == "inline" and token.map:
            text, links = _inline(token.children or [])
            kind = Kind.HEADING if is_heading else Kind.TEXT
            yield Passage(first_line + token.map[0], kind, without_audiences(text) if is_heading else text, links)


def _inline(tokens: list[Token]) -> tuple[str, tuple[Link, ...]]:
    text, target, start = "", "", 0
    links = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                text += token.content
            case "softbreak" | "hardbreak":
                text += "\n"
            case "link_open":
                target, start = str(token.attrGet("href") or ""), len(text)
            case "link_close":
                links.append(Link(text[start:], target))
            case _:
                pass
    return text, tuple(links)
