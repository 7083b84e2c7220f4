"""Check OAuth 1.0a signatures (RFC 5849) as X does, with the sandbox's known secrets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

CLOCK_TOLERANCE_S = 300
_PARAMETER = re.compile(r'\s*(oauth_[a-z_]+|realm)="([^"]*)"\s*(?:,|$)')
_REQUIRED = ("consumer_key", "token", "signature_method", "timestamp", "nonce", "signature")


class NotAuthorised(Exception):
    """The request does not prove who sends it; the text says why."""


@dataclass(frozen=True)
class Credentials:
    consumer_key: str
    consumer_secret: str
    access_token: str
    access_token_secret: str


def _encode(text: str) -> str:
    return quote(text, safe="-._~")


def parse(header: str) -> dict[str, str]:
    """Return the parameters of an Authorization header. Raises NotAuthorised where it is malformed."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        raise NotAuthorised("an OAuth 1.0a Authorization header is required")
    parameters: dict[str, str] = {}
    position = 0
    while position < len(rest):
        match = _PARAMETER.match(rest, position)
        if match is None or match[1] in parameters:
            raise NotAuthorised("the OAuth header is malformed")
        parameters[match[1]] = unquote(match[2])
        position = match.end()
    missing = [name for name in _REQUIRED if not parameters.get(f"oauth_{name}")]
    if missing:
        raise NotAuthorised(f"the OAuth header lacks oauth_{missing[0]}")
    return parameters


def signature(method: str, address: str, parameters: Iterable[tuple[str, str]], credentials: Credentials) -> str:
    """Return the HMAC-SHA1 signature of a request (RFC 5849 section 3.4); `address` has no query."""
    pairs = sorted((_encode(name), _encode(value)) for name, value in parameters)
    normalised = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(_encode(part) for part in (method.upper(), address, normalised))
    key = f"{_encode(credentials.consumer_secret)}&{_encode(credentials.access_token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def verify(
    header: str,
    method: str,
    addresses: Sequence[str],
    parameters: Sequence[tuple[str, str]],
    credentials: Credentials,
    now: float,
) -> None:
    """Check that a request was signed with these credentials for one of these addresses.

    `parameters` are those of the query and of a form-encoded body; `now` is in seconds since 1970.
    Raises NotAuthorised.
    """
    given = parse(header)
    if (given["oauth_consumer_key"], given["oauth_token"]) != (credentials.consumer_key, credentials.access_token):
        raise NotAuthorised("unknown consumer key or access token")
    if given["oauth_signature_method"] != "HMAC-SHA1":
        raise NotAuthorised("the signature method must be HMAC-SHA1")
    if not given["oauth_timestamp"].isdigit() or abs(int(given["oauth_timestamp"]) - now) > CLOCK_TOLERANCE_S:
        raise NotAuthorised("the timestamp is out of bounds")
    signed = [*parameters, *((n, v) for n, v in given.items() if n not in ("oauth_signature", "realm"))]
    matches = [
        hmac.compare_digest(signature(method, address, signed, credentials).encode(), given["oauth_signature"].encode())
        for address in addresses
    ]
    if not any(matches):
        raise NotAuthorised("the signature does not match")
