"""Schedules: cadences, slots, and what happens to a slot that was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LATE_LIMIT = timedelta(hours=6)
"""A slot missed by up to this much still runs, once; an older one is recorded as missed."""

FORBIDDEN_FROM, FORBIDDEN_TO = time(0, 30), time(2, 30)
"""No slot lies in here: clocks change between 01:00 and 01:59 in Europe/London."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Due(StrEnum):
    """What a publish time means at a given moment."""

    EMBARGOED = "embargoed"
    DUE = "due"
    MISSED = "missed"


def due(publish_at: datetime, now: datetime) -> Due:
    """Say whether something planned for `publish_at` is to run at `now` (both aware)."""
    if now < publish_at:
        return Due.EMBARGOED
    return Due.DUE if now - publish_at <= LATE_LIMIT else Due.MISSED


def slot_is_allowed(wall: time) -> bool:
    """Return False for a wall time that clock changes may skip or repeat."""
    return not FORBIDDEN_FROM <= wall < FORBIDDEN_TO


@dataclass(frozen=True)
class Cadence:
    """A weekly rhythm: `weekly friday 09:00`, as wall time in the borough's zone."""

    weekday: int
    at: time

    @classmethod
    def parse(cls, text: str) -> Cadence:
        """Read `weekly <weekday> <HH:MM>`. Raises ValueError with the way to put it right."""
        words = text.lower().split()
        if len(words) != 3 or words[0] != "weekly" or words[1] not in WEEKDAYS:
            raise ValueError(f"cadence {text!r} is not of the form 'weekly friday 09:00'")
        try:
            at = time.fromisoformat(words[2])
        except ValueError:
            raise ValueError(f"cadence {text!r}: {words[2]!r} is not a time; write it as 09:00") from None
        if not slot_is_allowed(at):
            raise ValueError(f"cadence {text!r}: clocks change between 00:30 and 02:30; choose another time")
        return cls(WEEKDAYS.index(words[1]), at)

    def __str__(self) -> str:
        return f"weekly {WEEKDAYS[self.weekday]} {self.at:%H:%M}"

    @property
    def cron(self) -> str:
        """The cadence as five cron fields; the zone goes beside it."""
        return f"{self.at.minute} {self.at.hour} * * {(self.weekday + 1) % 7}"


@dataclass(frozen=True)
class Slot:
    """One planned run, known by schedule name, local date and wall time: the key that makes it once."""

    schedule: str
    local_date: date
    wall: time

    @classmethod
    def of(cls, schedule: str, when: datetime, zone: ZoneInfo) -> Slot:
        local = when.astimezone(zone)
        return cls(schedule, local.date(), local.time().replace(second=0, microsecond=0))
