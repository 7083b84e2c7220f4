"""What fills the slots of a message: read from a briefing's front matter, each value by its type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from briefings.content.fields import Fields
from briefings.model.briefing import Message
from briefings.model.message import MessageTemplate, MessageTemplates, Slot, SlotType

MAX_COUNT = 150
LONGEST = {SlotType.PLACE: 120, SlotType.PERSON: 80, SlotType.NAME: 120, SlotType.REFERENCE: 40, SlotType.PHONE: 20}
"""Letters that a text may have: it stands in subjects and posts too."""

STARTS, END = ("since", "at"), "until"
"""Names of the moments between which what a message tells of lies."""

_PHONE = re.compile(r"\+?[0-9]+(?: [0-9]+)*")
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
"""Zero-width joiner and non-joiner are part of spelling in several scripts; nothing else unseen is."""


def read_message(entry: Fields, templates: MessageTemplates, zone: ZoneInfo) -> Message | None:
    """Read `message:` of a front matter; None where its kind is unknown. What is wrong is reported."""
    kind = entry.text("kind")
    template = templates.kinds.get(kind)
    if template is None:
        if kind:
            known = ", ".join(templates.kinds) or "none that can be read"
            entry.wrong("kind", f"{kind!r} is not a kind of message: there are {known}")
        return None
    values = [(slot.name, _read(entry, slot, templates, zone)) for slot in template.slots.values()]
    _in_order(entry, template, dict(values))
    entry.done()
    return Message(kind, tuple((name, value) for name, value in values if value))


def _in_order(entry: Fields, template: MessageTemplate, values: Mapping[str, tuple[str, ...]]) -> None:
    """Report an end that lies before its start. Wall times as they are kept compare as text."""
    moments = [
        name for name in (*STARTS, END) if name in template.slots and template.slots[name].type is SlotType.MOMENT
    ]
    given = {name: values[name][0] for name in moments if values.get(name)}
    for start in STARTS:
        if END in given and given[END] < given.get(start, ""):
            entry.wrong(END, f"{given[END]!r} lies before `{start}` ({given[start]}): put right the one that is wrong")


def _read(entry: Fields, slot: Slot, templates: MessageTemplates, zone: ZoneInfo) -> tuple[str, ...]:
    match slot.type:
        case SlotType.PHRASES:
            return _phrases(entry, slot, templates)
        case SlotType.MOMENT:
            moment = entry.moment(slot.name, zone, required=slot.required)
            return (f"{moment:%Y-%m-%d %H:%M}",) if moment else ()
        case SlotType.DAY:
            day = entry.day(slot.name, required=slot.required)
            return (f"{day:%Y-%m-%d}",) if day else ()
    text = entry.text(slot.name, required=slot.required, loose=True)
    fault = _fault(text, slot.type) if text else ""
    if fault:
        entry.wrong(slot.name, fault)
    return (text,) if text and not fault else ()


def _fault(text: str, kind: SlotType) -> str:
    """Say what is wrong with a value, and how to put it right."""
    shown = repr(text if len(text) <= 40 else text[:39] + "…")
    if len(text) > LONGEST.get(kind, 20):
        return f"has {len(text)} letters: {LONGEST.get(kind, 20)} are the most"
    if kind is SlotType.COUNT:
        good = text.isascii() and text.isdigit() and int(text) <= MAX_COUNT
        return "" if good else f"{shown} is not a whole number from 0 to {MAX_COUNT}: write it in figures"
    if kind is SlotType.PHONE:
        return "" if _PHONE.fullmatch(text) else f"{shown} is not a phone number: write figures and spaces, + in front"
    if unseen := next((c for c in text if unicodedata.category(c)[0] in "CZ" and c not in _JOINERS + " "), ""):
        return f"holds the invisible character U+{ord(unseen):04X}: delete it and type the words around it again"
    if brace := next((c for c in text if c in "<>{}\\"), ""):
        return f"{shown} holds {brace}, which no name has: take it out"
    if _ADDRESS.search(text):
        return f"{shown} holds a web address: a link has no place here"
    return "" if any(c.isalnum() for c in text) else f"{shown} has no letters: write the name"


def _phrases(entry: Fields, slot: Slot, templates: MessageTemplates) -> tuple[str, ...]:
    name = f"{entry.name}: {slot.name}"
    found: list[str] = []
    given = entry.texts_with_lines(slot.name)
    for phrase, line in given:
        if phrase in found:
            entry.report.add(line, f"{name}: {phrase!r} stands twice: keep one")
        elif phrase and phrase not in templates.phrases:
            near = get_close_matches(phrase, templates.phrases, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "'briefings messages show phrases' lists them"
            entry.report.add(line, f"{name}: {phrase!r} is not a phrase of phrases.yaml: {hint}")
        else:
            found.append(phrase)
    if slot.required and not given:
        entry.wrong(slot.name, "is missing: name at least one phrase of phrases.yaml, such as [stay-away]")
    return tuple(found)
