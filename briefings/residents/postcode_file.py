"""The postcode file: ONS Postcode Directory or National Statistics Postcode Lookup, of any year, read as a stream.

Columns by name, as the user guides of those products give them: `pcds` (or `pcd8`, `pcd7`, `pcd2`, `pcd`) holds the
postcode, `osward`, `ward` or `wd25cd` the ward, `oslaua`, `laua` or `lad25cd` the borough, `doterm` when it ended.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, insert

from briefings.model.errors import InvalidInput, Problem, Refused
from briefings.model.place import Places
from briefings.residents.postcodes import is_postcode, normalised
from briefings.store.engine import writing
from briefings.store.people import postcodes
from briefings.subscribers.private_file import private_file

MAX_BYTES = 4 * 1024**3
MAX_KEPT = 500_000
"""Ten times as many as the largest borough has."""
MAX_REFUSED = 10_000
SHOWN_EVERY = 50_000

_POSTCODE = ("pcds", "pcd8", "pcd7", "pcd2", "pcd")
_WARD = re.compile(r"osward|ward|wd(?:\d\d)?(?:cd)?", re.IGNORECASE)
_BOROUGH = re.compile(r"oslaua|laua|lad(?:\d\d)?(?:cd)?", re.IGNORECASE)


@dataclass
class PostcodeReport:
    """How many rows were read, and what became of each; `problems` names the first of those that are malformed.

    `old_wards` are postcodes of this borough in a ward that places.yaml does not have: the file, or that, is of
    another year.
    """

    rows: int = 0
    kept: int = 0
    other_boroughs: int = 0
    terminated: int = 0
    old_wards: int = 0
    malformed: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Columns:
    postcode: int
    ward: int
    borough: int | None
    terminated: int | None
    count: int


def import_postcodes(
    engine: Engine,
    places: Places,
    path: Path,
    quarantine: Path,
    progress: Callable[[int, int], None] = lambda done, size: None,
) -> PostcodeReport:
    """Take a file's postcodes of this borough's wards, in place of all that were known; returns what was found.

    Malformed rows are written to `quarantine`. `progress` is called with the bytes read, and those in all. Raises
    InvalidInput for a file that cannot be read, and where not one of its postcodes lies in a ward of ours: then what
    was known stays.
    """
    report = PostcodeReport()
    kept: dict[str, str] = {}
    refused: list[list[str]] = []
    header: list[str] = []
    with _opened(path) as binary:
        size = path.stat().st_size
        reader = csv.reader(TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline=""))
        header = next(reader, [])
        columns = _columns(header, path)
        for line, cells in _rows(reader, path, report):
            report.rows += 1
            if report.rows % SHOWN_EVERY == 0:
                progress(binary.tell(), size)
            problem = _take(cells, columns, places, kept, report)
            if problem:
                report.malformed += 1
                if len(refused) < MAX_REFUSED:
                    report.problems.append(Problem(str(path), line, problem))
                    refused.append([*cells[: columns.count], problem])
        progress(size, size)
    if refused:
        _write(quarantine, [*header, "problem"], refused)
    if not kept:
        raise InvalidInput(
            Problem(str(path), 0, f"none of its {report.rows} postcodes lies in a ward of places.yaml; nothing changed")
        )
    report.kept = len(kept)
    with writing(engine) as connection:
        connection.execute(delete(postcodes))
        connection.execute(
            insert(postcodes).returning(postcodes.c.postcode),  # few statements of many rows
            [{"postcode": code, "ward": ward} for code, ward in sorted(kept.items())],
        )
    return report


def _take(cells: Sequence[str], columns: _Columns, places: Places, kept: dict[str, str], report: PostcodeReport) -> str:
    """Keep or count one row; return what is wrong with it, or an empty text."""
    if len(cells) != columns.count:
        return f"has {len(cells)} columns and the first line {columns.count}"
    code = normalised(cells[columns.postcode])
    if not is_postcode(code):
        return f"{cells[columns.postcode][:12]!r} is no postcode"
    if columns.terminated is not None and cells[columns.terminated].strip():
        report.terminated += 1
        return ""
    ward = cells[columns.ward].strip()
    if ward not in places.wards:
        is_ours = columns.borough is not None and cells[columns.borough].strip() == places.borough.code
        if is_ours:
            report.old_wards += 1
        else:
            report.other_boroughs += 1
        return ""
    if kept.setdefault(code, ward) != ward:
        return f"{code} stands in an earlier row with another ward"
    if len(kept) > MAX_KEPT:
        raise Refused(f"the file has more than {MAX_KEPT} postcodes of this borough: it cannot be a postcode directory")
    return ""


def _rows(reader: Any, path: Path, report: PostcodeReport) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            report.rows += 1
            report.malformed += 1
            report.problems.append(Problem(str(path), reader.line_num, f"is not valid CSV: {error}"))
            continue
        if cells:
            yield reader.line_num, cells


def _opened(path: Path) -> BufferedReader:
    if not path.is_file():
        raise InvalidInput(Problem(str(path), 0, "is not a file; give the path of the CSV file, out of its archive"))
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInput(Problem(str(path), 0, f"is larger than {MAX_BYTES // 1024**3} GiB"))
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(Problem(str(path), 0, f"cannot be read: {error.strerror}")) from error


def _columns(header: Sequence[str], path: Path) -> _Columns:
    """Find the columns by their names. Raises InvalidInput."""
    places: Mapping[str, int] = {name.strip().lower(): index for index, name in reversed(list(enumerate(header)))}
    postcode = next((places[name] for name in _POSTCODE if name in places), None)
    ward = next((index for name, index in places.items() if _WARD.fullmatch(name)), None)
    if postcode is None or ward is None:
        raise InvalidInput(
            Problem(
                str(path), 1,
                "has no column for the postcode (pcds, pcd8, pcd7, pcd2, pcd) or for the ward (osward, ward, wd25cd); "
                "take the CSV of the ONS Postcode Directory or of the National Statistics Postcode Lookup",
            )
        )  # fmt: skip
    borough = next((index for name, index in places.items() if _BOROUGH.fullmatch(name)), None)
    return _Columns(postcode, ward, borough, places.get("doterm"), len(header))


def _write(quarantine: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with private_file(quarantine) as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
