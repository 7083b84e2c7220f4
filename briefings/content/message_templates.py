"""Templates of urgent messages: one file a kind, with typed slots, and the phrases that slots may name.

A template is front matter (title, summary, slots) and sections of one paragraph or list item a line. Its
texts are translated and signed off ahead; a briefing's front matter then only fills the slots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from briefings.content.fields import Fields, Report, compose
from briefings.content.files import read_text, shown
from briefings.content.front_matter import split
from briefings.content.markdown import PARSER
from briefings.model.errors import Problem
from briefings.model.message import (
    PHRASES,
    SLOT,
    Line,
    MessageTemplate,
    MessageTemplates,
    Slot,
    SlotType,
    TemplateSection,
)

FOLDER = "urgent"
"""Where templates lie inside a folder of templates."""

MAX_KIND = 60
_KIND = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = "kind"


def load_message_templates(folders: Sequence[Path], root: Path) -> MessageTemplates:
    """Read the templates in `urgent/` of these folders, nearest first: of two files of a kind the nearer counts.

    Phrases are taken together, and of two with one id the nearer counts. A template that is wrong is left out
    and named in `problems`, its path as seen from `root`.
    """
    kinds: dict[str, MessageTemplate] = {}
    phrases: dict[str, str] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for folder in dict.fromkeys(path / FOLDER for path in folders):
        for path in sorted(folder.glob("*.md")):
            if path.stem in seen:
                continue
            seen.add(path.stem)
            report = Report(shown(path, root))
            template = _read_template(path, report)
            problems += sorted(set(report.problems), key=lambda problem: problem.line)
            if template is not None and not report.problems:
                kinds[path.stem] = template
        if (path := folder / f"{PHRASES}.yaml").is_file():
            report = Report(shown(path, root))
            phrases |= {key: text for key, text in _read_phrases(path, report).items() if key not in phrases}
            problems += report.problems
    return MessageTemplates(dict(sorted(kinds.items())), phrases, tuple(problems))


def _read_template(path: Path, report: Report) -> MessageTemplate | None:
    if not _KIND.fullmatch(path.stem) or path.stem == PHRASES or len(path.stem) > MAX_KIND:
        report.add(1, f"the file name {path.name!r} is the kind of message: small letters, figures and -, short")
    text = read_text(path, report)
    parts = split(text, report) if text is not None else None
    if parts is None:
        return None
    front, body, first_line = parts
    report.offset = 1
    node = compose(front, report)
    if node is None:
        return None
    fields = Fields(node, report)
    title, summary = fields.text("title"), fields.text("summary")
    slots = _read_slots(fields.mapping("slots"))
    fields.done()
    sections, lines = _read_sections(body, first_line, report)
    given = {title: fields.line("title"), summary: fields.line("summary")}
    for text, line in given.items():
        for name in SLOT.findall(text):
            slot = slots.get(name)
            if slot and (not slot.required or slot.type is SlotType.PHRASES):
                report.add(line, f"{{{name}}} is optional or a list of phrases: title and summary take neither")
    _check_slots(slots, {**given, **lines}, fields, report)
    for section in sections:
        for entry in section.lines:
            _check_line(entry, slots, lines[entry.text], report)
    return MessageTemplate(path.stem, title, summary, sections, slots)


def _read_slots(table: Fields | None) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}
    for name in table.keys() if table else ():
        raw = table.text(name) if table else ""
        kind = raw.removesuffix("?")
        if table and (kind not in tuple(SlotType) or name == _RESERVED):
            table.wrong(name, f"{raw!r} is not a type of slot ({', '.join(SlotType)}; with ? at the end: optional)")
        else:
            slots[name] = Slot(name, SlotType(kind), not raw.endswith("?"))
    return slots


def _read_sections(body: str, first_line: int, report: Report) -> tuple[tuple[TemplateSection, ...], dict[str, int]]:
    """Return the sections, and the line of each text."""
    sections: list[tuple[str, list[Line]]] = []
    where: dict[str, int] = {}
    before = ""
    for number, raw in enumerate(body.split("\n"), start=first_line):
        line = raw.strip()
        if line.startswith("## "):
            sections.append((line[3:].strip(), []))
            if SLOT.search(line):
                report.add(number, "a slot in a heading: headings stay as they are")
        elif line and not sections:
            report.add(number, "text before the first section: start it with '## ' and its heading")
        elif line:
            item = line.removeprefix("- ").strip()
            if before and item == line:
                report.add(number, "a paragraph of two lines: write it on one, or put an empty line between")
            sections[-1][1].append(Line(item, item != line))
            where[item] = number
        before = "" if line.startswith("## ") else line
    if not sections:
        report.add(first_line, "has no section: start one with '## ' and its heading")
    return tuple(TemplateSection(heading, tuple(lines)) for heading, lines in sections), where


def _check_slots(slots: Mapping[str, Slot], texts: Mapping[str, int], fields: Fields, report: Report) -> None:
    used = {name for text in texts for name in SLOT.findall(text)}
    for text, line in texts.items():
        for name in SLOT.findall(text):
            if name not in slots:
                report.add(line, f"{{{name}}} is not among the slots: name it under slots: with its type")
        if set("{}") & set(SLOT.sub("", text)):
            report.add(line, "a brace that is no slot: write {name}, and no other { or }")
    for name in slots.keys() - used:
        report.add(fields.line("slots"), f"slots: {name} is in no text: use {{{name}}} or take it out")


def _check_line(line: Line, slots: Mapping[str, Slot], number: int, report: Report) -> None:
    lists = [name for name in line.slots if name in slots and slots[name].type is SlotType.PHRASES]
    if bool(lists) is not line.is_bare:
        report.add(number, f"{line.text}: a list of phrases stands in a line of its own, and nothing else does")
    if list(_inline(line.text)) != [line.text]:
        report.add(number, "is no plain paragraph or '- ' item: write one text a line, without HTML or other lists")


def _inline(text: str) -> Iterator[str]:
    for token in PARSER.parse(text):
        if token.type == "inline":
            html = any("<" in child.content for child in token.children or [])
            yield "" if html else token.content
        elif token.type not in ("paragraph_open", "paragraph_close"):
            yield token.type


def _read_phrases(path: Path, report: Report) -> dict[str, str]:
    text = read_text(path, report)
    node = compose(text, report) if text is not None else None
    table = Fields(node, report).mapping(PHRASES) if node is not None else None
    phrases: dict[str, str] = {}
    for key in table.keys() if table else ():
        phrase = table.text(key) if table else ""
        if _KIND.fullmatch(key) and list(_inline(phrase)) == [phrase] and not set("{}") & set(phrase):
            phrases[key] = phrase
        elif table and phrase:
            table.wrong(key, "must be one plain text without slots, its id of small letters, figures and -")
    return phrases
