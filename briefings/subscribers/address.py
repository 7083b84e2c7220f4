"""Email addresses: what is accepted, the one form it is kept in, and the form it may be logged in.

An address is kept and compared in one normal form: surrounding space off, Unicode NFC, local part
case-folded, domain in lower case as IDNA A-labels. RFC 5321 section 2.4 lets a host tell local
parts apart by case; none that people use does, and mailing one person twice is the worse mistake.
"""

from __future__ import annotations

import re
import unicodedata

import idna

_LOCAL = re.compile(r"[a-z0-9!#$%&'*/?^_`{|}~][a-z0-9!#$%&'*+/=?^_`{|}~-]*(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""RFC 5321 dot-string, but for a first `=`, `+` or `-`: a spreadsheet would run it as a formula."""

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")

MAX_ADDRESS, MAX_LOCAL = 254, 64
"""Octets: RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.3 (a path of 256 holds the angle brackets too)."""

_ERASED = "erased:"


def tombstone(subscriber_id: int) -> str:
    """Return what stands for the address of somebody who was erased: no address, and no two alike."""
    return f"{_ERASED}{subscriber_id}"


def is_tombstone(address: str) -> bool:
    return address.startswith(_ERASED)


def normalised(address: str) -> str:
    """Return the one form an address is compared in. Takes anything and never raises."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    if not at:
        return domain.casefold()
    return f"{local.casefold()}@{_a_labels(domain) or domain.lower()}"


def checked(address: str) -> str:
    """Return the normal form of an address that can be mailed.

    Raises ValueError with the reason; the text never holds the address.
    """
    if not address.strip():
        raise ValueError("is empty")
    if len(address) > MAX_ADDRESS * 2:
        raise ValueError(f"is longer than {MAX_ADDRESS} characters")
    normal = normalised(address)
    local, at, domain = normal.rpartition("@")
    if not at:
        raise ValueError("has no @; write it as name@example.org")
    if not local.isascii():
        raise ValueError("has letters before the @ that mail servers may refuse; only ASCII is taken there")
    if len(local) > MAX_LOCAL or len(normal) > MAX_ADDRESS:
        raise ValueError(f"is longer than {MAX_LOCAL} characters before the @ or {MAX_ADDRESS} in all")
    if not _LOCAL.fullmatch(local):
        raise ValueError("has something before the @ that may not stand there")
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("has no valid domain after the @; write it as name@example.org")
    return normal


def masked(address: str) -> str:
    """Return what may be logged of an address.

    >>> masked("jo.public@example.org")
    'j…@example.org'
    """
    local, at, domain = normalised(address).rpartition("@")
    return f"{local[:1]}…@{domain}" if at else "…"


def _a_labels(domain: str) -> str:
    """Return a domain as lower-case A-labels (RFC 5891, mapped as UTS 46 says); empty where it has none."""
    if domain.isascii() or len(domain) > MAX_ADDRESS:
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError, IndexError):
        return ""
