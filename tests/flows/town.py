"""Smallham: a borough of one region and two languages, so that whole runs are short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from briefings.editorial.approve import approve
from briefings.editorial.prepare import prepare
from briefings.model.schedule import slot_is_allowed
from briefings.sandbox.caught import Caught
from briefings.sandbox.ports import caught_path
from briefings.services import Services
from briefings.subscribers.demo import demo_subscribers

PEOPLE = 12
REGION = "north"
"""As in the checkout's own prefect.yaml, so that its deployments can be tried out here."""

PLACES = """\
borough: {code: E09099998, name: Smallham, timezone: Europe/London, source_locale: en-GB}
locales: [en-GB, pl]
regions:
  north: {name: North, cadence: "weekly friday 09:00", wards: [E05099801]}
wards:
  E05099801: {name: Mill}
"""

BRIEFING = """\
---
title: "Bicycle thefts near Mill Lane"
region: north
period: {{from: 2026-11-13, to: 2026-11-19}}
publish_at: "{publish_at}"
severity: routine
author: Smallham Safety Team
summary: "What we know, and what you can do about it."
contacts:
  - {{name: Smallham safety team, phone: "020 7946 0111", email: safety@smallham.example}}
---
## What happened

Residents told us about 14 bicycles that were taken near Mill Lane.
"""


def lately() -> str:
    """Return a publish time that came a few hours ago by the real clock, in Smallham's zone."""
    now = datetime.now(ZoneInfo("Europe/London"))
    recent = (now - timedelta(hours=1), now - timedelta(hours=4))
    return next(f"{moment:%Y-%m-%d %H:%M}" for moment in recent if slot_is_allowed(moment.time()))


PUBLISH_AT = "2026-11-20 09:00"
NOW = "2026-11-20T09:00:00+00:00"


@dataclass
class Town:
    """Smallham's content folder, and its data folder."""

    root: Path
    data_dir: Path

    @property
    def settings(self) -> dict[str, str]:
        return {"BRIEFINGS_ROOT": str(self.root), "BRIEFINGS_DATA_DIR": str(self.data_dir)}

    def write(self, slug: str = "2026-11-20-bicycles", publish_at: str = PUBLISH_AT) -> str:
        """Write a briefing; return its id."""
        path = self.root / "content" / "briefings" / REGION / f"{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BRIEFING.format(publish_at=publish_at))
        return f"{REGION}/{slug}"

    def approve(self, briefing: str) -> None:
        """Prepare and approve a briefing, and subscribe people if there are none."""
        services = Services()
        desk, now = services.desk, datetime(2026, 11, 20, 8, tzinfo=UTC)
        if not desk.register.count().active:
            desk.register.add_all(demo_subscribers(desk.content.places, {}, PEOPLE, seed=1, confirmed_at=now), now)
        prepare(desk, [briefing], now)
        approve(desk, briefing, "Second Person", now)
        services.engine.dispose()

    @property
    def mails(self) -> int:
        """How many mails the catcher has caught."""
        with Caught(caught_path(self.data_dir)) as caught:
            return caught.count()


def found(folder: Path) -> Town:
    """Lay out Smallham in an empty folder."""
    (folder / "root" / "content").mkdir(parents=True)
    (folder / "root" / "content" / "places.yaml").write_text(PLACES)
    return Town(folder / "root", folder / "data")
