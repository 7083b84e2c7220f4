"""Where a request comes from, as far as it can be known: the unit that limits are counted by."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

from briefings.model.errors import Refused

Network = IPv4Network | IPv6Network
IPV6_PREFIX = 64
"""Bits of an IPv6 address that one household or phone has for itself (RFC 6177)."""


def trusted_networks(text: str) -> tuple[Network, ...]:
    """Read a setting: addresses and networks, comma-separated. Raises Refused."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        return tuple(ip_network(word, strict=False) for word in words)
    except ValueError as error:
        raise Refused(f"BRIEFINGS_TRUSTED_PROXIES: {error}; write addresses or networks such as 10.0.0.0/8") from None


def network_of(connection: HTTPConnection, trusted: Sequence[Network]) -> str:
    """Return whom a request counts for: an IPv4 address, or the /64 network of an IPv6 one.

    Empty where nobody can be told: from this machine itself, which is where a proxy stands that nobody has named.
    X-Forwarded-For is believed only as far as it was written by a trusted proxy: from its end back to the first
    address that is none.
    """
    peer = connection.client.host if connection.client else ""
    chain = [part.strip() for part in ",".join(connection.headers.getlist("x-forwarded-for")).split(",")]
    for hop in [peer, *reversed([part for part in chain if part])]:
        try:
            address = ip_address(_without_port(hop))
        except ValueError:
            return ""
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if not any(address.version == network.version and address in network for network in trusted):
            break
    if address.is_loopback:
        return ""
    return str(address) if address.version == 4 else str(ip_network((int(address), IPV6_PREFIX), strict=False))


def _without_port(hop: str) -> str:
    """Return the address of `192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write them."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
