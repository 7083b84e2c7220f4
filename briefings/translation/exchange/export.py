"""What goes out: the texts of briefings with what there is for them, or a whole memory."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from briefings.model.briefing import Briefing
from briefings.translation.choice import choices, similar
from briefings.translation.exchange.units import Unit
from briefings.translation.facts import read_exact
from briefings.translation.memory import Entry, Memory
from briefings.translation.resources import LanguageResources
from briefings.translation.segments import own_texts

_NOTES = {
    "title": "title of the briefing",
    "summary": "what the briefing says, in short",
    "image": "describes an image to people who cannot see it",
    "figure": "names a figure",
    "event": "name of an event",
    "action": "what residents said, or what was done about it",
    "question": "a question to residents, or an answer to choose",
    "contact": "whom to contact, or a word on when",
    "audience": 'a group of people, in a list after "For:"',
    "easy": "easy read: short words, one idea in a sentence",
}


def units_of(briefings: Iterable[Briefing], locale: str, resources: LanguageResources) -> list[Unit]:
    """Return every text of the briefings once, in reading order, with its present translation.

    A text that has none gets the nearest translation of the memory as a suggestion. Texts of message
    templates are left out: those are translated ahead.
    """
    places: dict[str, list[str]] = {}
    notes: dict[str, str] = {}
    for briefing in briefings:
        for key, text in own_texts(briefing, locale).items():
            places.setdefault(text, []).append(f"{briefing.id}#{key}")
            notes.setdefault(text, _note(briefing, key, text))
    there = standing(places, locale, resources)
    return [
        replace(
            there.get(text) or Unit(text, suggestion=similar(resources, locale, text)),
            places=tuple(found),
            note=notes[text],
        )
        for text, found in places.items()
    ]


def units_of_memory(memory: Memory, locale: str) -> Iterator[Unit]:
    """Yield everything that the memory knows in a locale, oldest first, rejected translations too."""
    return (_of_entry(entry) for entry in memory.entries(locale))


def standing(sources: Collection[str], locale: str, resources: LanguageResources) -> dict[str, Unit]:
    """Return the translation that each of these texts has now, as editions choose it.

    Text that a catalog marks fuzzy stands in state INITIAL.
    """
    return {
        text: _of_entry(choice.entry) if choice.entry else Unit(text, choice.target, choice.state)
        for text, choice in choices(resources, locale, sources).items()
    }


def _of_entry(entry: Entry) -> Unit:
    return Unit(
        entry.source,
        entry.target,
        entry.state,
        origin=entry.origin.value,
        author=entry.author,
        version=entry.version,
        made_at=entry.made_at,
        reviewer=entry.reviewer,
        reviewed_at=entry.reviewed_at,
    )


def _note(briefing: Briefing, key: str, text: str) -> str:
    """Return what a translator should know who sees this text alone."""
    kind, _, rest = key.partition("/")
    if kind == "section":
        number, _, part = rest.partition("/")
        heading = re.sub(r"\s+", " ", briefing.sections[int(number)].heading).strip()
        about = "heading of a section" if part == "heading" else f"section: {heading}"
    else:
        about = _NOTES.get(kind, "")
    kept = dict.fromkeys(fact for _, fact in read_exact(text).facts)
    return "\n".join(filter(None, (about, f"keep as it is: {', '.join(kept)}" if kept else "")))
