"""Exchange: subscriber lists in and out as CSV (RFC 4180), streamed.

An import takes the good rows and refuses the bad ones, whole; refused rows go to a file of their
own, to be put right and imported again. Taking the same file twice changes nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, Engine, func, select

from briefings.model.errors import InvalidInput, Problem, Refused
from briefings.store.engine import reading
from briefings.store.people import consents, subscribers
from briefings.subscribers.consent import ConsentAction
from briefings.subscribers.enrol import BATCH, Enrolled, Outcome, with_places
from briefings.subscribers.private_file import private_file
from briefings.subscribers.register import Register
from briefings.subscribers.rows import COLUMNS, PROBLEM, columns_of, disarmed, read_row, write_row
from briefings.subscribers.subscriber import Enrolment, checked_enrolment

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_LISTED = 1000
"""So many refusals are kept in the report; all are counted, and all stand in the quarantine file."""


@dataclass
class ImportReport:
    """What an import did: rows = taken + updated + unchanged + refused_rows.

    `pending` of the rows that were not refused carry no confirmation: kept, and not mailed.
    """

    taken: int = 0
    updated: int = 0
    unchanged: int = 0
    pending: int = 0
    refused_rows: int = 0
    refused: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    """One row of the file: its number, its cells, and what was read from it or why it was refused."""

    number: int
    cells: Sequence[str]
    enrolment: Enrolment | None = None
    problem: str = ""


def import_csv(register: Register, path: Path, now: datetime, quarantine: Path | None = None) -> ImportReport:
    """Import a CSV file, row by row, in transactions of BATCH rows.

    Refused rows are written to `quarantine`, as they were, with a column `problem`. Messages name
    row and column and never hold an address. Raises InvalidInput where nothing can be read.
    """
    report = ImportReport()
    with ExitStack() as stack:
        file = stack.enter_context(_open(path))
        reader = csv.reader(file, strict=True)
        columns = _header(reader, path)
        refused_rows: Any = None
        for batch in _batches(_lines(reader, columns, register, now)):
            for line, problem in _take(register, batch, now, report):
                report.refused_rows += 1
                if len(report.refused) < MAX_LISTED:
                    report.refused.append(Problem(str(path), line.number, problem))
                if quarantine is None:
                    continue
                if refused_rows is None:
                    refused_rows = csv.writer(stack.enter_context(private_file(quarantine)))
                    refused_rows.writerow([*columns, *([] if PROBLEM in columns else [PROBLEM])])
                refused_rows.writerow(_quarantined(columns, line, problem))
    return report


def export_csv(engine: Engine, out: TextIO) -> int:
    """Write everybody who has not ended, pending ones too; returns how many.

    Rows stream in order of joining, all as they are at one moment. Those who ended are left out:
    importing the file elsewhere must not bring them back.
    """
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count, last = 0, 0
    with reading(engine) as connection:
        while rows := connection.execute(
            select(subscribers)
            .where(subscribers.c.id > last, subscribers.c.ended_at.is_(None))
            .order_by(subscribers.c.id)
            .limit(BATCH)
        ).all():
            sources = _sources(connection, [row.id for row in rows])
            writer.writerows(write_row(each, sources.get(each.id, "")) for each in with_places(connection, rows))
            count, last = count + len(rows), rows[-1].id
    return count


def export_file(engine: Engine, path: Path) -> int:
    """Write everybody who has not ended to a file that only its owner may read; returns how many."""
    with private_file(path) as file:
        return export_csv(engine, file)


def _open(path: Path) -> TextIO:
    def refuse(message: str) -> InvalidInput:
        return InvalidInput(Problem(str(path), 0, message))

    if not path.is_file():
        raise refuse("is not a file; give the path of a CSV file")
    if path.stat().st_size > MAX_BYTES:
        raise refuse(f"is larger than {MAX_BYTES // 1024**2} MiB; split it into several files")
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise refuse("is UTF-16; save it as 'CSV UTF-8'")
        # Bytes that are not UTF-8 become lone surrogates, so that only their own row is refused.
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}") from error


def _header(reader: Any, path: Path) -> list[str]:
    try:
        return columns_of(next(reader, []))
    except (Refused, csv.Error) as error:
        raise InvalidInput(Problem(str(path), 1, str(error))) from error


def _lines(reader: Any, columns: Sequence[str], register: Register, now: datetime) -> Iterator[_Line]:
    """Read and check row after row; none is left out but blank lines."""
    seen: set[int] = set()
    for count in range(MAX_ROWS + 1):
        first = reader.line_num + 1
        try:
            cells = next(reader)
            while not cells:
                first = reader.line_num + 1
                cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Line(first, (), problem=f"lines {first} to {reader.line_num} are not valid CSV: {error}")
            continue
        if count == MAX_ROWS:
            yield _Line(first, (), problem=f"more than {MAX_ROWS} rows: nothing from here on was read; split the file")
            return
        try:
            enrolment = checked_enrolment(read_row(columns, cells, register.places.borough.zone), register.places, now)
            # Hashes, not addresses: a million of these fit into memory easily.
            if hash(enrolment.email) in seen:
                raise Refused("email stands in an earlier row already; keep one row for each address")
            seen.add(hash(enrolment.email))
            yield _Line(first, cells, enrolment)
        except Refused as error:
            yield _Line(first, cells, problem=str(error))


def _batches(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    batch: list[_Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(
    register: Register, batch: Sequence[_Line], now: datetime, report: ImportReport
) -> Iterator[tuple[_Line, str]]:
    """Enrol the good rows of a batch, count them, and give back the refused ones with the reason."""
    good = [line.enrolment for line in batch if line.enrolment is not None]
    answers = iter(register.enrol_batch(good, now) if good else [])
    for line in batch:
        answer = next(answers) if line.enrolment is not None else Enrolled(Outcome.REFUSED, line.problem)
        if answer.outcome is Outcome.REFUSED:
            yield line, answer.reason
            continue
        report.taken += answer.outcome in (Outcome.ADDED, Outcome.RESUBSCRIBED)
        report.updated += answer.outcome is Outcome.UPDATED
        report.unchanged += answer.outcome is Outcome.UNCHANGED
        report.pending += line.enrolment is not None and line.enrolment.confirmed_at is None


def _quarantined(columns: Sequence[str], line: _Line, problem: str) -> list[str]:
    cells = [disarmed(cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")) for cell in line.cells]
    if PROBLEM in columns and len(cells) == len(columns):
        cells[columns.index(PROBLEM)] = problem
        return cells
    return [*cells, *[""] * (len(columns) - len(cells)), problem]


def _sources(connection: Connection, subscriber_ids: Sequence[int]) -> dict[int, str]:
    """Return where each of some subscribers last agreed, or asked."""
    newest = (
        select(func.max(consents.c.id))
        .where(consents.c.subscriber_id.in_(subscriber_ids), consents.c.action != ConsentAction.WITHDRAWN.value)
        .group_by(consents.c.subscriber_id)
    )
    rows = connection.execute(select(consents.c.subscriber_id, consents.c.source).where(consents.c.id.in_(newest)))
    return {row.subscriber_id: row.source for row in rows}
