"""Archives of a feed (RFC 5005, section 4): what no longer stands in it, month by month, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from lxml import etree

from briefings.model.channel import Channel
from briefings.rendering.site import Site

ARCHIVED_KINDS = (Channel.ATOM, Channel.RSS)
"""Feeds in XML. JSON Feed has no archives; who reads it finds the older ones in the archive of the site."""

HISTORY = "http://purl.org/syndication/history/1.0"
_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Chapter:
    """Where a document stands in a feed's history. Months are `YYYY-MM`; empty: there is none.

    `month` is that of an archive document; without it, the document is the feed that readers subscribe to.
    """

    month: str = ""
    previous: str = ""
    following: str = ""


PRESENT = Chapter()
"""The feed itself, of which nothing is archived yet."""


def archived_months(published: Iterable[datetime], room: int, zone: tzinfo) -> tuple[str, ...]:
    """Return the months that have an archive document, oldest first; `published` are moments of all items.

    The newest month has one only when the feed has no `room` for all of it: a document that still grows is none
    that a reader fetches once. Which months these are depends on nothing but the items.
    """
    months = sorted(month_of(moment, zone) for moment in published)
    if not months:
        return ()
    newest = months[-1]
    fits = months.count(newest) <= room
    return tuple(dict.fromkeys(month for month in months if month != newest or not fits))


def chapter(months: tuple[str, ...], month: str = "") -> Chapter:
    """Return the place of a month in a feed's history, or that of the feed itself. Raises ValueError for no month."""
    if not month:
        return Chapter(previous=months[-1] if months else "")
    at = months.index(month)
    return Chapter(month, months[at - 1] if at else "", months[at + 1] if at + 1 < len(months) else "")


def month_of(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m}"


def span(month: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a month begins and when the next one does, both in UTC. Raises ValueError for no month."""
    begin = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
    following = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    return begin.astimezone(UTC), following.astimezone(UTC)


def place_in_history(head: Any, kind: Channel, place: str, locale: str, here: Chapter, site: Site) -> None:
    """Put links to its neighbours in the head of a feed document (`feed` in Atom, `channel` in RSS)."""

    def address(month: str) -> str:
        return site.feed_archive_url(place, locale, kind, month)

    links = [("prev-archive", address(here.previous))] if here.previous else []
    if here.following:
        links.append(("next-archive", address(here.following)))
    if here.month:
        links.append(("current", site.feed_url(place, locale, kind)))
    first = head.find(f"{_ATOM}link")  # RSS has one too: the feed's own address
    for rel, href in reversed(links):
        first.addnext(etree.Element(f"{_ATOM}link", rel=rel, href=href))
    if here.month:
        first.addprevious(etree.Element(f"{{{HISTORY}}}archive", nsmap={"fh": HISTORY}))
