"""Addresses of ours to which mail comes back, and the signed tokens in them: a forged one says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from briefings.subscribers.tokens import TOKEN, TokenPurpose, Tokens

_TOKEN = f"({TOKEN})"


class Use(StrEnum):
    """What an address is for."""

    BOUNCE = "bounce"
    """The return path of one delivery (VERP)."""
    UNSUBSCRIBE = "unsubscribe"
    CANARY = "canary"
    """A subscriber of ours that shows whether newsletters arrive."""
    REPORTS = "reports"
    """Roles that complaints and people write to (RFC 2142)."""


ROLES = frozenset({"abuse", "fbl", "postmaster"})
_SIGNED = {Use.BOUNCE: TokenPurpose.BOUNCE, Use.UNSUBSCRIBE: TokenPurpose.UNSUBSCRIBE}


@dataclass(frozen=True)
class Recipient:
    """An address of ours. `id` is that of a delivery (bounce) or a subscriber (unsubscribe), else 0."""

    use: Use
    address: str
    id: int = 0


class ReturnAddresses:
    """Knows the addresses at the reply domain that are read, and what their tokens stand for."""

    def __init__(self, secret: bytes, reply_domain: str) -> None:
        self._tokens = Tokens(secret)
        self._domain = reply_domain.lower()
        self._bounce = re.compile(rf"\bbounce\+{_TOKEN}@{re.escape(self._domain)}(?![\w.-])", re.IGNORECASE)
        self._unsubscribe = re.compile(rf"(?:\bunsubscribe\+|/u/){_TOKEN}(?![\w-])", re.IGNORECASE)
        self._address = re.compile(rf"[\w.+-]{{1,80}}@{re.escape(self._domain)}(?![\w.-])", re.IGNORECASE)

    def recipient(self, address: str) -> Recipient | None:
        """Return what an address is for; None if it is not ours, or its token is not."""
        local, _, domain = address.strip().lower().rpartition("@")
        if domain != self._domain:
            return None
        if local in ROLES:
            return Recipient(Use.REPORTS, f"{local}@{domain}")
        word, plus, rest = local.partition("+")
        if not plus or not rest or word not in (Use.BOUNCE, Use.UNSUBSCRIBE, Use.CANARY):
            return None
        use = Use(word)
        id = self._tokens.read(_SIGNED[use], rest) if use in _SIGNED else 0
        return None if id is None else Recipient(use, f"{local}@{domain}", id)

    def first(self, addresses: Iterable[str]) -> Recipient | None:
        """Return the first address that is ours, one with a signed token before all others."""
        found = [recipient for address in addresses if (recipient := self.recipient(address))]
        return next((one for one in found if one.id), found[0] if found else None)

    def addresses_in(self, text: str) -> list[str]:
        """Return the addresses at the reply domain that a header's value names."""
        return self._address.findall(text)

    def delivery_in(self, text: str) -> int:
        """Return the id of the delivery whose return path stands in a text; 0 for none that is ours."""
        return self._first_signed(TokenPurpose.BOUNCE, self._bounce, text)

    def subscriber_in(self, text: str) -> int:
        """Return the id of the subscriber whose unsubscribe link or address stands in a text; 0 for none."""
        return self._first_signed(TokenPurpose.UNSUBSCRIBE, self._unsubscribe, text)

    def _first_signed(self, purpose: TokenPurpose, pattern: re.Pattern[str], text: str) -> int:
        ids = (self._tokens.read(purpose, found) for found in pattern.findall(text))
        return next((id for id in ids if id), 0)
