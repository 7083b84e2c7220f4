"""Feeds, their archives and calendars of the shipped borough hold to their rules in every one of its languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import httpx
import pytest
import xmlschema
from icalendar import Calendar
from lxml import etree, html
from sqlalchemy import update

from briefings.editorial.alerts import Alerts
from briefings.editorial.desk import Desk
from briefings.editorial.event_history import EventHistory
from briefings.editorial.published import PublishedEditions
from briefings.store.engine import writing
from briefings.store.tables import publications
from briefings.web.app import create_app
from briefings.web.public.alerts import AlertRoutes
from briefings.web.public.places import PlaceRoutes
from briefings.web.public.stored import StoredSite
from tests.web import icalendar_rules
from tests.web.conftest import Stage
from tests.web.shipped import NOW, shipped_borough
from tests.web.test_well_known import listed

LOCALES = ("en-GB", "ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
SCHEMAS = Path(__file__).parent.parent / "schemas"
CLOSED = "central/2026-11-20-avoid-part-of-hoe-street"
IN_OCTOBER = "north/2026-11-20-car-crime-and-park-safety"
"""Is made to look as if it had been published in the month before, so that feeds have an archive."""
PLACES = ("borough", "north", "central", "south", "ward/E05013893")


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with shipped_borough(tmp_path_factory.mktemp("shipped")) as desk:
        with writing(desk.engine) as connection:
            earlier = update(publications).where(publications.c.briefing == IN_OCTOBER)
            connection.execute(earlier.values(published_at=NOW - timedelta(days=40)))
        yield desk


@pytest.fixture
def web(stage: Stage, borough: Desk) -> Iterator[httpx.Client]:
    editions, events = PublishedEditions(borough), EventHistory(borough).of
    groups = [
        lambda pages, shelf: PlaceRoutes(pages, shelf, editions, events, lambda: NOW).routes(),
        lambda pages, shelf: AlertRoutes(borough.site, shelf, Alerts(borough), lambda: NOW, is_exercise=False).routes(),
    ]
    stage.app = create_app(StoredSite(borough, lambda: NOW), borough.site, borough.templates, (), groups)
    with httpx.Client(base_url=stage.url, timeout=30) as client:
        yield client


def test_these_are_the_languages_of_the_borough(borough: Desk) -> None:
    assert set(borough.content.places.locales) == set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_calendars_keep_to_rfc_5545_line_by_line(web: httpx.Client, locale: str) -> None:
    for place in PLACES:
        content = web.get(f"/calendar/{place}/{locale}.ics").content

        calendar = icalendar_rules.check(content, {locale, "en-GB"})

        events, parsed = calendar.inside("VEVENT"), Calendar.from_ical(content).walk("VEVENT")
        assert len(events) == len(parsed) >= 1
        for event, reread in zip(events, parsed, strict=True):
            assert event.one("DTSTART").params["TZID"] == "Europe/London"
            assert reread["dtstart"].dt.utcoffset() is not None
            assert event.one("SUMMARY").params["LANGUAGE"] == locale, "shipped translations are complete"


def test_calendars_of_all_languages_hold_the_same_events(web: httpx.Client) -> None:
    ids = {
        locale: [
            event.one("UID").value
            for event in icalendar_rules.read(web.get(f"/calendar/borough/{locale}.ics").content).inside("VEVENT")
        ]
        for locale in LOCALES
    }

    assert len(ids["en-GB"]) >= 6
    assert all(found == ids["en-GB"] for found in ids.values())


@pytest.mark.parametrize("locale", LOCALES)
def test_feeds_of_every_place_can_be_read_by_a_feed_reader(web: httpx.Client, locale: str) -> None:
    for place in PLACES:
        for kind in ("atom", "rss"):
            answer = web.get(f"/feeds/{place}/{locale}.{kind}")

            parsed = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})

            assert parsed["bozo"] == 0
            assert parsed["entries"]
            assert parsed["feed"]["language"] == locale


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feeds_and_archives_are_valid_by_their_schemas(
    web: httpx.Client, borough: Desk, locale: str, kind: str
) -> None:
    schema = etree.RelaxNG(file=SCHEMAS / f"{kind}.rng")
    documents = [web.get(f"/feeds/{place}/{locale}.{kind}") for place in PLACES]
    documents.append(web.get(f"/feeds/borough/archive/2026-10/{locale}.{kind}"))

    for answer in documents:
        assert answer.status_code == 200
        schema.assertValid(etree.fromstring(answer.content))
    assert IN_OCTOBER in documents[-1].text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_feed_of_alerts_is_valid_by_its_schema_and_in_its_language(web: httpx.Client, locale: str) -> None:
    answer = web.get(f"/alerts/{locale}.atom")

    root = etree.fromstring(answer.content)
    etree.RelaxNG(file=SCHEMAS / "atom.rng").assertValid(root)
    entries = root.findall("{http://www.w3.org/2005/Atom}entry")
    assert [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in entries] == [locale]


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_the_schemas_refuse_what_is_no_feed(web: httpx.Client, kind: str) -> None:
    schema = etree.RelaxNG(file=SCHEMAS / f"{kind}.rng")
    text = web.get(f"/feeds/borough/ur.{kind}").text.encode()
    wrong = [
        (b"</title>", b"</title><title>again</title>"),
        (b'rel="self"', b'rel="mine"'),
        (b'hreflang="pl"', b'hreflang="p l"'),
        (b"2026", b"26"),
        (b"https://", b""),
    ]

    valid = [schema.validate(etree.fromstring(text.replace(old, new))) for old, new in [(b"<", b"<"), *wrong]]

    assert valid == [True] + [False] * len(wrong)


def test_an_urgent_briefing_is_a_valid_alert_in_every_language(web: httpx.Client, borough: Desk) -> None:
    answer = web.get(f"/alerts/{CLOSED}.cap")

    xmlschema.XMLSchema(SCHEMAS / "cap-1.2.xsd").validate(answer.content.decode())

    alert = etree.fromstring(answer.content)
    cap = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
    region = borough.content.places.regions["central"]
    infos = alert.findall("c:info", cap)
    assert answer.headers["content-type"] == "application/cap+xml"
    assert sorted(info.findtext("c:language", namespaces=cap) for info in infos) == sorted(LOCALES)
    assert len({info.findtext("c:description", namespaces=cap) for info in infos}) == len(LOCALES)
    for info in infos:
        codes = [code.text for code in info.findall("c:area/c:geocode/c:value", cap)]
        assert tuple(codes) == region.wards
        assert info.findtext("c:web", namespaces=cap).endswith(
            f"/{info.findtext('c:language', namespaces=cap)}/{CLOSED}/"
        )


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_tell_programs_what_they_are(web: httpx.Client, locale: str) -> None:
    page = html.document_fromstring(web.get(f"/{locale}/{IN_OCTOBER}/").content.decode())

    (data,) = page.xpath("//script")
    article, *events = json.loads(data.text)["@graph"]
    assert data.get("type") == "application/ld+json"
    assert article["url"] == page.xpath("string(//link[@rel='canonical']/@href)")
    assert article["inLanguage"] == locale
    assert article["headline"] == page.xpath("string(//h1)").strip()
    assert article["image"] == page.xpath("//meta[@property='og:image']/@content")
    assert events[0]["startDate"] == "2026-11-28T10:00:00+00:00"
    assert {event["inLanguage"] for event in events} == {locale}
    assert len(page.xpath("//meta[@property='og:locale:alternate']")) == len(LOCALES) - 1


def test_the_site_map_is_valid_and_names_every_page_in_every_language_of_it(web: httpx.Client, borough: Desk) -> None:
    content = web.get("/sitemap.xml").content

    pages = listed(content)

    expected = {f"/{locale}/{rest}" for locale in LOCALES for rest in ("", "archive", "subscribe", "privacy")}
    for briefing in borough.content.briefings.values():
        expected |= {f"/{locale}/{briefing.id}/" for locale in borough.site.locales_of(briefing)}
    expected |= {f"/{locale}/ward/{code}/" for locale in LOCALES for code in borough.content.places.wards}
    assert expected <= {urlsplit(url).path for url in pages}
    assert len(pages) > 350
    for url, others in pages.items():
        locale = urlsplit(url).path.split("/")[1]
        if locale:
            assert set(others) == {*LOCALES, "x-default"}, url
            assert others[locale] == url
            assert all(pages[other] == others for other in others.values() if other in pages), "they name each other"
