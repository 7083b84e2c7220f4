"""The handshake: greeting, EHLO, STARTTLS and login, up to where messages can be sent (RFC 5321, 3207, 4954)."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode

from briefings.delivery.endpoint import SmtpEndpoint, opportunistic, verified
from briefings.delivery.link import Link, Reply
from briefings.model.errors import Refused, Transient

_HELO = re.compile(r"[A-Za-z0-9.\-:\[\]]{1,255}")

Offers = dict[str, str]
"""A server's extensions by keyword, in capitals, each with its parameters."""


def check_helo(helo: str) -> None:
    """Raise Refused for what is not a host name or an address literal; empty will do."""
    if helo and not _HELO.fullmatch(helo):
        raise Refused(f"{helo[:100]!r} is not a host name to greet a mail server with")


async def shake_hands(link: Link, endpoint: SmtpEndpoint, helo: str, tls: ssl.SSLContext | None) -> Offers:
    """Take the greeting, encrypt and log in as the endpoint wants it; return what the server offers.

    Raises Transient where the server does not go along, Refused where it does not accept the login, OSErrors
    where the connection breaks.
    """
    _expect(endpoint, await link.reply(), 220)
    offers = await _hello(link, endpoint, helo)
    if not endpoint.implicit_tls and "STARTTLS" in offers:
        _expect(endpoint, await link.command(b"STARTTLS"), 220)
        # Where plain text would do, TLS without a checked certificate is no worse (RFC 7435).
        context = tls or (verified() if endpoint.starttls_required else opportunistic())
        await link.start_tls(endpoint.host, context)
        offers = await _hello(link, endpoint, helo)  # what was said in the clear does not count (RFC 3207 4.2)
    elif endpoint.starttls_required:
        raise Transient(f"the mail server {endpoint} offers no STARTTLS, and nothing is sent without it")
    if endpoint.user:
        await _log_in(link, endpoint, offers.get("AUTH", "").split())
    return offers


async def _hello(link: Link, endpoint: SmtpEndpoint, helo: str) -> Offers:
    name = (helo or link.own_address_literal).encode()
    reply = await link.command(b"EHLO " + name)
    if reply.code // 100 == 5:
        reply = await link.command(b"HELO " + name)
        reply = Reply(reply.code, reply.lines[:1])
    _expect(endpoint, reply, 250)
    offers = (line.upper().partition(" ") for line in reply.lines[1:])
    return {keyword: values for keyword, _, values in offers}


async def _log_in(link: Link, endpoint: SmtpEndpoint, mechanisms: list[str]) -> None:
    user, password = endpoint.user.encode(), endpoint.password.encode()
    if "PLAIN" in mechanisms:
        reply = await link.command(b"AUTH PLAIN " + b64encode(b"\0" + user + b"\0" + password))
    elif "LOGIN" in mechanisms:
        _expect(endpoint, await link.command(b"AUTH LOGIN"), 334)
        _expect(endpoint, await link.command(b64encode(user)), 334)
        reply = await link.command(b64encode(password))
    else:
        raise Transient(f"the mail server {endpoint} offers no login that we know (PLAIN, LOGIN)")
    if reply.code // 100 == 5:  # not tried again: many servers lock an account after a few failures
        raise Refused(f"the mail server {endpoint} does not accept our login: {reply.said()}")
    _expect(endpoint, reply, 235)


def _expect(endpoint: SmtpEndpoint, reply: Reply, code: int) -> None:
    if reply.code != code:
        raise Transient(f"the mail server {endpoint} refused the connection: {reply.said()}")
