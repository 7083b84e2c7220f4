"""Lists in and out: good rows are taken, bad ones refused whole, and nothing is lost on the way."""

from __future__ import annotations

import csv
import io
import stat
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from briefings.model.errors import InvalidInput
from briefings.model.place import Places
from briefings.subscribers import exchange
from briefings.subscribers.exchange import ImportReport, export_csv, export_file, import_csv
from briefings.subscribers.register import Counts, Register
from briefings.subscribers.rows import COLUMNS, read_row
from briefings.subscribers.subscriber import Choices, Format, Frequency
from briefings.subscribers.suppression import SuppressionReason

from .conftest import NOW, SECRET, wish

HEADER = "email,locale,regions,wards,frequency,format,confirmed_at,source"


def listed(tmp_path: Path, *rows: str, header: str = HEADER, end: str = "\n") -> Path:
    path = tmp_path / "list.csv"
    path.write_text(end.join([header, *rows]) + end, encoding="utf-8", newline="")
    return path


def row(email: str = "ana@example.org", confirmed_at: str = "2026-01-05T10:00:00Z", source: str = "paper form") -> str:
    return f"{email},ro,north,,weekly,html,{confirmed_at},{source}"


def test_a_row_is_taken_with_every_choice_and_its_consent(register: Register, tmp_path: Path) -> None:
    path = listed(tmp_path, 'Ana@Example.org, pt-pt ,north; south,W3;W1,Monthly,large-print,2026-01-05,"fair, stand 2"')

    report = import_csv(register, path, NOW)

    ana = register.find("ana@example.org")
    assert report == ImportReport(taken=1)
    assert ana is not None
    assert ana.choices == Choices("pt-PT", ("north", "south"), ("W1", "W3"), Frequency.MONTHLY, Format.LARGE_PRINT)
    assert str(ana.confirmed_at) == "2026-01-05 00:00:00+00:00"
    (consent,) = register.consents(ana.id)
    assert (consent.at, consent.source, consent.words) == (ana.confirmed_at, "fair, stand 2", "fair, stand 2")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_of_every_spreadsheet_are_read(register: Register, tmp_path: Path, end: str, mark: str) -> None:
    header = "Source, Format,email,confirmed_at,locale,wards,regions,frequency"
    path = listed(
        tmp_path, '"paper ""A"" list",html,ana@example.org,,ro,,north,weekly', "", header=mark + header, end=end
    )

    report = import_csv(register, path, NOW)

    assert report == ImportReport(taken=1, pending=1)
    assert register.count() == Counts(0, 1, 0)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (row("nobody"), "email has no @"),
        (row("=cmd@example.org"), "email has something"),
        (row().replace(",ro,", ",de,"), "locale has 'de'"),
        (row().replace(",north,", ",east,"), "regions has 'east'"),
        (row().replace(",north,", ",bob@example.org,"), "regions has an email address"),
        (row().replace(",north,,", ",,W7,"), "wards has 'W7'"),
        (row().replace(",north,", ",,"), "regions and wards are both empty"),
        (row().replace("weekly", "daily"), "frequency has 'daily'; use immediate, weekly, monthly"),
        (row().replace("html", "pdf"), "format has 'pdf'; use html, text, large-print"),
        (row(confirmed_at="5/1/2026"), "confirmed_at has '5/1/2026'"),
        (row(confirmed_at="2026-02-30"), "confirmed_at has '2026-02-30'"),
        (row(confirmed_at="0001-01-01T00:00+05:00"), "confirmed_at has"),
        (row(confirmed_at="2026-W01-1T10:00Z"), "confirmed_at has"),
        (row(confirmed_at="2099-01-01"), "confirmed_at lies in the future"),
        (row(source=""), "source is empty"),
        (row(source="=1+1"), "source starts with"),
        (row(source='"two\nlines"'), "source holds line breaks"),
        (row(source="nul\x00"), "source holds line breaks or control"),
        (row() + ",more", "the row has 9 columns"),
        ("ana@example.org", "the row has 1 columns"),
        (row(source='"a"b'), "not valid CSV"),
        (row("bea@example.org"), "email stands in an earlier row"),
    ],
)
def test_a_bad_row_is_refused_whole_and_the_others_are_taken(
    register: Register, tmp_path: Path, bad: str, says: str
) -> None:
    path = listed(tmp_path, row("bea@example.org"), bad, row("cem@example.org"))

    report = import_csv(register, path, NOW)

    (problem,) = report.refused
    assert (report.taken, report.refused_rows, problem.path, problem.line) == (2, 1, str(path), 3)
    assert says in problem.message
    assert "ana@" not in problem.message
    assert register.count() == Counts(2, 0, 0)


