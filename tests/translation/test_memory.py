"""The memory: what was translated once is found again, with who did it, and the most trusted counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from briefings.model.edition import SegmentState
from briefings.translation.memory import Entry, Memory, Origin

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LAMPS = Entry("The lamps work again.", "Lampy znów działają.", SegmentState.TRANSLATED, Origin.PERSON, "Ola", NOW)


@pytest.fixture
def memory(engine: Engine) -> Memory:
    return Memory(engine, "en-GB")


def test_a_text_comes_back_as_it_went_in_with_its_provenance(memory: Memory) -> None:
    entry = replace(
        LAMPS,
        source="“Call 999” \U0001f6a8\nnow",
        target="«999» پر فون\nکریں",
        state=SegmentState.REVIEWED,
        origin=Origin.ENGINE,
        author="apertium",
        version="eng-spa 0.8",
        reviewer="Ada",
        reviewed_at=NOW + timedelta(days=1),
    )

    memory.put("ur", [entry])

    assert memory.exact("ur", [entry.source, "something else"]) == {entry.source: entry}
    assert list(memory.entries("ur")) == [entry]
    assert memory.exact("pl", [entry.source]) == {}


def test_the_most_trusted_translation_counts_and_of_equal_ones_the_newest(memory: Memory) -> None:
    older = replace(LAMPS, target="Stare.", made_at=NOW - timedelta(days=2))
    machine = replace(LAMPS, target="Maszyna.", state=SegmentState.MACHINE, made_at=NOW + timedelta(days=2))
    reviewed = replace(LAMPS, target="Sprawdzone.", state=SegmentState.REVIEWED, made_at=NOW - timedelta(days=9))

    memory.put("pl", [LAMPS, older, machine])
    newest = memory.exact("pl", [LAMPS.source])[LAMPS.source]
    memory.put("pl", [reviewed])
    trusted = memory.exact("pl", [LAMPS.source])[LAMPS.source]

    assert newest == LAMPS
    assert trusted == reviewed


def test_going_back_to_an_older_wording_makes_it_the_newest(memory: Memory) -> None:
    other = replace(LAMPS, target="Lampy świecą.", made_at=NOW + timedelta(hours=1))
    again = replace(LAMPS, made_at=NOW + timedelta(hours=2))

    memory.put("pl", [LAMPS])
    memory.put("pl", [other])
    memory.put("pl", [again])

    assert memory.exact("pl", [LAMPS.source])[LAMPS.source] == again


def test_nothing_that_is_put_takes_trust_away_but_a_rejection(memory: Memory) -> None:
    reviewed = replace(LAMPS, state=SegmentState.REVIEWED, reviewer="Ada", reviewed_at=NOW)
    memory.put("pl", [reviewed])

    memory.put("pl", [replace(LAMPS, state=SegmentState.MACHINE, author="engine")])
    kept = memory.exact("pl", [LAMPS.source])
    memory.put("pl", [replace(reviewed, state=SegmentState.INITIAL, reviewer="Bo")])

    assert kept == {LAMPS.source: reviewed}
    assert memory.exact("pl", [LAMPS.source]) == {}
    assert [entry.reviewer for entry in memory.known("pl", [LAMPS.source])[LAMPS.source]] == ["Bo"]


def test_what_a_person_rejected_comes_back_only_where_it_is_restored(memory: Memory) -> None:
    memory.put("pl", [replace(LAMPS, state=SegmentState.INITIAL, reviewer="Bo")])

    memory.put("pl", [replace(LAMPS, state=SegmentState.MACHINE, origin=Origin.ENGINE, author="apertium")])
    memory.put("pl", [replace(LAMPS, state=SegmentState.REVIEWED, reviewer="Ada")])
    before = memory.exact("pl", [LAMPS.source])
    memory.put("pl", [LAMPS], restore=True)

    assert before == {}
    assert memory.exact("pl", [LAMPS.source]) == {LAMPS.source: LAMPS}


def test_all_entries_are_kept_or_none(memory: Memory) -> None:
    good = [replace(LAMPS, source=f"Text {n}.") for n in range(5)]
    bad = replace(LAMPS, source="A time without a zone.", made_at=NOW.replace(tzinfo=None))

    with pytest.raises(Exception, match="zone"):
        memory.put("pl", [*good, bad])

    assert list(memory.entries("pl")) == []


def test_similar_texts_are_offered_with_a_score_and_never_the_text_itself(memory: Memory) -> None:
    memory.put(
        "pl",
        [
            LAMPS,
            replace(LAMPS, source="The lamps work again now.", target="Lampy znów teraz działają."),
            replace(LAMPS, source="Officers patrolled on five evenings.", target="Patrole były przez pięć wieczorów."),
        ],
    )

    found = memory.similar("pl", LAMPS.source)
    after = memory.similar("pl", "The lamp works again.")

    assert [match.entry.target for match in found] == ["Lampy znów teraz działają."]
    assert 70 <= found[0].score < 100
    assert [match.entry.target for match in after] == ["Lampy znów działają.", "Lampy znów teraz działają."]
    assert after[0].score > after[1].score


def test_what_is_put_after_a_search_is_found_by_the_next(memory: Memory) -> None:
    assert memory.similar("pl", "The lamp works again.") == []

    memory.put("pl", [LAMPS])

    assert [match.entry for match in memory.similar("pl", "The lamp works again.")] == [LAMPS]


def test_more_texts_than_one_statement_holds(memory: Memory) -> None:
    many = [replace(LAMPS, source=f"Text number {n}.", target=f"Tekst numer {n}.") for n in range(1500)]

    memory.put("pl", many)

    assert len(memory.exact("pl", [entry.source for entry in many])) == 1500
