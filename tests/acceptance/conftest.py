"""Installations that are ready to publish, made once and copied for each test."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from briefings.sandbox.run import StandIns
from tests.acceptance.borough import place_otherham, write_briefing, write_residents
from tests.acceptance.command import Installation, with_public_url
from tests.conftest import create_database

EAST = "east/2026-11-20-bicycle-thefts"
EASTERNERS = (
    ("one@example.org", "en-GB", "east", ""),
    ("two@example.org", "ar", "", "E05099901"),
    ("three@example.org", "pl", "east", "E05099902"),
)
SHIPPED = (
    "central/2026-11-20-avoid-part-of-hoe-street",
    "central/2026-11-20-phone-theft-and-street-drinking",
    "north/2026-11-20-car-crime-and-park-safety",
    "south/2026-11-20-burglary-and-safer-streets",
)
NORTH = SHIPPED[2]
EARLY = "2026-11-20T08:00"


@dataclass(frozen=True)
class Scene:
    """An installation, and the stand-ins that its commands talk to."""

    installation: Installation
    stand_ins: StandIns


@pytest.fixture
def otherham(tmp_path: Path) -> Path:
    """Another borough's root, without a briefing yet."""
    return place_otherham(tmp_path / "otherham")


@pytest.fixture
def scene(tmp_path: Path, otherham: Path) -> Iterator[Scene]:
    """Otherham, with a data folder and stand-ins of its own and nobody subscribed."""
    yield from with_stand_ins(with_public_url(Installation(tmp_path / "data", otherham)))


@pytest.fixture(scope="session")
def shipped_ready(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The shipped content with 1,000 subscribers, messages signed, all prepared, the north's approved."""
    return _ready(Installation(tmp_path_factory.mktemp("shipped") / "data"))


@pytest.fixture
def shipped_to_few(shipped_ready: Installation, tmp_path: Path) -> Iterator[Scene]:
    """The shipped content with a handful of subscribers, for tests that do not count mail."""
    copy = shipped_ready.copy(tmp_path)
    with closing(sqlite3.connect(copy.data_dir / "briefings.db")) as database, database:
        database.execute("DELETE FROM subscribers WHERE id > 10")
    yield from with_stand_ins(with_public_url(copy))


@pytest.fixture(scope="session")
def shipped_on_postgres(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, postgres_template: str
) -> Installation:
    url = create_database(postgres_url, postgres_template)
    return _ready(Installation(tmp_path_factory.mktemp("shipped") / "data", environment={"DATABASE_URL": url}))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shipped_on_both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """The shipped content on SQLite, and once more on PostgreSQL."""
    name = "shipped_ready" if request.param == "sqlite" else "shipped_on_postgres"
    ready: Installation = request.getfixturevalue(name)
    yield from with_stand_ins(ready.copy(tmp_path))


@pytest.fixture
def follow(scene: Scene) -> Callable[..., None]:
    """Subscribe people to Otherham: (email, locale, regions, wards) each."""

    def subscribe(*rows: tuple[str, str, str, str]) -> None:
        subscribe_all(scene.installation, rows)

    return subscribe


@pytest.fixture(scope="session")
def east_ready(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("east")
    installation = Installation(folder / "data", place_otherham(folder / "otherham"))
    subscribe_all(installation, EASTERNERS)
    write_briefing(installation.root, EAST)
    installation.prepare_and_approve(EAST)
    return installation


@pytest.fixture
def east(east_ready: Installation, tmp_path: Path) -> Iterator[Scene]:
    """Otherham with one approved briefing of the east, due at 09:00, and three people who follow it."""
    root = shutil.copytree(east_ready.root, tmp_path / "otherham")
    yield from with_stand_ins(with_public_url(east_ready.copy(tmp_path, root)))


def subscribe_all(installation: Installation, rows: Sequence[tuple[str, str, str, str]]) -> None:
    people = write_residents(installation.data_dir.parent / "people.csv", rows)
    installation.run("subscribers", "import", str(people))


def _ready(installation: Installation) -> Installation:
    installation.run("init", "--demo", "1000", "--now", EARLY)
    installation.sign_messages()
    installation.run("prepare", "--now", EARLY)
    installation.run("approve", NORTH, "--by", "A second person", "--now", EARLY)
    return installation


def with_stand_ins(installation: Installation) -> Iterator[Scene]:
    with installation.stand_ins() as stand_ins:
        yield Scene(installation, stand_ins)
