"""Preparing with engines: what was drafted before an engine died is there, and the next run goes on from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefings.content.fields import Report
from briefings.content.places import load_channels, load_places
from briefings.editorial.prepare import as_it_stands, prepare
from briefings.editorial.review import review
from briefings.model.edition import SegmentState
from briefings.model.errors import Permanent, Transient
from tests.editorial.town import LAMPS, NOW, Town
from tests.translation.scripted_engine import Answer, ScriptedEngine, drafting, raises, right, says

FAULTS = {
    "dies": raises(Transient("could not be reached (ConnectError)")),
    "refuses": raises(Permanent("answered 403 (forbidden)")),
    "answers HTML": says("<html><body>502 Bad Gateway</body></html>"),
    "answers the source": lambda request: list(request.texts),
    "answers half": lambda request: right(request)[: len(request.texts) // 2],
    "answers nothing": says(""),
}


def use(town: Town, *engines: ScriptedEngine) -> None:
    town.reread()
    town.desk.engine_names = [engine.name for engine in engines]
    town.desk.open_drafting = lambda names: drafting(*engines)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_engine_that_fails_half_way_leaves_what_it_did_and_no_wrong_text(town: Town, fault: str) -> None:
    bad: Answer = FAULTS[fault]
    use(town, ScriptedEngine("vendor", right, bad, batch_size=4))

    first = prepare(town.desk, [LAMPS], NOW)
    kept = list(town.desk.memory.entries("pl"))
    use(town, ScriptedEngine("vendor"))
    second = prepare(town.desk, [LAMPS], NOW)

    assert len(kept) == 4
    assert {(entry.state, entry.author, entry.version) for entry in kept} == {(SegmentState.MACHINE, "vendor", "7")}
    assert not any("<" in entry.target for entry in kept)
    assert not first.is_clean
    assert all(line.startswith(f"{LAMPS} pl: vendor: ") and "\n" not in line for line in first.troubles)
    assert len(first.troubles) == 1
    assert first.prepared[0].editions[0].ready
    assert second.drafted == {"vendor": 3}
    assert second.is_clean
    assert second.prepared[0].editions[1].ready


def test_an_engine_that_does_not_know_the_language_is_no_trouble(town: Town) -> None:
    class English(ScriptedEngine):
        def can_translate(self, source_locale: str, locale: str) -> bool:
            return False

    use(town, English())

    report = prepare(town.desk, [LAMPS], NOW)

    assert report.is_clean
    assert report.prepared[0].editions[1].untranslated


def test_looking_asks_no_engine(town: Town) -> None:
    engine = ScriptedEngine()
    use(town, engine)

    as_it_stands(town.desk, LAMPS)

    assert engine.calls == []


def test_a_borough_chooses_engines_by_locale(town: Town, tmp_path: Path) -> None:
    path = town.root / "content" / "channels.yaml"
    path.write_text("channels: [email]\nengines: {pl: [second, first], xx-no: [first], ro: [first]}\n")
    places = load_places(town.root / "content" / "places.yaml", Report("places.yaml"))
    assert places is not None
    report = Report("channels.yaml")

    channels = load_channels(path, report, places)

    assert channels.engines["pl"] == ("second", "first")
    assert [problem.line for problem in report.problems] == [2, 2]
    assert "xx-no" in report.problems[0].message
    assert "'ro' is not one of the borough's locales" in report.problems[1].message


def test_the_order_of_the_locale_is_asked(town: Town) -> None:
    (town.root / "content" / "channels.yaml").write_text("channels: [email]\nengines: {pl: [second, first]}\n")
    first, second = ScriptedEngine("first"), ScriptedEngine("second")
    use(town, first, second)

    report = prepare(town.desk, [LAMPS], NOW)

    assert report.drafted == {"second": 7}
    assert first.calls == []


def test_a_draft_that_a_person_rejected_is_not_drafted_again_and_the_next_engine_is_asked(town: Town) -> None:
    first, second = ScriptedEngine("first"), ScriptedEngine("second", lambda r: [f"{text} !" for text in right(r)])
    use(town, first, second)

    drafted = prepare(town.desk, [LAMPS], NOW).drafted
    review(town.desk, LAMPS, "pl", "Ola", SegmentState.INITIAL, NOW)
    again = prepare(town.desk, [LAMPS], NOW)
    calls = len(first.calls), len(second.calls)
    quiet = prepare(town.desk, [LAMPS], NOW)

    assert drafted == {"first": 7}
    assert again.drafted == {"second": 7}
    assert again.troubles == [f"{LAMPS} pl: first: a person rejected its translation: 7 texts not translated"]
    assert len(first.calls) == 2  # of four texts each, before the rejection
    assert quiet.drafted == {}
    assert quiet.is_clean
    assert (len(first.calls), len(second.calls)) == calls
