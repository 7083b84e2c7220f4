"""Review: who may move which text to which state, and what that lets out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from briefings.editorial.prepare import as_it_stands, prepare
from briefings.editorial.review import restore, review
from briefings.model.edition import Edition, SegmentState
from briefings.model.errors import Refused
from briefings.translation.memory import Entry, Origin
from tests.editorial.town import LAMPS, NOW, Town

POLISH = {
    "Lamps in the park": "Lampy w parku",
    "The lamps work again.": "Lampy znów działają.",
    "What we did": "Co zrobiliśmy",
    "Body one.": "Treść pierwsza.",
    "Where is it dark?": "Gdzie jest ciemno?",
    "In the park": "W parku",
    "At the station": "Na stacji",
}


def translate(town: Town, state: SegmentState = SegmentState.TRANSLATED, author: str = "Ola") -> None:
    origin = Origin.ENGINE if state is SegmentState.MACHINE else Origin.PERSON
    entries = [Entry(source, target, state, origin, author, NOW) for source, target in POLISH.items()]
    town.desk.memory.put("pl", entries)


def polish(town: Town) -> Edition:
    editions, _ = as_it_stands(town.desk, LAMPS, ["pl"])
    return editions[0]


def states(town: Town) -> set[str]:
    return {str(segment.state) for segment in polish(town).segments.values()}


def test_a_text_in_the_memory_is_used_in_every_briefing_that_has_it(town: Town) -> None:
    translate(town)
    town.write(name="east/2026-11-27-more-lamps")

    report = prepare(town.desk, [], NOW)

    assert [item.editions[1].ready for item in report.prepared] == [True, True]
    assert report.is_clean


def test_a_machine_text_goes_out_in_a_routine_briefing_only(town: Town) -> None:
    translate(town, SegmentState.MACHINE, "apertium")

    routine = polish(town)
    town.write("severity: routine", "severity: important")
    important = polish(town)
    taken_over = review(town.desk, LAMPS, "pl", "Ola", SegmentState.TRANSLATED, NOW)
    after = polish(town)

    assert routine.ready
    assert routine.has_machine_text
    assert important.untranslated
    assert len(taken_over.moved) == len(POLISH)
    assert after.ready
    assert not after.has_machine_text


def test_in_an_urgent_briefing_nobody_reviews_their_own_translation(town: Town) -> None:
    translate(town, author="Ola Nowak")
    town.write("severity: routine", "severity: urgent")

    own = review(town.desk, LAMPS, "pl", " ola  NOWAK.", SegmentState.REVIEWED, NOW)
    after_own = polish(town)
    other = review(town.desk, LAMPS, "pl", "Ada", SegmentState.REVIEWED, NOW)
    after_other = polish(town)

    assert own.moved == []
    assert all("somebody else must review it" in why for why in own.refused.values())
    assert after_own.untranslated
    assert other.refused == {}
    assert after_other.ready
    assert after_other.reviewed


def test_a_text_reviewed_by_its_translator_is_not_enough_for_an_urgent_briefing_later(town: Town) -> None:
    translate(town, author="Ola")

    report = review(town.desk, LAMPS, "pl", "Ola", SegmentState.REVIEWED, NOW)
    routine = states(town)
    town.write("severity: routine", "severity: urgent")
    urgent = polish(town)

    assert report.refused == {}
    assert routine == {"reviewed"}
    assert urgent.untranslated


def test_a_second_person_reviews_in_an_urgent_briefing_what_its_translator_had_reviewed(town: Town) -> None:
    translate(town, author="Ola")
    review(town.desk, LAMPS, "pl", "Ola", SegmentState.REVIEWED, NOW)
    town.write("severity: routine", "severity: urgent")

    again = review(town.desk, LAMPS, "pl", "Ola", SegmentState.REVIEWED, NOW)
    other = review(town.desk, LAMPS, "pl", "Ada", SegmentState.REVIEWED, NOW)

    assert len(again.refused) == len(POLISH)
    assert len(other.moved) == len(POLISH)
    assert polish(town).ready
    assert [e.reviewer for e in town.desk.memory.entries("pl")] == ["Ada"] * len(POLISH)


def test_final_comes_after_reviewed_and_never_from_the_translator(town: Town) -> None:
    translate(town, author="Ola")

    too_early = review(town.desk, LAMPS, "pl", "Ada", SegmentState.FINAL, NOW)
    review(town.desk, LAMPS, "pl", "Ola", SegmentState.REVIEWED, NOW)
    own = review(town.desk, LAMPS, "pl", "Ola", SegmentState.FINAL, NOW)
    other = review(town.desk, LAMPS, "pl", "Ada", SegmentState.FINAL, NOW)

    assert all("has to be reviewed before" in why for why in too_early.refused.values())
    assert all("somebody else must make it final" in why for why in own.refused.values())
    assert len(other.moved) == len(POLISH)
    assert states(town) == {"final"}


def test_a_section_alone_is_moved_where_it_is_named(town: Town) -> None:
    translate(town)

    report = review(town.desk, LAMPS, "pl", "Ada", SegmentState.REVIEWED, NOW, ["section/0"])

    assert sorted(report.moved) == ["section/0/0", "section/0/heading"]
    with pytest.raises(Refused, match="no section 'section/9'; there are: head, question, section/0"):
        review(town.desk, LAMPS, "pl", "Ada", SegmentState.REVIEWED, NOW, ["section/9"])


def test_a_rejected_text_is_not_used_whether_it_stands_in_memory_or_catalog(town: Town) -> None:
    catalog = town.root / "locales" / "pl" / "LC_MESSAGES" / "content.po"
    catalog.parent.mkdir(parents=True)
    body = "\n".join(f'msgid "{source}"\nmsgstr "{target}"\n' for source, target in POLISH.items())
    catalog.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n{body}', encoding="utf-8")
    town.reread()
    before = polish(town)

    report = review(town.desk, LAMPS, "pl", "Ada", SegmentState.INITIAL, NOW, ["question"])

    assert before.ready
    assert len(report.moved) == 3
    assert polish(town).unready_sections == {"question"}


def test_what_was_rejected_by_mistake_is_restored(town: Town) -> None:
    translate(town)
    review(town.desk, LAMPS, "pl", "Ada", SegmentState.INITIAL, NOW)
    rejected = polish(town)

    count = restore(town.desk, LAMPS, "pl", "Ada", NOW)

    assert rejected.untranslated
    assert count == len(POLISH)
    assert states(town) == {"translated"}


def test_nobody_reviews_in_the_demonstrations_name(town: Town) -> None:
    translate(town)

    with pytest.raises(Refused, match="give your own"):
        review(town.desk, LAMPS, "pl", "Demo Reviewer", SegmentState.REVIEWED, NOW)


def test_a_review_needs_a_name(town: Town) -> None:
    translate(town)

    with pytest.raises(Refused, match="--by NAME"):
        review(town.desk, LAMPS, "pl", " .", SegmentState.REVIEWED, NOW)


def test_one_changed_sentence_makes_one_text_stale_and_keeps_the_rest(town: Town) -> None:
    translate(town)
    prepare(town.desk, [LAMPS], NOW)
    town.write("The lamps work again.", "All the lamps work again.")

    edition = prepare(town.desk, [LAMPS], NOW).prepared[0].editions[1]

    stale = {key: segment.earlier for key, segment in edition.segments.items() if segment.is_stale}
    assert stale == {"summary": "Lampy znów działają."}
    assert {str(s.state) for key, s in edition.segments.items() if key != "summary"} == {"translated"}
    assert edition.unready_sections == {"head"}


def test_a_text_stays_stale_when_something_else_changes(town: Town) -> None:
    translate(town)
    prepare(town.desk, [LAMPS], NOW)
    town.write("The lamps work again.", "All the lamps work again.")
    prepare(town.desk, [LAMPS], NOW)
    town.write("author: Comms team", "author: Another author")

    edition = prepare(town.desk, [LAMPS], NOW).prepared[0].editions[1]

    assert {key: s.earlier for key, s in edition.segments.items() if s.is_stale} == {"summary": "Lampy znów działają."}


def test_a_text_stays_stale_until_it_is_translated(town: Town) -> None:
    translate(town)
    prepare(town.desk, [LAMPS], NOW)
    for old, new in [("work again", "all work again"), ("all work again", "all work again now")]:
        town.write(old, new)
        prepare(town.desk, [LAMPS], NOW)
    stale = polish(town).segments["summary"]

    new = Entry("The lamps all work again now.", "Teraz.", SegmentState.TRANSLATED, Origin.PERSON, "Ola", NOW)
    town.desk.memory.put("pl", [new])

    assert stale.earlier == "Lampy znów działają."
    assert polish(town).segments["summary"] == replace(
        stale, target="Teraz.", state=SegmentState.TRANSLATED, origin="memory", earlier=""
    )
    assert polish(town).ready
