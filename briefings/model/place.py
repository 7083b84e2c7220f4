"""Places: a borough, its regions and its wards. A ward is known by its GSS code, never by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from briefings.model.schedule import Cadence

RESERVED_NAMES = frozenset(
    {
        "borough",
        "ward",
        "respond",
        "subscribe",
        "confirm",
        "preferences",
        "archive",
        "about",
        "api",
        "calendar",
        "alerts",
    }
    | {"accessibility", "privacy", "cookies"}
)
"""What stands in the site's addresses where else a region does: no region can be called so."""


@dataclass(frozen=True)
class Ward:
    code: str
    name: str


@dataclass(frozen=True)
class Region:
    id: str
    name: str
    wards: tuple[str, ...]
    locales: tuple[str, ...]
    cadence: Cadence | None = None


@dataclass(frozen=True)
class PublicContact:
    """How residents reach who runs the site, with what is theirs: questions of access, privacy, corrections."""

    email: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Borough:
    code: str
    name: str
    timezone: str
    source_locale: str
    contact: PublicContact = PublicContact()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Places:
    """All places of one borough. `locales` holds the source locale first.

    `names` are names of roads, parks and places that stand in every language as they are.
    """

    borough: Borough
    locales: tuple[str, ...]
    regions: Mapping[str, Region]
    wards: Mapping[str, Ward]
    names: tuple[str, ...] = ()

    @property
    def never_translated(self) -> tuple[str, ...]:
        """Return `names`, and ward names of several words: one word alone may be an everyday one ("Forest")."""
        return (*self.names, *(ward.name for ward in self.wards.values() if " " in ward.name))

    def region_of(self, ward: str) -> Region | None:
        """Return the region a ward belongs to, or None for a ward that is in none."""
        return next((region for region in self.regions.values() if ward in region.wards), None)
