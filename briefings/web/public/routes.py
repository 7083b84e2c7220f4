"""The public addresses: what is asked for, found in the source, and answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from briefings.rendering.page import Variant, path_of
from briefings.rendering.site import Site
from briefings.rendering.sitemap import public_pages, render_sitemap
from briefings.web.public.answers import FOR_EVER, HTML, TEXT, Answer, Shelf, respond
from briefings.web.public.archive import A_PAGE, page_number
from briefings.web.public.around import Around, Neighbours
from briefings.web.public.feed_routes import FeedRoutes
from briefings.web.public.frame import ABOUT
from briefings.web.public.look_routes import LookRoutes
from briefings.web.public.negotiation import best_locale
from briefings.web.public.pages import Pages
from briefings.web.public.source import OpenQuestion, PublicSite, PublishedItem, Withdrawn
from briefings.web.public.well_known import robots

NEWEST_ON_HOME = 10
_MEDIA = re.compile(r"([0-9a-f]{32})\.[a-z0-9]{2,5}")


class PublicRoutes:
    """What residents and feed readers can read. Nothing in here changes anything."""

    def __init__(
        self, source: PublicSite, site: Site, pages: Pages, shelf: Shelf, around: Around | None = None
    ) -> None:
        self._source = source
        self._around = around
        self._site = site
        self._pages = pages
        self._shelf = shelf

    def routes(self) -> list[Route]:
        """Return the routes; `/{locale}/...` fit nearly everything, so they come last."""
        return [
            Route("/", self.languages),
            Route("/healthz", self.healthz),
            Route("/robots.txt", self.robots),
            Route("/sitemap.xml", self.sitemap),
            Route("/sitemap-{part:int}.xml", self.sitemap),
            *LookRoutes(self._pages.look).routes(),
            Route("/media/{name}", self.media),
            *FeedRoutes(self._source, self._pages, self._shelf).routes(),
            *(Route(f"/{{locale}}/{page}", self.about) for page in ABOUT),
            Route("/{locale}/", self.home),
            Route("/{locale}/{region}/", self.region),
            Route("/{locale}/{region}/{slug}/", self.edition),
            Route("/{locale}/{region}/{slug}/{variant}/", self.variant),
            Route("/{locale}", self.slash),
            Route("/{locale}/{region}", self.slash),
            Route("/{locale}/{region}/{slug}", self.slash),
            Route("/{locale}/{region}/{slug}/{variant}", self.slash),
        ]

    async def languages(self, request: Request) -> Response:
        locale = best_locale(request.headers.get("accept-language", ""), self._site.places.locales)

        def build(changed: datetime) -> Answer:
            return Answer(self._pages.languages(locale), HTML, changed, headers={"vary": "accept-language"})

        return await self._answer(request, f"/ {locale}", build)

    async def home(self, request: Request) -> Response:
        locale = self._locale(request)

        def build(changed: datetime) -> Answer:
            items = self._source.published(locale, limit=NEWEST_ON_HOME)
            return Answer(self._pages.home(locale, items, self._questions(items)), HTML, changed)

        return await self._answer(request, request.scope["path"], build)

    async def about(self, request: Request) -> Response:
        locale = self._locale(request)
        page = request.url.path.rpartition("/")[2]

        def build(changed: datetime) -> Answer:
            return Answer(self._pages.about(page, locale), HTML, changed)

        return await self._answer(request, request.scope["path"], build)

    async def region(self, request: Request) -> Response:
        """Answer with a page of a region's briefings; 404 for one after the last."""
        locale, region = self._locale(request), self._region(request)
        page = page_number(request.query_params.get("page", ""))

        def build(changed: datetime) -> Answer | None:
            # one more than is shown tells whether there is another page
            items = self._source.published(locale, region, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
            if page > 1 and not items:
                return None
            coming = self._around.coming(region, locale) if self._around and page == 1 else ()
            body = self._pages.region(locale, region, items[:A_PAGE], coming, page, has_older=len(items) > A_PAGE)
            return Answer(body, HTML, changed)

        moment = self._around.moment() if self._around else ""
        return await self._answer(request, f"{request.scope['path']} {page} {moment}", build)

    async def edition(self, request: Request) -> Response:
        locale, region = self._locale(request), self._region(request)
        slug = request.path_params["slug"]

        def build(changed: datetime) -> Answer | None:
            edition = self._source.edition(region, slug, locale)
            if isinstance(edition, Withdrawn):
                return Answer(self._pages.withdrawn(locale, edition), HTML, changed, status=410)
            if edition is None:
                return None
            neighbours = self._around.neighbours(edition.briefing, locale) if self._around else Neighbours()
            return Answer(self._pages.edition(edition, neighbours=neighbours), HTML, changed)

        return await self._answer(request, request.scope["path"], build)

    async def variant(self, request: Request) -> Response:
        """Answer with an edition's easy-read, large-print or text version; 404 where it has none."""
        locale, region = self._locale(request), self._region(request)
        slug, variant = request.path_params["slug"], self._variant(request)

        def build(changed: datetime) -> Answer | None:
            edition = self._source.edition(region, slug, locale)
            if isinstance(edition, Withdrawn):
                return Answer(self._pages.withdrawn(locale, edition), HTML, changed, status=410)
            if edition is None or variant not in edition.page.variants:
                return None
            if variant is Variant.TEXT:
                headers = {"content-language": locale, "link": f'<{self._pages.address(edition)}>; rel="canonical"'}
                return Answer(self._pages.text(edition), TEXT, changed, headers=headers)
            return Answer(self._pages.edition(edition, variant), HTML, changed)

        return await self._answer(request, request.scope["path"], build)

    async def slash(self, request: Request) -> Response:
        """Send an address without its last slash to the one with it, whether there is a page or not (embargo)."""
        self._locale(request)
        if "region" in request.path_params:
            self._region(request)
        if "variant" in request.path_params:
            self._variant(request)
        return RedirectResponse(path_of(self._site.absolute(quote(request.scope["path"]) + "/")), status_code=308)

    async def media(self, request: Request) -> Response:
        name = _MEDIA.fullmatch(request.path_params["name"])
        media = await run_in_threadpool(self._source.media, name[1]) if name else None
        if media is None:
            raise HTTPException(404)
        return respond(request, Answer(media.content, media.media_type, self._source.change().at, FOR_EVER))

    async def sitemap(self, request: Request) -> Response:
        part = int(request.path_params.get("part", 0))
        if part == 0 and "part" in request.path_params:
            raise HTTPException(404)

        def build(changed: datetime) -> Answer | None:
            pages = public_pages(self._source.editions(), (*ABOUT, "archive", "subscribe"), self._site)
            content = render_sitemap(pages, self._site, part)
            return Answer(content, "application/xml", changed) if content is not None else None

        return await self._answer(request, f"/sitemap {part}", build)

    async def robots(self, request: Request) -> Response:
        return Response(robots(self._site), media_type="text/plain; charset=utf-8")

    async def healthz(self, request: Request) -> Response:
        """Say whether the pages can be answered: the store is asked, not only the process."""
        try:
            await run_in_threadpool(partial(self._source.published, self._site.places.locales[0], limit=1))
        except (
            Exception
        ):  # whatever it is, the answer to the probe is the same; the cause is in the log of real requests
            return JSONResponse({"status": "the store does not answer"}, 503, {"cache-control": "no-store"})
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    def _questions(self, items: Sequence[PublishedItem]) -> list[tuple[PublishedItem, OpenQuestion]]:
        """Return the newest question of each region, of what is newest."""
        found: dict[str, tuple[PublishedItem, OpenQuestion]] = {}
        for item in items:
            if item.region not in found and (question := self._source.question(item.briefing, item.locale)):
                found[item.region] = (item, question)
        return list(found.values())

    async def _answer(self, request: Request, key: str, build: Callable[[datetime], Answer | None]) -> Response:
        return respond(request, await self._shelf.answer(key, build))

    def _locale(self, request: Request) -> str:
        locale: str = request.path_params["locale"]
        if locale not in self._site.places.locales:
            raise HTTPException(404)
        return locale

    def _region(self, request: Request) -> str:
        """Return the region of an address, if it is published in the address's locale."""
        region = self._site.places.regions.get(request.path_params["region"])
        if region is None or request.path_params["locale"] not in region.locales:
            raise HTTPException(404)
        return region.id

    @staticmethod
    def _variant(request: Request) -> Variant:
        try:
            return Variant(request.path_params["variant"])
        except ValueError:
            raise HTTPException(404) from None
