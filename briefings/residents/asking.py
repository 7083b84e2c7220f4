"""Askings: what somebody asks for with an address, kept until its owner has said that they want it.

Whoever asks sees nothing of what we know: an asking costs the same work for every address.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, case, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.store.engine import writing
from briefings.store.people import askings
from briefings.subscribers.subscriber import Choices, Format, Frequency
from briefings.subscribers.tokens import TokenPurpose, Tokens, derived_key

VALID_FOR = timedelta(days=7)
"""A link to confirm is good for as long as this after its letter."""
LETTER_EVERY = timedelta(hours=24)
"""An address gets one letter within this time, unless its owner has confirmed what the last one said."""
NOTICE = "notice"
"""The kind of an asking that nobody asked for: it tells an old address that a subscription has moved away."""

_ID_BITS = 62


class Asking(StrEnum):
    """What is asked for: to subscribe, a link to one's preferences, to move to another address."""

    SUBSCRIBE = "subscribe"
    LINK = "link"
    MOVE = "move"


class Letter(StrEnum):
    """What the poster sends: a link to confirm, two kinds of link to the preferences, or that somebody moved away."""

    NONE = ""
    CONFIRM = "confirm"
    ALREADY = "already"
    LINK = "link"
    MOVED = "moved"


@dataclass(frozen=True)
class Wish:
    """A wish to subscribe. `words` is the exact text of the consent that was shown."""

    email: str
    choices: Choices
    words: str


@dataclass(frozen=True)
class Asked:
    """What a link to confirm stands for. `address` is masked; `choices` are those of a wish to subscribe."""

    kind: Asking
    locale: str
    choices: Choices | None
    address: str


class Askings:
    """Keeps askings. Addresses are given in their normal form."""

    def __init__(self, engine: Engine, secret: bytes) -> None:
        self._engine = engine
        self._key = derived_key(secret, "asking")
        self._tokens = Tokens(secret)
        self._turn = threading.Lock()

    def address_hash(self, address: str) -> str:
        """Return HMAC-SHA256 of a normalised address, in hexadecimal; not the one suppressions have."""
        return hmac.digest(self._key, address.encode("utf-8", "surrogatepass"), "sha256").hex()

    def put(
        self,
        kind: str,
        address: str,
        locale: str,
        now: datetime,
        *,
        choices: Choices | None = None,
        words: str = "",
        subscriber_id: int | None = None,
    ) -> None:
        """Write one asking: the same single row and transaction, whatever is known of the address.

        While a letter is out, what it says is not changed.
        """
        # One thread of ours at a time: SQLite lets writers that wait overtake each other until one has waited too long.
        with self._turn, writing(self._engine) as connection:
            self.put_in(connection, kind, address, locale, now, choices, words, subscriber_id)

    def put_in(
        self,
        connection: Connection,
        kind: str,
        address: str,
        locale: str,
        now: datetime,
        choices: Choices | None = None,
        words: str = "",
        subscriber_id: int | None = None,
    ) -> None:
        """Do the same within a transaction."""
        make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
        statement = make(askings).values(
            id=secrets.randbelow(2**_ID_BITS - 1) + 1,
            kind=kind,
            address_hash=self.address_hash(address),
            email=address,
            subscriber_id=subscriber_id,
            locale=locale,
            choices=_choices_json(choices),
            words=words,
            asked_at=now,
            letter="",
        )
        new, old = statement.excluded, askings.c
        is_looked_at = old.looked_at.is_not(None)
        is_over = and_(is_looked_at, or_(old.looked_at <= now - LETTER_EVERY, old.confirmed_at.is_not(None)))
        is_out = and_(is_looked_at, ~is_over)
        # Every column is written each time, so that a second asking costs what a first one does.
        asked = {name: case((is_out, old[name]), else_=new[name]) for name in _ASKED}
        begun_anew = {name: case((is_over, new[name]), else_=old[name]) for name in _BEGUN}
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[old.kind, old.address_hash], set_={**asked, **begun_anew, "asked_at": new.asked_at}
            )
        )

    def token(self, asking_id: int) -> str:
        return self._tokens.token(TokenPurpose.CONFIRM, asking_id)

    def open(self, connection: Connection, token: str, now: datetime, *, locked: bool = False) -> Row[Any] | None:
        """Return the row of `askings` that a link to confirm stands for; None where it is unknown, or too old."""
        asking_id = self._tokens.read(TokenPurpose.CONFIRM, token)
        if asking_id is None:
            return None
        query = select(askings).where(
            askings.c.id == asking_id,
            askings.c.letter == Letter.CONFIRM.value,
            askings.c.looked_at > now - VALID_FOR,
            or_(askings.c.email.is_not(None), askings.c.confirmed_at.is_not(None)),
        )
        return connection.execute(query.with_for_update() if locked else query).first()


_ASKED = ("email", "subscriber_id", "locale", "choices", "words")
_BEGUN = ("id", "not_before", "looked_at", "letter", "confirmed_at")


def choices_of(kept: Mapping[str, Any]) -> Choices:
    """Read back the choices of a row."""
    return Choices(
        locale=kept["locale"],
        regions=tuple(kept["regions"]),
        wards=tuple(kept["wards"]),
        frequency=Frequency(kept["frequency"]),
        format=Format(kept["format"]),
    )


def _choices_json(choices: Choices | None) -> dict[str, Any] | None:
    return None if choices is None else {name: getattr(choices, name) for name in Choices.__dataclass_fields__}
