"""The archive: everything that is published, page by page, and found by its words."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from briefings.editorial.archive import MAX_QUERY, Archive
from briefings.rendering.page import path_of
from briefings.web.public.answers import HTML, Answer, Shelf, respond
from briefings.web.public.frame import Place
from briefings.web.public.pages import Pages

A_PAGE = 20
LAST_PAGE = 100_000


class ArchiveRoutes:
    def __init__(self, pages: Pages, shelf: Shelf, archive: Archive) -> None:
        self._pages = pages
        self._site = pages.site
        self._shelf = shelf
        self._archive = archive

    def routes(self) -> list[Route]:
        return [Route("/{locale}/archive", self.archive)]

    async def archive(self, request: Request) -> Response:
        """Answer with a page of the archive. What was searched for is not kept, and no search engine is to list it."""
        locale = request.path_params["locale"]
        places = self._site.places
        if locale not in places.locales:
            raise HTTPException(404)
        asked = request.query_params
        query = " ".join(asked.get("q", "")[:MAX_QUERY].replace("\x00", "").split())
        region = asked.get("region", "") if asked.get("region", "") in places.regions else ""
        page = page_number(asked.get("page", ""))
        if query:
            body = await run_in_threadpool(self._page, locale, query, region, page)
            if body is None:
                raise HTTPException(404)
            return HTMLResponse(body, headers={"cache-control": "no-store"})

        def build(changed: datetime) -> Answer | None:
            body = self._page(locale, "", region, page)
            return Answer(body, HTML, changed) if body is not None else None

        return respond(request, await self._shelf.answer(f"/{locale}/archive {region} {page}", build))

    def _page(self, locale: str, query: str, region: str, page: int) -> bytes | None:
        """Return a page of what was found; None for one after the last."""
        site, places = self._site, self._site.places
        total, found = self._archive.find(
            query, locale, region=region or None, limit=A_PAGE, offset=(page - 1) * A_PAGE
        )
        if page > 1 and not found:
            return None

        def address(tag: str, number: int = page) -> str:
            given = {"q": query, "region": region, "page": str(number) if number > 1 else ""}
            chosen = urlencode({name: value for name, value in given.items() if value})
            return site.about_url("archive", tag) + (f"?{chosen}" if chosen else "")

        place = Place(address, places.locales, is_found=not query)
        return self._pages.html(
            "archive", locale, place, "",
            action=path_of(site.about_url("archive", locale)),
            query=query,
            region=region,
            regions=[(one.id, one.name) for one in places.regions.values() if locale in one.locales],
            total=total,
            found=[
                (
                    item,
                    path_of(site.page_url(item.briefing, item.locale)),
                    places.regions[item.region].name if item.region in places.regions else item.region,
                )
                for item in found
            ],
            later=path_of(address(locale, page - 1)) if page > 1 else "",
            earlier=path_of(address(locale, page + 1)) if page * A_PAGE < total else "",
        )  # fmt: skip


def page_number(written: str) -> int:
    """Return the number of a page: the first where none is written. Raises HTTPException (404) for one too large."""
    if not (written.isascii() and written.isdigit()):
        return 1
    # Python refuses to read numbers of thousands of digits
    if len(written) > len(str(LAST_PAGE)) or not 1 <= int(written) <= LAST_PAGE:
        raise HTTPException(404)
    return int(written)
