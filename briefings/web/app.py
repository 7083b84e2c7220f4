"""The web application: public routes, whatever routes it is given, error pages and security headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from jinja2 import Environment
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from briefings.rendering.site import Site
from briefings.web.guard.requests import Guard, Pace
from briefings.web.public.answers import Shelf
from briefings.web.public.around import Around
from briefings.web.public.forms import FormRoutes
from briefings.web.public.pages import Pages
from briefings.web.public.routes import PublicRoutes
from briefings.web.public.source import PublicSite
from briefings.web.refusals import Refusals

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
    refusals = Refusals(pages, headers)
    app = Starlette(
        routes=[
            *extra_routes,
            *(route for group in groups for route in group(pages, shelf)),
            *FormRoutes(source, site, pages).routes(),
            *PublicRoutes(source, site, pages, shelf, around).routes(),
        ],
        middleware=[
            Middleware(SecurityHeaders, headers=headers),
            Middleware(Guard, error_page=refusals.answer, public_url=site.public_url, pace=pace or Pace()),
        ],
        exception_handlers={
            HTTPException: refusals.answer,
            SQLAlchemyError: refusals.of_store,
            Exception: refusals.answer,
        },
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
