"""A throw-away installation of the shipped borough with invented subscribers, published or ready to be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from briefings.editorial.approve import approve
from briefings.editorial.prepare import prepare
from briefings.services import Services
from briefings.settings import Settings
from briefings.subscribers.demo import demo_subscribers

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
NORTH = "north/2026-11-20-car-crime-and-park-safety"


@contextmanager
def approved(subscribers: int, smtp_url: str = "", public_url: str = "http://127.0.0.1:8000") -> Iterator[Services]:
    """Give services over a folder that goes away, with the North briefing prepared and approved."""
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), smtp_url=smtp_url, public_url=public_url)
        services = Services(settings)
        desk = services.desk
        people = demo_subscribers(desk.content.places, desk.content.audiences.speakers, subscribers, 1, NOW)
        desk.register.add_all(people, NOW)
        prepare(desk, [NORTH], NOW)
        approve(desk, NORTH, "the benchmark", NOW)
        yield services
        services.engine.dispose()
