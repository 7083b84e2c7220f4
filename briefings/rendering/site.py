"""Addresses: every URL the product prints is made here, from one public address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from briefings.model.briefing import Briefing, Image
from briefings.model.channel import Channel
from briefings.model.place import Places
from briefings.rendering.interface import Interface

BOROUGH = "borough"
"""Stands for all regions together, in feed addresses."""


@dataclass(frozen=True)
class Site:
    """Where things are, for one borough. `interface` gives the interface for a locale.

    `hub` is the address of the WebSub hub that passes its feeds on; empty: there is none.
    """

    places: Places
    public_url: str
    interface: Callable[[str], Interface]
    hub: str = ""

    def absolute(self, path: str) -> str:
        return self.public_url.rstrip("/") + path

    def home_url(self, locale: str) -> str:
        return self.absolute(f"/{locale}/")

    def region_url(self, region: str, locale: str) -> str:
        return self.absolute(f"/{locale}/{quote(region)}/")

    def ward_url(self, ward: str, locale: str) -> str:
        """Address of a ward's page, by its GSS code."""
        return self.absolute(f"/{locale}/ward/{quote(ward)}/")

    def about_url(self, page: str, locale: str) -> str:
        """Address of a page that stands in every locale: `subscribe`, `preferences`, `archive`, `privacy`..."""
        return self.absolute(f"/{locale}/{page}")

    def personal_url(self, page: str, locale: str, token: str) -> str:
        """Address of a page of one person's own: `confirm` or `preferences`."""
        return self.absolute(f"/{locale}/{page}/{token}")

    def page_url(self, briefing_id: str, locale: str, variant: str = "") -> str:
        """Address of an edition's page, or of a variant of it; `briefing_id` is `region/slug`."""
        return self.absolute(f"/{locale}/{quote(briefing_id)}/" + (f"{variant}/" if variant else ""))

    def feed_url(self, place: str, locale: str, channel: Channel) -> str:
        """Address of a feed; `place` is a region id, `borough` or `ward/<GSS>`."""
        return self.absolute(f"/feeds/{quote(place)}/{locale}.{channel}")

    def feed_archive_url(self, place: str, locale: str, channel: Channel, month: str) -> str:
        """Address of what a feed held in a month, `YYYY-MM`; `place` as in `feed_url`."""
        return self.absolute(f"/feeds/{quote(place)}/archive/{month}/{locale}.{channel}")

    def calendar_url(self, place: str, locale: str) -> str:
        """Address of a calendar of events; `place` as in `feed_url`."""
        return self.absolute(f"/calendar/{quote(place)}/{locale}.ics")

    def alert_url(self, briefing_id: str, version: str = "") -> str:
        """Address of an urgent briefing as an alert: its newest message, or the one of a version."""
        return self.absolute(f"/alerts/{quote(briefing_id)}{f'/{quote(version)}' if version else ''}.cap")

    def alert_feed_url(self, locale: str) -> str:
        """Address of the feed of alerts that stand now."""
        return self.absolute(f"/alerts/{locale}.atom")

    def respond_url(self, briefing_id: str, locale: str) -> str:
        return self.absolute(f"/{locale}/respond/{quote(briefing_id)}")

    def media_url(self, image: Image) -> str:
        """Address of a briefing's image: named by content, so it can be cached for ever."""
        suffix = image.src.rpartition(".")[2].lower()
        return self.absolute(f"/media/{image.digest[:32]}.{suffix}")

    def locales_of(self, briefing: Briefing) -> tuple[str, ...]:
        """Return the locales a briefing is published in, source locale first."""
        region = self.places.regions.get(briefing.region)
        return region.locales if region else self.places.locales

    def wards_of(self, briefing: Briefing) -> tuple[str, ...]:
        """Return the GSS codes of the wards a briefing concerns: all of its region's."""
        region = self.places.regions.get(briefing.region)
        return region.wards if region else ()


def webcal(url: str) -> str:
    """Return an address under which calendar programs follow a calendar instead of taking a copy of it."""
    return "webcal:" + url.partition(":")[2]
