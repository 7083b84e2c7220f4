"""Rows: one delivery as a sender holds it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from briefings.model.delivery import DeliveryState


class Row(NamedTuple):
    """One claimed delivery. `address` and `format` are a subscriber's, empty for other destinations."""

    id: int
    briefing: str
    revision: str
    locale: str
    channel: str
    destination: str
    purpose: str
    attempts: int
    remote_id: str
    detail: str = ""
    subscriber_id: int = 0
    address: str = ""
    format: str = ""

    @property
    def domain(self) -> str:
        """The mail domain of the address, in lower case."""
        return self.address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row. `detail` never holds an address.

    `attempts` is how many attempts then count; None leaves the number as the mark made it.
    """

    id: int
    state: DeliveryState
    detail: str = ""
    not_before: datetime | None = None
    remote_id: str = ""
    attempts: int | None = None
