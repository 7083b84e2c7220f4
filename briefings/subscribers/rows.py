"""Rows of the subscriber CSV: one line of a file to an enrolment, and a subscriber to a line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from typing import TypeVar

from briefings.model.errors import Refused
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency, Subscriber, shown

COLUMNS = ("email", "locale", "regions", "wards", "frequency", "format", "confirmed_at", "source")
PROBLEM = "problem"
"""A column that the file of refused rows has on top; an import passes over it."""

MAX_COLUMNS = 100

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(.*)")
_ZONE = re.compile(r"[Zz]|[+-][0-9]{2}:?[0-9]{2}")

Choice = TypeVar("Choice", bound=StrEnum)


def columns_of(header: Sequence[str]) -> list[str]:
    """Return the columns a header row names, in its order. Raises Refused if they are not ours."""
    if len(header) > MAX_COLUMNS:
        raise Refused(f"the first line has {len(header)} columns; it must be {','.join(COLUMNS)} in any order")
    names = [cell.strip().lower() for cell in header]
    if len(names) == 1 and names[0].count(";") >= len(COLUMNS) - 1:
        raise Refused("the columns are separated by semicolons; save the file with commas between them")
    wrong = [shown(name) for name in names if name not in (*COLUMNS, PROBLEM)]
    missing = [name for name in COLUMNS if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    faults = [
        f"{label} {', '.join(found[:10])}"
        for label, found in (("unknown", wrong), ("missing", missing), ("twice", twice))
        if found
    ]
    if faults:
        raise Refused(f"columns {'; '.join(faults)}; the first line must be {','.join(COLUMNS)} in any order")
    return names


def read_row(columns: Sequence[str], cells: Sequence[str], zone: tzinfo = UTC) -> Enrolment:
    """Return the enrolment one row asks for; places and address are not looked up yet.

    A time without a zone is wall time in `zone`, the borough's: spreadsheets write no other.

    Raises Refused naming the column; the text never holds the address.
    """
    if len(cells) != len(columns):
        raise Refused(f"the row has {len(cells)} columns and the first line {len(columns)}; quote cells with commas")
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        raise Refused("the row is not UTF-8; save the file as 'CSV UTF-8'") from None
    row = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
    return Enrolment(
        email=row["email"],
        choices=Choices(
            locale=row["locale"],
            regions=_list(row["regions"]),
            wards=_list(row["wards"]),
            frequency=_one_of(Frequency, "frequency", row["frequency"]),
            format=_one_of(Format, "format", row["format"]),
        ),
        source=row["source"],
        words=row["source"],
        confirmed_at=_moment(row, zone),
    )


def write_row(subscriber: Subscriber, source: str) -> list[str]:
    """Return the cells of a subscriber in the order of COLUMNS.

    No cell can start a spreadsheet formula: the register takes no such address or source.
    """
    choices, confirmed_at = subscriber.choices, subscriber.confirmed_at
    return [
        subscriber.email,
        choices.locale,
        ";".join(choices.regions),
        ";".join(choices.wards),
        choices.frequency.value,
        choices.format.value,
        confirmed_at.isoformat().replace("+00:00", "Z") if confirmed_at else "",
        source,
    ]


def disarmed(cell: str) -> str:
    """Return a refused cell so that no spreadsheet runs it as a formula (CWE-1236)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _list(cell: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in cell.split(";") if item.strip())


def _one_of(kind: type[Choice], column: str, cell: str) -> Choice:
    try:
        return kind(cell.lower())
    except ValueError:
        raise Refused(f"{column} has {shown(cell)}; use {', '.join(kind)}") from None


def _moment(row: Mapping[str, str], zone: tzinfo) -> datetime | None:
    """Read `confirmed_at`: empty, a date (midnight UTC), or an ISO 8601 time with its zone or in `zone`."""
    cell = row["confirmed_at"]
    if not cell:
        return None
    try:
        if _DATE.fullmatch(cell):
            return datetime.combine(date.fromisoformat(cell), time(), UTC)
        if form := _MOMENT.fullmatch(cell):
            if not form[1]:
                return datetime.fromisoformat(cell.upper()).replace(tzinfo=zone).astimezone(UTC)
            if _ZONE.fullmatch(form[1]):
                return datetime.fromisoformat(cell.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Refused(f"confirmed_at has {shown(cell)}; write a date as 2026-04-17 or a time as 2026-04-17T09:00:00Z")
