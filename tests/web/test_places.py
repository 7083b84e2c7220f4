"""Pages of wards and calendars of events, on a real installation: in the reader's language, and nothing of the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar
from icalendar.cal.component import Component
from lxml import html

from briefings.editorial.amend import correct, withdraw
from briefings.editorial.archive import Archive
from briefings.editorial.event_history import EventHistory
from briefings.editorial.publish import begin
from briefings.editorial.published import PublishedEditions
from briefings.web.app import create_app
from briefings.web.public.archive import ArchiveRoutes
from briefings.web.public.places import PlaceRoutes
from briefings.web.public.stored import StoredSite
from tests.editorial.town import LAMPS, NOW, Town, town
from tests.web.conftest import Stage

WHEN = datetime(2026, 11, 27, 17, tzinfo=UTC)
EVENT = """\
events:
  - {title: Lamp walk, start: "2026-11-27 17:00", end: "2026-11-27 18:30", place: "Hall; north, wing", ward: T1W1}
"""
ACTION = "actions:\n  - {ward: T1W1, said: It is dark., did: Four lamps mended., state: done}\n"


@pytest.fixture
def otherham(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as place:
        place.write("question:", f"{EVENT}{ACTION}question:")
        place.approve()
        begin(place.desk, "east/2026-11-20-lamps", NOW)
        yield place


def served(stage: Stage, place: Town, now: datetime) -> httpx.Client:
    desk = place.desk
    groups = [
        lambda pages, shelf: PlaceRoutes(
            pages, shelf, PublishedEditions(desk), EventHistory(desk).of, lambda: now
        ).routes(),
        lambda pages, shelf: ArchiveRoutes(pages, shelf, Archive(desk.engine)).routes(),
    ]
    stage.app = create_app(StoredSite(desk, lambda: now), desk.site, desk.templates, (), groups)
    return httpx.Client(base_url=stage.url, timeout=10)


def test_a_ward_page_tells_what_comes_next_what_was_done_and_how_to_follow(stage: Stage, otherham: Town) -> None:
    with served(stage, otherham, NOW) as web:
        page = html.fromstring(web.get("/pl/ward/T1W1/").text)

    assert (page.get("lang"), page.xpath("string(//h1)").strip()) == ("pl", "Mill Lane")
    assert page.xpath("//li[@class='event']//a/text()") == ["Lamp walk"]
    assert page.xpath("//div[@class='action']//p/text()") == ["It is dark.", "Four lamps mended."]
    assert {element.get("lang") for element in page.xpath("//div[@class='action']//p")} == {"en-GB"}
    assert page.xpath("//a[contains(@href, '/pl/subscribe?ward=T1W1')]")
    assert page.xpath("//a[starts-with(@href, 'webcal:')]/@href")[0].endswith("/calendar/ward/T1W1/pl.ics")
    assert page.xpath("//a[contains(@href, '/feeds/ward/T1W1/pl.atom')]")


def test_what_has_been_is_no_news(stage: Stage, otherham: Town) -> None:
    with served(stage, otherham, WHEN + timedelta(days=2)) as web:
        page = html.fromstring(web.get("/en-GB/ward/T1W1/").text)

    assert page.xpath("//li[@class='event']") == []
    assert "No events are planned here at the moment." in page.text_content()


@pytest.mark.parametrize(
    "path",
    [
        "/en-GB/ward/T9W9/", "/xx/ward/T1W1/", "/calendar/nowhere/en-GB.ics", "/calendar/east/en-GB.txt",
        "/calendar/ward/T9W9/en-GB.ics", "/calendar/east/xx.ics",
    ],
)  # fmt: skip
def test_places_and_languages_that_are_not_there_are_not_found(stage: Stage, otherham: Town, path: str) -> None:
    with served(stage, otherham, NOW) as web:
        assert web.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/calendar/east/pl.ics", "/calendar/ward/T1W1/en-GB.ics", "/calendar/borough/pl.ics"])
def test_a_calendar_holds_to_the_rules_and_says_when_and_where(stage: Stage, otherham: Town, path: str) -> None:
    with served(stage, otherham, NOW) as web:
        answer = web.get(path)
        again = web.get(path, headers={"if-none-match": answer.headers["etag"]})

    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert again.status_code == 304
    assert answer.content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert b"\n" not in answer.content.replace(b"\r\n", b"")
    assert event["dtstart"].dt.astimezone(UTC) == WHEN
    assert event["dtend"].dt.astimezone(UTC) == WHEN + timedelta(minutes=90)
    assert (str(event["location"]), event["summary"].params["LANGUAGE"]) == ("Hall; north, wing (Mill Lane)", "en-GB")


def test_the_time_zone_of_a_calendar_changes_when_the_clocks_do(stage: Stage, otherham: Town) -> None:
    with served(stage, otherham, NOW) as web:
        (zone,) = Calendar.from_ical(web.get("/calendar/east/en-GB.ics").content).walk("VTIMEZONE")

    changes = {str(part["dtstart"].dt): str(part["tzoffsetto"].to_ical()) for part in zone.subcomponents}
    assert changes["2026-03-29 01:00:00"] == "+0100"
    assert changes["2026-10-25 02:00:00"] == "+0000"


def test_an_event_keeps_its_id_in_every_language(stage: Stage, otherham: Town) -> None:
    with served(stage, otherham, NOW) as web:
        ids = {
            str(event["uid"])
            for locale in ("en-GB", "pl")
            for event in Calendar.from_ical(web.get(f"/calendar/borough/{locale}.ics").content).walk("VEVENT")
        }

    assert len(ids) == 1


def test_events_keep_their_ids_through_a_correction_and_one_taken_out_is_cancelled(
    stage: Stage, otherham: Town
) -> None:
    def events() -> dict[str, Component]:
        with served(stage, otherham, NOW) as web:
            found = Calendar.from_ical(web.get("/calendar/east/pl.ics").content).walk("VEVENT")
        return {str(event["summary"]): event for event in found}

    before = events()
    fair = EVENT.replace("Lamp walk", "Lamp fair").replace("2026-11-27", "2026-11-29").removeprefix("events:\n")
    otherham.write("events:\n", f"events:\n{fair}")
    otherham.approve()
    correct(otherham.desk, LAMPS, lambda: NOW + timedelta(hours=1))
    added = events()
    walk = EVENT.removeprefix("events:\n")
    otherham.write(walk, "")
    otherham.approve()
    correct(otherham.desk, LAMPS, lambda: NOW + timedelta(hours=2))
    removed = events()

    assert added["Lamp walk"]["uid"] == removed["Lamp walk"]["uid"] == before["Lamp walk"]["uid"]
    assert added["Lamp fair"]["uid"] == removed["Lamp fair"]["uid"] != before["Lamp walk"]["uid"]
    assert [before["Lamp walk"]["sequence"], added["Lamp walk"]["sequence"]] == [0, 3600]
    assert removed["Lamp walk"]["sequence"] == 7200
    assert {name: str(event["status"]) for name, event in removed.items()} == {
        "Lamp fair": "CONFIRMED",
        "Lamp walk": "CANCELLED",
    }
    assert "location" not in removed["Lamp walk"]


def test_events_of_a_withdrawn_briefing_are_in_no_calendar(stage: Stage, otherham: Town) -> None:
    withdraw(otherham.desk, LAMPS, "", lambda: NOW)

    with served(stage, otherham, NOW) as web:
        answers = [web.get(f"/calendar/{place}/pl.ics") for place in ("east", "borough", "ward/T1W1")]

    assert [Calendar.from_ical(answer.content).walk("VEVENT") for answer in answers] == [[], [], []]
    assert not any("Lamp walk" in answer.text for answer in answers)


def test_the_archive_searches_without_javascript_and_stays_out_of_search_engines(stage: Stage, otherham: Town) -> None:
    with served(stage, otherham, NOW) as web:
        found = web.get("/pl/archive", params={"q": "lamps"})
        nothing = web.get("/pl/archive", params={"q": "zebra"})
        beyond = [web.get(f"/pl/archive?page={page}").status_code for page in ("2", "0", "9" * 5000, "x")]

    page = html.fromstring(found.text)
    assert [str(link) for link in page.xpath("//ul[@class='briefings']//a/@href")] == ["/pl/east/2026-11-20-lamps/"]
    assert page.xpath("//mark/text()")[0].casefold() == "lamps"
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert html.fromstring(nothing.text).xpath("//ul[@class='briefings']") == []
    assert beyond == [404, 404, 404, 200]
