"""Messages of every kind with every slot filled or none but the needed, and catalogs that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from briefings.content.message_templates import load_message_templates
from briefings.content.message_text import message_sections
from briefings.model.briefing import Briefing, Message, Period, Severity
from briefings.model.language import catalog_name
from briefings.model.message import MessageTemplate, MessageTemplates, SlotType
from briefings.settings import CHECKOUT
from briefings.translation.catalogs import Catalogs

LOCALES = ("ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
TEMPLATES = load_message_templates([CHECKOUT / "templates"], CHECKOUT)
VALUES = {
    SlotType.PLACE: "Hoe Street, between Forest Road and Church Hill",
    SlotType.PERSON: "Ana-María O’Neill",
    SlotType.NAME: "Winter Fair 2026",
    SlotType.REFERENCE: "CAD 4321",
    SlotType.MOMENT: "2026-11-20 15:45",
    SlotType.DAY: "2026-11-21",
    SlotType.PHONE: "0800 555 111",
    SlotType.COUNT: "45",
}


def filled(template: MessageTemplate, *, optional: bool, **values: str) -> Message:
    """Return a message with every slot, or those that are needed; phrases are all there are."""
    found = []
    for slot in template.slots.values():
        if slot.required or optional:
            phrases = tuple(TEMPLATES.phrases) if slot.type is SlotType.PHRASES else None
            found.append((slot.name, phrases or (values.get(slot.name, VALUES.get(slot.type, "")),)))
    return Message(template.kind, tuple(found))


def briefing_of(message: Message, templates: MessageTemplates = TEMPLATES) -> Briefing:
    title, summary, sections = message_sections(message, templates, "en-GB")
    day = date(2026, 11, 20)
    return Briefing(
        "central", "2026-11-20-now", title, Period(day, day), NOW, Severity.URGENT, "Ann", summary, sections,
        message=replace(message, sections=len(sections)),
    )  # fmt: skip


def spoilt(folder: Path, locale: str, changes: Mapping[str, str]) -> Catalogs:
    """Return the shipped catalogs with changes in the translations of one locale."""
    path = folder / "locales" / catalog_name(locale) / "LC_MESSAGES" / "urgent.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(CHECKOUT / path.relative_to(folder), path)
    text = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return Catalogs([folder / "locales"])
