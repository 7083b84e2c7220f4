"""Delivery states: what can have become of one rendering on its way to one destination."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"

    @property
    def is_settled(self) -> bool:
        """True where nothing more happens by itself. `uncertain` is settled, and listed for a person."""
        return self not in UNSETTLED


UNSETTLED = frozenset({DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.DEFERRED})


class Purpose(StrEnum):
    """Why a rendering goes to a destination."""

    BRIEFING = "briefing"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    FOLLOW_UP = "follow-up"
    """The translation that was not ready when an important or urgent briefing went out."""


NOTICE = ".withdrawn"
"""Ends the revision under which a withdrawal notice is kept: a text of its own, with rows of its own."""

FOLLOWS = ".follow-up"
"""Ends the revision under which follow-ups are kept, likewise."""


def base_revision(revision: str) -> str:
    """Return the revision of a briefing's text that a notice or a follow-up belongs to."""
    return revision.partition(".")[0]
