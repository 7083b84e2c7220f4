"""A desk of another borough, in this process, on a real database and with real stand-ins to talk to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from briefings.editorial.approve import approve
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import prepare
from briefings.sandbox.run import StandIns
from briefings.services import Services
from briefings.settings import Settings
from briefings.store.engine import reading
from briefings.store.tables import deliveries
from briefings.subscribers.subscriber import Choices, Enrolment
from tests.acceptance.borough import CHANNELS, place_otherham, write_briefing
from tests.editorial.town import Town
from tests.editorial.town import town as a_town

ZONE = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 20, 12, tzinfo=ZONE)
EAST = "east/2026-11-20-bicycle-thefts"
WEST = "west/2026-11-20-harbour-steps"


@dataclass
class Newsroom:
    """Writes, approves and counts; every `desk` reads the content anew, as every command does."""

    settings: Settings
    stand_ins: StandIns
    now: datetime = NOON
    opened: list[Services] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        self.opened.append(Services(self.settings))
        return self.opened[-1].desk

    def clock(self) -> datetime:
        return self.now

    def later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def follow(self, *addresses: str, locale: str = "en-GB", region: str = "east") -> None:
        register = self.desk.register
        for address in addresses:
            wish = Enrolment(address, Choices(locale, (region,)), "paper", "Yes.", NOON - timedelta(days=1))
            register.add(wish, self.now)

    def write(self, briefing: str = EAST, **changes: Any) -> Path:
        return write_briefing(self.settings.root, briefing, **changes)

    def ready(self, briefing: str = EAST, by: str = "A second person", **changes: Any) -> str:
        """Write a briefing and have it approved; return its revision."""
        self.write(briefing, **changes)
        desk = self.desk
        prepare(desk, [briefing], self.now)
        return approve(desk, briefing, by, self.now)

    def use_x(self) -> None:
        (self.settings.root / "content" / "channels.yaml").write_text(CHANNELS)

    def without_mail_server(self) -> Newsroom:
        """Return the same newsroom with a mail server that does not listen."""
        away = self.settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"})
        return Newsroom(away, self.stand_ins, self.now, self.opened)

    def mailed(self) -> list[tuple[str, str]]:
        """Return (address, subject) of every mail that arrived, oldest first."""
        return [(mail.rcpt_to[0], mail.subject) for mail in reversed(self.stand_ins.caught.summaries(per_page=-1))]

    def rows(self, channel: str = "email") -> list[Any]:
        with reading(self.desk.engine) as connection:
            query = select(deliveries).where(deliveries.c.channel == channel).order_by(deliveries.c.id)
            return list(connection.execute(query))


@pytest.fixture
def newsroom(tmp_path: Path, database_url: str) -> Iterator[Newsroom]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]  # a developer's own has no place here
        root=place_otherham(tmp_path / "otherham"),
        data_dir=tmp_path / "data",
        database_url=database_url,
        public_url="https://otherham.example",
    )
    with StandIns(settings.data_dir) as stand_ins:
        newsroom = Newsroom(settings, stand_ins)
        yield newsroom
        for services in newsroom.opened:
            services.engine.dispose()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path) as place:
        yield place