def test_a_row_that_is_not_utf_8_is_refused_alone(register: Register, tmp_path: Path) -> None:
    path = listed(tmp_path, row("bea@example.org", source="café"), row("cem@example.org"))
    path.write_bytes(path.read_bytes().replace("é".encode(), "é".encode("latin-1")))

    report = import_csv(register, path, NOW, tmp_path / "refused.csv")

    assert (report.taken, report.refused_rows) == (1, 1)
    assert "UTF-8" in report.refused[0].message
    assert "caf\ufffd" in (tmp_path / "refused.csv").read_text("utf-8")


def test_a_quote_that_is_never_closed_is_reported_with_the_lines_it_swallowed(
    register: Register, tmp_path: Path
) -> None:
    path = listed(tmp_path, row("bea@example.org"), row("cem@example.org", source='"open'), row("dan@example.org"))

    report = import_csv(register, path, NOW)

    assert report.taken == 1
    assert "lines 3 to 4 are not valid CSV" in report.refused[0].message


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("", "missing email, locale"),
        ("email,locale", "missing regions"),
        (HEADER + ",phone", "unknown 'phone'"),
        (HEADER + ",email", "twice email"),
        (HEADER.replace(",", ";"), "save the file with commas"),
        ("," * 1000, "1001 columns"),
        ('"' + "x" * 200_000, "field larger"),
    ],
)
def test_a_wrong_first_line_refuses_the_file_and_says_why(
    register: Register, tmp_path: Path, header: str, says: str
) -> None:
    path = listed(tmp_path, row(), header=header)

    with pytest.raises(InvalidInput, match=says):
        import_csv(register, path, NOW)

    assert register.count() == Counts(0, 0, 0)


def test_what_is_no_csv_file_at_all_is_refused(register: Register, tmp_path: Path) -> None:
    utf16, huge = tmp_path / "utf16.csv", tmp_path / "huge.csv"
    utf16.write_text(HEADER, encoding="utf-16")
    with huge.open("wb") as file:
        file.truncate(exchange.MAX_BYTES + 1)

    for path, says in (
        (utf16, "UTF-16"),
        (huge, "50 MiB"),
        (tmp_path, "not a file"),
        (tmp_path / "none", "not a file"),
    ):
        with pytest.raises(InvalidInput, match=says):
            import_csv(register, path, NOW)


def test_importing_twice_changes_nothing(register: Register, tmp_path: Path) -> None:
    path = listed(tmp_path, row("bea@example.org"), row("cem@example.org", confirmed_at=""))

    first = import_csv(register, path, NOW)
    second = import_csv(register, path, NOW)

    bea = register.find("bea@example.org")
    assert first == ImportReport(taken=2, pending=1)
    assert second == ImportReport(unchanged=2, pending=1)
    assert bea is not None
    assert len(register.consents(bea.id)) == 1


