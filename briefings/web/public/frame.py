"""The frame around every page: its head, the ways through the site, its languages, and where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jinja2 import Environment
from markupsafe import Markup

from briefings.model.channel import Channel
from briefings.model.language import autonym, direction
from briefings.rendering.feed import TYPES, FeedInfo, feed_title
from briefings.rendering.look import look
from briefings.rendering.notes import N_, NATIONAL_ROUTES, NOT_FOR_EMERGENCIES, SEVERITIES
from briefings.rendering.page import path_of
from briefings.rendering.site import BOROUGH, Site

FEED_NAMES = {Channel.ATOM: "Atom", Channel.RSS: "RSS", Channel.JSON: "JSON Feed"}
ABOUT = {
    "privacy": N_("Privacy notice"),
    "cookies": N_("Cookies"),
    "accessibility": N_("Accessibility"),
}
"""Pages about the site itself."""


@dataclass(frozen=True)
class Place:
    """Where a page stands: its address in each of its locales, and the feed it announces."""

    address: Callable[[str], str]
    locales: Sequence[str]
    feed: FeedInfo | None = None
    default: str = ""
    is_found: bool = True
    """False keeps search engines away and names no address as the page's own."""


class Frame:
    """Puts the frame around what a template makes."""

    def __init__(self, site: Site, templates: Environment) -> None:
        self.site = site
        self._templates = templates
        self.look = look(templates)
        self._style_version, self._mark_version = _version(self.look.stylesheet), _version(self.look.mark)

    def feed(self, place: str, locale: str) -> FeedInfo:
        """Return a feed of a place that exists: a region id, `borough` or `ward/<GSS>`."""
        places = self.site.places
        if place == BOROUGH:
            return FeedInfo(place, places.borough.name, locale, places.locales)
        kind, _, code = place.partition("/")
        if kind == "ward":
            region = places.region_of(code)
            return FeedInfo(place, places.wards[code].name, locale, region.locales if region else places.locales)
        return FeedInfo(place, places.regions[place].name, locale, places.regions[place].locales)

    def nowhere(self) -> Place:
        """Return where a page stands that only who has its address should see: its languages lead to the start page."""
        return Place(self.site.home_url, self.site.places.locales, is_found=False)

    def html(self, template: str, locale: str, place: Place, canonical: str = "", /, **names: object) -> bytes:
        """Return the page that a template of `web/` makes; `names` is for that template alone."""
        site, interface = self.site, self.site.interface(locale)
        source = site.places.borough.source_locale
        alternates = [(tag, place.address(tag)) for tag in place.locales] if place.is_found else []
        default = place.default or place.address(source)

        def own(tag: str) -> dict[str, str]:
            return {} if tag == interface.lang else {"lang": tag, "dir": direction(tag)}

        def from_source(text: str) -> Markup:
            attributes = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in own(source).items())
            return Markup("<bdi{}>{}</bdi>").format(attributes, text)

        context: dict[str, object] = {
            "t": interface.t,
            "nt": interface.nt,
            "interface": interface,
            "locale": locale,
            "source": source,
            "own": own,
            "from_source": from_source,
            "ltr": lambda text: Markup('<bdi dir="ltr">{}</bdi>').format(text),
            "borough": site.places.borough.name,
            "home": path_of(site.home_url(locale)),
            "logo": f"{path_of(site.absolute('/static/brand.svg'))}?v={self._mark_version}" if self.look.mark else "",
            "here": path_of(place.address(locale)) if place.is_found else "",
            "stylesheet": f"{path_of(site.absolute('/static/site.css'))}?v={self._style_version}",
            "nav": self._nav(locale),
            "about": self._about(locale),
            "is_reviewed": interface.reviewed,
            "languages": [(tag, autonym(tag), direction(tag), path_of(place.address(tag))) for tag in place.locales],
            "canonical": canonical or (place.address(locale) if place.is_found else ""),
            "alternates": [*alternates, ("x-default", default)] if alternates else [],
            "feed_links": self._feed_links(place.feed) if place.feed else [],
            "feed_names": FEED_NAMES,
            "feed_url": site.feed_url,
            "path_of": path_of,
            "severities": {severity: interface.t(name) for severity, name in SEVERITIES.items()},
            "routes": NATIONAL_ROUTES,
            "not_for_emergencies": NOT_FOR_EMERGENCIES,
        }
        return self._templates.get_template(f"web/{template}.html").render(context | names).encode()

    def _nav(self, locale: str) -> list[tuple[str, str]]:
        """Return name and path of the ways through the site; that to search ends in its field, ready to type."""
        site, t = self.site, self.site.interface(locale).t
        return [
            (t("Briefings"), path_of(site.home_url(locale))),
            (t("All briefings"), path_of(site.about_url("archive", locale))),
            (t("Search"), path_of(site.about_url("archive", locale)) + "#q"),
            (t("Get briefings by email"), path_of(site.about_url("subscribe", locale))),
        ]

    def _about(self, locale: str) -> list[tuple[str, str]]:
        t = self.site.interface(locale).t
        return [(t(name), path_of(self.site.about_url(page, locale))) for page, name in ABOUT.items()]

    def _feed_links(self, feed: FeedInfo) -> list[tuple[str, str, str, str]]:
        """Return type, language, title and address of what feed readers may discover on a page."""
        kinds = [(kind, feed.locale) for kind in TYPES]
        kinds += [(Channel.ATOM, tag) for tag in feed.locales if tag != feed.locale]
        return [
            (
                TYPES[kind],
                tag,
                f"{feed_title(feed, self.site)} ({FEED_NAMES[kind]}, {autonym(tag)})",
                self.site.feed_url(feed.place, tag, kind),
            )
            for kind, tag in kinds
        ]


def _version(content: str) -> str:
    """Return what differs when a file of the site's look does: browsers keep the file for a day."""
    return hashlib.sha256(content.encode()).hexdigest()[:12]
