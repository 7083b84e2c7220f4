"""Feeds: Atom (RFC 4287), RSS 2.0 (with the RSS Advisory Board's profile) and JSON Feed 1.1.

A briefing has the same item id in every language, place and format, also after a correction; each
feed says its true language, each item its own, and both name their other languages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from feedgen.feed import FeedGenerator
from lxml import etree

from briefings.model.channel import Channel
from briefings.rendering.feed_archive import PRESENT, Chapter, place_in_history
from briefings.rendering.site import BOROUGH, Site

MAX_ITEMS = 20
"""Whole briefings in a feed: a year of a borough would be a megabyte. Older ones are in the archive."""
TYPES = {
    Channel.ATOM: "application/atom+xml",
    Channel.RSS: "application/rss+xml",
    Channel.JSON: "application/feed+json",
}
EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
"""Dates the ids of feeds (RFC 4151 wants a date; it must never change) and feeds that have no item yet."""

GENERATOR = "community-safety-briefings"
_ATOM = "{http://www.w3.org/2005/Atom}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DATED = re.compile(r"\d{4}-\d\d-\d\d(?=-)")


@dataclass(frozen=True)
class FeedItem:
    """A published edition. `edition` is its locale as in its address, `locale` the one its title is truly in."""

    briefing: str
    edition: str
    locale: str
    title: str
    summary: str
    content_html: str
    published: datetime
    updated: datetime
    locales: tuple[str, ...]
    author: str = ""
    image: str = ""

    def others(self) -> list[str]:
        """Return the locales of its other editions."""
        return [locale for locale in self.locales if locale != self.edition]


@dataclass(frozen=True)
class FeedInfo:
    """A feed of a place (region id, `borough` or `ward/<GSS>`) for readers of one locale."""

    place: str
    name: str
    locale: str
    locales: tuple[str, ...]


def render_feed(kind: Channel, feed: FeedInfo, items: Sequence[FeedItem], site: Site, here: Chapter = PRESENT) -> bytes:
    """Render items, newest first, as bytes in UTF-8: of an archive document all, else the newest MAX_ITEMS.

    Raises ValueError if `kind` is no feed.
    """
    newest = sorted(items, key=lambda item: (item.published, item.briefing), reverse=True)
    if not here.month:
        newest = newest[:MAX_ITEMS]
    match kind:
        case Channel.ATOM:
            return _atom(feed, newest, site, here)
        case Channel.RSS:
            return _rss(feed, newest, site, here)
        case Channel.JSON:
            return _json(feed, newest, site)
    raise ValueError(f"{kind} is not a feed")


def item_id(briefing: str, published: datetime, site: Site) -> str:
    """Return the id an item keeps for ever: a tag URI (RFC 4151) of public host, date and briefing."""
    dated = _DATED.match(briefing.rpartition("/")[2])
    return tag_uri(site, dated[0] if dated else published.astimezone(UTC).date().isoformat(), briefing)


def feed_title(feed: FeedInfo, site: Site) -> str:
    return f"{site.interface(feed.locale).t('Community safety briefings')} · {feed.name}"


def home_of(feed: FeedInfo, site: Site, locale: str) -> str:
    """Return the page a feed belongs to: its region's, or the home page."""
    kind, _, code = feed.place.partition("/")
    region = site.places.region_of(code) if kind == "ward" else site.places.regions.get(feed.place)
    if feed.place == BOROUGH or region is None or locale not in region.locales:
        return site.home_url(locale)
    return site.region_url(region.id, locale)


def tag_uri(site: Site, date: str, specific: str) -> str:
    """Return a name that is ours for ever (RFC 4151)."""
    host = urlsplit(site.public_url).hostname or "localhost"
    authority = "localhost" if ":" in host else host
    return f"tag:{authority},{date}:{quote(specific)}"


def _generator(feed: FeedInfo, items: Sequence[FeedItem], site: Site, kind: Channel, here: Chapter) -> FeedGenerator:
    """Fill what Atom and RSS have in common; all dates are set, else feedgen takes the present time."""
    interface = site.interface(feed.locale)
    generator = FeedGenerator()
    generator.id(tag_uri(site, EPOCH.date().isoformat(), f"feeds/{feed.place}/{feed.locale}"))
    generator.title(xml_text(feed_title(feed, site)))
    generator.subtitle(interface.t("What you told us, what was done, and what comes next."))
    generator.language(interface.shell)
    generator.generator(GENERATOR)
    generator.author(name=xml_text(site.places.borough.name))
    generator.link(href=_address(feed, site, kind, feed.locale, here), rel="self", type=TYPES[kind])
    generator.link(href=home_of(feed, site, feed.locale), rel="alternate")  # the last one becomes the link in RSS
    generator.updated(max((item.updated for item in items), default=EPOCH).astimezone(UTC))
    for item in items:
        entry = generator.add_entry(order="append")
        entry.id(item_id(item.briefing, item.published, site))
        entry.title(xml_text(item.title))
        entry.link(href=site.page_url(item.briefing, item.edition), rel="alternate")
        entry.published(item.published.astimezone(UTC))
        entry.updated(item.updated.astimezone(UTC))
        entry.description(xml_text(item.summary), isSummary=True)
        entry.content(xml_text(item.content_html), type="html")
        if item.author:
            entry.author(name=xml_text(item.author))
    return generator


