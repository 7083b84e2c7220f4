"""The application as it is served: the public site, and in the sandbox what was caught."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Thread

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from briefings.editorial.alerts import Alerts
from briefings.editorial.archive import Archive, bring_up_to_date
from briefings.editorial.desk import Desk
from briefings.editorial.event_history import EventHistory
from briefings.editorial.published import PublishedEditions
from briefings.log import logger
from briefings.services import Services
from briefings.subscribers.tokens import Tokens
from briefings.web.app import RouteGroup, create_app
from briefings.web.guard.network import trusted_networks
from briefings.web.guard.requests import Pace
from briefings.web.public.alerts import AlertRoutes
from briefings.web.public.answers import Shelf
from briefings.web.public.api import ApiRoutes
from briefings.web.public.archive import ArchiveRoutes
from briefings.web.public.around import StoredAround
from briefings.web.public.challenge import Challenge
from briefings.web.public.choosing import FindWards
from briefings.web.public.pages import Pages
from briefings.web.public.places import PlaceRoutes
from briefings.web.public.preferences import PreferenceRoutes
from briefings.web.public.sign_up import Limits, SignUpRoutes
from briefings.web.public.stored import StoredSite
from briefings.web.public.well_known import WellKnownRoutes
from briefings.web.sandbox import sandbox_routes


def application(services: Services) -> Starlette:
    """Return the site of one installation."""
    desk = services.desk
    extra = sandbox_routes(services.settings.data_dir, desk.templates) if services.is_sandbox else []
    editions, archive = PublishedEditions(desk), Archive(desk.engine)
    # beside the site: after an upgrade it takes minutes, and what it has not come to yet is read all the same
    Thread(target=_bring_up_to_date, args=(desk,), name="archive", daemon=True).start()
    groups: list[RouteGroup] = [
        _personal(services),
        lambda pages, shelf: PlaceRoutes(pages, shelf, editions, EventHistory(desk).of, _now).routes(),
        lambda pages, shelf: ApiRoutes(pages.site, shelf, editions, archive).routes(),
        lambda pages, shelf: ArchiveRoutes(pages, shelf, archive).routes(),
        lambda pages, shelf: WellKnownRoutes(desk.site, shelf, services.security_contact, _now).routes(),
        lambda pages, shelf: AlertRoutes(
            desk.site, shelf, Alerts(desk), _now, is_exercise=services.is_sandbox
        ).routes(),
    ]
    pace = Pace(trusted=trusted_networks(services.settings.trusted_proxies))
    return create_app(StoredSite(desk, _now), desk.site, desk.templates, extra, groups, pace, StoredAround(desk, _now))


def _bring_up_to_date(desk: Desk) -> None:
    try:
        bring_up_to_date(desk, _now())
    except SQLAlchemyError as error:
        # the next `publish --due` takes it up where it stopped
        logger.warning("archive_not_up_to_date reason=%r", type(error).__name__)


def _personal(services: Services) -> RouteGroup:
    """Return the pages on which residents sign up and change what they get."""
    desk, settings = services.desk, services.settings
    door, own, tokens = services.door, services.own, Tokens(desk.secret)

    def find_wards() -> FindWards | None:
        return services.postcodes.wards if services.postcodes.has_postcodes() else None

    limits = Limits(Challenge(desk.secret), trusted=trusted_networks(settings.trusted_proxies))

    def routes(pages: Pages, shelf: Shelf) -> Sequence[BaseRoute]:
        sign_up = SignUpRoutes(pages, door, tokens, desk.secret, _now, find_wards, limits)
        return [
            *sign_up.routes(),
            *PreferenceRoutes(pages, own, door, tokens, _now).routes(),
        ]

    return routes


def _now() -> datetime:
    return datetime.now(UTC)
