"""Tokens: links and return paths that prove whom they were made for, and for what.

A token is 24 bytes in hexadecimal, 48 characters: 16 bytes of HMAC-SHA256 over purpose and subscriber
id, then the id, masked by a second HMAC so that nobody can read or count ids. Hexadecimal because the
same token must live in the local part of a return path (VERP; at most 64 octets, RFC 5321 4.5.3.1.1),
which mail systems may turn to lower or upper case, and because three are written for every mail.
"""

from __future__ import annotations

import hmac
import re
from enum import StrEnum
from hashlib import sha256

MAC_BYTES, ID_BYTES = 16, 8
TOKEN = rf"[0-9a-f]{{{2 * (MAC_BYTES + ID_BYTES)}}}"
"""What a token looks like in lower case, as a regular expression."""
MIN_SECRET_BYTES = 16
_WELL_FORMED = re.compile(TOKEN, re.IGNORECASE | re.ASCII)


class TokenPurpose(StrEnum):
    """What a token may be used for, and nothing else."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    BOUNCE = "bounce"
    RESPOND = "respond"


def derived_key(secret: bytes, use: str) -> bytes:
    """Return a key of its own for each use of the one secret.

    Raises ValueError for a secret that could be guessed.
    """
    if len(secret) < MIN_SECRET_BYTES:
        raise ValueError(f"the secret key must have at least {MIN_SECRET_BYTES} bytes; set a random one")
    return hmac.digest(secret, f"briefings:{use}".encode(), "sha256")


class KeyedHash:
    """HMAC-SHA256 (RFC 2104) with one key, which is taken in once: a mailing makes several for each mail."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0") if len(key) <= 64 else sha256(key).digest().ljust(64, b"\0")
        self._inner = sha256(bytes(octet ^ 0x36 for octet in block))
        self._outer = sha256(bytes(octet ^ 0x5C for octet in block))

    def digest(self, message: bytes) -> bytes:
        """Return what `hmac.digest(key, message, "sha256")` does."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class Tokens:
    """Makes and reads tokens. The same secret gives the same tokens, so nothing is stored."""

    def __init__(self, secret: bytes) -> None:
        self._mac_of = KeyedHash(derived_key(secret, "token"))
        self._mask_of = KeyedHash(derived_key(secret, "token id"))

    def token(self, purpose: TokenPurpose, subscriber_id: int) -> str:
        """Return the token with which a subscriber can do one thing."""
        if not 0 < subscriber_id < 2**63:
            raise ValueError("a subscriber id is a positive number")
        mac = self._mac(purpose, subscriber_id)
        return (mac + self._masked(mac, subscriber_id)).hex()

    def read(self, purpose: TokenPurpose, token: str) -> int | None:
        """Return the subscriber id in a token; None if it is not ours or for another purpose. Never raises."""
        if not _WELL_FORMED.fullmatch(token):
            return None
        raw = bytes.fromhex(token)
        mac, masked = raw[:MAC_BYTES], raw[MAC_BYTES:]
        subscriber_id = int.from_bytes(self._masked(mac, int.from_bytes(masked)))
        return subscriber_id if hmac.compare_digest(mac, self._mac(purpose, subscriber_id)) else None

    def _mac(self, purpose: TokenPurpose, subscriber_id: int) -> bytes:
        message = purpose.value.encode() + b"\0" + subscriber_id.to_bytes(ID_BYTES)
        return self._mac_of.digest(message)[:MAC_BYTES]

    def _masked(self, mac: bytes, value: int) -> bytes:
        """Mask an id, or take the mask off again: the same step both ways."""
        mask = int.from_bytes(self._mask_of.digest(mac)[:ID_BYTES])
        return (value ^ mask).to_bytes(ID_BYTES)
