"""Keys of DKIM for the tests, and dkimpy as the receiver who checks with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from briefings.delivery.dkim_key import DnsRecord


def write_key(path: Path, key: PrivateKeyTypes, passphrase: bytes = b"") -> Path:
    lock: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return path


def verdicts(message: bytes, records: Sequence[DnsRecord]) -> list[bool]:
    """Return, for each signature from the top, whether dkimpy finds it valid. Empty: there is none."""
    zone = {f"{record.name}.".encode(): record.value.encode() for record in records}

    def answer(name: bytes, timeout: int = 5) -> bytes | None:
        return zone.get(name)

    head = message.partition(b"\r\n\r\n")[0].lower()
    count = (b"\r\n" + head).count(b"\r\ndkim-signature:")
    return [_is_valid(message, place, answer) for place in range(count)]


def _is_valid(message: bytes, place: int, answer: object) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(place, dnsfunc=answer))
    except dkim.ValidationError:  # a body that is not the one that was signed
        return False
