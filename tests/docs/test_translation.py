"""docs/translation.md says what the checks, engines and message templates are."""

from __future__ import annotations

from briefings.engines import ENGINES
from briefings.settings import CHECKOUT
from briefings.translation.checks.registry import CHECKS
from tests.docs.pages import read, sections, table_rows

PARTS = sections(read("docs/translation.md"), "## ")


def test_every_check_is_named_with_what_it_does() -> None:
    rows = {cells[0].strip("`"): cells[1:] for cells in table_rows(PARTS["What is checked"])}

    assert list(rows) == [check.id for check in CHECKS]
    for check in CHECKS:
        effect = f"{check.severity}, or warns" if check.may_warn and check.severity == "blocks" else str(check.severity)
        assert rows[check.id] == [effect, check.explanation]


def test_every_engine_is_named() -> None:
    rows = [cells[0].strip("`") for cells in table_rows(PARTS["Engines"])]

    assert sorted(rows) == sorted(ENGINES)


def test_every_kind_of_urgent_message_is_named() -> None:
    kinds = [path.stem for path in sorted((CHECKOUT / "templates" / "urgent").glob("*.md"))]

    assert len(kinds) >= 8
    assert all(f"`{kind}`" in PARTS["Urgent messages"] for kind in kinds)
