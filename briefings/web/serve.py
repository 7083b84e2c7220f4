"""The application as it is served: the public site, and in the sandbox what was caught."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.applications import Starlette

from briefings.services import Services
from briefings.web.app import RouteGroup, create_app
from briefings.web.public.stored import StoredSite
from briefings.web.sandbox import sandbox_routes


def application(services: Services) -> Starlette:
    """Return the site of one installation."""
    desk = services.desk
    extra = sandbox_routes(services.settings.data_dir, desk.templates) if services.is_sandbox else []
    source = StoredSite(desk, lambda: datetime.now(UTC))
    groups: list[RouteGroup] = []
    return create_app(source, desk.site, desk.templates, extra, groups)
