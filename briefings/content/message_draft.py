"""A briefing file to be filled in: where an officer in a hurry starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from briefings.model.message import MessageTemplate, Slot, SlotType
from briefings.model.schedule import slot_is_allowed

_TAKES = {
    SlotType.PLACE: "a place, as it is called",
    SlotType.PERSON: "a person's name",
    SlotType.NAME: "a name, as it is written",
    SlotType.REFERENCE: "a reference to quote, as it is written",
    SlotType.MOMENT: 'date and wall time in quotes, such as "2026-11-20 15:45"',
    SlotType.DAY: "a day, such as 2026-11-20",
    SlotType.PHONE: 'a phone number in quotes, such as "101"',
    SlotType.COUNT: "a whole number in figures",
    SlotType.PHRASES: "phrases from the list at the end, such as [one, another]",
}
_LAST_BEFORE = time(0, 29)


def draft(template: MessageTemplate, phrases: Mapping[str, str], region: str, now: datetime) -> str:
    """Return a briefing file with this message; what must be filled in is empty, so that nothing goes out half done.

    `now` is wall time in the borough's zone: it is due at once, as soon as somebody has approved it.
    """
    at = now if slot_is_allowed(now.time()) else datetime.combine(now.date(), _LAST_BEFORE)
    lines = [
        "---",
        f"# {template.title}",
        "# Fill in what is empty. Take the # away from what else you know.",
        f"region: {region}",
        f"period: {{from: {now:%Y-%m-%d}, to: {now:%Y-%m-%d}}}",
        f'publish_at: "{at:%Y-%m-%d %H:%M}"',
        f'# expires: "{now:%Y-%m-%d} 23:59"  # when it is not to go out any more',
        "severity: urgent",
        "author:  # who writes this; somebody else must approve it",
        "message:",
        f"  kind: {template.kind}",
        *(_line(slot) for slot in template.slots.values()),
        *(["# Phrases:", *(f"#   {key}: {text}" for key, text in phrases.items())] if _has_phrases(template) else []),
        "---",
    ]
    return "\n".join(lines) + "\n"


def _line(slot: Slot) -> str:
    return f"  {'' if slot.required else '# '}{slot.name}:  # {_TAKES[slot.type]}"


def _has_phrases(template: MessageTemplate) -> bool:
    return any(slot.type is SlotType.PHRASES for slot in template.slots.values())
