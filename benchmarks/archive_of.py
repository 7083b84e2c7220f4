"""A large archive: the shipped North briefing again and again, week by week into the past, in every language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select

from benchmarks.borough import NORTH, NOW
from briefings.editorial.archive import bring_up_to_date
from briefings.services import Services
from briefings.store.engine import reading, writing
from briefings.store.tables import publications, renderings, revisions

WORDS = ("lamps", "mopeds", "scooters", "canal", "parade", "allotments", "station", "bridge", "library", "playground")
_CHUNK = 50


def fill(services: Services, editions: int) -> list[str]:
    """Store so many published editions and return the ids of their briefings, newest first.

    Each has a title and a place in time of its own; they are read and found as if they had been written one by one.
    """
    engine = services.engine
    with reading(engine) as connection:
        model = connection.execute(select(revisions).where(revisions.c.briefing == NORTH)).mappings().one()
        rendered = list(connection.execute(select(renderings).where(renderings.c.briefing == NORTH)).mappings())
        first = dict(connection.execute(select(publications).where(publications.c.briefing == NORTH)).mappings().one())
    pages = [row for row in rendered if row["channel"] in ("page", "feed", "structured")]
    locales = len({row["locale"] for row in pages})
    regions = list(services.desk.content.places.regions)
    chance = Random(5)  # an archive is the same in every run
    ids = [f"{regions[n % len(regions)]}/{2000 + n}-{chance.choice(WORDS)}" for n in range(editions // locales + 1)]
    for start in range(0, len(ids), _CHUNK):
        chunk = [(start + n, briefing) for n, briefing in enumerate(ids[start : start + _CHUNK])]
        with writing(engine) as connection:
            connection.execute(insert(revisions), [_as(dict(model), briefing) for _, briefing in chunk])
            connection.execute(insert(renderings), [_as(dict(row), b) for _, b in chunk for row in pages])
            connection.execute(
                insert(publications),
                [
                    {
                        **first, "briefing": briefing, "region": briefing.partition("/")[0],
                        "published_at": NOW - timedelta(days=7 * (number // 3 + 1)), "updated_at": NOW,
                    }
                    for number, briefing in chunk
                ],
            )  # fmt: skip
    bring_up_to_date(services.desk, NOW)
    return [NORTH, *ids]


def _as(row: dict[str, Any], briefing: str) -> dict[str, Any]:
    """Return a row of the model for another briefing, with a word of its own in title and text."""
    region, _, slug = briefing.partition("/")
    word = slug.partition("-")[2]
    changed = {**row, "briefing": briefing}
    if "region" in row:
        changed["region"] = region
    if "parts" in row:
        text = json.dumps(row["parts"]).replace(NORTH, briefing)
        changed["parts"] = json.loads(text)
        if "json" in changed["parts"]:
            told = json.loads(changed["parts"]["json"])
            told["region"] = region
            told["title"]["text"] = f"{told['title']['text']} {word} {slug[:4]}"
            changed["parts"]["json"] = json.dumps(told)
    return changed


def asked_for(briefings: list[str], locales: tuple[str, ...], count: int, chance: Random) -> Iterator[str]:
    """Yield addresses of edition pages as people ask for them: four in five are of the newest thirty."""
    for _ in range(count):
        newest = chance.random() < 0.8
        briefing = chance.choice(briefings[:30] if newest else briefings)
        yield f"/{chance.choice(locales)}/{briefing}/"
