"""People who answer for a text: named, and told apart by their letters alone."""

from __future__ import annotations

import unicodedata

DEMO_REVIEWER = "demo reviewer"
"""Signs in the sandbox's demonstration, visibly. Nobody's review: what it signs stays labelled as unreviewed."""


def letters(name: str) -> str:
    """Return what makes a name, so that no space, dot or invisible sign makes another person of it."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def same_person(one: str, other: str) -> bool:
    return letters(one) == letters(other)
