"""A small town in a folder of its own: two languages, one region, a sandbox that catches all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from briefings.editorial.approve import approve
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import prepare
from briefings.sandbox.caught import Caught
from briefings.sandbox.ports import caught_path
from briefings.sandbox.run import StandIns
from briefings.services import Services
from briefings.settings import Settings
from briefings.store.engine import reading
from briefings.store.tables import deliveries
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
LAMPS = "east/2026-11-20-lamps"

PLACES = """\
borough: {code: T1, name: Otherham, timezone: Europe/London, source_locale: en-GB}
locales: [en-GB, pl]
regions:
  east: {name: East, wards: [T1W1]}
wards:
  T1W1: {name: Mill Lane}
"""

BRIEFING = """\
---
title: Lamps in the park
region: east
period: {from: 2026-11-13, to: 2026-11-19}
publish_at: 2026-11-20 09:00
severity: routine
author: Comms team
summary: The lamps work again.
question: {id: q1, text: Where is it dark?, options: [In the park, At the station]}
---
## What we did

Body one.
"""


@dataclass
class Town:
    root: Path
    services: Services
    stand_ins: StandIns

    @property
    def desk(self) -> Desk:
        return self.services.desk

    def write(self, old: str = "", new: str = "", name: str = LAMPS) -> None:
        """Write the briefing, or change a text in it, as an officer with an editor does."""
        path = self.root / "content" / "briefings" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if path.exists() else BRIEFING
        path.write_text(text.replace(old, new) if old else text)
        self.reread()

    def reread(self) -> None:
        """Begin anew, as the next command would."""
        self.services = Services(self.services.settings)

    def approve(self) -> str:
        prepare(self.desk, [LAMPS], NOW)
        return approve(self.desk, LAMPS, "Editor", NOW)

    def subscribe(self, *names: str, locale: str = "en-GB") -> None:
        choices = Choices(locale, ("east",), (), Frequency.WEEKLY, Format.HTML)
        for name in names:
            self.desk.register.add(Enrolment(f"{name}@example.org", choices, "test", "I agree", NOW), NOW)

    def mail_to(self, name: str) -> list[str]:
        """Return the subjects of what one person got, oldest first."""
        with Caught(caught_path(self.services.settings.data_dir)) as caught:
            mails = caught.list(per_page=500, q=f"{name}@example.org")
        return [mail.subject for mail in reversed(mails)]

    def states(self, revision: str) -> dict[str, list[str]]:
        """Return channel -> sorted states of one revision's rows."""
        query = select(deliveries.c.channel, deliveries.c.state).where(deliveries.c.revision == revision)
        found: dict[str, list[str]] = {}
        with reading(self.services.engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.channel, []).append(row.state)
        return {channel: sorted(states) for channel, states in found.items()}


@contextmanager
def town(folder: Path, channels: str = "") -> Iterator[Town]:
    """Give a town with its briefing written, stand-ins running, nobody subscribed."""
    (folder / "content").mkdir()
    (folder / "content" / "places.yaml").write_text(PLACES)
    if channels:
        (folder / "content" / "channels.yaml").write_text(channels)
    with StandIns(folder / "var") as stand_ins:
        settings = Settings(
            _env_file=None, root=folder, data_dir=folder / "var", smtp_url=stand_ins.smtp_url, x_api_url=stand_ins.x_url
        )
        place = Town(folder, Services(settings), stand_ins)
        place.write()
        yield place
