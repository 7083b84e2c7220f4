"""The pages on which residents sign up and change what they get, over a real register on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from briefings.rendering.site import Site
from briefings.residents.asking import Asking
from briefings.residents.door import Door
from briefings.residents.own import Own
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment, Subscriber
from briefings.subscribers.tokens import TokenPurpose, Tokens
from briefings.web.app import create_app
from briefings.web.guard.network import trusted_networks
from briefings.web.public.answers import Shelf
from briefings.web.public.challenge import Challenge
from briefings.web.public.choosing import FindWards
from briefings.web.public.pages import Pages
from briefings.web.public.preferences import PreferenceRoutes
from briefings.web.public.sign_up import Limits, SignUpRoutes
from briefings.web.public.source import PublicSite
from tests.rendering.editions import PLACES, TEMPLATES
from tests.residents.conftest import posted, rows

SECRET = b"a secret of the tests, thirty-two"
WORDS = "I agree to what I was shown."


@dataclass
class Residents:
    """One installation. `seconds` is the clock of limits, `now` the one of everything else."""

    engine: Engine
    site: Site
    find_wards: FindWards | None = None
    above: int = 120
    seconds: float = 1000.0
    now: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    tokens: Tokens = field(default_factory=lambda: Tokens(SECRET))

    def __post_init__(self) -> None:
        self.register = Register(self.engine, PLACES, SECRET)
        self.door, self.own = Door(self.register, SECRET), Own(self.register, SECRET)

    def app(self, source: PublicSite) -> Starlette:
        limits = Limits(
            Challenge(SECRET, self.above), trusted=trusted_networks("127.0.0.1"), seconds=lambda: self.seconds
        )

        def group(pages: Pages, shelf: Shelf) -> Sequence[BaseRoute]:
            def clock() -> datetime:
                return self.now

            sign_up = SignUpRoutes(pages, self.door, self.tokens, SECRET, clock, lambda: self.find_wards, limits)
            own = PreferenceRoutes(pages, self.own, self.door, self.tokens, clock)
            return [*sign_up.routes(), *own.routes()]

        return create_app(source, self.site, TEMPLATES, groups=[group])

    def subscribed(self, email: str = "ana@example.org", locale: str = "ur") -> tuple[Subscriber, str]:
        """Subscribe somebody; return them and the token of their preferences."""
        at = self.now - timedelta(days=9)
        wish = Enrolment(email, Choices(locale, ("riverside",)), "web form", WORDS, at)
        subscriber, _ = self.register.add(wish, at)
        return subscriber, self.tokens.token(TokenPurpose.PREFERENCES, subscriber.id)

    def letter(self) -> str:
        """Post what waits; return the token of the newest letter's link."""
        return posted(self.engine, self.now)[-1]

    def asked(self, kind: Asking = Asking.SUBSCRIBE) -> list[dict[str, object]]:
        return [row for row in rows(self.engine) if row["kind"] == kind]