def _atom(feed: FeedInfo, items: Sequence[FeedItem], site: Site, here: Chapter) -> bytes:
    """Put in what feedgen drops: languages of entries, and `type` and `hreflang` of their links."""
    root = etree.fromstring(_generator(feed, items, site, Channel.ATOM, here).atom_str())
    first = root.find(f"{_ATOM}link[@rel='alternate']")
    _set_link(first, "alternate", home_of(feed, site, feed.locale), "text/html", feed.locale)
    for locale, url in reversed(_other_feeds(feed, site, Channel.ATOM, here)):
        link = etree.Element(f"{_ATOM}link")
        _set_link(link, "alternate", url, TYPES[Channel.ATOM], locale)
        first.addnext(link)
    for entry, item in zip(root.iter(f"{_ATOM}entry"), items, strict=True):
        entry.set(_LANG, item.locale)
        own = entry.find(f"{_ATOM}link")
        _set_link(own, "alternate", site.page_url(item.briefing, item.edition), "text/html", item.edition)
        for locale in reversed(item.others()):
            link = etree.Element(f"{_ATOM}link")
            _set_link(link, "alternate", site.page_url(item.briefing, locale), "text/html", locale)
            own.addnext(link)
    _name_hub(root, site, here)
    place_in_history(root, Channel.ATOM, feed.place, feed.locale, here, site)
    return _bytes(root)


def _rss(feed: FeedInfo, items: Sequence[FeedItem], site: Site, here: Chapter) -> bytes:
    generator = _generator(feed, items, site, Channel.RSS, here)
    generator.load_extension("dc", atom=False, rss=True)
    for entry, item in zip(generator.entry(), items, strict=True):
        if item.author:
            entry.dc.dc_creator(xml_text(item.author))
    root = etree.fromstring(generator.rss_str())
    self_link = root.find(f"channel/{_ATOM}link")
    for locale, url in reversed(_other_feeds(feed, site, Channel.RSS, here)):
        link = etree.Element(f"{_ATOM}link")
        _set_link(link, "alternate", url, TYPES[Channel.RSS], locale)
        self_link.addnext(link)
    for element, item in zip(root.iter("item"), items, strict=True):
        element.set(_LANG, item.locale)
        for locale in item.others():
            link = etree.SubElement(element, f"{_ATOM}link")
            _set_link(link, "alternate", site.page_url(item.briefing, locale), "text/html", locale)
    head = root.find("channel")
    _name_hub(head, site, here)
    place_in_history(head, Channel.RSS, feed.place, feed.locale, here, site)
    return _bytes(root)


def _json(feed: FeedInfo, items: Sequence[FeedItem], site: Site) -> bytes:
    """`_alternates` is our extension: the same feed or item in other languages, as address by BCP 47 tag."""
    interface = site.interface(feed.locale)
    content: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title(feed, site),
        "description": interface.t("What you told us, what was done, and what comes next."),
        "home_page_url": home_of(feed, site, feed.locale),
        "feed_url": site.feed_url(feed.place, feed.locale, Channel.JSON),
        "language": interface.shell,
        "authors": [{"name": site.places.borough.name}],
        "_alternates": dict(_other_feeds(feed, site, Channel.JSON, PRESENT)),
        "items": [_json_item(item, feed, site) for item in items],
    }
    if site.hub:
        content["hubs"] = [{"type": "WebSub", "url": site.hub}]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _json_item(item: FeedItem, feed: FeedInfo, site: Site) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": item_id(item.briefing, item.published, site),
        "url": site.page_url(item.briefing, item.edition),
        "title": item.title,
        "summary": item.summary,
        "content_html": item.content_html,
        "date_published": item.published.astimezone(UTC).isoformat(),
        "date_modified": item.updated.astimezone(UTC).isoformat(),
        "language": item.locale,
        "_alternates": {x: site.page_url(item.briefing, x) for x in item.others()},
    }
    if item.author:
        content["authors"] = [{"name": item.author}]
    if item.image:
        content["image"] = item.image
    return content


def _address(feed: FeedInfo, site: Site, kind: Channel, locale: str, here: Chapter) -> str:
    if here.month:
        return site.feed_archive_url(feed.place, locale, kind, here.month)
    return site.feed_url(feed.place, locale, kind)


def _other_feeds(feed: FeedInfo, site: Site, kind: Channel, here: Chapter) -> list[tuple[str, str]]:
    others = (locale for locale in feed.locales if locale != feed.locale)
    return [(locale, _address(feed, site, kind, locale, here)) for locale in others]


def _name_hub(head: Any, site: Site, here: Chapter) -> None:
    """Name the hub that tells of changes (WebSub, section 4); of an archive, which does not change, nobody is told."""
    if site.hub and not here.month:
        head.find(f"{_ATOM}link").addnext(etree.Element(f"{_ATOM}link", rel="hub", href=site.hub))


def _set_link(link: Any, rel: str, href: str, media_type: str, hreflang: str) -> None:
    for name, value in {"rel": rel, "href": href, "type": media_type, "hreflang": hreflang}.items():
        link.set(name, value)


def xml_text(text: str) -> str:
    """Take out the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _bytes(root: Any) -> bytes:
    rendered: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return rendered
