"""The endpoint: a mail server's address, how to log in there, and which certificates are believed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from briefings.model.errors import Refused


@dataclass(frozen=True)
class SmtpEndpoint:
    """A mail server and how to speak to it. With a user or `starttls_required`, never without TLS."""

    host: str
    port: int
    implicit_tls: bool = False
    starttls_required: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> SmtpEndpoint:
        """Read smtp://[user:password@]host[:port][?starttls=required] or smtps://...

        Default ports: 465 for smtps, 587 (submission) with a user, else 25. Raises Refused.
        """
        try:
            parts = urlsplit(url)
            query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, query = None, None, {}
        if not host or parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/"):
            raise Refused("the SMTP address must look like smtp://user:password@host:port or smtps://host:port")
        if query not in ({}, {"starttls": ["required"]}):
            raise Refused("the SMTP address can only have the option ?starttls=required")
        if bool(parts.username) != bool(parts.password):
            raise Refused("the SMTP address needs both a user and a password, or neither")
        implicit = parts.scheme == "smtps"
        default = 465 if implicit else 587 if parts.username else 25
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port or default, implicit, bool(query or (user and not implicit)), user, password)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@lru_cache(maxsize=1)
def verified() -> ssl.SSLContext:
    return ssl.create_default_context()


@lru_cache(maxsize=1)
def opportunistic() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def is_this_machine(host: str) -> bool:
    """Say whether a host, by name or address, is the machine we run on."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
