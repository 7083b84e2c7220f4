"""The shipped content, rendered in memory: what the benchmarks work on."""

from __future__ import annotations

from briefings.content.loader import Content, load_content
from briefings.model.edition import Edition
from briefings.rendering.interface import Interface
from briefings.rendering.site import Site
from briefings.rendering.templates import environment
from briefings.settings import CHECKOUT
from briefings.translation.catalogs import Catalogs
from briefings.translation.editions import build_edition
from briefings.translation.resources import LanguageResources

CATALOGS = Catalogs([CHECKOUT / "locales"])
TEMPLATES = environment([CHECKOUT / "templates"])


def shipped() -> tuple[Content, Site, list[Edition]]:
    """Return content, site and the editions of the three regional briefings in all locales."""
    content = load_content(CHECKOUT)
    borough = content.places.borough
    interfaces = {
        locale: Interface(locale, CATALOGS, borough.zone, borough.source_locale) for locale in content.places.locales
    }
    site = Site(content.places, "https://briefings.example", interfaces.__getitem__)
    editions = [
        build_edition(briefing, locale, LanguageResources(borough.source_locale, CATALOGS))[0]
        for briefing in content.briefings.values()
        if briefing.question is not None
        for locale in content.places.locales
    ]
    return content, site, editions
