"""Taking translations in: checked, all good rows or none, and never from more trusted to less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.exc import SQLAlchemyError

from briefings.model.edition import SegmentState
from briefings.model.errors import Problem
from briefings.store.engine import migrate, open_engine, writing
from briefings.translation.checks import check_segment
from briefings.translation.exchange.export import standing, units_of_memory
from briefings.translation.exchange.files import FORMATS
from briefings.translation.exchange.take import Import, take
from briefings.translation.exchange.units import ImportReport, Unit
from briefings.translation.memory import Entry, Memory, Origin
from briefings.translation.segments import source_texts
from tests.translation.exchange.material import CONTENT, NOW, SOURCE, empty_memory, put, resources, shipped

INITIAL, MACHINE, TRANSLATED, REVIEWED, FINAL = SegmentState
KNOWN = {text for briefing in CONTENT.briefings.values() for text in source_texts(briefing).values()}


@pytest.fixture
def memory() -> Memory:
    return empty_memory()


def imported(
    memory: Memory, units: Sequence[Unit], problems: Sequence[Problem] = (), locale: str = "ro", **terms: object
) -> ImportReport:
    wanted = Import(**{"path": "jobs/agency.po", "locale": locale, "now": NOW, "known_sources": KNOWN, **terms})  # type: ignore[arg-type]
    check = partial(check_segment, locale=locale, source_locale="en-GB")
    return take(units, problems, memory, wanted, lambda source, target: check(source, target))


def reasons(report: ImportReport) -> list[str]:
    return [str(problem) for problem in report.refused]


def test_a_translation_is_taken_with_its_provenance(memory: Memory) -> None:
    report = imported(memory, [Unit(SOURCE, "Ce să faceți", TRANSLATED, author="somebody", line=3)])

    assert (report.taken, report.unchanged, report.refused) == (1, 0, [])
    assert list(memory.entries("ro")) == [Entry(SOURCE, "Ce să faceți", TRANSLATED, Origin.IMPORT, "agency.po", NOW)]


def test_a_changed_fact_is_refused_with_its_row_and_the_others_are_taken(memory: Memory) -> None:
    units = [replace(unit, line=n) for n, unit in enumerate(shipped("bg"), 1)]
    spoiled = [replace(unit, target=unit.target.replace("61016", "61017")) for unit in units]

    report = imported(memory, spoiled, locale="bg")

    wrong = [unit.line for unit, now in zip(units, spoiled, strict=True) if unit != now]
    assert wrong
    assert [problem.line for problem in report.refused] == wrong
    assert all("61016" in problem.message for problem in report.refused)
    assert report.taken == len(units) - len(wrong)
    assert not any("61017" in entry.target for entry in memory.entries("bg"))


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        (Unit("Nobody wrote this", "Nimic", TRANSLATED), "no briefing has this text: was it changed since the export?"),
        (Unit(SOURCE, "Ce", INITIAL), "is not marked translated (it is fuzzy, or 'initial'): finish it, and mark it"),
        (Unit(SOURCE, "Ce", MACHINE, origin="engine"), "is still a machine's text: correct it, or mark it translated"),
    ],
)  # fmt: skip
def test_what_is_not_finished_or_not_asked_for_is_refused(memory: Memory, unit: Unit, reason: str) -> None:
    report = imported(memory, [replace(unit, line=7)])

    assert report.taken == 0
    assert reasons(report)[0].startswith(f"jobs/agency.po:7: {reason}")
    assert list(memory.entries("ro")) == []
    assert report.quarantined[0].note.startswith(f"refused: {reason}")


def test_what_has_no_translation_is_counted_and_not_refused(memory: Memory) -> None:
    report = imported(memory, [Unit(SOURCE), Unit("A street", suggestion=("Street", "Stradă", 80))])

    assert (report.taken, report.untranslated, report.refused) == (0, 2, [])


def test_the_same_row_twice_counts_once(memory: Memory) -> None:
    unit = Unit(SOURCE, "Ce să faceți", TRANSLATED)

    report = imported(memory, [unit, replace(unit, line=9)])

    assert (report.taken, report.unchanged, report.refused) == (1, 1, [])


def test_two_translations_of_one_text_are_both_refused_and_name_each_other(memory: Memory) -> None:
    units = [Unit(SOURCE, "Ce să faceți", TRANSLATED, line=3), Unit(SOURCE, "Ce trebuie făcut", TRANSLATED, line=8)]

    report = imported(memory, units)

    assert reasons(report) == [
        "jobs/agency.po:3: this text has another translation in row 8: keep one of them",
        "jobs/agency.po:8: this text has another translation in row 3: keep one of them",
    ]
    assert list(memory.entries("ro")) == []


def test_a_great_many_equal_rows_count_once(memory: Memory) -> None:
    rows = [Unit(SOURCE, "Ce să faceți", TRANSLATED, line=n) for n in range(1, 20_001)]

    report = imported(memory, rows)

    assert (report.taken, report.unchanged, report.refused) == (1, 19_999, [])


def test_importing_the_same_file_twice_changes_nothing(memory: Memory) -> None:
    units = shipped("pl")
    imported(memory, units, locale="pl")
    before = list(memory.entries("pl"))

    report = imported(memory, units, locale="pl", now=NOW + timedelta(days=1))

    assert (report.taken, report.unchanged, report.refused) == (0, len(units), [])
    assert list(memory.entries("pl")) == before


def test_what_the_catalogs_have_already_is_unchanged(memory: Memory) -> None:
    there = standing(KNOWN, "it", resources(memory))

    report = imported(memory, shipped("it"), locale="it", standing=there)

    assert (report.taken, report.unchanged) == (0, len(shipped("it")))


@pytest.mark.parametrize("there", [REVIEWED, FINAL])
def test_a_less_trusted_text_never_replaces_a_more_trusted_one(memory: Memory, there: SegmentState) -> None:
    entry = put(memory, "Ce să faceți", there)

    report = imported(memory, [Unit(SOURCE, "Ce să facă", TRANSLATED, line=2)])

    said = f"jobs/agency.po:2: a {there} text stands already: import it as reviewed, or have it reviewed"
    assert reasons(report) == [said]
    assert list(memory.entries("ro")) == [entry]


def test_a_reviewed_catalog_is_more_trusted_too(memory: Memory) -> None:
    there = {SOURCE: Unit(SOURCE, "Ce să faceți", REVIEWED)}

    report = imported(memory, [Unit(SOURCE, "Ce să facă", TRANSLATED, line=2)], standing=there)

    assert "a reviewed text stands already" in reasons(report)[0]


def test_a_newer_translation_replaces_one_that_is_trusted_as_much(memory: Memory) -> None:
    put(memory, "Ce să facă", TRANSLATED)

    report = imported(memory, [Unit(SOURCE, "Ce să faceți", TRANSLATED)])

    assert report.taken == 1
    assert memory.exact("ro", [SOURCE])[SOURCE].target == "Ce să faceți"


@pytest.mark.parametrize(
    ("claimed", "state", "by", "kept"),
    [
        (REVIEWED, TRANSLATED, "Ion", TRANSLATED),
        (REVIEWED, REVIEWED, "", TRANSLATED),
        (REVIEWED, REVIEWED, "Ion", REVIEWED),
        (FINAL, REVIEWED, "Ion", FINAL),
        (TRANSLATED, REVIEWED, "Ion", TRANSLATED),
    ],
)
def test_a_review_counts_only_where_the_file_and_a_person_say_so(
    memory: Memory, claimed: SegmentState, state: SegmentState, by: str, kept: SegmentState
) -> None:
    imported(memory, [Unit(SOURCE, "Ce să faceți", claimed, reviewer="who knows")], state=state, by=by)

    (entry,) = memory.entries("ro")
    assert entry.state is kept
    assert (entry.reviewer, entry.reviewed_at) == ((by, NOW) if kept in (REVIEWED, FINAL) else ("", None))


def test_nobody_has_the_last_word_on_his_own_text(memory: Memory) -> None:
    imported(memory, [Unit(SOURCE, "Ce să faceți", FINAL, author="A. na")], state=REVIEWED, by="Ana")

    (entry,) = memory.entries("ro")
    assert (entry.state, entry.author, entry.reviewer) == (REVIEWED, "A. na", "Ana")


def test_a_translator_who_imports_her_own_text_as_reviewed_stays_its_translator(memory: Memory) -> None:
    imported(memory, [Unit(SOURCE, "Ce să faceți", TRANSLATED, line=1)], by="Ana Pop")

    own = imported(memory, [Unit(SOURCE, "Ce să faceți", REVIEWED, line=1)], by="Ana Pop", state=REVIEWED)
    (after_own,) = memory.entries("ro")
    other = imported(memory, [Unit(SOURCE, "Ce să faceți", REVIEWED, line=1)], by="Bob", state=REVIEWED)
    (after_other,) = memory.entries("ro")
    again = imported(memory, [Unit(SOURCE, "Ce să faceți", REVIEWED, line=1)], by="Ana Pop", state=REVIEWED)

    assert (own.taken, other.taken, again.taken, again.unchanged) == (1, 1, 0, 1)
    assert (after_own.author, after_own.reviewer, after_own.is_self_reviewed) == ("Ana Pop", "Ana Pop", True)
    assert (after_other.author, after_other.reviewer, after_other.is_self_reviewed) == ("Ana Pop", "Bob", False)


def test_a_rejected_translation_does_not_come_back(memory: Memory) -> None:
    put(memory, "Ce", INITIAL)

    report = imported(memory, [Unit(SOURCE, "Ce", TRANSLATED, line=4)])

    assert reasons(report) == ["jobs/agency.po:4: somebody rejected this very translation: translate the text anew"]
    assert memory.exact("ro", [SOURCE]) == {}


def test_spaces_and_accents_as_an_editor_leaves_them_are_the_same_text(memory: Memory) -> None:
    report = imported(memory, [Unit("\n  What happens\n  next ", "\n  Ce sa\u0306\n  faceți ", TRANSLATED)])

    assert report.taken == 1
    assert memory.exact("ro", [SOURCE])[SOURCE].target == "Ce să faceți"


def test_rows_that_could_not_be_read_stay_in_the_report(memory: Memory) -> None:
    problem = Problem("jobs/agency.po", 5, "not a PO entry: cannot read '<<<'")

    report = imported(memory, [Unit(SOURCE, "Ce să faceți", TRANSLATED, line=9)], [problem])

    assert (report.taken, report.refused) == (1, [problem])


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_memory_moves_to_another_installation(memory: Memory, name: str) -> None:
    for n, state in enumerate(SegmentState):
        who = ("Ion", NOW) if state in (REVIEWED, FINAL) else ("", None)
        origin = Origin.ENGINE if state is MACHINE else Origin.PERSON
        memory.put("ro", [Entry(f"Text {n}", f"Textul {n}", state, origin, "Ana <a@b>", NOW, "2", *who)])
        memory.put("ro", [Entry(f"Text {n}", f"Alt text {n}", state, origin, "Ana\tB", NOW, "", *who)])
    data = FORMATS[name].write(units_of_memory(memory, "ro"), "ro", "en-GB")
    other = empty_memory()

    units, problems = FORMATS[name].read(data, "memory", "ro", "en-GB")
    report = imported(other, units, problems, as_memory=True, state=REVIEWED, by="Eva")
    again = imported(other, units, problems, as_memory=True, state=REVIEWED, by="Eva")

    assert (report.taken, report.refused) == (10, [])
    assert list(other.entries("ro")) == list(memory.entries("ro"))
    assert (again.taken, again.unchanged) == (0, 10)


def test_a_memory_of_others_rejects_nothing_that_stands_here(memory: Memory) -> None:
    entry = put(memory, "Ce să faceți", REVIEWED)

    report = imported(memory, [Unit(SOURCE, "Ce să faceți", INITIAL, origin="person", line=2)], as_memory=True)

    assert "was rejected where it comes from, and is reviewed here" in reasons(report)[0]
    assert list(memory.entries("ro")) == [entry]


def test_facts_are_checked_in_a_memory_of_others_too(memory: Memory) -> None:
    report = imported(memory, [Unit("Call 101.", "Sunați la 102.", TRANSLATED)], as_memory=True)

    assert "101" in reasons(report)[0]
    assert report.taken == 0


def test_a_row_that_the_database_refuses_takes_the_whole_import_back() -> None:
    engine = open_engine("sqlite://")
    migrate(engine)
    with writing(engine) as connection:
        refuse = "CREATE TRIGGER full BEFORE INSERT ON memory WHEN new.target = 'Doi'"
        connection.exec_driver_sql(f"{refuse} BEGIN SELECT RAISE(ABORT, 'full'); END")
    memory = Memory(engine, "en-GB")
    rows = [Unit("One", "Unu", TRANSLATED), Unit("Two", "Doi", TRANSLATED), Unit("Three", "Trei", TRANSLATED)]

    with pytest.raises(SQLAlchemyError, match="full"):
        imported(memory, rows, as_memory=True)

    assert list(memory.entries("ro")) == []


def test_a_character_that_no_database_takes_refuses_its_row_only(memory: Memory) -> None:
    report = imported(
        memory, [Unit("One", "Un\0u", TRANSLATED, line=3), Unit("Two", "Doi", TRANSLATED)], as_memory=True
    )

    assert reasons(report)[0].startswith("jobs/agency.po:3: holds the character 0")
    assert report.taken == 1
