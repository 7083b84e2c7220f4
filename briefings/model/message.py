"""Templates of urgent messages: texts with typed slots, translated and signed off before they are needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from briefings.model.errors import Problem

PHRASES = "phrases"
"""The kind under which all phrases are translated and signed off."""

SLOT = re.compile(r"\{(\w+)\}")


class SlotType(StrEnum):
    """What a slot takes: `docs/comms-team.md` says it for those who write."""

    PLACE = "place"
    PERSON = "person"
    NAME = "name"
    REFERENCE = "reference"
    MOMENT = "moment"
    DAY = "day"
    PHONE = "phone"
    COUNT = "count"
    PHRASES = "phrases"


@dataclass(frozen=True)
class Slot:
    name: str
    type: SlotType
    required: bool = True


@dataclass(frozen=True)
class Line:
    """One paragraph or list item, as Markdown inline text with `{slots}`."""

    text: str
    is_item: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(SLOT.findall(self.text))

    @property
    def is_bare(self) -> bool:
        """True for a line that is a slot and nothing else: it has no words to translate."""
        return SLOT.fullmatch(self.text) is not None


@dataclass(frozen=True)
class TemplateSection:
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class MessageTemplate:
    kind: str
    title: str
    summary: str
    sections: tuple[TemplateSection, ...]
    slots: Mapping[str, Slot]

    @property
    def texts(self) -> dict[str, str]:
        """What is to be translated, by its address in the template (`title`, `section/0/2`), in reading order."""
        found = {"title": self.title, "summary": self.summary}
        for i, section in enumerate(self.sections):
            found[f"section/{i}/heading"] = section.heading
            found |= {f"section/{i}/{j}": line.text for j, line in enumerate(section.lines) if not line.is_bare}
        return found


@dataclass(frozen=True)
class MessageTemplates:
    """All templates of an installation. `problems` names the files that were refused, and why."""

    kinds: Mapping[str, MessageTemplate] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Kind -> address -> text to be translated; the phrases come last, each under its id."""
        found = {kind: template.texts for kind, template in self.kinds.items()}
        return {**found, PHRASES: dict(self.phrases)} if self.phrases else found


NO_MESSAGES = MessageTemplates()
