"""The public pages as HTML: each in the language of its address, and naming its other languages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date as Date

from jinja2 import Environment
from markupsafe import Markup

from briefings.model.channel import Channel
from briefings.model.language import autonym, direction
from briefings.rendering.bidi import address_html, right_to_left_lines
from briefings.rendering.feed import TYPES, FeedInfo, feed_title
from briefings.rendering.head import PageFacts, json_ld, open_graph
from briefings.rendering.notes import N_, NATIONAL_ROUTES, NOT_FOR_EMERGENCIES, SEVERITIES, tel
from briefings.rendering.page import VARIANT_NAMES, Variant, path_of
from briefings.rendering.site import BOROUGH, Site, webcal
from briefings.web.public.around import Coming, Neighbours
from briefings.web.public.source import OpenQuestion, PublishedEdition, PublishedItem, Withdrawn

FEED_NAMES = {Channel.ATOM: "Atom", Channel.RSS: "RSS", Channel.JSON: "JSON Feed"}
MAX_MESSAGE = 4000
NO_NEIGHBOURS = Neighbours()
ABOUT = {
    "privacy": N_("Privacy notice"),
    "cookies": N_("Cookies"),
    "accessibility": N_("Accessibility"),
}
"""Pages about the site itself."""
LEAVING_REASONS = {
    "too-many": N_("Too many emails"),
    "not-relevant": N_("Not about things that matter to me"),
    "language": N_("I cannot read them well in my language"),
    "moved-away": N_("I do not live here any more"),
    "other": N_("Something else"),
}
"""What somebody who leaves may say of it, as `residents/leavings.py` names it."""


@dataclass(frozen=True)
class Place:
    """Where a page stands: its address in each of its locales, and the feed it announces."""

    address: Callable[[str], str]
    locales: Sequence[str]
    feed: FeedInfo | None = None
    default: str = ""
    is_found: bool = True
    """False keeps search engines away and names no address as the page's own."""


