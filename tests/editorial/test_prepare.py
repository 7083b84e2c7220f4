"""Preparing: every locale for itself."""

from __future__ import annotations

from pathlib import Path

from briefings.editorial.prepare import as_it_stands, prepare
from tests.editorial.town import LAMPS, NOW, town


def test_a_catalog_that_cannot_be_read_stops_its_own_locale_only(tmp_path: Path) -> None:
    with town(tmp_path) as place:
        catalog = place.root / "locales" / "pl" / "LC_MESSAGES" / "content.po"
        catalog.parent.mkdir(parents=True)
        catalog.write_text('msgid ""\nmsgstr ""\n\nthis is no catalog\n')
        place.reread()

        report = prepare(place.desk, [LAMPS], NOW)

        assert [(problem.path, problem.line) for problem in report.problems] == [(str(catalog), 4)]
        assert not report.is_clean
        assert [(e.locale, e.ready) for e in report.prepared[0].editions] == [("en-GB", True), ("pl", False)]


def test_a_glossary_that_cannot_be_read_stops_its_own_locale_only(tmp_path: Path) -> None:
    with town(tmp_path) as place:
        glossary = place.root / "locales" / "pl" / "glossary.csv"
        glossary.parent.mkdir(parents=True)
        glossary.write_text("kind;source;target;note\npreferred;lamp;lampa;\n")
        place.reread()
        place.desk.engine_names = ["pseudo"]

        report = prepare(place.desk, [LAMPS], NOW)
        editions, problems = as_it_stands(place.desk, LAMPS)

        assert [problem.path for problem in report.problems] == [str(glossary)]
        assert problems == report.problems
        assert [(e.locale, e.ready) for e in report.prepared[0].editions] == [("en-GB", True), ("pl", False)]
        assert [edition.locale for edition in editions] == ["en-GB", "pl"]
