"""Feeds and pages as they are fetched: read by a feed reader, and 304 for who has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import httpx
import pytest

from briefings.rendering.site import Site
from briefings.web.app import create_app
from tests.rendering.editions import LOCALES, TEMPLATES, sample_briefing
from tests.web.conftest import Stage
from tests.web.published import MemorySite, other_briefing

BRIEFING = sample_briefing()
CACHED = ["/", "/ur/", "/ta/riverside/", f"/ur/{BRIEFING.id}/", "/sitemap.xml", "/static/site.css"]
FEEDS = ["/feeds/riverside/ur.atom", "/feeds/borough/ta.rss", "/feeds/ward/E05999903/ur.json"]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("place", ["riverside", "borough", "ward/E05999901"])
@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feeds_of_every_place_and_language_can_be_read(web: httpx.Client, place: str, locale: str, kind: str) -> None:
    answer = web.get(f"/feeds/{place}/{locale}.{kind}")

    parsed = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})

    assert answer.headers["content-type"] == f"application/{kind}+xml; charset=utf-8"
    assert parsed["bozo"] == 0
    assert BRIEFING.slug in " ".join(entry["id"] for entry in parsed["entries"])


def test_a_ward_feed_holds_what_concerns_the_ward(web: httpx.Client) -> None:
    items = web.get("/feeds/ward/E05999903/en-GB.json").json()["items"]

    assert [item["url"] for item in items] == [f"https://briefings.exampleton.example/en-GB/{other_briefing().id}/"]


@pytest.mark.parametrize("path", [*CACHED, *FEEDS])
def test_who_has_the_newest_version_is_told_so(web: httpx.Client, path: str) -> None:
    first = web.get(path)

    by_tag = web.get(path, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    by_date = web.get(path, headers={"if-modified-since": "Sun, 20 Jan 2036 09:00:00 GMT"})
    older = web.get(path, headers={"if-modified-since": "Sun, 20 Jan 2019 09:00:00 GMT"})
    tag_first = web.get(
        path, headers={"if-none-match": '"other"', "if-modified-since": "Sun, 20 Jan 2036 09:00:00 GMT"}
    )

    assert first.status_code == older.status_code == tag_first.status_code == 200
    assert (by_tag.status_code, by_tag.content) == (by_date.status_code, by_date.content) == (304, b"")
    assert by_tag.headers["etag"] == first.headers["etag"]
    assert by_tag.headers["cache-control"] == first.headers["cache-control"]


@pytest.mark.parametrize("path", ["/ur/", "/feeds/riverside/ur.atom", "/feeds/borough/ur.json"])
def test_a_publish_is_seen_at_once_by_who_had_the_older_version(
    web: httpx.Client, source: MemorySite, path: str
) -> None:
    known = {"if-none-match": web.get(path).headers["etag"]}
    assert web.get(path, headers=known).status_code == 304

    source.withdraw(BRIEFING.id, BRIEFING.publish_at)
    answer = web.get(path, headers=known)

    assert answer.status_code == 200
    assert BRIEFING.slug not in answer.text


def test_a_correction_keeps_the_id_in_the_feed(web: httpx.Client, source: MemorySite) -> None:
    before = web.get("/feeds/riverside/ur.json").json()["items"][0]

    source.publish(BRIEFING, BRIEFING.publish_at.replace(day=8), corrects=True)
    after = web.get("/feeds/riverside/ur.json").json()["items"][0]

    assert after["id"] == before["id"]
    assert after["date_published"] == before["date_published"]
    assert after["date_modified"] > before["date_modified"]


@pytest.mark.parametrize("header", ["nonsense", "Fri, 99 Foo", ""])
def test_a_date_nobody_understands_is_ignored(web: httpx.Client, header: str) -> None:
    assert web.get("/ur/", headers={"if-modified-since": header}).status_code == 200


def test_head_answers_like_get_without_the_body(web: httpx.Client) -> None:
    got = web.get("/feeds/riverside/ur.atom")

    head = web.head("/feeds/riverside/ur.atom")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]


def test_what_is_long_comes_compressed_to_who_can_read_that_under_a_tag_of_its_own(web: httpx.Client) -> None:
    path = "/feeds/riverside/ur.atom"

    packed = web.get(path, headers={"accept-encoding": "br, gzip;q=0.8"})
    plain = web.get(path, headers={"accept-encoding": "gzip;q=0, identity"})
    again = web.get(path, headers={"if-none-match": packed.headers["etag"]})

    assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert again.status_code == 304


def all_items(web: httpx.Client, path: str) -> list[str]:
    """Read a feed as RFC 5005 has it: the feed, then archive by archive; return the ids in the order they came."""
    found: list[str] = []
    seen: set[str] = set()
    while path:
        assert path not in seen, "archives go round in a circle"
        seen.add(path)
        answer = web.get(path)
        assert answer.status_code == 200, path
        parsed = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
        assert parsed["bozo"] == 0
        found += [entry["id"] for entry in parsed["entries"]]
        back = [link["href"] for link in parsed["feed"]["links"] if link["rel"] == "prev-archive"]
        path = back[0].removeprefix("https://briefings.exampleton.example") if back else ""
    return found


@pytest.mark.parametrize("place", ["hillside", "borough", "ward/E05999903"])
@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_who_follows_the_archives_misses_nothing(web: httpx.Client, source: MemorySite, place: str, kind: str) -> None:
    for n in range(70):
        at = datetime(2026, 1 + n // 10, 1 + n % 10, 9, tzinfo=UTC)
        source.publish(replace(other_briefing(), slug=f"{at:%Y-%m-%d}-old"), at)

    found = all_items(web, f"/feeds/{place}/en-GB.{kind}")

    slugs = {id.rpartition("/")[2] for id in found}
    assert {p.briefing.slug for p in source.publications.values() if p.briefing.region == "hillside"} <= slugs
    assert len(slugs) == (71 if place != "borough" else 72)


def test_a_withdrawn_briefing_is_in_no_archive_and_its_empty_month_is_none(
    web: httpx.Client, source: MemorySite
) -> None:
    old = replace(other_briefing(), slug="2026-03-06-old")
    source.publish(old, datetime(2026, 3, 6, 9, tzinfo=UTC))
    path = "/feeds/hillside/archive/2026-03/en-GB.atom"
    assert old.slug in web.get(path).text

    source.withdraw(old.id, datetime(2026, 11, 8, 9, tzinfo=UTC))

    assert web.get(path).status_code == 404
    assert "prev-archive" not in web.get("/feeds/hillside/en-GB.atom").text


def test_an_archive_that_somebody_has_is_not_sent_again(web: httpx.Client, source: MemorySite) -> None:
    source.publish(replace(other_briefing(), slug="2026-03-06-old"), datetime(2026, 3, 6, 9, tzinfo=UTC))
    source.publish(replace(other_briefing(), slug="2026-11-06-new"), datetime(2026, 11, 6, 9, tzinfo=UTC))
    path = "/feeds/hillside/archive/2026-03/en-GB.rss"
    known = {"if-none-match": web.get(path).headers["etag"]}

    source.publish(replace(other_briefing(), slug="2026-11-07-newer"), datetime(2026, 11, 7, 9, tzinfo=UTC))

    assert web.get(path, headers=known).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "hillside/archive/2026-11/en-GB.atom",
        "hillside/archive/2026-13/en-GB.atom",
        "hillside/archive/9999-12/en-GB.atom",
        "hillside/archive/%2e%2e/en-GB.atom",
        "hillside/archive/2026-03/en-GB.json",
        "hillside/archive/2026-03/ta.atom",
        "nowhere/archive/2026-03/en-GB.atom",
        "ward/E00000000/archive/2026-03/en-GB.atom",
    ],
)
def test_what_is_no_archive_is_not_found(web: httpx.Client, path: str) -> None:
    assert web.get(f"/feeds/{path}").status_code == 404


@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
def test_a_feed_names_its_hub_in_the_document_and_in_the_header(
    stage: Stage, source: MemorySite, site: Site, kind: str
) -> None:
    hub, own = "https://hub.example/", f"https://briefings.exampleton.example/feeds/riverside/ur.{kind}"
    stage.app = create_app(source, replace(site, hub=hub), TEMPLATES)

    answer = httpx.get(f"{stage.url}/feeds/riverside/ur.{kind}")

    assert answer.links["hub"]["url"] == hub
    assert answer.links["self"]["url"] == own
    if kind == "json":
        assert answer.json()["hubs"] == [{"type": "WebSub", "url": hub}]
    else:
        parsed = feedparser.parse(answer.content)["feed"]["links"]
        assert [link["href"] for link in parsed if link["rel"] == "hub"] == [hub]


@pytest.mark.parametrize("path", FEEDS)
def test_without_a_hub_none_is_named(web: httpx.Client, path: str) -> None:
    answer = web.get(path)

    assert "hub" not in answer.links
    assert "hub" not in answer.text.partition("<entry")[0].partition("<item>")[0].partition('"items"')[0]
