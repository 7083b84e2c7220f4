"""Who outside is spoken to: the mail server, X and the hub, as the settings and the mode of delivery allow.

A part of the composition root (`services.py`), as `engines.py` is.
"""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from briefings.delivery.endpoint import SmtpEndpoint, is_this_machine
from briefings.delivery.mailing import MailServer
from briefings.model.errors import Refused
from briefings.settings import DeliveryMode, Settings

if TYPE_CHECKING:
    from briefings.delivery.channels.x import XChannel
    from briefings.delivery.dkim import Signer


def mail_server(settings: Settings, stand_in_port: int) -> MailServer:
    """Return the mail server, in the sandbox only one on this machine. Raises Refused where none may be used."""
    url = settings.smtp_url or f"smtp://127.0.0.1:{stand_in_port}"
    if not settings.smtp_url and not _is_sandbox(settings):
        raise Refused("BRIEFINGS_SMTP_URL must be set outside the sandbox")
    endpoint = SmtpEndpoint.parse(url)
    if _is_sandbox(settings) and not is_this_machine(endpoint.host):
        raise Refused(
            f"BRIEFINGS_SMTP_URL names {endpoint.host}, but the sandbox mails to this machine only: "
            "set BRIEFINGS_DELIVERY_MODE=allow-list or live"
        )
    return MailServer(
        endpoint,
        settings.smtp_connections,
        settings.smtp_timeout,
        settings.reply_domain,
        dot_timeout=settings.smtp_dot_timeout,
        rate=settings.smtp_rate,
        domain_connections=settings.smtp_domain_connections,
        domain_rate=settings.smtp_domain_rate,
    )


def may_mail(settings: Settings) -> Callable[[str], bool]:
    """Return what says whether an address may be mailed in this mode."""
    if settings.delivery_mode is not DeliveryMode.ALLOW_LIST:
        return lambda address: True
    allowed = {word.casefold() for word in words(settings.allow_list)}
    return lambda address: bool({address.casefold(), "@" + address.casefold().rpartition("@")[2]} & allowed)


def signer(settings: Settings) -> Signer | None:
    """What signs our mail (DKIM); None where no key is set. Raises Refused for a key that cannot be used."""
    first = ("DKIM_KEY", settings.dkim_key, settings.dkim_selector)
    second = ("DKIM_ED25519_KEY", settings.dkim_ed25519_key, settings.dkim_ed25519_selector)
    address = parseaddr(settings.sender)[1] or settings.reply_domain
    domain = settings.dkim_domain or address.rpartition("@")[2]
    if not any((*first[1:], *second[1:])):
        return None
    from briefings.delivery.dkim import Signer  # its library is a tenth of a command's memory
    from briefings.delivery.dkim_key import DkimKey

    keys = []
    for name, path, selector in (first, second):
        if path:
            keys.append(DkimKey.read(Path(path), domain, selector, f"BRIEFINGS_{name}"))
        elif selector:
            raise Refused(f"BRIEFINGS_{name} must be set: it has a selector, and nothing would be signed with it")
    if second[1] and keys[-1].algorithm != "ed25519-sha256":
        raise Refused("BRIEFINGS_DKIM_ED25519_KEY must be an Ed25519 key; BRIEFINGS_DKIM_KEY takes RSA")
    return Signer(keys)


def x_channel(settings: Settings, stand_in_port: int) -> XChannel:
    """Return X itself only when live; otherwise the stand-in, so that a trial never posts in public."""
    from briefings.delivery.channels.x import XChannel  # its client is a tenth of a command's memory

    url = settings.x_api_url
    given = (
        settings.x_consumer_key,
        settings.x_consumer_secret,
        settings.x_access_token,
        settings.x_access_token_secret,
    )
    consumer, consumer_secret, access, access_secret = (key.get_secret_value() for key in given)
    if settings.delivery_mode is DeliveryMode.LIVE:
        if not (consumer and consumer_secret and access and access_secret):
            raise Refused("the four BRIEFINGS_X_ keys must be set to post on X")
        url = url or "https://api.x.com"
    else:
        from briefings.sandbox import x

        url = url or f"http://127.0.0.1:{stand_in_port}"
        if not is_this_machine(urlsplit(url).hostname or ""):
            raise Refused("BRIEFINGS_X_API_URL names another machine, but posts go out in live mode only")
        consumer, consumer_secret = consumer or x.CONSUMER_KEY, consumer_secret or x.CONSUMER_SECRET
        access, access_secret = access or x.ACCESS_TOKEN, access_secret or x.ACCESS_TOKEN_SECRET
    return XChannel(url, consumer, consumer_secret, access, access_secret, settings.x_timeout)


def hub(settings: Settings) -> str:
    """Return the hub's address, or nothing. Raises Refused for what is no address, or leads out of the sandbox."""
    url = settings.websub_hub.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or not url.isascii() or set(url) & set("<> "):
        raise Refused("BRIEFINGS_WEBSUB_HUB must be the address of a hub, such as https://hub.example/, or empty")
    if _is_sandbox(settings) and not is_this_machine(host):
        raise Refused(
            f"BRIEFINGS_WEBSUB_HUB names {host}, but the sandbox tells nobody outside of this machine: "
            "leave it empty, or set BRIEFINGS_DELIVERY_MODE=allow-list or live"
        )
    return url


def words(text: str) -> list[str]:
    """Return the words of a setting that holds several, separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _is_sandbox(settings: Settings) -> bool:
    return settings.delivery_mode is DeliveryMode.SANDBOX
