"""Messages in words: a template with its slots filled, by one code for the source and every translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date, format_time

from briefings.model.briefing import Message, Section
from briefings.model.language import cldr
from briefings.model.message import SLOT, Line, MessageTemplate, MessageTemplates, SlotType

_MARKUP = re.compile(r"[\\`*_\[\]]|&(?=#?\w+;)")
_BLOCK = re.compile(r"(?:[-+](?=\s|$)|\*(?=\s|$)|#{1,6}(?=\s|$)|~~~)")
_AS_WRITTEN = (SlotType.PLACE, SlotType.PERSON, SlotType.NAME, SlotType.REFERENCE)
_NUMBERED = re.compile(r"([0-9]{1,9})(?=[.)](?:\s|$))")


@dataclass(frozen=True)
class Piece:
    """One text of a message: its key in the briefing (see translation/segments.py) and its pattern with slots.

    A phrase needs the phrases' sign-off, everything else that of the template's kind.
    """

    key: str
    pattern: str
    is_item: bool = False
    is_phrase: bool = False

    @property
    def is_markdown(self) -> bool:
        """True for the text of a section; title, summary and headings are plain."""
        return self.key.startswith("section/") and not self.key.endswith("/heading")


def pieces(template: MessageTemplate, message: Message, phrases: Mapping[str, str]) -> Iterator[Piece]:
    """Yield what a message consists of, in reading order.

    A line that names an optional slot which is not given is left out; a list of phrases becomes a line each; a
    section without a line is left out. Raises KeyError for a phrase that is not there.
    """
    values = dict(message.values)
    yield Piece("title", template.title)
    yield Piece("summary", template.summary)
    number = 0
    for section in template.sections:
        lines = [piece for line in section.lines for piece in _lines(line, template, values, phrases)]
        if lines:
            yield Piece(f"section/{number}/heading", section.heading)
            for j, (text, is_item, is_phrase) in enumerate(lines):
                yield Piece(f"section/{number}/{j}", text, is_item, is_phrase)
            number += 1


def _lines(
    line: Line, template: MessageTemplate, values: Mapping[str, tuple[str, ...]], phrases: Mapping[str, str]
) -> Iterator[tuple[str, bool, bool]]:
    if line.is_bare and template.slots[line.slots[0]].type is SlotType.PHRASES:
        for phrase in values.get(line.slots[0], ()):
            yield phrases[phrase], line.is_item, True
    elif all(values.get(name) for name in line.slots):
        yield line.text, line.is_item, False


def fill(
    pattern: str, template: MessageTemplate, message: Message, locale: str, *, markdown: bool, names: bool = True
) -> str:
    """Return a pattern, of the template or its translation, with the values of a message as the locale writes them.

    With `markdown` the values are escaped: a name never becomes markup. A value is put in once and never
    read as a pattern. Without `names` the slots of names stay slots: what a name holds (a reference such as
    "20NOV26") is then not taken for a fact that changed. Raises KeyError for a slot without a value.
    """
    values = dict(message.values)

    def value(slot: re.Match[str]) -> str:
        if not names and template.slots[slot[1]].type in _AS_WRITTEN:
            return slot[0]
        shown = _shown(values[slot[1]][0], template.slots[slot[1]].type, locale)
        shown = _MARKUP.sub(r"\\\g<0>", shown) if markdown else shown
        return shown if shown.endswith(".") else shown + slot[2]  # "20 ноември 2026 г." has its stop

    text = re.sub(SLOT.pattern + r"(\.?)", value, pattern)
    return _at_start(text) if markdown and SLOT.match(pattern) else text


def _at_start(text: str) -> str:
    """Escape what would make a list, quote or heading of a line that begins with a value."""
    return (
        f"\\{text}" if _BLOCK.match(text) else _NUMBERED.sub(r"\1\\", text, count=1) if _NUMBERED.match(text) else text
    )


def _shown(value: str, kind: SlotType, locale: str) -> str:
    """Return dates as the locale writes them and times as HH:MM, as in the interface; all else as it is."""
    if kind is SlotType.DAY:
        return format_date(date.fromisoformat(value), "full", locale=cldr(locale))
    if kind is SlotType.MOMENT:
        moment = datetime.fromisoformat(value)
        day = format_date(moment.date(), "full", locale=cldr(locale))
        time = format_time(moment.time(), "HH:mm", locale=cldr(locale))
        return str(cldr(locale).datetime_formats["medium"]).format(time, day)
    return value


def message_sections(
    message: Message, templates: MessageTemplates, locale: str
) -> tuple[str, str, tuple[Section, ...]]:
    """Return title, summary and sections of a message in the language of its templates."""
    template = templates.kinds[message.kind]
    title = summary = ""
    sections: list[tuple[str, str]] = []
    was_item = False
    for piece in pieces(template, message, templates.phrases):
        text = fill(piece.pattern, template, message, locale, markdown=piece.is_markdown)
        if piece.key == "title":
            title = text
        elif piece.key == "summary":
            summary = text
        elif not piece.is_markdown:
            sections.append((text, ""))
        else:
            heading, body = sections[-1]
            joint = "" if not body else "\n" if was_item and piece.is_item else "\n\n"
            sections[-1] = heading, f"{body}{joint}{'- ' if piece.is_item else ''}{text}"
        was_item = piece.is_item
    return title, summary, tuple(Section(heading, body) for heading, body in sections)
