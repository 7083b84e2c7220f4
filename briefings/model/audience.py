"""Audiences: whom a briefing is for, and how many people speak which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYONE = "everyone"


@dataclass(frozen=True)
class Audiences:
    """`names` maps an audience id to its name; `speakers` a locale to its number of people."""

    names: Mapping[str, str] = field(default_factory=lambda: {EVERYONE: "Everyone"})
    speakers: Mapping[str, int] = field(default_factory=dict)
