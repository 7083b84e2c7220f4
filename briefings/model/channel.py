"""Channels: the ways a rendering reaches people, and which of them a borough uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    TEXT = "text"
    ATOM = "atom"
    RSS = "rss"
    JSON = "json"
    PAGE = "page"
    X = "x"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    PRINT = "print"

    @property
    def is_feed(self) -> bool:
        return self in (Channel.ATOM, Channel.RSS, Channel.JSON)

    @property
    def is_site(self) -> bool:
        """True where delivering means becoming visible on our own site."""
        return self.is_feed or self is Channel.PAGE


SITE = (Channel.PAGE, Channel.ATOM, Channel.RSS, Channel.JSON)


@dataclass(frozen=True)
class Account:
    """A social account that posts in these locales (empty: in all of the region's)."""

    name: str
    locales: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Channels:
    """What channels.yaml chooses. Without the file: e-mail, feeds and pages only."""

    enabled: tuple[Channel, ...] = (Channel.EMAIL, *SITE)
    accounts: Mapping[Channel, tuple[Account, ...]] = field(default_factory=dict)
    engines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The translation engines of a locale by name, in order. Other locales have those of the settings."""
