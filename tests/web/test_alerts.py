"""Alerts: each message names those it replaces, nothing is told too early, and nothing of what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import httpx
import pytest
import xmlschema
from lxml import etree, html

from briefings.editorial import alerts
from briefings.editorial.alerts import Alerts
from briefings.editorial.amend import correct, withdraw
from briefings.editorial.approve import approve
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import begin
from briefings.model.edition import SegmentState
from briefings.translation.memory import Entry, Origin
from briefings.web.app import create_app
from briefings.web.public.alerts import AlertRoutes
from briefings.web.public.stored import StoredSite
from tests.editorial.test_review import POLISH
from tests.editorial.town import LAMPS, NOW, Town, town
from tests.web.conftest import Stage

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent.parent / "schemas" / "cap-1.2.xsd")
CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
URL = f"/alerts/{LAMPS}"


@pytest.fixture
def otherham(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as place:
        place.write("severity: routine", "severity: urgent")
        yield place


def served(stage: Stage, place: Town, *, is_exercise: bool = True, now: datetime = NOW) -> httpx.Client:
    desk = place.desk
    groups = [
        lambda pages, shelf: AlertRoutes(desk.site, shelf, Alerts(desk), lambda: now, is_exercise=is_exercise).routes()
    ]
    stage.app = create_app(StoredSite(desk, lambda: NOW), desk.site, desk.templates, (), groups)
    return httpx.Client(base_url=stage.url, timeout=10)


def ready(place: Town, at: datetime = NOW) -> str:
    prepare(place.desk, [LAMPS], at)
    return approve(place.desk, LAMPS, "A second person", at)


def read(stage: Stage, place: Town, path: str) -> dict[str, str]:
    """Fetch a message, hold it against the schema, and return what it says of itself."""
    with served(stage, place) as web:
        answer = web.get(path)
    assert answer.status_code == 200
    SCHEMA.validate(answer.content.decode())
    root = etree.fromstring(answer.content)
    return {etree.QName(element).localname: element.text or "" for element in root if len(element) == 0}


def test_before_it_is_published_there_is_no_alert(stage: Stage, otherham: Town) -> None:
    revision = ready(otherham)

    with served(stage, otherham) as web:
        codes = [web.get(path).status_code for path in (f"{URL}.cap", f"{URL}/{revision}.cap")]

    assert codes == [404, 404]


def test_a_correction_updates_and_a_withdrawal_cancels_what_was_said(stage: Stage, otherham: Town) -> None:
    first = ready(otherham)
    begin(otherham.desk, LAMPS, NOW)
    alert = read(stage, otherham, f"{URL}.cap")
    otherham.write("Body one.", "Body two.")
    second = ready(otherham, NOW + timedelta(hours=1))
    correct(otherham.desk, LAMPS, lambda: NOW + timedelta(hours=1))
    update, earlier = read(stage, otherham, f"{URL}.cap"), read(stage, otherham, f"{URL}/{first}.cap")
    withdraw(otherham.desk, LAMPS, "", lambda: NOW + timedelta(hours=2))
    cancel = read(stage, otherham, f"{URL}.cap")

    def named(message: dict[str, str]) -> str:
        return f"{message['sender']},{message['identifier']},{message['sent']}"

    assert [message["msgType"] for message in (alert, update, cancel)] == ["Alert", "Update", "Cancel"]
    assert earlier == alert
    assert "references" not in alert
    assert update["references"] == named(alert)
    assert cancel["references"] == f"{named(alert)} {named(update)}"
    assert alert["identifier"].endswith(first)
    assert update["identifier"].endswith(second)
    assert (alert["sent"], update["sent"]) == ("2026-11-20T09:05:00-00:00", "2026-11-20T10:05:00-00:00")
    with served(stage, otherham) as web:
        left = web.get(f"{URL}.cap").text
        codes = [web.get(f"{URL}/{revision}.cap").status_code for revision in (first, second)]
    assert codes == [404, 404]
    assert "<info" not in left
    assert "Lamps in the park" not in left


def test_a_language_is_in_an_alert_when_all_of_it_is_translated(stage: Stage, otherham: Town) -> None:
    ready(otherham)
    begin(otherham.desk, LAMPS, NOW)

    with served(stage, otherham) as web:
        root = etree.fromstring(web.get(f"{URL}.cap").content)

    assert [element.text for element in root.iterfind("c:info/c:language", CAP)] == ["en-GB"]
    assert "Body one." in root.findtext("c:info/c:description", namespaces=CAP)
    assert root.findtext("c:info/c:area/c:geocode/c:value", namespaces=CAP) == "T1W1"


def test_a_translation_that_comes_late_is_an_update_and_leaves_the_first_message_as_it_was(
    stage: Stage, otherham: Town
) -> None:
    revision, later = ready(otherham), NOW + timedelta(hours=1)
    begin(otherham.desk, LAMPS, NOW)
    with served(stage, otherham) as web:
        first = web.get(f"{URL}.cap").content
    entries = [Entry(text, own, SegmentState.REVIEWED, Origin.PERSON, "Ada", NOW) for text, own in POLISH.items()]
    otherham.desk.memory.put("pl", entries)
    otherham.reread()
    ready(otherham, later)
    with served(stage, otherham) as web:
        newest, same = web.get(f"{URL}.cap").content, web.get(f"{URL}/{revision}.cap").content
        own = web.get(f"{URL}/{revision}.{later:%Y%m%dT%H%M%SZ}.cap").content
    withdraw(otherham.desk, LAMPS, "", lambda: later + timedelta(hours=1))
    cancel = read(stage, otherham, f"{URL}.cap")

    alert, update = etree.fromstring(first), etree.fromstring(newest)
    SCHEMA.validate(newest.decode())
    assert (same, own) == (first, newest)
    assert [element.text for element in alert.iterfind("c:info/c:language", CAP)] == ["en-GB"]
    assert [element.text for element in update.iterfind("c:info/c:language", CAP)] == ["en-GB", "pl"]
    assert update.findtext("c:msgType", namespaces=CAP) == "Update"
    named = [alert.findtext(f"c:{part}", namespaces=CAP) for part in ("sender", "identifier", "sent")]
    assert update.findtext("c:references", namespaces=CAP) == ",".join(named)
    assert len(cancel["references"].split()) == 2


@pytest.mark.parametrize(("is_exercise", "status"), [(True, "Test"), (False, "Actual")])
def test_what_comes_out_of_the_sandbox_is_a_test(stage: Stage, otherham: Town, is_exercise: bool, status: str) -> None:
    ready(otherham)
    begin(otherham.desk, LAMPS, NOW)

    with served(stage, otherham, is_exercise=is_exercise) as web:
        root = etree.fromstring(web.get(f"{URL}.cap").content)

    assert root.findtext("c:status", namespaces=CAP) == status


def test_a_headline_is_not_longer_than_the_protocol_allows(stage: Stage, otherham: Town) -> None:
    otherham.write("title: Lamps in the park", f"title: Lamps{' and more lamps' * 14}")
    ready(otherham)
    begin(otherham.desk, LAMPS, NOW)

    with served(stage, otherham) as web:
        answer = web.get(f"{URL}.cap")

    SCHEMA.validate(answer.content.decode())
    headline = etree.fromstring(answer.content).findtext("c:info/c:headline", namespaces=CAP)
    assert len(headline) <= 160
    assert headline.endswith("…")


def feed_of(web: httpx.Client, locale: str = "en-GB") -> list[tuple[str, str]]:
    """Return title and address of the alert of each entry of the feed of alerts."""
    answer = web.get(f"/alerts/{locale}.atom")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    found = feedparser.parse(answer.content)
    assert not found.bozo
    return [
        (entry.title, urlsplit(link.href).path)
        for entry in found.entries
        for link in entry.links
        if link.type == "application/cap+xml"
    ]


def test_the_feed_of_alerts_leads_to_what_stands_now_and_to_what_was_withdrawn_of_late(
    stage: Stage, otherham: Town
) -> None:
    otherham.write("severity: urgent", "severity: urgent\nexpires: 2026-11-22T12:00")
    revision = ready(otherham)
    with served(stage, otherham) as web:
        before = feed_of(web)
    begin(otherham.desk, LAMPS, NOW)
    with served(stage, otherham) as web:
        stands, in_polish = feed_of(web), feed_of(web, "pl")
        found = web.get(stands[0][1]).status_code
        page = html.fromstring(web.get(f"/en-GB/{LAMPS}/").text).xpath("//link[@type='application/cap+xml']/@href")
        home = html.fromstring(web.get("/pl/").text).xpath("//link[@type='application/atom+xml']/@href")
        codes = [web.get(f"/alerts/{name}").status_code for name in ("xx.atom", "pl.rss", "pl")]
    with served(stage, otherham, now=datetime(2026, 11, 22, 12, 1, tzinfo=UTC)) as web:
        expired = feed_of(web)
    withdraw(otherham.desk, LAMPS, "", lambda: NOW + timedelta(hours=2))
    with served(stage, otherham, now=NOW + timedelta(days=6)) as web:
        cancelled = feed_of(web, "pl")
    with served(stage, otherham, now=NOW + timedelta(days=8)) as web:
        long_ago = feed_of(web)

    assert before == expired == long_ago == []
    assert stands == [("Lamps in the park", f"{URL}/{revision}.cap")]
    assert in_polish == stands
    assert found == 200
    assert [urlsplit(str(address)).path for address in page] == [f"{URL}.cap"]
    assert "/alerts/pl.atom" in [urlsplit(str(address)).path for address in home]
    assert codes == [404] * 3
    assert cancelled == [("Wycofano", f"{URL}.cap")]


def test_an_alert_that_names_no_end_leaves_the_feed_after_two_weeks(stage: Stage, otherham: Town) -> None:
    ready(otherham)
    begin(otherham.desk, LAMPS, NOW)

    found = {}
    for days in (13, 15):
        with served(stage, otherham, now=NOW + timedelta(days=days)) as web:
            found[days] = len(feed_of(web))

    assert found == {13: 1, 15: 0}


def test_of_many_alerts_the_feed_has_the_newest(stage: Stage, otherham: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    newer, later = LAMPS.replace("lamps", "bridge"), NOW + timedelta(hours=1)
    otherham.write("title: Lamps in the park", "title: The bridge is closed", name=newer)
    otherham.write("severity: routine", "severity: urgent", name=newer)
    ready(otherham)
    begin(otherham.desk, LAMPS, NOW)
    prepare(otherham.desk, [newer], later)
    approve(otherham.desk, newer, "A second person", later)
    begin(otherham.desk, newer, later)

    with served(stage, otherham) as web:
        both = [title for title, _ in feed_of(web)]
    monkeypatch.setattr(alerts, "MOST_CURRENT", 1)
    with served(stage, otherham) as web:
        newest = [title for title, _ in feed_of(web)]

    assert both == ["The bridge is closed", "Lamps in the park"]
    assert newest == ["The bridge is closed"]


def test_what_is_not_urgent_is_no_alert(stage: Stage, otherham: Town) -> None:
    otherham.write("severity: urgent", "severity: routine")
    ready(otherham)
    begin(otherham.desk, LAMPS, NOW)

    with served(stage, otherham) as web:
        codes = [
            web.get(path).status_code for path in (f"{URL}.cap", f"{URL}.xml", "/alerts/nowhere/x.cap", f"{URL}/x.cap")
        ]

    assert codes == [404] * 4


def test_who_has_an_alert_is_told_so(stage: Stage, otherham: Town) -> None:
    ready(otherham)
    begin(otherham.desk, LAMPS, NOW)

    with served(stage, otherham) as web:
        known = {"if-none-match": web.get(f"{URL}.cap").headers["etag"]}
        assert web.get(f"{URL}.cap", headers=known).status_code == 304
