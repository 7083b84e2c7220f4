"""What stands around a page, on a real installation: what comes next, and the briefings before and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from lxml import html
from sqlalchemy import update

from briefings.editorial.approve import approve
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import begin
from briefings.store.engine import writing
from briefings.store.tables import publications
from briefings.web.app import create_app
from briefings.web.public.around import StoredAround
from briefings.web.public.stored import StoredSite
from tests.editorial.town import LAMPS, NOW, Town, town
from tests.web.conftest import Stage

GATES, HEDGES = "east/2026-11-27-gates", "east/2026-12-04-hedges"
EVENTS = """\
events:
  - {title: Gate day, start: "2026-12-02 17:00", end: "2026-12-02 18:30", place: Hall}
  - {title: Lamp walk, start: "2026-11-28 17:00", end: "2026-11-28 18:30", place: Park, ward: T1W1}
"""


@pytest.fixture
def otherham(tmp_path: Path) -> Iterator[Town]:
    """Two briefings are published a week apart; a third is approved and waits."""
    with town(tmp_path) as place:
        place.write("question:", f"{EVENTS}question:")
        for number, (briefing, title) in enumerate(((GATES, "New gates"), (HEDGES, "Lower hedges")), start=1):
            place.write(name=briefing)
            place.write("Lamps in the park", title, briefing)
            place.write("2026-11-20 09:00", f"{NOW + timedelta(weeks=number):%Y-%m-%d} 09:00", briefing)
        for number, briefing in enumerate((LAMPS, GATES, HEDGES)):
            prepare(place.desk, [briefing], NOW)
            approve(place.desk, briefing, "Editor", NOW)
            if briefing != HEDGES:
                begin(place.desk, briefing, NOW + timedelta(weeks=number))
        yield place


def pages(stage: Stage, place: Town, now: datetime, *paths: str) -> list[html.HtmlElement]:
    desk = place.desk
    around = StoredAround(desk, lambda: now)
    stage.app = create_app(StoredSite(desk, lambda: now), desk.site, desk.templates, around=around)
    with httpx.Client(base_url=stage.url, timeout=10) as web:
        return [html.fromstring(web.get(path).text) for path in paths]


def test_a_region_tells_what_comes_next_the_soonest_first(stage: Stage, otherham: Town) -> None:
    (page,) = pages(stage, otherham, NOW + timedelta(days=8), "/pl/east/")

    events = page.xpath("//li[@class='event']//a")

    assert [(event.text, event.get("href")) for event in events] == [
        ("Lamp walk", f"/pl/{LAMPS}/"),
        ("Gate day", f"/pl/{LAMPS}/"),
    ]
    assert {str(tag) for tag in page.xpath("//li[@class='event']/h3/@lang")} == {"en-GB"}


def test_what_is_over_is_gone_from_the_region_without_any_new_briefing(stage: Stage, otherham: Town) -> None:
    now = [datetime(2026, 11, 28, 18, 0, tzinfo=UTC)]
    desk = otherham.desk
    around = StoredAround(desk, lambda: now[0])
    stage.app = create_app(StoredSite(desk, lambda: now[0]), desk.site, desk.templates, around=around)

    titles = []
    with httpx.Client(base_url=stage.url, timeout=10) as web:
        for _ in range(3):
            titles.append(html.fromstring(web.get("/en-GB/east/").text).xpath("//li[@class='event']//a/text()"))
            now[0] += timedelta(days=3)

    assert titles == [["Lamp walk", "Gate day"], ["Gate day"], []]


def test_a_briefing_leads_to_the_ones_before_and_after_and_to_none_that_is_not_public(
    stage: Stage, otherham: Town
) -> None:
    first, second = pages(stage, otherham, NOW + timedelta(days=8), f"/pl/{LAMPS}/", f"/pl/{GATES}/")

    links = [
        [(a.get("rel"), a.get("href"), a.text, a.get("lang")) for a in page.xpath("//nav[@class='neighbours']//a")]
        for page in (first, second)
    ]

    assert links == [
        [("next", f"/pl/{GATES}/", "New gates", "en-GB")],
        [("prev", f"/pl/{LAMPS}/", "Lamps in the park", "en-GB")],
    ]


def test_briefings_of_one_moment_have_an_order_and_none_is_passed_over(otherham: Town) -> None:
    begin(otherham.desk, HEDGES, NOW + timedelta(weeks=2))
    with writing(otherham.desk.engine) as connection:
        connection.execute(update(publications).values(published_at=NOW))

    found = {one: StoredAround(otherham.desk, lambda: NOW).neighbours(one, "pl") for one in (LAMPS, GATES, HEDGES)}

    order = {
        one: (near.earlier.briefing if near.earlier else None, near.later.briefing if near.later else None)
        for one, near in found.items()
    }
    assert order == {HEDGES: (None, GATES), GATES: (HEDGES, LAMPS), LAMPS: (GATES, None)}
