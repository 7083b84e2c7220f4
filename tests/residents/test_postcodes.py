"""Postcodes: files of any year are read as a stream, and what residents type is found, however they write it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine

from briefings.content.loader import load_content
from briefings.model.errors import InvalidInput
from briefings.model.place import Places
from briefings.residents.postcode_file import PostcodeReport, import_postcodes
from briefings.residents.postcodes import Postcodes
from briefings.settings import CHECKOUT

OLD = "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,casward,statsward,wardc91,ward98"
LOOKUP = "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,oa21,cty,ced,laua,ward,nhser"
NEW = "pcd7,pcd8,pcds,dointr,doterm,usrtypind,ced25cd,lad25cd,wd25cd,nhser24cd"


def write(path: Path, header: str, *rows: tuple[str, str, str, str]) -> Path:
    """Write rows of (postcode, terminated, borough, ward) under a header; all other cells say nothing."""
    names = header.split(",")
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        for postcode, terminated, borough, ward in rows:
            told = {"doterm": terminated, "oslaua": borough, "laua": borough, "lad25cd": borough}
            told |= {"osward": ward, "ward": ward, "wd25cd": ward}
            told |= dict.fromkeys(("pcd", "pcd2", "pcds", "pcd7", "pcd8"), postcode)
            writer.writerow([told.get(name, "x") for name in names])
    return path


def take(engine: Engine, places: Places, path: Path) -> PostcodeReport:
    return import_postcodes(engine, places, path, path.with_suffix(".refused.csv"))


@pytest.mark.parametrize("header", [OLD, LOOKUP, NEW])
def test_files_of_any_year_are_read_by_their_column_names(
    engine: Engine, places: Places, tmp_path: Path, header: str
) -> None:
    path = write(
        tmp_path / "file.csv", header,
        ("E17 4CC", "", "B1", "W1"), ("E17 4CI", "", "B1", "W2"), ("E10 5CC", "", "B1", "W3"),
        ("E17 4CK", "199606", "B1", "W1"), ("N1 1AA", "", "B2", "X1"), ("E17 4CM", "", "B1", "W0 of before"),
    )  # fmt: skip

    report = take(engine, places, path)

    assert (report.rows, report.kept, report.terminated) == (6, 3, 1)
    assert (report.other_boroughs, report.old_wards, report.malformed) == (1, 1, 0)
    assert Postcodes(engine, places).find("E17 4CI") == "W2"
    assert Postcodes(engine, places).find("E17 4CK") is None


@pytest.mark.parametrize(
    ("typed", "wards"),
    [
        ("E17 4CC", ("W1",)), ("e17 4cc", ("W1",)), (" e174cc ", ("W1",)), ("E17-4CC", ("W1",)),
        ("Ｅ１７\u3000４ＣＣ", ("W1",)), ("e1 74cc", ("W1",)),
        ("E17 4", ("W1", "W2")), ("E17", ("W1", "W2")), ("E17 4CI", ("W2",)), ("E10", ("W3",)), ("E10 5", ("W3",)),
        ("E1", ()), ("E", ()), ("", ()), ("E17 4ZZ", ()), ("%", ()), ("E17 4C_", ("W1", "W2")), ("x" * 10_000, ()),
        ("E4 4CC", ()), ("'; DROP TABLE postcodes", ()),
    ],
)  # fmt: skip
def test_what_people_type_is_found(
    engine: Engine, places: Places, tmp_path: Path, typed: str, wards: tuple[str, ...]
) -> None:
    rows = ("E17 4CC", "", "B1", "W1"), ("E17 4CI", "", "B1", "W2"), ("E10 5CC", "", "B1", "W3")
    take(engine, places, write(tmp_path / "file.csv", NEW, *rows))
    known = Postcodes(engine, places)

    found, one = known.wards(typed), known.find(typed)

    assert found == wards
    assert one == (wards[0] if len(wards) == 1 else None)


def test_malformed_rows_are_named_and_kept_aside(engine: Engine, places: Places, tmp_path: Path) -> None:
    path = write(tmp_path / "file.csv", NEW, ("E17 4CC", "", "B1", "W1"), ("nonsense", "", "B1", "W1"))
    with path.open("a") as file:
        file.write('"E17 4CI","too short"\n')
        file.write(",".join(["E17 4CC"] * 3 + ["", "", "", "", "B1", "W2", ""]) + "\n")

    report = take(engine, places, path)

    assert (report.rows, report.kept, report.malformed) == (4, 1, 3)
    assert [str(problem) for problem in report.problems] == [
        f"{path}:3: 'nonsense' is no postcode",
        f"{path}:4: has 2 columns and the first line 10",
        f"{path}:5: E174CC stands in an earlier row with another ward",
    ]
    aside = list(csv.reader(path.with_suffix(".refused.csv").open()))
    assert len(aside) == 4
    assert aside[0] == [*NEW.split(","), "problem"]
    assert Postcodes(engine, places).find("E17 4CC") == "W1"


def test_a_newer_file_takes_the_place_of_the_older(engine: Engine, places: Places, tmp_path: Path) -> None:
    take(engine, places, write(tmp_path / "a.csv", OLD, ("E17 4CC", "", "B1", "W1"), ("E17 4CI", "", "B1", "W1")))

    take(engine, places, write(tmp_path / "b.csv", NEW, ("E17 4CC", "", "B1", "W2")))

    known = Postcodes(engine, places)
    assert (known.find("E17 4CC"), known.find("E17 4CI")) == ("W2", None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("pcds,wd25cd\nN1 1AA,X1\n", "none of its 1 postcodes"),
        ("pcds,casward\nE17 4CC,W1\n", "file.csv:1: has no column"),
        ("", "file.csv:1: has no column"),
    ],
)
def test_a_file_of_something_else_changes_nothing(
    engine: Engine, places: Places, tmp_path: Path, content: str, says: str
) -> None:
    take(engine, places, write(tmp_path / "good.csv", NEW, ("E17 4CC", "", "B1", "W1")))
    wrong = tmp_path / "file.csv"
    wrong.write_text(content)

    with pytest.raises(InvalidInput, match=says):
        take(engine, places, wrong)

    assert Postcodes(engine, places).find("E17 4CC") == "W1"


def test_without_an_import_nobody_is_asked(engine: Engine, places: Places) -> None:
    known = Postcodes(engine, places)

    assert not known.has_postcodes()
    assert known.find("E17 4CC") is None


def test_the_sample_that_ships_covers_every_ward_of_the_borough(engine: Engine, tmp_path: Path) -> None:
    shipped = load_content(CHECKOUT).places

    report = import_postcodes(engine, shipped, CHECKOUT / "content" / "postcodes.sample.csv", tmp_path / "aside.csv")

    assert (report.malformed, report.old_wards) == (0, 0)
    known = Postcodes(engine, shipped)
    assert {ward for area in ("E4", "E17", "E10", "E11") for ward in known.wards(area)} == set(shipped.wards)
