"""The addresses of alerts: the newest message of an urgent briefing, each one that it replaced, and feeds of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from briefings.editorial.alerts import Alerts
from briefings.model.channel import Channel
from briefings.rendering.alert import MEDIA_TYPE, newest_of, render_alert
from briefings.rendering.alert_feed import render_alert_feed
from briefings.rendering.feed import TYPES
from briefings.rendering.site import Site
from briefings.web.public.answers import Answer, Shelf, respond

SUFFIX = ".cap"


class AlertRoutes:
    """`now` is asked for, as alerts expire; `is_exercise`: all that is sent from here is only a test (the sandbox)."""

    def __init__(
        self, site: Site, shelf: Shelf, alerts: Alerts, now: Callable[[], datetime], *, is_exercise: bool
    ) -> None:
        self._site = site
        self._shelf = shelf
        self._alerts = alerts
        self._now = now
        self._is_exercise = is_exercise

    def routes(self) -> list[Route]:
        return [
            Route("/alerts/{name}", self.feed),
            Route("/alerts/{region}/{name}", self.newest),
            Route("/alerts/{region}/{slug}/{name}", self.one),
        ]

    async def feed(self, request: Request) -> Response:
        locale = _stem(request, f".{Channel.ATOM}")
        if locale not in self._site.places.locales:
            raise HTTPException(404)
        now = self._now()

        def build(changed: datetime) -> Answer:
            content = render_alert_feed(self._alerts.current(now), locale, self._site)
            return Answer(content, f"{TYPES[Channel.ATOM]}; charset=utf-8", changed)

        # an alert expires by the minute
        return respond(request, await self._shelf.answer(f"{request.scope['path']} {now:%Y-%m-%dT%H:%M}", build))

    async def newest(self, request: Request) -> Response:
        return await self._message(request, _stem(request), "")

    async def one(self, request: Request) -> Response:
        return await self._message(request, request.path_params["slug"], _stem(request))

    async def _message(self, request: Request, slug: str, version: str) -> Response:
        briefing = f"{request.path_params['region']}/{slug}"

        def build(changed: datetime) -> Answer | None:
            message = newest_of(self._alerts.messages(briefing), version)
            if message is None:
                return None
            return Answer(render_alert(message, self._site, is_exercise=self._is_exercise), MEDIA_TYPE, changed)

        return respond(request, await self._shelf.answer(request.scope["path"], build))


def _stem(request: Request, suffix: str = SUFFIX) -> str:
    name: str = request.path_params["name"]
    stem = name.removesuffix(suffix)
    if not stem or stem == name:
        raise HTTPException(404)
    return stem
