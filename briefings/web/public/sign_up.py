"""Signing up: the form, the step under attack, and the button of the letter. GET never changes anything.

What is answered, and what is done before it, is the same for every address: nobody learns from here who reads our
briefings.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from briefings.model.errors import Refused
from briefings.rendering.page import path_of
from briefings.residents.asking import Asking, Wish
from briefings.residents.door import Door
from briefings.subscribers.tokens import TokenPurpose, Tokens
from briefings.web.guard.network import Network, network_of
from briefings.web.guard.window import SlidingWindow
from briefings.web.public.choosing import (
    WRONG_ADDRESS,
    FindWards,
    Form,
    choice_names,
    consent_words,
    form_names,
    is_address,
)
from briefings.web.public.form_fields import PRIVATE, Fields, read_fields
from briefings.web.public.negotiation import best_locale
from briefings.web.public.pages import Pages, Place

TRAP = "website"
"""A field that no person sees: who fills it in is a program."""
MANY = 120
"""Sign-ups in a minute, over all, from which on each takes one more step."""
STEP_S, STEP_ENDS_S = 3.0, 900.0
"""Seconds before which the button of that step does nothing, and after which it does nothing more."""
TOO_MANY_KEPT = 20_000


@dataclass
class Limits:
    """How much may be asked for. `a_network` counts for one IPv4 address or IPv6 /64."""

    a_network: SlidingWindow = field(default_factory=lambda: SlidingWindow(30, 3600.0))
    over_all: SlidingWindow = field(default_factory=lambda: SlidingWindow(MANY, 60.0))
    trusted: Sequence[Network] = ()
    seconds: Callable[[], float] = time.monotonic


class SignUpRoutes:
    """The pages of signing up. `find_wards` looks up a postcode; None where no postcodes are known."""

    def __init__(
        self,
        pages: Pages,
        door: Door,
        tokens: Tokens,
        secret: bytes,
        clock: Callable[[], datetime],
        find_wards: FindWards | None,
        limits: Limits,
    ) -> None:
        self._pages = pages
        self._site = pages.site
        self._door = door
        self._tokens = tokens
        self._secret = hmac.digest(secret, b"briefings:sign-up step", "sha256")
        self._clock = clock
        self._find_wards = find_wards
        self._limits = limits
        self._used_steps = SlidingWindow(1, STEP_ENDS_S, TOO_MANY_KEPT)

    def routes(self) -> list[Route]:
        both = ["GET", "POST"]
        return [
            Route("/{locale}/subscribe", self.subscribe, methods=both),
            Route("/{locale}/preferences", self.ask_for_link, methods=both),
            Route("/{locale}/confirm/{token}", self.confirm, methods=both),
        ]

    async def subscribe(self, request: Request) -> Response:
        locale = self._locale(request)
        places = self._site.places
        if request.method != "POST":
            form = Form(
                regions=tuple(region for region in request.query_params.getlist("region") if region in places.regions),
                wards=tuple(ward for ward in request.query_params.getlist("ward") if ward in places.wards),
                locale=locale,
            )
            return self._shown(locale, "subscribe", form)
        fields = await read_fields(request)
        if (stopped := self._stopped(request, locale, fields)) is not None:
            return stopped
        fields = self._without_step(fields)
        form = await run_in_threadpool(
            lambda: Form.filled_in(fields, places, has_address=True, find_wards=self._find_wards)
        )
        if form.errors:
            return self._shown(locale, "subscribe", form, 422)
        if not fields.one(TRAP):
            words = consent_words(self._site.interface(locale), places)
            wish = Wish(form.email, form.choices, words)
            await run_in_threadpool(self._door.subscribe, wish, self._clock())
        return self._look_in_mail(locale, is_link=False)

    async def ask_for_link(self, request: Request) -> Response:
        """Have a link to their choices mailed to whoever gives an address that has any."""
        locale = self._locale(request)
        if request.method != "POST":
            return self._shown(locale, "ask_for_link", Form(locale=locale))
        fields = await read_fields(request)
        if (stopped := self._stopped(request, locale, fields)) is not None:
            return stopped
        fields = self._without_step(fields)
        form = Form(email=fields.one("email")[:320], locale=locale)
        if not is_address(form.email):
            return self._shown(locale, "ask_for_link", form.with_error("email", WRONG_ADDRESS), 422)
        if not fields.one(TRAP):
            await run_in_threadpool(self._door.send_link, form.email, locale, self._clock())
        return self._look_in_mail(locale, is_link=True)

    async def confirm(self, request: Request) -> Response:
        """Show what the letter's link would do, with a button; act when it is pressed."""
        locale, token = self._locale(request), request.path_params["token"]
        asked = await run_in_threadpool(self._door.asked, token, self._clock())
        if asked is None:
            return self.unknown(request, locale)
        is_move = asked.kind is Asking.MOVE
        place = self._place(lambda tag: self._site.personal_url("confirm", tag, token))
        if request.method != "POST":
            names = {"asked": asked, "is_move": is_move, **choice_names(self._site, locale)}
            return HTMLResponse(self._pages.html("confirm", locale, place, **names), headers=PRIVATE)
        try:
            confirmed = await run_in_threadpool(self._door.confirm, token, self._clock())
        except Refused:
            confirmed = None  # the address was suppressed, or taken by another subscriber, since the letter went out
        if confirmed is None:
            return self.unknown(request, locale)
        site = self._site
        regions = [site.places.regions[id] for id in confirmed.choices.regions if id in site.places.regions]
        wards = [site.places.wards[code] for code in confirmed.choices.wards if code in site.places.wards]
        areas = [(region.name, path_of(site.region_url(region.id, locale))) for region in regions]
        areas += [(ward.name, path_of(site.ward_url(ward.code, locale))) for ward in wards]
        own = self._tokens.token(TokenPurpose.PREFERENCES, confirmed.id)
        preferences = path_of(site.personal_url("preferences", locale, own))
        html = self._pages.html("confirmed", locale, place, is_move=is_move, areas=areas, preferences=preferences)
        return HTMLResponse(html, headers=PRIVATE)

    def unknown(self, request: Request, locale: str | None = None) -> Response:
        """Say that a link is none of ours, in the language of the page or of the browser."""
        shown = locale or best_locale(request.headers.get("accept-language", ""), self._site.places.locales)
        return HTMLResponse(self._pages.unknown_token(shown), 404, PRIVATE)

    def _stopped(self, request: Request, locale: str, fields: Fields) -> Response | None:
        """Return the answer to one who asks too often, or who has not taken the step under attack yet."""
        now = self._limits.seconds()
        network = network_of(request, self._limits.trusted)
        if network and (wait := self._limits.a_network.take(network, now)):
            raise HTTPException(429, headers={"retry-after": str(int(wait) + 1)})
        if self._step_was_taken(fields, now):
            return None
        # from this machine itself nobody attacks: there, the sender's network cannot be told
        if network and self._limits.over_all.take("all", now):
            return self._one_moment(locale, request.scope["path"], fields, now)
        return None

    def _one_moment(self, locale: str, action: str, fields: Fields, now: float) -> Response:
        kept = urlencode([(name, value) for name, values in fields.values.items() for value in values])
        step = json.dumps({"at": now, "form": kept})
        hidden = [("step", step), ("proof", self._proof(step))]
        place = self._place(lambda tag: self._site.about_url("subscribe", tag))
        html = self._pages.html("one_moment", locale, place, action=action, hidden=hidden)
        return HTMLResponse(html, headers=PRIVATE)

    def _step_was_taken(self, fields: Fields, now: float) -> bool:
        """Say whether the form comes from the step's page: signed, neither at once nor late, and the first time."""
        step, proof = fields.one("step"), fields.one("proof")
        if not step or not hmac.compare_digest(proof.encode(), self._proof(step).encode()):
            return False
        waited = now - float(json.loads(step)["at"])
        return STEP_S <= waited <= STEP_ENDS_S and not self._used_steps.take(proof, now)

    def _without_step(self, fields: Fields) -> Fields:
        """Return the form that was filled in before the step."""
        step = fields.one("step")
        if not step or not hmac.compare_digest(fields.one("proof").encode(), self._proof(step).encode()):
            return fields
        return Fields(parse_qs(json.loads(step)["form"]))

    def _proof(self, step: str) -> str:
        return hmac.new(self._secret, step.encode(), hashlib.sha256).hexdigest()

    def _shown(self, locale: str, page: str, form: Form, status: int = 200) -> Response:
        site = self._site
        address = "subscribe" if page == "subscribe" else "preferences"
        place = Place(lambda tag: site.about_url(address, tag), site.places.locales)
        html = self._pages.html(
            page, locale, place,
            action=path_of(site.about_url(address, locale)),
            words=consent_words(site.interface(locale), site.places),
            asks_postcode=self._find_wards is not None,
            privacy=path_of(site.about_url("privacy", locale)),
            subscribe=path_of(site.about_url("subscribe", locale)),
            **form_names(form, site, locale),
        )  # fmt: skip
        return HTMLResponse(html, status, PRIVATE if status != 200 else {"cache-control": "no-cache"})

    def _look_in_mail(self, locale: str, is_link: bool) -> Response:
        place = self._place(lambda tag: self._site.about_url("preferences" if is_link else "subscribe", tag))
        return HTMLResponse(self._pages.html("look_in_mail", locale, place, is_link=is_link), headers=PRIVATE)

    def _place(self, address: Callable[[str], str]) -> Place:
        return Place(address, self._site.places.locales, is_found=False)

    def _locale(self, request: Request) -> str:
        locale: str = request.path_params["locale"]
        if locale not in self._site.places.locales:
            raise HTTPException(404)
        return locale
