"""Real apertium drafts the shipped briefings into Spanish, offline."""

from __future__ import annotations

import random
import re
import time

import pytest

from briefings.content.loader import load_content
from briefings.settings import CHECKOUT
from briefings.translation.checks import check_segment
from briefings.translation.engines.apertium import ApertiumEngine
from briefings.translation.facts import read_exact
from briefings.translation.machine import Draft, Drafting, Report, Task
from briefings.translation.segments import source_texts
from tests.conftest import missing

CONTENT = load_content(CHECKOUT)
NORTH = "north/2026-11-20-car-crime-and-park-safety"
GLOSSARY = {"ward panel": "reunión del distrito", "ward panels": "reuniones del distrito"}


@pytest.fixture(scope="module")
def north() -> tuple[list[str], list[Draft], Report]:
    engine = ApertiumEngine()
    if not engine.can_translate("en-GB", "es"):
        missing("apertium-eng-spa is not installed")
    texts = list(source_texts(CONTENT.briefings[NORTH]).values())
    names = [ward.name for ward in CONTENT.places.wards.values()]
    drafting = Drafting([engine], clock=time.monotonic, sleep=time.sleep, random=random.Random(1))
    drafts: list[Draft] = []
    task = Task(texts, "en-GB", "es", 60, names, lambda text: GLOSSARY)
    report = drafting.draft(task, drafts.extend)
    return texts, drafts, report


def test_every_segment_is_drafted(north: tuple[list[str], list[Draft], Report]) -> None:
    texts, drafts, report = north

    assert {draft.source for draft in drafts} == set(texts)
    assert report == Report({"apertium": len(set(texts))}, (), ())
    assert all(draft.engine == "apertium" and re.match(r"\d+\.\d+", draft.version) for draft in drafts)


def test_every_fact_is_where_it_was(north: tuple[list[str], list[Draft], Report]) -> None:
    _, drafts, _ = north

    blocked = [f for d in drafts for f in check_segment(d.source, d.target, "es") if f.blocks]

    assert blocked == []
    assert sum(sum(read_exact(draft.source).facts.values()) for draft in drafts) >= 9
    assert all(read_exact(draft.source).facts == read_exact(draft.target).facts for draft in drafts)


def test_the_spanish_is_of_this_text_and_not_of_the_one_before(
    north: tuple[list[str], list[Draft], Report],
) -> None:
    _, drafts, _ = north

    spanish = {draft.source: draft.target for draft in drafts}

    assert spanish["cars"] == "coches"
    assert spanish["reports"] == "informes"
    assert spanish["What we did about car crime"] == "Qué hicimos sobre delito automovilístico"
    assert spanish["**If it is not an emergency:** call 101."] == "**Si no es una emergencia:** llamada 101."
    assert spanish["Larkswood ward panel"] == "Larkswood reunión del distrito"
    assert not any(re.search(r"[{}]|\*[^*\s]*$|\d(?:am|pm|soy)\b|  ", text) for text in spanish.values())


def test_times_and_dates_are_written_as_in_spanish(north: tuple[list[str], list[Draft], Report]) -> None:
    _, drafts, _ = north

    text = " ".join(draft.target for draft in drafts)

    assert "entre 18:00 y 23:00." in text
    assert "martes 17 de noviembre" in text
    assert "31 de enero de 2027" in text
