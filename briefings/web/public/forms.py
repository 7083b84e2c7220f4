"""The two things residents can do here: stop the mail, and answer a question. GET never changes anything."""

from __future__ import annotations

from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from briefings.rendering.page import path_of
from briefings.rendering.site import Site
from briefings.web.public.form_fields import PRIVATE, Fields, read_fields
from briefings.web.public.negotiation import best_locale
from briefings.web.public.pages import LEAVING_REASONS, Pages
from briefings.web.public.source import OpenQuestion, PublicSite, Unsubscribed

PAUSE = timedelta(days=30)
"""The break that is offered to who wants to leave; other ones are on the page of their preferences."""


class FormRoutes:
    """Pages with a button. They need no cookie, no login and no JavaScript."""

    def __init__(self, source: PublicSite, site: Site, pages: Pages) -> None:
        self._source = source
        self._site = site
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route("/u/{token}", self.mail, methods=["GET", "POST"]),
            Route("/{locale}/respond/{region}/{slug}", self.answer, methods=["GET", "POST"]),
        ]

    async def mail(self, request: Request) -> Response:
        return await (self._unsubscribe(request) if request.method == "POST" else self._ask_unsubscribe(request))

    async def answer(self, request: Request) -> Response:
        return await (self._record(request) if request.method == "POST" else self._ask(request))

    async def _ask_unsubscribe(self, request: Request) -> Response:
        """Show the button only: programs that look through mail open every link."""
        locale = await run_in_threadpool(self._source.unsubscribe_locale, request.path_params["token"])
        if locale is None:
            return self._unknown_token(request)
        path = path_of(self._site.absolute(f"/u/{request.path_params['token']}"))
        return HTMLResponse(self._pages.unsubscribe(self._shown(locale), "ask", path), headers=PRIVATE)

    async def _unsubscribe(self, request: Request) -> Response:
        """Act at once (RFC 8058, 3.2: no redirect, no cookie), unless the form is one of those on the page after it."""
        token = request.path_params["token"]
        locale = await run_in_threadpool(self._source.unsubscribe_locale, token)
        if locale is None:
            return self._unknown_token(request)
        fields = await _own_fields(request)
        if fields.one("action") == "back":
            if not await run_in_threadpool(self._source.come_back, token):
                return self._unknown_token(request)
            return HTMLResponse(self._pages.unsubscribe(self._shown(locale), "back"), headers=PRIVATE)
        if fields.one("action") == "pause":
            until = await run_in_threadpool(self._source.pause, token, PAUSE)
            if until is None:  # who has left gets nothing in any case
                return HTMLResponse(self._pages.unsubscribe(self._shown(locale), "done"), headers=PRIVATE)
            return HTMLResponse(self._pages.unsubscribe(self._shown(locale), "paused", until=until), headers=PRIVATE)
        if await run_in_threadpool(self._source.unsubscribe, token) is Unsubscribed.UNKNOWN:
            return self._unknown_token(request)
        if (reason := fields.one("reason")) in LEAVING_REASONS:
            await run_in_threadpool(self._source.note_leaving, reason)
            return HTMLResponse(self._pages.unsubscribe(self._shown(locale), "thanked"), headers=PRIVATE)
        return HTMLResponse(self._pages.unsubscribe(self._shown(locale), "done"), headers=PRIVATE)

    def _unknown_token(self, request: Request) -> Response:
        locale = best_locale(request.headers.get("accept-language", ""), self._site.places.locales)
        return HTMLResponse(self._pages.unknown_token(locale), 404, PRIVATE)

    def _shown(self, locale: str) -> str:
        """Return a locale that the site still has: a subscriber's may have been given up since."""
        return locale if locale in self._site.places.locales else self._site.places.locales[0]

    async def _ask(self, request: Request) -> Response:
        """Show the form; links in mails choose an option by `?option=`, and nothing is sent by that."""
        briefing, locale, question = await self._question(request)
        return self._form(briefing, locale, question, _option(request.query_params.get("option", ""), question))

    async def _record(self, request: Request) -> Response:
        briefing, locale, question = await self._question(request)
        fields = await read_fields(request)
        option = _option(fields.one("option"), question)
        message = fields.text("message")
        if option is None and not message:
            return self._form(briefing, locale, question, None, refused=True)
        await run_in_threadpool(self._source.record_response, briefing, locale, option, message)
        return HTMLResponse(self._pages.thanks(briefing, locale), headers=PRIVATE)

    async def _question(self, request: Request) -> tuple[str, str, OpenQuestion]:
        locale, region_id = request.path_params["locale"], request.path_params["region"]
        region = self._site.places.regions.get(region_id)
        if region is None or locale not in region.locales:
            raise HTTPException(404)
        briefing = f"{region_id}/{request.path_params['slug']}"
        question = await run_in_threadpool(self._source.question, briefing, locale)
        if question is None:
            raise HTTPException(404)
        return briefing, locale, question

    def _form(
        self, briefing: str, locale: str, question: OpenQuestion, chosen: int | None, refused: bool = False
    ) -> Response:
        locales = self._site.places.regions[briefing.partition("/")[0]].locales
        html = self._pages.question(briefing, locale, locales, question, chosen, refused)
        return HTMLResponse(html, 422 if refused else 200, PRIVATE)


def _option(text: str, question: OpenQuestion) -> int | None:
    """Return the number of an option that the question has."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    return number if 0 <= number < len(question.options) else None


async def _own_fields(request: Request) -> Fields:
    """Return what one of our own forms sent; nothing for what a mail program sends, in whatever form that is."""
    try:
        return await read_fields(request)
    except HTTPException:
        return Fields()
