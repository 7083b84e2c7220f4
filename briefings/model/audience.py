"""Audiences: whom a briefing is for, how many people speak which language, and services for all of the borough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from briefings.model.briefing import Contact

EVERYONE = "everyone"


@dataclass(frozen=True)
class Audiences:
    """`names` maps an audience id to its name; `speakers` a locale to its number of people.

    `services` are contacts that every briefing shows, but urgent ones.
    """

    names: Mapping[str, str] = field(default_factory=lambda: {EVERYONE: "Everyone"})
    speakers: Mapping[str, int] = field(default_factory=dict)
    services: tuple[Contact, ...] = ()
