"""Signing up: the form, the step under attack, and the button of the letter. GET never changes anything.

What is answered, and what is done before it, is the same for every address: nobody learns from here who reads our
briefings.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from briefings.model.errors import Refused
from briefings.rendering.page import path_of
from briefings.residents.asking import Asking, Wish
from briefings.residents.door import Door
from briefings.subscribers.address import normalised
from briefings.subscribers.tokens import TokenPurpose, Tokens, derived_key
from briefings.web.guard.bucket import TokenBucket
from briefings.web.guard.network import Network, network_of
from briefings.web.public.challenge import Challenge, Taken
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
from briefings.web.public.frame import Place
from briefings.web.public.negotiation import best_locale
from briefings.web.public.pages import Pages

TRAP = "website"
"""A field that no person sees: who fills it in is a program."""


@dataclass
class Limits:
    """How often something may be asked for.

    `a_network` counts for one IPv4 address or IPv6 /64, behind which a whole library may sit. `an_address` only spares
    the database: what is over it gets the same answer, and a letter goes out once a day whatever is asked for.
    """

    challenge: Challenge
    a_network: TokenBucket = field(default_factory=lambda: TokenBucket(60, 3600.0))
    an_address: TokenBucket = field(default_factory=lambda: TokenBucket(20, 3600.0))
    trusted: Sequence[Network] = ()
    seconds: Callable[[], float] = time.monotonic


class SignUpRoutes:
    """The pages of signing up. `find_wards` gives what looks up a postcode; None while no postcodes are known."""

    def __init__(
        self,
        pages: Pages,
        door: Door,
        tokens: Tokens,
        secret: bytes,
        clock: Callable[[], datetime],
        find_wards: Callable[[], FindWards | None],
        limits: Limits,
    ) -> None:
        self._pages = pages
        self._site = pages.site
        self._door = door
        self._tokens = tokens
        self._address_key = derived_key(secret, "address limit")
        self._clock = clock
        self._find_wards = find_wards
        self._limits = limits

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
        find_wards = await run_in_threadpool(self._find_wards)
        asks_postcode = find_wards is not None
        if request.method != "POST":
            form = Form(
                regions=tuple(region for region in request.query_params.getlist("region") if region in places.regions),
                wards=tuple(ward for ward in request.query_params.getlist("ward") if ward in places.wards),
                locale=locale,
            )
            return self._shown(locale, "subscribe", form, asks_postcode=asks_postcode)
        fields = await self._let_in(request, locale, "subscribe")
        if isinstance(fields, Response):
            return fields
        form = await run_in_threadpool(lambda: Form.filled_in(fields, places, has_address=True, find_wards=find_wards))
        if form.errors:
            return self._shown(locale, "subscribe", form, 422, asks_postcode)
        if not fields.one(TRAP) and self._may_be_asked("subscribe", form.email):
            words = consent_words(self._site.interface(locale), places)
            wish = Wish(form.email, form.choices, words)
            await run_in_threadpool(self._door.subscribe, wish, self._clock())
        return self._look_in_mail(locale, is_link=False)

    async def ask_for_link(self, request: Request) -> Response:
        """Have a link to their choices mailed to whoever gives an address that has any."""
        locale = self._locale(request)
        if request.method != "POST":
            return self._shown(locale, "ask_for_link", Form(locale=locale))
        fields = await self._let_in(request, locale, "preferences")
        if isinstance(fields, Response):
            return fields
        form = Form(email=fields.one("email")[:320], locale=locale)
        if not is_address(form.email):
            return self._shown(locale, "ask_for_link", form.with_error("email", WRONG_ADDRESS), 422)
        if not fields.one(TRAP) and self._may_be_asked("link", form.email):
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
        feeds = [self._pages.feed(region.id, locale) for region in regions]
        feeds += [self._pages.feed(f"ward/{ward.code}", locale) for ward in wards]
        names = {"is_move": is_move, "areas": areas, "feeds": feeds, "preferences": preferences}
        html = self._pages.html("confirmed", locale, place, "", **names)
        return HTMLResponse(html, headers=PRIVATE)

    def unknown(self, request: Request, locale: str | None = None) -> Response:
        """Say that a link is none of ours, in the language of the page or of the browser."""
        shown = locale or best_locale(request.headers.get("accept-language", ""), self._site.places.locales)
        return HTMLResponse(self._pages.unknown_token(shown), 404, PRIVATE)

    async def _let_in(self, request: Request, locale: str, page: str) -> Fields | Response:
        """Return the form that was sent, or the page of the step under attack. Raises HTTPException 429 and others."""
        fields = await read_fields(request)
        limits, now = self._limits, self._limits.seconds()
        network = network_of(request, limits.trusted)
        if network and (wait := limits.a_network.take(network, now)):
            raise HTTPException(429, headers={"retry-after": str(int(wait) + 1)})
        opened = limits.challenge.opened(fields, now)
        if opened.taken is Taken.READY:
            return opened.fields
        if opened.taken is Taken.EARLY:  # the same step again: who is impatient need not wait anew
            return self._one_moment(locale, page, [(name, fields.one(name)) for name in ("step", "proof")])
        # From this machine itself the sender cannot be told: a proxy that nobody has named must not close the door.
        if network and limits.challenge.is_needed(now):
            return self._one_moment(locale, page, limits.challenge.sealed(opened.fields, now))
        return opened.fields

    def _may_be_asked(self, what: str, email: str) -> bool:
        """Count what is asked for with an address; the address itself is not kept."""
        key = hmac.digest(self._address_key, f"{what} {normalised(email)}".encode(), "sha256").hex()
        return not self._limits.an_address.take(key, self._limits.seconds())

    def _one_moment(self, locale: str, page: str, hidden: list[tuple[str, str]]) -> Response:
        place = self._place(lambda tag: self._site.about_url(page, tag))
        action = path_of(self._site.about_url(page, locale))
        html = self._pages.html("one_moment", locale, place, action=action, hidden=hidden)
        return HTMLResponse(html, headers=PRIVATE)

    def _shown(self, locale: str, page: str, form: Form, status: int = 200, asks_postcode: bool = False) -> Response:
        site = self._site
        address = "subscribe" if page == "subscribe" else "preferences"
        place = Place(lambda tag: site.about_url(address, tag), site.places.locales)
        html = self._pages.html(
            page, locale, place,
            action=path_of(site.about_url(address, locale)),
            words=consent_words(site.interface(locale), site.places),
            asks_postcode=asks_postcode,
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
