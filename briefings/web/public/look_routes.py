"""The files that every page names: the style sheet, the borough's mark, the icon. The store is not asked for them."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from briefings.rendering.look import Look
from briefings.web.public.answers import Answer, respond

FOR_A_DAY = "public, max-age=86400"
"""Pages ask for them with a version behind a question mark."""
SVG = "image/svg+xml"


class LookRoutes:
    """Answers from memory, so that also a page that says that the store is away looks like one of the site's."""

    def __init__(self, look: Look) -> None:
        self._stylesheet = Answer(look.stylesheet.encode(), "text/css; charset=utf-8", look.changed, FOR_A_DAY)
        self._icon = Answer(look.icon.encode(), SVG, look.changed, FOR_A_DAY)
        self._mark = Answer(look.mark.encode(), SVG, look.changed, FOR_A_DAY) if look.mark else None

    def routes(self) -> list[Route]:
        return [
            Route("/static/site.css", self.stylesheet),
            Route("/static/brand.svg", self.mark),
            Route("/favicon.ico", self.icon),
        ]

    async def stylesheet(self, request: Request) -> Response:
        return respond(request, self._stylesheet)

    async def icon(self, request: Request) -> Response:
        """Answer with a drawing under the name that every browser asks for by itself."""
        return respond(request, self._icon)

    async def mark(self, request: Request) -> Response:
        """Answer with the drawing beside the borough's name; 404 where the borough has emptied the file."""
        if self._mark is None:
            raise HTTPException(404)
        return respond(request, self._mark)
