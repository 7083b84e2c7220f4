"""The addresses of feeds, and of the archives in which what no longer stands in them is kept."""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from briefings.model.channel import Channel
from briefings.rendering.feed import MAX_ITEMS, TYPES, FeedInfo, FeedItem, render_feed
from briefings.rendering.feed_archive import ARCHIVED_KINDS, archived_months, chapter, span
from briefings.rendering.site import BOROUGH
from briefings.web.public.answers import Answer, Shelf, respond
from briefings.web.public.pages import Pages
from briefings.web.public.source import PublicSite, PublishedItem


class FeedRoutes:
    """Feeds of the borough, of regions and of wards, in every locale of theirs."""

    def __init__(self, source: PublicSite, pages: Pages, shelf: Shelf) -> None:
        self._source = source
        self._site = pages.site
        self._pages = pages
        self._shelf = shelf

    def routes(self) -> list[Route]:
        return [
            Route("/feeds/ward/{code}/{name}", self.ward_feed),
            Route("/feeds/ward/{code}/archive/{month}/{name}", self.ward_feed),
            Route("/feeds/{place}/{name}", self.feed),
            Route("/feeds/{place}/archive/{month}/{name}", self.feed),
        ]

    async def feed(self, request: Request) -> Response:
        place = request.path_params["place"]
        if place != BOROUGH and place not in self._site.places.regions:
            raise HTTPException(404)
        return await self._feed(request, place)

    async def ward_feed(self, request: Request) -> Response:
        code = request.path_params["code"]
        if code not in self._site.places.wards:
            raise HTTPException(404)
        return await self._feed(request, f"ward/{code}")

    async def _feed(self, request: Request, place: str) -> Response:
        locale, _, suffix = request.path_params["name"].rpartition(".")
        month = request.path_params.get("month", "")
        kind = next((kind for kind in TYPES if kind == suffix), None)
        if kind is None or (month and kind not in ARCHIVED_KINDS):
            raise HTTPException(404)
        feed = self._pages.feed(place, locale)
        if locale not in feed.locales:
            raise HTTPException(404)

        def build(changed: datetime, kind: Channel = kind) -> Answer | None:
            return self._document(kind, feed, month, changed)

        return respond(request, await self._shelf.answer(request.scope["path"], build))

    def _document(self, kind: Channel, feed: FeedInfo, month: str, changed: datetime) -> Answer | None:
        """Return a feed, or its archive of a month; None where there is none of that month (any more)."""
        region, ward = _of(feed.place)
        zone = self._site.places.borough.zone
        months: tuple[str, ...] = ()
        if kind in ARCHIVED_KINDS:
            months = archived_months(self._source.moments(region, ward), MAX_ITEMS, zone)
        if month and month not in months:
            return None
        limit, within = (None, span(month, zone)) if month else (MAX_ITEMS, None)
        items = self._source.published(feed.locale, region, ward, limit, within)
        body = render_feed(kind, feed, [_item(item) for item in items], self._site, chapter(months, month))
        headers = {} if month else {"link": self._link(kind, feed)}
        return Answer(body, f"{TYPES[kind]}; charset=utf-8", changed, headers=headers)

    def _link(self, kind: Channel, feed: FeedInfo) -> str:
        """Say the feed's own address, and the hub that tells of its changes (WebSub, section 4)."""
        own = f'<{self._site.feed_url(feed.place, feed.locale, kind)}>; rel="self"'
        return f'<{self._site.hub}>; rel="hub", {own}' if self._site.hub else own


def _of(place: str) -> tuple[str | None, str | None]:
    """Return the region or the ward that a feed is of; neither for the borough's."""
    if place.startswith("ward/"):
        return None, place.removeprefix("ward/")
    return (None if place == BOROUGH else place), None


def _item(item: PublishedItem) -> FeedItem:
    return FeedItem(
        briefing=item.briefing,
        edition=item.locale,
        locale=item.content.locale,
        title=item.content.title,
        summary=item.content.description,
        content_html=item.content.article_html,
        published=item.published_at,
        updated=item.updated_at,
        locales=item.locales,
        author=item.author,
        image=item.image,
    )
