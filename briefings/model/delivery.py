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
