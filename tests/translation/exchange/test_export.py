"""What goes out: every text once, with what stands for it, whence it is and what is near it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from briefings.model.briefing import Message
from briefings.model.edition import SegmentState
from briefings.translation.exchange.export import standing, units_of
from briefings.translation.memory import Memory
from briefings.translation.segments import own_texts
from tests.translation.exchange.material import CONTENT, NORTH, SOURCE, empty_memory, put, resources

INITIAL, MACHINE, TRANSLATED, REVIEWED, FINAL = SegmentState


@pytest.fixture
def memory() -> Memory:
    return empty_memory()


def test_an_export_has_every_text_once_in_reading_order_with_places_and_notes(memory: Memory) -> None:
    briefings = list(CONTENT.briefings.values())

    units = units_of(briefings, "ur", resources(memory))

    assert [unit.source for unit in units] == list(dict.fromkeys(t for b in briefings for t in own_texts(b).values()))
    called = next(unit for unit in units if "call 999 if" in unit.source)
    assert f"{NORTH.id}#section/7/0" in called.places
    assert len(called.places) == 3
    assert called.note == "section: How to report\nkeep as it is: 999"


def test_an_export_prefers_the_memory_unless_the_catalogs_are_trusted_more(memory: Memory) -> None:
    put(memory, "Titlu nou", TRANSLATED, NORTH.title)
    put(memory, "Ce", MACHINE)

    units = {unit.source: unit for unit in units_of(CONTENT.briefings.values(), "ro", resources(memory))}

    assert (units[NORTH.title].target, units[NORTH.title].author) == ("Titlu nou", "Ana")
    assert units[SOURCE].target == resources(memory).catalogs.layers("content", "ro")[0].singular[SOURCE]


def test_an_export_offers_the_nearest_text_where_there_is_no_translation(memory: Memory, tmp_path: Path) -> None:
    near = NORTH.title + "!"
    put(memory, "Aproape", TRANSLATED, near)

    (unit,) = [u for u in units_of([NORTH], "ro", resources(memory, tmp_path)) if u.source == NORTH.title]

    assert (unit.target, unit.state) == ("", INITIAL)
    assert unit.suggestion
    assert unit.suggestion[:2] == (near, "Aproape")
    assert 90 < unit.suggestion[2] < 100


def test_what_was_rejected_is_not_sent_out(memory: Memory) -> None:
    shipped_one = standing([SOURCE], "ro", resources(memory))[SOURCE].target
    put(memory, shipped_one, INITIAL)

    assert standing([SOURCE], "ro", resources(memory)) == {}


def test_texts_of_message_templates_are_not_sent_out(memory: Memory) -> None:
    sections = len(NORTH.sections) - 1
    templated = replace(NORTH, message=Message("avoid-area", sections=sections))

    sources = {unit.source for unit in units_of([templated], "ro", resources(memory))}

    assert not {NORTH.title, NORTH.summary, *(section.heading for section in NORTH.sections[:sections])} & sources
    assert NORTH.sections[-1].heading in sources
    assert NORTH.contacts[0].name in sources
