"""Feeds, read by feedparser and held against RFC 4287, the RSS Advisory Board's profile and JSON Feed 1.1."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from lxml import etree

from briefings.model.channel import Channel
from briefings.rendering.feed import EPOCH, MAX_ITEMS, FeedInfo, FeedItem, render_feed
from briefings.rendering.page import render_feed_content
from tests.rendering.editions import LOCALES, TEMPLATES, sample_edition, sample_site

SITE = sample_site()
FEEDS = (Channel.ATOM, Channel.RSS, Channel.JSON)
PUBLISHED = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)
NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def feed_of(locale: str, place: str = "riverside") -> FeedInfo:
    return FeedInfo(place, "Riverside", locale, LOCALES)


def item(locale: str = "en-GB", number: int = 0, updated: datetime | None = None, **changes: Any) -> FeedItem:
    edition = sample_edition(locale)
    content = render_feed_content(edition, SITE, TEMPLATES)
    plain = FeedItem(
        briefing=f"riverside/2026-11-06-evening-patrols{number or ''}",
        edition=locale,
        locale=content.locale,
        title=content.title,
        summary=content.description,
        content_html=content.article_html,
        published=PUBLISHED - timedelta(hours=number),
        updated=updated or PUBLISHED - timedelta(hours=number),
        locales=LOCALES,
        author="Community Safety Team",
        image=SITE.media_url(edition.briefing.images[0]),
    )
    return replace(plain, **changes)


def xml(kind: Channel, locale: str, *items: FeedItem) -> Any:
    return etree.fromstring(render_feed(kind, feed_of(locale), items, SITE))


def ids(kind: Channel, locale: str, *items: FeedItem) -> list[str]:
    rendered = render_feed(kind, feed_of(locale), items, SITE)
    if kind is Channel.JSON:
        return [entry["id"] for entry in json.loads(rendered)["items"]]
    return [entry["id"] for entry in feedparser.parse(rendered)["entries"]]


@pytest.mark.parametrize("locale", [*LOCALES, "ar"])
@pytest.mark.parametrize("kind", [Channel.ATOM, Channel.RSS])
def test_a_feed_reader_finds_nothing_to_complain_about(kind: Channel, locale: str) -> None:
    items = [item(locale), item(locale, 1)]

    parsed = feedparser.parse(render_feed(kind, feed_of(locale), items, SITE))

    assert parsed["bozo"] == 0
    assert [entry["title"] for entry in parsed["entries"]] == [items[0].title, items[1].title]
    assert parsed["feed"]["language"] == SITE.interface(locale).shell
    assert "0800 555 111" in parsed["entries"][0]["content"][0]["value"]


@pytest.mark.parametrize("locale", LOCALES)
def test_atom_has_what_rfc_4287_requires(locale: str) -> None:
    root = xml(Channel.ATOM, locale, item(locale), item(locale, 1))

    entries = root.findall("atom:entry", NS)
    for element in (root, *entries):
        assert len(element.findall("atom:id", NS)) == 1
        assert len(element.findall("atom:title", NS)) == 1
        updated = element.findall("atom:updated", NS)
        assert len(updated) == 1
        assert datetime.fromisoformat(updated[0].text).tzinfo is not None
        links = [(x.get("type"), x.get("hreflang")) for x in element.findall("atom:link[@rel='alternate']", NS)]
        assert len(links) == len(set(links)) == len(LOCALES)  # section 4.1.1 and 4.1.2
        assert element.findtext("atom:author/atom:name", namespaces=NS)
    assert root.get(LANG) == locale
    assert {entry.get(LANG) for entry in entries} == {locale}
    assert root.find("atom:link[@rel='self']", NS).get("href") == SITE.feed_url("riverside", locale, Channel.ATOM)
    assert {content.get("type") for content in root.iter(f"{{{NS['atom']}}}content")} == {"html"}


@pytest.mark.parametrize("locale", LOCALES)
def test_rss_keeps_to_the_profile_of_the_advisory_board(locale: str) -> None:
    root = xml(Channel.RSS, locale, item(locale), item(locale, 1))

    channel = root.find("channel")
    own = channel.findall("atom:link[@rel='self']", NS)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert channel.findtext("link") == SITE.region_url("riverside", locale)
    assert channel.findtext("description")
    assert channel.findtext("language") == locale
    assert [link.get("href") for link in own] == [SITE.feed_url("riverside", locale, Channel.RSS)]
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == PUBLISHED
    for entry in channel.findall("item"):
        assert entry.find("guid").get("isPermaLink") == "false"
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", entry.findtext("pubDate"))
        assert entry.findtext("link").startswith(SITE.home_url(locale))
        assert entry.findtext("description") == item(locale).summary
        assert entry.findtext("content:encoded", namespaces=NS).startswith("<div lang=")
        assert entry.findtext("dc:creator", namespaces=NS) == "Community Safety Team"
        assert entry.get(LANG) == locale


def test_json_feed_has_the_fields_of_version_1_1() -> None:
    content = json.loads(render_feed(Channel.JSON, feed_of("ta"), [item("ta")], SITE))

    entry = content["items"][0]
    assert content["version"] == "https://jsonfeed.org/version/1.1"
    assert content["feed_url"] == SITE.feed_url("riverside", "ta", Channel.JSON)
    assert content["home_page_url"] == SITE.region_url("riverside", "ta")
    assert (content["language"], entry["language"]) == ("ta", "ta")
    assert set(content["_alternates"]) == set(entry["_alternates"]) == set(LOCALES) - {"ta"}
    assert datetime.fromisoformat(entry["date_published"]) == PUBLISHED
    assert entry["image"].startswith("https://")
    assert entry["authors"] == [{"name": "Community Safety Team"}]


def test_an_item_keeps_its_id_in_every_language_and_format_and_after_a_correction() -> None:
    later = PUBLISHED + timedelta(days=2)

    before = {ids(kind, locale, item(locale))[0] for kind in FEEDS for locale in LOCALES}
    after = {
        ids(kind, locale, item(locale, updated=later, title="Put right"))[0] for kind in FEEDS for locale in LOCALES
    }

    assert before == after
    assert before == {"tag:briefings.exampleton.example,2026-11-06:riverside/2026-11-06-evening-patrols"}


@pytest.mark.parametrize("kind", FEEDS)
def test_items_have_ids_of_their_own_and_come_newest_first(kind: Channel) -> None:
    items = [item(number=number) for number in (2, 0, 1)]

    found = ids(kind, "en-GB", *items)

    assert [found_id[-1] for found_id in found] == ["s", "1", "2"]


@pytest.mark.parametrize("kind", FEEDS)
def test_a_feed_holds_the_fifty_newest(kind: Channel) -> None:
    content = item()
    items = [item(number=n, title=content.title, published=PUBLISHED - timedelta(days=n)) for n in range(MAX_ITEMS + 5)]

    found = ids(kind, "en-GB", *items)

    assert len(found) == len(set(found)) == MAX_ITEMS


def test_a_correction_moves_the_date_of_the_feed_but_not_of_publication() -> None:
    later = PUBLISHED + timedelta(days=2)

    atom = xml(Channel.ATOM, "en-GB", item(updated=later))
    rss = xml(Channel.RSS, "en-GB", item(updated=later))

    assert datetime.fromisoformat(atom.findtext("atom:updated", namespaces=NS)) == later
    assert datetime.fromisoformat(atom.findtext("atom:entry/atom:published", namespaces=NS)) == PUBLISHED
    assert parsedate_to_datetime(rss.findtext("channel/lastBuildDate")) == later
    assert parsedate_to_datetime(rss.findtext("channel/item/pubDate")) == PUBLISHED


@pytest.mark.parametrize("kind", FEEDS)
def test_the_same_items_give_the_same_bytes(kind: Channel) -> None:
    first = render_feed(kind, feed_of("ur"), [item("ur")], SITE)

    second = render_feed(kind, feed_of("ur"), [item("ur")], SITE)

    assert first == second


@pytest.mark.parametrize("kind", [Channel.ATOM, Channel.RSS])
def test_an_empty_feed_is_a_feed(kind: Channel) -> None:
    parsed = feedparser.parse(render_feed(kind, feed_of("bg"), [], SITE))

    assert parsed["bozo"] == 0
    assert parsed["feed"]["updated_parsed"][:3] == EPOCH.timetuple()[:3]


def test_a_feed_without_catalog_says_that_it_is_in_the_source_language() -> None:
    root = xml(Channel.ATOM, "ar", item("ar"))

    entry = root.find("atom:entry", NS)
    assert root.get(LANG) == entry.get(LANG) == "en-GB"
    assert "It is shown in English." in entry.findtext("atom:content", namespaces=NS)


def test_characters_that_xml_cannot_hold_do_not_stop_a_feed() -> None:
    broken = item(title="Bell\x07 and ]]> end", content_html="<p>\x0b\ufffe]]&gt;</p>")

    parsed = feedparser.parse(render_feed(Channel.RSS, feed_of("en-GB"), [broken], SITE))

    assert parsed["bozo"] == 0
    assert parsed["entries"][0]["title"] == "Bell and ]]> end"


def test_an_edition_in_another_locale_than_the_feed_is_linked_where_it_is() -> None:
    entry = xml(Channel.ATOM, "ta", item("en-GB", locales=("en-GB", "ur"))).find("atom:entry", NS)

    links = [(link.get("hreflang"), link.get("href")) for link in entry.findall("atom:link", NS)]

    assert links == [(x, SITE.page_url("riverside/2026-11-06-evening-patrols", x)) for x in ("en-GB", "ur")]
    assert entry.get(LANG) == "en-GB"


def test_what_is_no_feed_is_refused() -> None:
    with pytest.raises(ValueError, match="not a feed"):
        render_feed(Channel.EMAIL, feed_of("en-GB"), [], SITE)
