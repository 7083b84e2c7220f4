"""The API: what is published as JSON, to read only. It tells nothing that the pages do not tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from briefings.editorial.archive import MAX_QUERY, Archive
from briefings.editorial.published import PublishedEditions
from briefings.model.briefing import Severity
from briefings.model.edition import Phrase
from briefings.rendering.site import Site
from briefings.web.public import api_shapes as shapes
from briefings.web.public.answers import Answer, Shelf, respond

A_PAGE = 20
JSON = "application/json"
OPEN = {"access-control-allow-origin": "*"}
"""Pages of any other site may read it: it is public, and no cookie counts here."""


class ApiRoutes:
    def __init__(self, site: Site, shelf: Shelf, editions: PublishedEditions, archive: Archive) -> None:
        self._site = site
        self._places = site.places
        self._shelf = shelf
        self._editions = editions
        self._archive = archive

    def routes(self) -> list[Route]:
        return [
            Route("/api/openapi.json", self.description),
            Route("/api/v1/places", self.places),
            Route("/api/v1/briefings", self.briefings),
            Route("/api/v1/briefings/{region}/{slug}", self.briefing),
        ]

    async def description(self, request: Request) -> Response:
        described = shapes.description(self._places, self._site.public_url)
        return await self._answer(request, "openapi", lambda: json.dumps(described).encode())

    async def places(self, request: Request) -> Response:
        return await self._answer(request, "places", lambda: shapes.PLACES.dump_json(self._all_places()))

    async def briefings(self, request: Request) -> Response:
        """Answer with a page of the list. What was searched for is kept nowhere."""
        locale, region, page = self._locale(request), self._region(request), _page(request)
        query = request.query_params.get("q", "").replace("\x00", "").strip()
        if len(query) > MAX_QUERY:
            raise HTTPException(400, f"q is too long: at most {MAX_QUERY} characters")
        if query:
            body = await run_in_threadpool(self._found, query, locale, region, page)
            return Response(body, media_type=JSON, headers={**OPEN, "cache-control": "no-store"})
        key = f"briefings {locale} {region or ''} {page}"
        return await self._answer(request, key, lambda: self._newest(locale, region, page))

    async def briefing(self, request: Request) -> Response:
        locale, region, slug = self._locale(request), request.path_params["region"], request.path_params["slug"]
        if region not in self._places.regions or "\x00" in slug:
            raise HTTPException(404)
        name = f"{region}/{slug}"
        return await self._answer(request, f"briefing {locale} {name}", lambda: self._whole(name, locale))

    async def _answer(self, request: Request, key: str, body: Callable[[], bytes | None]) -> Response:
        def build(changed: datetime) -> Answer | None:
            built = body()
            return Answer(built, JSON, changed, headers=OPEN) if built is not None else None

        return respond(request, await self._shelf.answer(f"/api {key}", build))

    def _all_places(self) -> shapes.ApiPlaces:
        places, borough = self._places, self._places.borough
        regions = tuple(
            shapes.ApiRegion(
                region.id,
                region.name,
                region.locales,
                tuple(shapes.ApiWard(code, places.wards[code].name) for code in region.wards if code in places.wards),
            )
            for region in places.regions.values()
        )
        return shapes.ApiPlaces(
            borough.name, borough.code, borough.timezone, borough.source_locale, places.locales, regions
        )

    def _newest(self, locale: str, region: str | None, page: int) -> bytes:
        newest, total = self._editions.newest(locale, region=region, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        listed = [
            self._listed(one.edition.briefing, one.edition.region, one.edition.severity, one.edition.locale,
                         one.edition.title, one.published_at)
            for one in newest
        ]  # fmt: skip
        return _list(total, page, listed)

    def _found(self, query: str, locale: str, region: str | None, page: int) -> bytes:
        total, found = self._archive.find(query, locale, region=region, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        listed = [
            self._listed(one.briefing, one.region, Severity(one.severity), one.locale,
                         Phrase(one.title, one.text_locale), one.published_at)
            for one in found
        ]  # fmt: skip
        return _list(total, page, listed)

    def _listed(
        self, briefing: str, region: str, severity: Severity, locale: str, title: Phrase, published_at: datetime
    ) -> shapes.ApiListed:
        api = self._site.absolute(f"/api/v1/briefings/{briefing}?locale={locale}")
        url = self._site.page_url(briefing, locale)
        return shapes.ApiListed(briefing, region, severity, locale, title, published_at, url, api)

    def _whole(self, briefing: str, locale: str) -> bytes | None:
        found = self._editions.one(briefing, locale)
        if found is None:
            return None
        url = self._site.page_url(briefing, locale)
        whole = shapes.ApiBriefing(
            found.edition, found.published_at, found.updated_at, found.corrected, found.locales, url
        )
        return shapes.BRIEFING.dump_json(whole)

    def _locale(self, request: Request) -> str:
        locale = request.query_params.get("locale", self._places.borough.source_locale)
        if locale not in self._places.locales:
            raise HTTPException(400, f"locale is not one of: {', '.join(self._places.locales)}")
        return locale

    def _region(self, request: Request) -> str | None:
        """Return the region that is asked for, by its name or by a ward; None for all."""
        region, ward = request.query_params.get("region"), request.query_params.get("ward")
        if region is not None and region not in self._places.regions:
            raise HTTPException(400, f"region is not one of: {', '.join(self._places.regions)}")
        if ward is None:
            return region
        its = self._places.region_of(ward)
        if its is None:
            raise HTTPException(400, "ward is not a GSS code that /api/v1/places lists")
        if region not in (None, its.id):
            raise HTTPException(404, f"ward is in the region {its.id}: leave region away, or ask for that")
        return its.id


def _page(request: Request) -> int:
    given = request.query_params.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= shapes.LAST_PAGE):
        raise HTTPException(400, f"page is not a whole number from 1 to {shapes.LAST_PAGE}")
    return int(given)


def _list(total: int, page: int, listed: Sequence[shapes.ApiListed]) -> bytes:
    return shapes.LIST.dump_json(shapes.ApiList(total, page, tuple(listed)))
