"""The revision of a briefing: what changes it, and that a newer release of the program does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from briefings.model.briefing import (
    Action,
    ActionState,
    Briefing,
    Contact,
    Event,
    Figure,
    Period,
    Question,
    Section,
    Severity,
)

ZONE = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 6, 9, 0, tzinfo=ZONE)
FIRST_RELEASE = Briefing(
    region="riverside",
    slug="2026-11-06-evening-patrols",
    title="Phone thefts down",
    period=Period(date(2026, 10, 1), date(2026, 10, 31)),
    publish_at=AT,
    severity=Severity.ROUTINE,
    author="Team",
    summary="Fewer thefts.",
    sections=(Section("What we did", "We patrolled."),),
    contacts=(Contact("Team", phone="101"),),
    events=(Event("Panel", AT, AT, "Library"),),
    question=Question("next", "What next?", ("Lamps", "Patrols")),
    actions=(Action("Too dark.", "New lamps.", ActionState.DONE),),
    figures=(Figure("Thefts", Decimal(14)),),
)


def test_a_briefing_of_the_first_release_keeps_its_revision() -> None:
    assert FIRST_RELEASE.revision == "0440e9b61c113b74"


@pytest.mark.parametrize(
    "change",
    [
        {"easy_read": ("We patrol.", "Call 101.", "Lock your car.")},
        {"sections": (replace(FIRST_RELEASE.sections[0], audiences=("young-people",)),)},
        {"contacts": (replace(FIRST_RELEASE.contacts[0], locales=("ro",)),)},
    ],
)
def test_what_residents_would_see_changes_the_revision(change: dict[str, object]) -> None:
    changed = replace(FIRST_RELEASE, **change)  # type: ignore[arg-type]

    assert changed.revision != FIRST_RELEASE.revision


def test_what_the_borough_adds_to_every_briefing_does_not() -> None:
    service = Contact("Interpreter", "101", is_service=True)
    names = (("young-people", "Young people"),)

    changed = replace(FIRST_RELEASE, contacts=(*FIRST_RELEASE.contacts, service), audience_names=names)

    assert changed.revision == FIRST_RELEASE.revision
