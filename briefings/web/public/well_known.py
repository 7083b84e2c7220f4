"""What search engines and finders of faults ask a site for: robots file and security.txt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from briefings.rendering.site import Site
from briefings.web.public.answers import TEXT, Answer, Shelf, respond

GOOD_FOR_MONTHS = 6
"""A contact that is older is looked at with doubt; RFC 9116 asks for less than a year."""


def robots(site: Site) -> bytes:
    """Let everything be found but personal pages and those of the team."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/u/", "/console/", "/sandbox/"))
    return f"User-agent: *\n{closed}Sitemap: {site.absolute('/sitemap.xml')}\n".encode()


def security_contact(site: Site, given: str) -> str:
    """Return where to report a weakness, as an address RFC 9116 allows: the one given, the borough's, or its site."""
    contact = site.places.borough.contact
    if given:
        return f"mailto:{given}" if "@" in given and ":" not in given else given
    if contact.email:
        return f"mailto:{contact.email}"
    return contact.url if contact.url.startswith("https:") else site.home_url(site.places.borough.source_locale)


def security_txt(site: Site, contact: str, languages: Sequence[str], now: datetime) -> bytes:
    """Say how to report a weakness (RFC 9116). It expires on the first of a month, so that it changes once in one."""
    months = now.month - 1 + GOOD_FOR_MONTHS
    expires = datetime(now.year + months // 12, months % 12 + 1, 1, tzinfo=UTC)
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(languages)}",
        f"Canonical: {site.absolute('/.well-known/security.txt')}",
    )
    return ("\n".join(lines) + "\n").encode()


class WellKnownRoutes:
    """`contact` is where a weakness may be reported; empty: where the borough or the site says."""

    def __init__(self, site: Site, shelf: Shelf, contact: str, now: Callable[[], datetime]) -> None:
        self._site = site
        self._shelf = shelf
        self._contact = security_contact(site, contact)
        self._now = now

    def routes(self) -> list[Route]:
        return [Route("/.well-known/security.txt", self.security)]

    async def security(self, request: Request) -> Response:
        now = self._now()

        def build(changed: datetime) -> Answer:
            return Answer(security_txt(self._site, self._contact, self._site.places.locales, now), TEXT, changed)

        return respond(request, await self._shelf.answer(f"{request.scope['path']} {now:%Y-%m}", build))
