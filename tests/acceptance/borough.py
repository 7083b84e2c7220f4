"""Otherham: another borough, with other regions, wards and languages, to show that nothing belongs to the first one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

TITLE = "Bicycle thefts near Quarry Lane"
SECOND_TITLE = "Lights repaired on Harbour Steps"

PLACES = """\
borough: {code: E09099999, name: Otherham, timezone: Europe/London, source_locale: en-GB}
locales: [en-GB, ar, lt, pl]
regions:
  east: {name: East, wards: [E05099901, E05099902]}
  west: {name: West, wards: [E05099903], locales: [lt]}
wards:
  E05099901: {name: Quarry}
  E05099902: {name: Mill Pond}
  E05099903: {name: Harbour}
"""

CHANNELS = """\
channels: [email, page, atom, rss, json, x]
accounts:
  x:
    - {name: otherham_safety}
"""

CONTACTS = """\
contacts:
  - {name: Otherham safety team, phone: "020 7946 0111", email: safety@otherham.example}
events:
  - {title: Bicycle marking, start: "2026-11-27 17:00", end: "2026-11-27 18:30", place: Quarry Hall}
question:
  id: next
  text: Where should we look next?
  options: [The station, The park]
"""

BODY = """\
## What happened

Residents told us about 14 bicycles that were taken near Quarry Lane between 6pm and 9pm.

## What you can do

- Call 101 if you saw something. In an emergency call 999.
- Read more on [our pages](https://www.otherham.example/safety).
"""


def place_otherham(root: Path, *, channels: bool = False) -> Path:
    """Write Otherham's places; no audiences, and channels only where asked. Returns the root."""
    content = root / "content"
    (content / "briefings").mkdir(parents=True)
    (content / "places.yaml").write_text(PLACES)
    if channels:
        (content / "channels.yaml").write_text(CHANNELS)
    return root


def write_briefing(
    root: Path,
    briefing: str,
    *,
    title: str = TITLE,
    severity: str = "routine",
    author: str = "Otherham Safety Team",
    publish_at: str = "2026-11-20 09:00",
    expires: str = "",
    extra: str = CONTACTS,
    body: str = BODY,
) -> Path:
    """Write one briefing's file, `briefing` being `region/date-slug`; returns its path."""
    path = root / "content" / "briefings" / f"{briefing}.md"
    path.parent.mkdir(exist_ok=True)
    front = [
        f'title: "{title}"',
        f"region: {path.parent.name}",
        "period: {from: 2026-11-13, to: 2026-11-19}",
        f'publish_at: "{publish_at}"',
        *([f'expires: "{expires}"'] if expires else []),
        f"severity: {severity}",
        f"author: {author}",
        'summary: "What we know, and what you can do about it."',
    ]
    path.write_text("---\n" + "\n".join(front) + f"\n{extra}---\n{body}")
    return path


def write_residents(path: Path, rows: Sequence[tuple[str, str, str, str]]) -> Path:
    """Write a subscriber list: (email, locale, regions, wards) each, all confirmed."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "locale", "regions", "wards", "frequency", "format", "confirmed_at", "source"])
        formats = ("html", "text", "large-print")
        for number, (email, locale, regions, wards) in enumerate(rows):
            writer.writerow(
                [email, locale, regions, wards, "weekly", formats[number % 3], "2026-11-01T10:00:00+00:00", "paper"]
            )
    return path
