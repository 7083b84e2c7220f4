"""Envelopes: one compiled message per (locale, format, purpose), joined with a recipient's own bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from briefings.delivery.message import CompiledMessage, Envelope, compile_message
from briefings.delivery.rows import Row
from briefings.model.slots import PREFERENCES_URL_SLOT, UNSUBSCRIBE_URL_SLOT
from briefings.subscribers.subscriber import Format
from briefings.subscribers.tokens import KeyedHash, TokenPurpose, Tokens, derived_key

if TYPE_CHECKING:
    from briefings.delivery.dkim import Signer


@dataclass(frozen=True)
class Letterhead:
    """What all mails of an installation share. `sender` is a mailbox, `public_url` the site's address.

    Without a `signer` mails go out without a DKIM signature: then a relay is to add it.
    """

    sender: str
    reply_domain: str
    public_url: str
    list_name: str
    secret: bytes
    signer: Signer | None = None


class Composer:
    """Builds the envelopes of one edition revision. `parts` maps a locale to its e-mail rendering."""

    def __init__(
        self,
        letterhead: Letterhead,
        region: str,
        parts: Mapping[str, Mapping[str, str]],
        archive: Mapping[str, str],
        date: datetime,
    ) -> None:
        self._list_label = re.sub(r"[^a-z0-9]+", "-", region.lower())[:63].strip("-") or "briefings"
        self._letterhead = letterhead
        self._site = letterhead.public_url.rstrip("/")
        self._parts = parts
        self._archive = archive
        self._date = date
        self._tokens = Tokens(letterhead.secret)
        self._id_of = KeyedHash(derived_key(letterhead.secret, "message-id"))
        self._compiled: dict[tuple[str, str], CompiledMessage] = {}

    def compile_all(self) -> None:
        """Compile every message there can be, so that a fault in what all share is found before a row is claimed.

        Raises Refused, naming what cannot be sent.
        """
        for locale in self._parts:
            for format in Format:
                self._message(locale, format)

    def envelope(self, row: Row) -> Envelope:
        """Return one recipient's message: the same bytes, Message-ID included, however often it is built.

        Raises KeyError for a locale without a rendering, Permanent for an address that cannot be mailed.
        """
        head = self._letterhead
        token = self._tokens.token(TokenPurpose.UNSUBSCRIBE, row.subscriber_id)
        unsubscribe = f"{self._site}/u/{token}"
        own = self._tokens.token(TokenPurpose.PREFERENCES, row.subscriber_id)
        bounce = self._tokens.token(TokenPurpose.BOUNCE, row.id)  # tells who, and of which mailing
        message = self._message(row.locale, row.format).for_recipient(
            address=row.address,
            message_id=self._message_id(row),
            unsubscribe_url=unsubscribe,
            unsubscribe_mailto=f"mailto:unsubscribe+{token}@{head.reply_domain}",
            slots={
                UNSUBSCRIBE_URL_SLOT: unsubscribe,
                PREFERENCES_URL_SLOT: f"{self._site}/{row.locale}/preferences/{own}",
            },
            for_the_wire=head.signer is None,
        )
        if head.signer is not None:  # what is signed is the message before its dots are doubled
            message = head.signer.sign(message) + message
        path = f"bounce+{bounce}@{head.reply_domain}"
        return Envelope(path, row.address, message, head.signer is None, row.address.isascii())

    def _message_id(self, row: Row) -> str:
        """Stable and without a name in it: whoever sends again after a crash uses the same one."""
        what = f"{row.briefing}\0{row.revision}\0{row.subscriber_id}".encode()
        return f"<{self._id_of.digest(what).hex()[:40]}@{self._letterhead.reply_domain}>"

    def _message(self, locale: str, format: str) -> CompiledMessage:
        key = (locale, format)
        if key not in self._compiled:
            parts = self._parts[locale]
            html = {Format.TEXT: None, Format.LARGE_PRINT: parts["large_print"]}.get(Format(format), parts["html"])
            self._compiled[key] = compile_message(
                subject=parts["subject"],
                html=html,
                text=parts["text"],
                locale=locale,
                sender=self._letterhead.sender,
                list_id=f"{self._list_label}.{locale.lower()}.{self._letterhead.reply_domain}",
                list_name=self._letterhead.list_name,
                date=self._date,
                list_archive=self._archive.get(locale),
            )
        return self._compiled[key]
