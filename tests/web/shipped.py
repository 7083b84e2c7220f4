"""The shipped borough, published in all of its languages into a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from briefings.editorial.approve import approve
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import begin
from briefings.services import Services
from briefings.settings import Settings
from briefings.translation.message_texts import kind_texts
from briefings.translation.sign_offs import sign

PUBLIC_URL = "https://safety.example.org"
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)


@contextmanager
def shipped_borough(folder: Path) -> Iterator[Desk]:
    """Give the desk of an installation in which every shipped briefing is public; nothing was mailed."""
    settings = Settings(_env_file=None, data_dir=folder, public_url=PUBLIC_URL)  # type: ignore[call-arg]
    services = Services(settings)
    desk = services.desk
    for locale in desk.content.places.locales:
        if locale != desk.source_locale:
            kinds = kind_texts(desk.content.messages, locale, desk.catalogs)
            sign(desk.engine, list(kinds.values()), locale, "A native speaker", NOW, desk.resources.check)
    prepare(desk, list(desk.content.briefings), NOW)
    for briefing in desk.content.briefings:
        approve(desk, briefing, "A second person", NOW)
        begin(desk, briefing, NOW)
    yield desk
    services.engine.dispose()
