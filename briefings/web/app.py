"""The web application: public routes, whatever routes it is given, error pages and security headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from jinja2 import Environment
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from briefings.rendering.site import Site
from briefings.web.guard.requests import Guard, Pace
from briefings.web.public.answers import Shelf
from briefings.web.public.api import JSON, OPEN
from briefings.web.public.api_shapes import error_json
from briefings.web.public.around import Around
from briefings.web.public.forms import FormRoutes
from briefings.web.public.negotiation import best_locale
from briefings.web.public.pages import Pages
from briefings.web.public.routes import PublicRoutes
from briefings.web.public.source import PublicSite

RouteGroup = Callable[[Pages, Shelf], Sequence[BaseRoute]]
"""A part of the site: given what frames its pages and what keeps its answers, the routes it adds."""


def create_app(
    source: PublicSite,
    site: Site,
    templates: Environment,
    extra_routes: Sequence[BaseRoute] = (),
    groups: Sequence[RouteGroup] = (),
    pace: Pace | None = None,
    around: Around | None = None,
) -> Starlette:
    """Return the site. `extra_routes` come first; a security header that they set themselves is kept.

    `groups` come next, in order; what is left falls to the pages of regions and briefings.
    """
    pages, shelf = Pages(site, templates), Shelf(source)
    headers = security_headers(site)

    def error_page(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        given = (error.headers if isinstance(error, HTTPException) else None) or {}
        first = request.url.path.split("/")[1]
        if first == "api":
            said = error.detail if isinstance(error, HTTPException) else HTTPStatus(status).phrase
            known = {**headers, **given, **OPEN, "cache-control": "no-store"}
            return Response(error_json(status, said), status, known, JSON)
        locales = site.places.locales
        locale = first if first in locales else best_locale(request.headers.get("accept-language", ""), locales)
        # The headers here too: an unforeseen error is answered outside of the middleware.
        return HTMLResponse(pages.error(locale, status), status, {**headers, **given, "cache-control": "no-store"})

    app = Starlette(
        routes=[
            *extra_routes,
            *(route for group in groups for route in group(pages, shelf)),
            *FormRoutes(source, site, pages).routes(),
            *PublicRoutes(source, site, pages, shelf, around).routes(),
        ],
        middleware=[
            Middleware(SecurityHeaders, headers=headers),
            Middleware(Guard, error_page=error_page, public_url=site.public_url, pace=pace or Pace()),
        ],
        exception_handlers={HTTPException: error_page, Exception: error_page},
    )
    app.router.redirect_slashes = False  # it would redirect unsubscribe links, and tell embargoed addresses apart
    return app


def security_headers(site: Site) -> dict[str, str]:
    """Return the headers of every answer: nothing but our own style sheet and images, and no framing."""
    public = urlsplit(site.public_url)
    policy = (
        "default-src 'none'",
        "style-src 'self'",
        f"img-src 'self' {public.scheme}://{public.netloc}",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    headers = {
        "content-security-policy": "; ".join(policy),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if public.scheme == "https":
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


FOR_OTHERS = ("/feeds/", "/calendar/", "/media/", "/api/", "/alerts/", "/static/", "/favicon.ico")
"""What other sites and programs may show: feeds, calendars, data, and the pictures in them (Fetch, 3.7)."""


class SecurityHeaders:
    """Adds headers to every answer that has not its own."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith(FOR_OTHERS):
                    headers.setdefault("cross-origin-resource-policy", "cross-origin")
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)
