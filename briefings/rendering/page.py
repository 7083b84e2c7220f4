"""Pages: an edition as an article for the web, and as the content of a feed item. Frozen at approval.

The site's header, language switcher and footer are not in here: they are put around the article when
it is served, so that they can change without a new approval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup

from briefings.model.edition import Edition
from briefings.model.language import direction
from briefings.rendering.bidi import address_html
from briefings.rendering.email import render_text
from briefings.rendering.interface import Interface
from briefings.rendering.notes import (
    N_,
    NOT_FOR_EMERGENCIES,
    SEVERITIES,
    STATES,
    reporting_routes,
    tel,
    translation_label,
)
from briefings.rendering.site import Site
from briefings.rendering.wording import Wording


class Variant(StrEnum):
    """Another way to read an edition, as its address names it."""

    EASY_READ = "easy-read"
    LARGE_PRINT = "large-print"
    TEXT = "text"


VARIANT_NAMES = {
    Variant.EASY_READ: N_("Easy read"),
    Variant.LARGE_PRINT: N_("Large print"),
    Variant.TEXT: N_("Text only"),
}

_OF_VARIANTS = ("easy_read_html", "text")


@dataclass(frozen=True)
class PageRendering:
    """An edition as an article. `locale` is the one title and description are truly in.

    The parts of its variants are empty where it has none: feed content, and pages of the first release.
    """

    title: str
    description: str
    article_html: str
    locale: str
    easy_read_html: str = ""
    text: str = ""

    def to_parts(self) -> dict[str, str]:
        return {name: part for name, part in asdict(self).items() if part or name not in _OF_VARIANTS}

    @classmethod
    def from_parts(cls, parts: Mapping[str, str]) -> PageRendering:
        """Read back what `to_parts` gave. Raises KeyError where a part is missing, but for those of the variants."""
        return cls(**{f.name: parts.get(f.name, "") if f.name in _OF_VARIANTS else parts[f.name] for f in fields(cls)})

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Return the other ways in which this page can be read."""
        easy = (Variant.EASY_READ,) if self.easy_read_html else ()
        return (*easy, Variant.LARGE_PRINT, Variant.TEXT) if self.text else easy


class PageWording(Wording):
    """Texts without style attributes: the site's content security policy refuses them."""

    def attributes(self, locale: str) -> Markup:
        return Markup(' lang="{}" dir="{}"').format(locale, direction(locale))


def render_article(edition: Edition, site: Site, templates: Environment) -> PageRendering:
    """Render the whole edition as one `<article>` with links inside the site given as paths, and its variants."""
    page = _rendered("web/article.html", edition, site, templates, path_of)
    easy = _rendered("web/easy_read.html", edition, site, templates, path_of) if edition.briefing.easy_read else None
    text = render_text(edition, site, templates)
    return replace(page, easy_read_html=easy.article_html if easy else "", text=text)


def render_feed_content(edition: Edition, site: Site, templates: Environment) -> PageRendering:
    """Render the whole edition as the content of a feed item: absolute links, no title, no form."""
    return _rendered("feed/item.html", edition, site, templates, str)


def path_of(url: str) -> str:
    """Return an address of our own site without scheme and host: right under any name it is reached by."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _rendered(
    template: str, edition: Edition, site: Site, templates: Environment, link: Callable[[str], str]
) -> PageRendering:
    interface = site.interface(edition.locale)
    wording = PageWording(edition, interface)
    title = wording.phrase("title")
    html = templates.get_template(template).render(_names(edition, site, interface, wording, link))
    return PageRendering(title.text, wording.phrase("summary").text, html, title.locale)


def _names(
    edition: Edition, site: Site, interface: Interface, wording: Wording, link: Callable[[str], str]
) -> dict[str, object]:
    """Return what the templates of an article may use, by name."""
    briefing = edition.briefing
    region = site.places.regions.get(briefing.region)
    severity = SEVERITIES.get(briefing.severity)
    return {
        "t": interface.t,
        "nt": interface.nt,
        "interface": interface,
        "wording": wording,
        "edition": edition,
        "briefing": briefing,
        "region": region.name if region else briefing.region,
        "from_source": wording.from_source,
        "address": address_html,
        "wards": {code: ward.name for code, ward in site.places.wards.items()},
        "severity": interface.t(severity) if severity else "",
        "label": translation_label(interface, edition),
        "states": {state: interface.t(name) for state, name in STATES.items()},
        "routes": reporting_routes(briefing),
        "not_for_emergencies": NOT_FOR_EMERGENCIES,
        "images": [(f"image/{i}", link(site.media_url(m))) for i, m in enumerate(briefing.images) if m.digest],
        "region_url": link(site.region_url(briefing.region, edition.locale)),
        "page_url": link(site.page_url(briefing.id, edition.locale)),
        "respond_url": link(site.respond_url(briefing.id, edition.locale)),
        "tel": tel,
    }
