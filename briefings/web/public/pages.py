"""The public pages as HTML: each in the language of its address, and naming its other languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Date

from briefings.model.briefing import Severity
from briefings.rendering.alert_feed import alert_feed_title
from briefings.rendering.bidi import address_html, right_to_left_lines
from briefings.rendering.head import PageFacts, json_ld, open_graph
from briefings.rendering.notes import N_, tel
from briefings.rendering.page import VARIANT_NAMES, Variant, path_of
from briefings.rendering.site import BOROUGH, webcal
from briefings.web.public.around import Coming, Neighbours
from briefings.web.public.error_words import ERRORS, OTHER_ERROR
from briefings.web.public.frame import ABOUT, Frame, Place
from briefings.web.public.source import OpenQuestion, PublishedEdition, PublishedItem, Withdrawn

MAX_MESSAGE = 4000
ACCESSIBILITY_PREPARED = Date(2026, 11, 25)
"""When what the accessibility statement says was last looked at: the regulations of 2018 ask for the day."""
NO_NEIGHBOURS = Neighbours()

LEAVING_REASONS = {
    "too-many": N_("Too many emails"),
    "not-relevant": N_("Not about things that matter to me"),
    "language": N_("I cannot read them well in my language"),
    "moved-away": N_("I do not live here any more"),
    "other": N_("Something else"),
}
"""What somebody who leaves may say of it, as `residents/leavings.py` names it."""


class Pages(Frame):
    """Builds pages from templates; no request and no store in here."""

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
            alert_feed=(alert_feed_title(locale, site), site.alert_feed_url(locale)),
        )  # fmt: skip

    def region(
        self,
        locale: str,
        region_id: str,
        items: Sequence[PublishedItem],
        coming: Sequence[Coming] = (),
        page: int = 1,
        *,
        has_older: bool = False,
    ) -> bytes:
        """A page of a region's briefings, with what comes next, its wards, its feeds and its calendar."""
        places = self.site.places
        region = places.regions[region_id]
        feeds = [self.feed(region_id, locale)]

        def address(tag: str, number: int = page) -> str:
            return self.site.region_url(region_id, tag) + (f"?page={number}" if number > 1 else "")

        place = Place(address, region.locales, feeds[0])
        subscribe = path_of(self.site.about_url("subscribe", locale)) + f"?region={region_id}"
        return self.html(
            "region", locale, place, "",
            name=region.name, items=self.listed(items), feeds=feeds, wards=self._wards_of(region_id, locale),
            webcal=self._webcal(region_id, locale), subscribe_path=subscribe,
            events=[(one.event, path_of(self.site.page_url(one.briefing, one.locale))) for one in coming],
            later=path_of(address(locale, page - 1)) if page > 1 else "",
            earlier=path_of(address(locale, page + 1)) if has_older else "",
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
            "alert": self.site.alert_url(edition.briefing) if edition.severity is Severity.URGENT else "",
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
        told, t = ERRORS.get(status, OTHER_ERROR), self.site.interface(locale).t
        lines = [t(line) for line in (told.happened, told.to_do) if line]
        return self.html("error", locale, self.nowhere(), heading=t(told.heading), lines=lines)

    def about(self, page: str, locale: str) -> bytes:
        """A page about the site itself: one of ABOUT."""
        site = self.site
        borough, t = site.places.borough, site.interface(locale).t
        place = Place(lambda tag: site.about_url(page, tag), site.places.locales)
        names: dict[str, object] = {
            "heading": t(ABOUT[page]),
            "contact": borough.contact,
            "prepared": ACCESSIBILITY_PREPARED,
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


def _in_order(line: str, direction: str) -> str:
    return right_to_left_lines(line) if direction == "rtl" else line
