"""Pages and calendars of places: what comes next in a ward, what was done there, whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from briefings.editorial.published import Published, PublishedEditions
from briefings.rendering.bidi import address_html
from briefings.rendering.calendar import Dated, render_calendar
from briefings.rendering.notes import STATES, tel
from briefings.rendering.page import PageRendering, path_of
from briefings.rendering.site import BOROUGH, webcal
from briefings.rendering.structured import ToldAction, ToldEvent
from briefings.web.public.answers import HTML, Answer, Shelf, respond
from briefings.web.public.frame import Place
from briefings.web.public.pages import Pages
from briefings.web.public.source import PublishedItem

NEWEST = 5
LOOKED_THROUGH = 30
"""Newest briefings of a place in which events and actions are looked for."""
ACTIONS_SHOWN = 6
KEPT_IN_CALENDAR = timedelta(days=60)
"""For so long a calendar keeps what has been."""
CALENDAR = "text/calendar; charset=utf-8"


class PlaceRoutes:
    """`events_of` gives an edition's events for calendars; `now` is asked for, as what has been is no news."""

    def __init__(
        self,
        pages: Pages,
        shelf: Shelf,
        editions: PublishedEditions,
        events_of: Callable[[Published], Sequence[Dated]],
        now: Callable[[], datetime],
    ) -> None:
        self._pages = pages
        self._site = pages.site
        self._shelf = shelf
        self._editions = editions
        self._events_of = events_of
        self._now = now

    def routes(self) -> list[Route]:
        return [
            Route("/{locale}/ward/{code}/", self.ward),
            Route("/calendar/ward/{code}/{name}", self.ward_calendar),
            Route("/calendar/{place}/{name}", self.place_calendar),
        ]

    async def ward(self, request: Request) -> Response:
        locale, code = request.path_params["locale"], request.path_params["code"]
        region = self._site.places.region_of(code)
        if region is None or code not in self._site.places.wards or locale not in region.locales:
            raise HTTPException(404)
        now = self._now()

        def build(changed: datetime) -> Answer:
            return Answer(self._ward_page(locale, code, now), HTML, changed)

        return respond(request, await self._shelf.answer(f"{request.scope['path']} {self._hour(now)}", build))

    async def ward_calendar(self, request: Request) -> Response:
        return await self._calendar(request, f"ward/{request.path_params['code']}")

    async def place_calendar(self, request: Request) -> Response:
        return await self._calendar(request, request.path_params["place"])

    async def _calendar(self, request: Request, place: str) -> Response:
        locale, _, suffix = request.path_params["name"].rpartition(".")
        if suffix != "ics" or not self._is_place(place):
            raise HTTPException(404)
        feed = self._pages.feed(place, locale)
        if locale not in feed.locales:
            raise HTTPException(404)
        now = self._now()

        def build(changed: datetime) -> Answer:
            region, ward = self._of(place)
            dated = [
                dated
                for found in self._newest(locale, region, ward)
                for dated in self._events_of(found)
                if dated.event.end > now - KEPT_IN_CALENDAR and (ward is None or dated.event.ward in ("", ward))
            ]
            events = self._site.interface(locale).t("Community safety events")
            name = f"{events} · {feed.name}"
            page = self._page_of(place, locale)
            return Answer(render_calendar(name, locale, page, dated, self._site), CALENDAR, changed)

        return respond(request, await self._shelf.answer(f"{request.scope['path']} {self._hour(now)}", build))

    def _ward_page(self, locale: str, code: str, now: datetime) -> bytes:
        site, places = self._site, self._site.places
        region = places.region_of(code)
        assert region is not None, "asked for before"
        newest = self._newest(locale, None, code)
        t = site.interface(locale).t
        place = Place(lambda tag: site.ward_url(code, tag), region.locales, self._pages.feed(f"ward/{code}", locale))
        subscribe = path_of(site.about_url("subscribe", locale)) + f"?ward={code}"
        return self._pages.html(
            "ward", locale, place, "",
            name=places.wards[code].name,
            region=region.name,
            region_path=path_of(site.region_url(region.id, locale)),
            events=self._events(newest, code, now),
            actions=self._actions(newest, code),
            items=self._pages.listed([_listed(found) for found in newest[:NEWEST]]),
            contacts=newest[0].edition.contacts if newest else (),
            states={state: t(name) for state, name in STATES.items()},
            webcal=webcal(site.calendar_url(f"ward/{code}", locale)),
            feeds=[self._pages.feed(f"ward/{code}", locale)],
            subscribe_path=subscribe,
            tel=tel,
            address=address_html,
        )  # fmt: skip

    def _newest(self, locale: str, region: str | None, ward: str | None) -> Sequence[Published]:
        return self._editions.newest(locale, region=region, ward=ward, limit=LOOKED_THROUGH)[0]

    def _events(self, newest: Sequence[Published], ward: str, now: datetime) -> list[tuple[ToldEvent, str]]:
        """Return what comes next in a ward, or in all of its region, with the page that tells of it."""
        coming = [
            (event, path_of(self._site.page_url(found.edition.briefing, found.edition.locale)))
            for found in newest
            for event in found.edition.events
            if event.end > now and event.ward in ("", ward)
        ]
        return sorted(coming, key=lambda pair: pair[0].start)

    def _actions(self, newest: Sequence[Published], ward: str) -> list[tuple[ToldAction, str]]:
        """Return the newest actions of a ward; those of no ward in particular where it has none of its own."""
        found = [
            (action, path_of(self._site.page_url(one.edition.briefing, one.edition.locale)))
            for one in newest
            for action in one.edition.actions
        ]
        own = [pair for pair in found if pair[0].ward == ward]
        return (own or [pair for pair in found if not pair[0].ward])[:ACTIONS_SHOWN]

    def _is_place(self, place: str) -> bool:
        kind, _, code = place.partition("/")
        if kind == "ward":
            return code in self._site.places.wards
        return place == BOROUGH or place in self._site.places.regions

    def _of(self, place: str) -> tuple[str | None, str | None]:
        kind, _, code = place.partition("/")
        if kind == "ward":
            return None, code
        return (None if place == BOROUGH else place), None

    def _page_of(self, place: str, locale: str) -> str:
        region, ward = self._of(place)
        if ward is not None:
            return self._site.ward_url(ward, locale)
        return self._site.region_url(region, locale) if region else self._site.home_url(locale)

    def _hour(self, now: datetime) -> str:
        return f"{now:%Y-%m-%dT%H}"


def _listed(found: Published) -> PublishedItem:
    edition = found.edition
    content = PageRendering(edition.title.text, edition.summary.text, "", edition.title.locale)
    return PublishedItem(
        edition.briefing,
        edition.region,
        edition.locale,
        edition.severity,
        content,
        found.published_at,
        found.updated_at,
        found.locales,
    )
