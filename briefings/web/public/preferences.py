"""A person's own pages, by signed link: choices, a break, another address, their data, and the way out.

There is no password and no session. GET shows, POST acts; every answer is 200 and can be sent again harmlessly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from briefings.model.errors import Refused
from briefings.rendering.notes import N_
from briefings.rendering.page import path_of
from briefings.residents.door import SOURCE, Door
from briefings.residents.own import CAME_BACK, Own, Person
from briefings.subscribers.address import masked
from briefings.subscribers.consent import MOVED, ConsentAction
from briefings.subscribers.tokens import TokenPurpose, Tokens
from briefings.web.public.choosing import WRONG_ADDRESS, Form, form_names, is_address
from briefings.web.public.form_fields import PRIVATE, Fields, read_fields
from briefings.web.public.frame import Place
from briefings.web.public.negotiation import best_locale
from briefings.web.public.pages import Pages

PAUSES = {
    "14": N_("Two weeks"),
    "30": N_("One month"),
    "90": N_("Three months"),
}
"""Days of a break, as the form names them."""
LONGEST_PAUSE = timedelta(days=366)

SAVED = N_("Your choices are saved.")
PAUSED = N_("Your emails are paused.")
RESUMED = N_("You get our emails again")
MOVING = N_("We are sending an email to the new address. Press the button in it.")
WRONG_DAY = N_("Choose how long, or give a day within the next year.")
NOT_MOVED = N_("We cannot change the address like this. Check it, or try again tomorrow.")

WHERE = {
    SOURCE: N_("On our website"),
    MOVED: N_("By the link in our email to your new address"),
    CAME_BACK: N_("On our website, after you had left"),
}
"""How somebody agreed, by the source of the record; what a team wrote of a list of theirs is shown as it is."""


@dataclass(frozen=True)
class _Acted:
    """What became of a form: a line to say, or the form with what is wrong with it."""

    status: str = ""
    form: Form | None = None


class PreferenceRoutes:
    """The pages under `/<locale>/preferences/<token>`."""

    def __init__(
        self,
        pages: Pages,
        own: Own,
        door: Door,
        tokens: Tokens,
        clock: Callable[[], datetime],
    ) -> None:
        self._pages = pages
        self._site = pages.site
        self._own = own
        self._door = door
        self._tokens = tokens
        self._clock = clock

    def routes(self) -> list[Route]:
        both = ["GET", "POST"]
        return [
            Route("/{locale}/preferences/{token}", self.preferences, methods=both),
            Route("/{locale}/preferences/{token}/download", self.download),
            Route("/{locale}/preferences/{token}/erase", self.erase, methods=both),
        ]

    async def preferences(self, request: Request) -> Response:
        locale, token = self._locale(request), request.path_params["token"]
        person = await run_in_threadpool(self._own.person, token)
        if person is None:
            return self._unknown(request)
        if not person.subscriber.is_active:
            return self._gone(locale, token, person)
        if request.method != "POST":
            return self._shown(locale, token, person)
        fields = await read_fields(request)
        acts: Mapping[str, Callable[[str, Person, Fields], _Acted]] = {
            "choose": self._choose,
            "pause": self._pause,
            "resume": self._resume,
            "move": self._move,
        }
        action = fields.one("action")
        if action == "leave":
            await run_in_threadpool(self._own.leave, token, "", self._clock())
            return self._gone(locale, token, person)
        if action not in acts:
            raise HTTPException(400)
        acted = await run_in_threadpool(acts[action], token, person, fields)
        after = await run_in_threadpool(self._own.person, token)
        if after is None or not after.subscriber.is_active:
            return self._unknown(request)
        status = 422 if acted.form is not None else 200
        return self._shown(locale, token, after, acted.status, acted.form, status)

    async def download(self, request: Request) -> Response:
        """Give a person all that is held about them, as a JSON file (UK GDPR, articles 15 and 20)."""
        self._locale(request)
        held = await run_in_threadpool(self._own.held, request.path_params["token"])
        if held is None:
            return self._unknown(request)
        body = json.dumps(held, ensure_ascii=False, indent=2) + "\n"
        named = {"content-disposition": 'attachment; filename="briefings-my-data.json"'}
        return Response(body, media_type="application/json", headers={**PRIVATE, **named})

    async def erase(self, request: Request) -> Response:
        locale, token = self._locale(request), request.path_params["token"]
        if await run_in_threadpool(self._own.person, token) is None:
            return self._unknown(request)
        is_done = request.method == "POST"
        if is_done:
            await run_in_threadpool(self._own.erase, token, self._clock())
        back = path_of(self._site.personal_url("preferences", locale, token))
        place = self._pages.nowhere() if is_done else self._place(token, "/erase")
        html = self._pages.html("erase", locale, place, done=is_done, back=back)
        return HTMLResponse(html, headers=PRIVATE)

    def _choose(self, token: str, person: Person, fields: Fields) -> _Acted:
        form = Form.filled_in(fields, self._site.places, has_address=False, find_wards=None)
        if form.errors:
            return _Acted(form=form)
        self._own.choose(token, form.choices)
        return _Acted(SAVED)

    def _pause(self, token: str, person: Person, fields: Fields) -> _Acted:
        form = replace(Form.of(person.subscriber.choices), pause=fields.one("pause"), until=fields.one("until"))
        until = self._day(form)
        if until is None:
            given = _day_given(form.until)  # a field for a day may show nothing else (HTML, 4.10.5.1.7)
            form = replace(form, until=given.isoformat() if given else "")
            return _Acted(form=form.with_error("until", WRONG_DAY))
        self._own.pause(token, until, self._clock())
        return _Acted(PAUSED)

    def _day(self, form: Form) -> Date | None:
        today = self._today()
        if form.until:
            day = _day_given(form.until)
            return day if day is not None and today < day <= today + LONGEST_PAUSE else None
        return today + timedelta(days=int(form.pause)) if form.pause in PAUSES else None

    def _resume(self, token: str, person: Person, fields: Fields) -> _Acted:
        self._own.pause(token, None, self._clock())
        return _Acted(RESUMED)

    def _move(self, token: str, person: Person, fields: Fields) -> _Acted:
        form = replace(Form.of(person.subscriber.choices), email=fields.one("email")[:320])
        if not is_address(form.email):
            return _Acted(form=form.with_error("email", WRONG_ADDRESS))
        try:
            self._door.move(person.subscriber.id, form.email, self._clock())
        except Refused:
            return _Acted(form=form.with_error("email", NOT_MOVED))
        return _Acted(MOVING)

    def _gone(self, locale: str, token: str, person: Person) -> Response:
        """Show one who has left what the unsubscribe link shows; the forms go there. Their data stay theirs."""
        action = path_of(
            self._site.absolute(f"/u/{self._tokens.token(TokenPurpose.UNSUBSCRIBE, person.subscriber.id)}")
        )
        mine = path_of(self._site.personal_url("preferences", locale, token))
        return HTMLResponse(self._pages.unsubscribe(locale, "done", action, data=mine), headers=PRIVATE)

    def _shown(
        self,
        locale: str,
        token: str,
        person: Person,
        status: str = "",
        form: Form | None = None,
        code: int = 200,
    ) -> Response:
        site, t = self._site, self._site.interface(locale).t
        today = self._today()
        html = self._pages.html(
            "preferences", locale, self._place(token),
            action=path_of(site.personal_url("preferences", locale, token)),
            address=masked(person.subscriber.email),
            paused_until=person.paused_until,
            consents=[
                (one, t(WHERE[one.source]) if one.source in WHERE else "")
                for one in person.consents
                if one.action is ConsentAction.GIVEN
            ],
            status=t(status) if status else "",
            pauses=[(days, t(name)) for days, name in PAUSES.items()],
            first_day=(today + timedelta(days=1)).isoformat(),
            last_day=(today + LONGEST_PAUSE).isoformat(),
            **form_names(form or Form.of(person.subscriber.choices), site, locale),
        )  # fmt: skip
        return HTMLResponse(html, code, PRIVATE)

    def _place(self, token: str, below: str = "") -> Place:
        def address(tag: str) -> str:
            return self._site.personal_url("preferences", tag, token) + below

        return Place(address, self._site.places.locales, is_found=False)

    def _today(self) -> Date:
        return self._clock().astimezone(self._site.places.borough.zone).date()

    def _unknown(self, request: Request) -> Response:
        locale = request.path_params["locale"]
        if locale not in self._site.places.locales:
            locale = best_locale(request.headers.get("accept-language", ""), self._site.places.locales)
        return HTMLResponse(self._pages.unknown_token(locale), 404, PRIVATE)

    def _locale(self, request: Request) -> str:
        locale: str = request.path_params["locale"]
        if locale not in self._site.places.locales:
            raise HTTPException(404)
        return locale


def _day_given(text: str) -> Date | None:
    try:
        return Date.fromisoformat(text)
    except ValueError:
        return None
