"""Schedules: cadences, slots, and what is due, late or missed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.model.schedule import Cadence, Due, Slot, due, slot_is_allowed

LONDON = ZoneInfo("Europe/London")
AT_NINE = datetime(2026, 11, 20, 9, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("late", "expected"),
    [(-1, Due.EMBARGOED), (0, Due.DUE), (6 * 3600, Due.DUE), (6 * 3600 + 1, Due.MISSED)],
)
def test_six_hours_late_is_due_and_a_second_more_is_missed(late: int, expected: Due) -> None:
    now = AT_NINE + timedelta(seconds=late)

    assert due(AT_NINE, now) is expected


@pytest.mark.parametrize(
    ("wall", "allowed"), [(time(0, 29), True), (time(0, 30), False), (time(2, 29), False), (time(2, 30), True)]
)
def test_no_slot_lies_where_clocks_change(wall: time, allowed: bool) -> None:
    assert slot_is_allowed(wall) is allowed


def test_a_cadence_is_a_cron_line_and_reads_back() -> None:
    cadence = Cadence.parse("Weekly Sunday 18:30")

    assert cadence.cron == "30 18 * * 0"
    assert Cadence.parse(str(cadence)) == cadence


@pytest.mark.parametrize("text", ["daily 09:00", "weekly frday 09:00", "weekly friday 25:00", "weekly friday 01:30"])
def test_a_cadence_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cadence"):
        Cadence.parse(text)


def test_a_slot_keeps_its_wall_time_over_a_clock_change() -> None:
    before, after = datetime(2026, 10, 23, 8, tzinfo=UTC), datetime(2026, 10, 30, 9, tzinfo=UTC)

    slots = [Slot.of("publish north", when, LONDON) for when in (before, after)]

    assert [slot.wall for slot in slots] == [time(9), time(9)]
    assert slots[0].local_date.isoformat() == "2026-10-23"