def test_an_import_brings_nobody_back_who_left_or_was_suppressed(register: Register, tmp_path: Path) -> None:
    path = listed(tmp_path, row("bea@example.org"), row("cem@example.org"), row("dan@example.org"))
    import_csv(register, path, NOW)
    register.unsubscribe("bea@example.org", "one-click", NOW)
    register.suppress("cem@example.org", SuppressionReason.BOUNCED, NOW)

    report = import_csv(register, path, NOW)

    assert (report.unchanged, report.refused_rows) == (1, 2)
    assert [problem.line for problem in report.refused] == [2, 3]
    assert "unsubscribed" in report.refused[0].message
    assert "bounced" in report.refused[1].message
    assert register.count() == Counts(1, 0, 2)


def test_refused_rows_are_kept_apart_for_their_owner_and_can_be_put_right(register: Register, tmp_path: Path) -> None:
    path = listed(tmp_path, row("bea@example.org"), row().replace("north", "nroth"), row(source="=1+1"))
    quarantine = tmp_path / "new" / "refused.csv"

    import_csv(register, path, NOW, quarantine)

    text = quarantine.read_text("utf-8")
    kept = list(csv.reader(io.StringIO(text)))
    assert stat.S_IMODE(quarantine.stat().st_mode) == 0o600
    assert kept[0] == [*HEADER.split(","), "problem"]
    assert [cells[0] for cells in kept[1:]] == ["ana@example.org", "ana@example.org"]
    assert kept[2][7] == "'=1+1"
    quarantine.write_text(text.replace("nroth", "north").replace("'=1+1", "stand"), encoding="utf-8", newline="")
    again = import_csv(register, quarantine, NOW, quarantine)
    assert (again.taken, again.refused_rows) == (1, 1)
    assert "earlier row" in list(csv.reader(io.StringIO(quarantine.read_text("utf-8"))))[1][8]
    assert sorted(path.name for path in quarantine.parent.iterdir()) == ["refused.csv"]


def test_no_quarantine_file_is_made_when_nothing_is_refused(register: Register, tmp_path: Path) -> None:
    path = listed(tmp_path, row())

    import_csv(register, path, NOW, tmp_path / "refused.csv")

    assert not (tmp_path / "refused.csv").exists()


def test_export_then_import_gives_the_same_register(
    register: Register, second_engine: Engine, places: Places, tmp_path: Path
) -> None:
    register.add(wish("o'brien+x@bücher.example", ("north", "south"), ("W1", "W9")), NOW)
    register.add(wish("pending@example.org", confirmed_at=None), NOW)
    register.add(wish("ended@example.org"), NOW)
    register.unsubscribe("ended@example.org", "one-click", NOW)
    second = Register(second_engine, places, SECRET)

    count = export_file(register.engine, tmp_path / "out.csv")
    report = import_csv(second, tmp_path / "out.csv", NOW)

    again = io.StringIO(newline="")
    export_csv(second_engine, again)
    assert count == 2
    assert report == ImportReport(taken=2, pending=1)
    assert again.getvalue() == (tmp_path / "out.csv").read_bytes().decode()
    assert "2026-04-17T09:00:00Z,web form" in again.getvalue()
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600


def test_an_empty_register_exports_its_first_line(engine: Engine) -> None:
    out = io.StringIO(newline="")

    count = export_csv(engine, out)

    assert (count, out.getvalue()) == (0, HEADER + "\r\n")


def test_a_large_list_goes_in_and_out_in_bounded_memory(register: Register, tmp_path: Path) -> None:
    """More rows than a batch many times over; the export must not hold them all."""
    path = listed(tmp_path, *(row(f"resident{number}@example.org") for number in range(20_000)))
    report = import_csv(register, path, NOW)

    tracemalloc.start()
    count = export_file(register.engine, tmp_path / "out.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert report.taken == count == 20_000
    assert peak < 20 * 1024**2


def test_a_time_without_a_zone_is_wall_time_in_the_borough() -> None:
    cells = ["a@example.org", "ro", "north", "", "weekly", "html", "2026-07-01 10:00:00", "stall"]

    enrolment = read_row(list(COLUMNS), cells, ZoneInfo("Europe/London"))

    assert enrolment.confirmed_at == datetime(2026, 7, 1, 9, tzinfo=UTC)
