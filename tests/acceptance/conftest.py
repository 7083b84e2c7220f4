"""Installations that are ready to publish, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from briefings.sandbox.run import StandIns
from tests.acceptance.borough import place_otherham, write_briefing, write_residents
from tests.acceptance.command import Installation, with_public_url
from tests.conftest import create_database

EAST = "east/2026-11-20-bicycle-thefts"
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
    yield from _with_stand_ins(with_public_url(Installation(tmp_path / "data", otherham)))


@pytest.fixture(scope="session")
def shipped_ready(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The shipped content with 1,000 subscribers, all prepared, the north's approved, nothing published."""
    return _ready(Installation(tmp_path_factory.mktemp("shipped") / "data"))


@pytest.fixture
def shipped(shipped_ready: Installation, tmp_path: Path) -> Iterator[Scene]:
    yield from _with_stand_ins(with_public_url(shipped_ready.copy(tmp_path)))


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
    yield from _with_stand_ins(ready.copy(tmp_path))


@pytest.fixture
def follow(scene: Scene, tmp_path: Path) -> Callable[..., None]:
    """Subscribe people to Otherham: (email, locale, regions, wards) each."""

    def subscribe(*rows: tuple[str, str, str, str]) -> None:
        scene.installation.run("subscribers", "import", str(write_residents(tmp_path / "people.csv", rows)))

    return subscribe


@pytest.fixture
def east(scene: Scene, follow: Callable[..., None]) -> Scene:
    """Otherham with one approved briefing of the east, due at 09:00, and three people who follow it."""
    follow(
        ("one@example.org", "en-GB", "east", ""),
        ("two@example.org", "ar", "", "E05099901"),
        ("three@example.org", "pl", "east", "E05099902"),
    )
    write_briefing(scene.installation.root, EAST)
    scene.installation.prepare_and_approve(EAST)
    return scene


def _ready(installation: Installation) -> Installation:
    installation.run("init", "--demo", "1000", "--now", EARLY)
    installation.run("prepare", "--now", EARLY)
    installation.run("approve", NORTH, "--by", "A second person", "--now", EARLY)
    return installation


def _with_stand_ins(installation: Installation) -> Iterator[Scene]:
    with installation.stand_ins() as stand_ins:
        yield Scene(installation.connected(stand_ins), stand_ins)