class Pages:
    """Builds pages from templates; no request and no store in here."""

    def __init__(self, site: Site, templates: Environment) -> None:
        self.site = site
        self._templates = templates
        loader = templates.loader
        assert loader is not None, "the templates come from folders"
        sheets = (loader.get_source(templates, f"web/{name}.css")[0] for name in ("brand", "site"))
        self.stylesheet = "\n".join(sheets).encode()
        self.icon = loader.get_source(templates, "web/icon.svg")[0].encode()
        self.logo = loader.get_source(templates, "web/brand.svg")[0].strip().encode()
        self._style_version = _version(self.stylesheet)

    def languages(self, locale: str) -> bytes:
        """The page at `/`: every language by its own name."""
        place = Place(self.site.home_url, self.site.places.locales, self.feed(BOROUGH, locale), self.site.absolute("/"))
        return self.html("languages", locale, place, self.site.absolute("/"))

    def home(
        self,
        locale: str,
        items: Sequence[PublishedItem],
        questions: Sequence[tuple[PublishedItem, OpenQuestion]] = (),
    ) -> bytes:
        """The start page of a language; `questions` are those that are open now, with their briefings."""
        site = self.site
        feed = self.feed(BOROUGH, locale)
        regions = [
            (region.name, path_of(site.region_url(region.id, locale)), self._wards_of(region.id, locale))
            for region in site.places.regions.values()
            if locale in region.locales
        ]
        place = Place(site.home_url, site.places.locales, feed, site.absolute("/"))
        return self.html(
            "home", locale, place, "",
            items=self.listed(items), regions=regions, feeds=[feed], webcal=self._webcal(BOROUGH, locale),
            questions=[
                (question, site.places.regions[item.region].name, path_of(site.respond_url(item.briefing, item.locale)))
                for item, question in questions
            ],
            subscribe_path=path_of(site.about_url("subscribe", locale)),
        )  # fmt: skip

    def region(
        self, locale: str, region_id: str, items: Sequence[PublishedItem], coming: Sequence[Coming] = ()
    ) -> bytes:
        """The archive of a region, with what comes next, its wards, its feeds and its calendar."""
        places = self.site.places
        region = places.regions[region_id]
        feeds = [self.feed(region_id, locale)]
        place = Place(lambda tag: self.site.region_url(region_id, tag), region.locales, feeds[0])
        subscribe = path_of(self.site.about_url("subscribe", locale)) + f"?region={region_id}"
        return self.html(
            "region", locale, place, "",
            name=region.name, items=self.listed(items), feeds=feeds, wards=self._wards_of(region_id, locale),
            webcal=self._webcal(region_id, locale), subscribe_path=subscribe,
            events=[(one.event, path_of(self.site.page_url(one.briefing, one.locale))) for one in coming],
        )  # fmt: skip

    def edition(
        self, edition: PublishedEdition, variant: Variant | None = None, neighbours: Neighbours = NO_NEIGHBOURS
    ) -> bytes:
        """The page of an edition, or its easy-read or large-print variant; it leads on to its `neighbours`."""
        place = Place(
            lambda tag: self.site.page_url(edition.briefing, tag, variant or ""),
            edition.locales,
            self.feed(edition.region, edition.locale),
        )
        t = self.site.interface(edition.locale).t
        address = self.address(edition)
        facts = PageFacts(
            edition.page, address, edition.locale, edition.locales, edition.published_at, edition.updated_at,
            edition.image, edition.events,
        )  # fmt: skip
        names: dict[str, object] = {
            "edition": edition,
            "open_graph": open_graph(facts, self.site),
            "json_ld": json_ld(facts, self.site),
            "page": edition.page,
            "article": edition.page.easy_read_html if variant is Variant.EASY_READ else edition.page.article_html,
            "variant": variant,
            "variant_name": t(VARIANT_NAMES[variant]) if variant else "",
            "standard": path_of(address),
            "share_url": address,
            "feeds": [self.feed(edition.region, edition.locale)],
            "neighbours": [
                (relation, label, one, path_of(self.site.page_url(one.briefing, one.locale)))
                for relation, label, one in (
                    ("prev", t("Older"), neighbours.earlier),
                    ("next", t("Newer"), neighbours.later),
                )
                if one is not None
            ],
            "subscribe_path": path_of(self.site.about_url("subscribe", edition.locale)) + f"?region={edition.region}",
            "variants": [
                (name, t(VARIANT_NAMES[name]), self.site.page_url(edition.briefing, edition.locale, name))
                for name in edition.page.variants
            ],
        }
        # large print is the same page in another size: search engines are to know one of them
        canonical = address if variant is Variant.LARGE_PRINT else ""
        return self.html("edition", edition.locale, place, canonical, **names)

    def address(self, edition: PublishedEdition) -> str:
        return self.site.page_url(edition.briefing, edition.locale)

    def text(self, edition: PublishedEdition) -> bytes:
        """The text variant: what was frozen, and when it was published."""
        interface = self.site.interface(edition.locale)
        published = interface.t("Published on {date}", date=interface.date(edition.published_at, "long"))
        text = f"{edition.page.text}\n{_in_order(published, interface.dir)}\n"
        if edition.corrected:
            corrected = interface.t(
                "This briefing was corrected on {date}.", date=interface.date(edition.updated_at, "long")
            )
            text = f"{_in_order(corrected, interface.dir)}\n\n{text}"
        return text.encode()

    def withdrawn(self, locale: str, withdrawn: Withdrawn) -> bytes:
        return self.html("withdrawn", locale, self.nowhere(), at=withdrawn.at)

    def question(
        self,
        briefing: str,
        locale: str,
        locales: Sequence[str],
        question: OpenQuestion,
        chosen: int | None,
        refused: bool,
    ) -> bytes:
        """The form; `refused` says that what was sent was empty."""
        place = Place(lambda tag: self.site.respond_url(briefing, tag), locales, is_found=False)
        back = path_of(self.site.page_url(briefing, locale))
        names: dict[str, object] = {
            "question": question,
            "chosen": chosen,
            "refused": refused,
            "back": back,
            "longest": MAX_MESSAGE,
        }
        return self.html("respond", locale, place, "", **names)

    def thanks(self, briefing: str, locale: str) -> bytes:
        back = path_of(self.site.page_url(briefing, locale))
        return self.html("thanks", locale, self.nowhere(), back=back)

    def unsubscribe(
        self,
        locale: str,
        state: str,
        action: str = "",
        data: str = "",
        until: Date | None = None,
    ) -> bytes:
        """The page of the unsubscribe link.

        `state` is ask, done, thanked (for the reason), back (it was undone) or paused, `until` a day. `data` is the
        path of their own page, for one who came from there.
        """
        t = self.site.interface(locale).t
        names: dict[str, object] = {
            "state": state,
            "action": action,
            "preferences": path_of(self.site.about_url("preferences", locale)),
            "data": data,
            "until": until,
            "reasons": [(reason, t(name)) for reason, name in LEAVING_REASONS.items()],
        }
        return self.html("unsubscribe", locale, self.nowhere(), "", **names)

    def unknown_token(self, locale: str) -> bytes:
        ways = {page: path_of(self.site.about_url(page, locale)) for page in ("subscribe", "preferences")}
        return self.html("unknown_token", locale, self.nowhere(), "", **ways)

    def error(self, locale: str, status: int) -> bytes:
        return self.html("error", locale, self.nowhere(), status=status)

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

    def about(self, page: str, locale: str) -> bytes:
        """A page about the site itself: one of ABOUT."""
        site = self.site
        borough, t = site.places.borough, site.interface(locale).t
        place = Place(lambda tag: site.about_url(page, tag), site.places.locales)
        names: dict[str, object] = {
            "heading": t(ABOUT[page]),
            "contact": borough.contact,
            "address": address_html,
            "tel": tel,
            "preferences": path_of(site.about_url("preferences", locale)),
        }
        return self.html(page, locale, place, "", **names)

    def _wards_of(self, region_id: str, locale: str) -> list[tuple[str, str]]:
        """Return name and path of the page of each ward of a region, by name."""
        wards = [self.site.places.wards[code] for code in self.site.places.regions[region_id].wards]
        return [
            (ward.name, path_of(self.site.ward_url(ward.code, locale)))
            for ward in sorted(wards, key=lambda ward: ward.name)
        ]

    def _webcal(self, place: str, locale: str) -> str:
        """Return the address under which calendar programs follow a place, and not take a copy of it."""
        return webcal(self.site.calendar_url(place, locale))

    def nowhere(self) -> Place:
        """Return where a page stands that only who has its address should see: its languages lead to the start page."""
        return Place(self.site.home_url, self.site.places.locales, is_found=False)

    def listed(self, items: Sequence[PublishedItem]) -> list[tuple[PublishedItem, str, str]]:
        """Return items with the path of their page and the name of their region."""
        regions = self.site.places.regions
        return [
            (
                item,
                path_of(self.site.page_url(item.briefing, item.locale)),
                regions[item.region].name if item.region in regions else item.region,
            )
            for item in items
        ]

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
            "logo": f"{path_of(site.absolute('/static/brand.svg'))}?v={_version(self.logo)}" if self.logo else "",
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
        """Return name and path of the ways through the site."""
        site, t = self.site, self.site.interface(locale).t
        return [
            (t("Briefings"), path_of(site.home_url(locale))),
            (t("All briefings"), path_of(site.about_url("archive", locale))),
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


def _version(content: bytes) -> str:
    """Return what differs when a file of the site's look does: browsers keep the file for a day."""
    return hashlib.sha256(content).hexdigest()[:12]


def _in_order(line: str, direction: str) -> str:
    return right_to_left_lines(line) if direction == "rtl" else line
