"""The addresses of alerts: the newest message of an urgent briefing, and each one that it replaced."""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from briefings.editorial.alerts import Alerts
from briefings.rendering.alert import MEDIA_TYPE, newest_of, render_alert
from briefings.rendering.site import Site
from briefings.web.public.answers import Answer, Shelf, respond

SUFFIX = ".cap"


class AlertRoutes:
    """`is_exercise`: all that is sent from here is only a test (the sandbox)."""

    def __init__(self, site: Site, shelf: Shelf, alerts: Alerts, *, is_exercise: bool) -> None:
        self._site = site
        self._shelf = shelf
        self._alerts = alerts
        self._is_exercise = is_exercise

    def routes(self) -> list[Route]:
        return [
            Route("/alerts/{region}/{name}", self.newest),
            Route("/alerts/{region}/{slug}/{name}", self.one),
        ]

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


def _stem(request: Request) -> str:
    name: str = request.path_params["name"]
    stem = name.removesuffix(SUFFIX)
    if not stem or stem == name:
        raise HTTPException(404)
    return stem
