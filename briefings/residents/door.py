"""The door: what somebody may ask for who has nothing but an address, and what a link in a letter then does.

Nothing is looked up and nothing is mailed while somebody waits for an answer: `post.py` does both later. So the
answer and the time it takes are the same for a known, an unknown and a suppressed address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from briefings.model.delivery import DeliveryState
from briefings.model.errors import Refused
from briefings.residents.asking import LETTER_EVERY, NOTICE, Asked, Asking, Askings, Wish, choices_of
from briefings.residents.erasing import take_address_away
from briefings.store.engine import reading, writing
from briefings.store.people import askings, subscribers
from briefings.store.tables import deliveries
from briefings.subscribers import address, consent
from briefings.subscribers.consent import Consent, ConsentAction
from briefings.subscribers.enrol import Outcome, enrol, load, load_by_id
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Enrolment, Subscriber, checked_enrolment
from briefings.subscribers.suppression import hold_register

SOURCE = "web form"
MAX_WORDS = 4000
MOVES_A_DAY = 3
"""So many other addresses one person may have us write to within a day."""


class Door:
    def __init__(self, register: Register, secret: bytes) -> None:
        """Open the door of a register; `secret` signs the links and keys the hashes of addresses."""
        self._register = register
        self._engine = register.engine
        self._askings = Askings(register.engine, secret)

    def subscribe(self, wish: Wish, now: datetime) -> None:
        """Take a wish to subscribe; its letter follows. Raises Refused naming the field for what cannot be stored."""
        if not wish.words.strip() or len(wish.words) > MAX_WORDS:
            raise Refused(f"words must hold the text that was agreed to, of up to {MAX_WORDS} characters")
        checked = checked_enrolment(Enrolment(wish.email, wish.choices, SOURCE), self._register.places, now)
        self._askings.put(
            Asking.SUBSCRIBE, checked.email, checked.choices.locale, now, choices=checked.choices, words=wish.words
        )

    def send_link(self, email: str, locale: str, now: datetime) -> None:
        """Take a wish for a link to the preferences. Raises Refused for what is no address."""
        self._askings.put(Asking.LINK, _checked(email), self._locale(locale), now)

    def move(self, subscriber_id: int, email: str, now: datetime) -> None:
        """Take a subscriber's wish to be mailed at another address; the letter goes there.

        Raises Refused for what is no address or their own, and for too many on one day.
        """
        target = _checked(email)
        subscriber = self._register.get(subscriber_id)
        if subscriber is None or not subscriber.is_active:
            raise Refused("email cannot be changed: this subscription has ended; subscribe again")
        if subscriber.email == target:
            raise Refused("email is the address that you have already")
        with writing(self._engine) as connection:
            hold_register(connection)  # or several at once would all be counted before any is written
            if self._moves(connection, subscriber_id, self._askings.address_hash(target), now) >= MOVES_A_DAY:
                raise Refused("email cannot be changed again today; try again tomorrow")
            self._askings.put_in(
                connection, Asking.MOVE, target, subscriber.choices.locale, now, subscriber_id=subscriber_id
            )

    def asked(self, token: str, now: datetime) -> Asked | None:
        """Return what a link to confirm stands for, done or not; None for an unknown or an old one. Changes nothing."""
        with reading(self._engine) as connection:
            row = self._askings.open(connection, token, now)
            if row is None:
                return None
            email = row.email
            if row.confirmed_at is not None:
                known = load_by_id(connection, row.subscriber_id)
                email = known.email if known else ""
        choices = choices_of(row.choices) if row.choices else None
        return Asked(Asking(row.kind), row.locale, choices, address.masked(email or ""))

    def confirm(self, token: str, now: datetime) -> Subscriber | None:
        """Do what a link to confirm stands for, and record the consent; a second time changes nothing.

        Returns None for an unknown or an old link, and where it cannot be done any more: the address was suppressed
        for more than an unsubscribe, a place is gone, or somebody else is subscribed there by now.
        """
        with writing(self._engine) as connection:
            hold_register(connection)
            row = self._askings.open(connection, token, now, locked=True)
            if row is None:
                return None
            if row.confirmed_at is not None:
                return load_by_id(connection, row.subscriber_id)
            act = self._moved if row.kind == Asking.MOVE else self._subscribed
            subscriber = act(connection, row, now)
            if subscriber is not None:
                done = {"confirmed_at": now, "email": None, "subscriber_id": subscriber.id}
                connection.execute(update(askings).where(askings.c.id == row.id).values(done))
            return subscriber

    def _subscribed(self, connection: Connection, row: Row[Any], now: datetime) -> Subscriber | None:
        wish = Enrolment(row.email, choices_of(row.choices), SOURCE, row.words, now)
        try:
            checked = checked_enrolment(wish, self._register.places, now)
        except Refused:  # the place or the language has been given up since the letter
            return None
        (answer,) = enrol(connection, self._register.suppressions, [checked], now, own_wish=True)
        return None if answer.outcome is Outcome.REFUSED else load(connection, [row.email])[row.email]

    def _moved(self, connection: Connection, row: Row[Any], now: datetime) -> Subscriber | None:
        subscriber = load_by_id(connection, row.subscriber_id)
        if subscriber is None or not subscriber.is_active:
            return None
        suppressions = self._register.suppressions
        reason = suppressions.reason(connection, row.email)
        other = load(connection, [row.email]).get(row.email)
        if (reason is not None and not reason.ends_by_own_wish) or (other is not None and other.is_active):
            return None
        if other is not None:  # their own from before, or never confirmed by anybody: nobody else can be mailed there
            take_address_away(connection, other.id, now)
        suppressions.lift(connection, row.email)
        theirs = subscribers.c.id == subscriber.id
        connection.execute(update(subscribers).where(theirs).values(email=row.email))
        claimed = and_(deliveries.c.subscriber_id == subscriber.id, deliveries.c.state == DeliveryState.CLAIMED)
        # A sender that has claimed a row has read the old address: it is to be claimed anew.
        connection.execute(update(deliveries).where(claimed).values(state=DeliveryState.QUEUED, sender=None))
        agreed = Consent(subscriber.id, ConsentAction.GIVEN, now, consent.MOVED, row.words, row.locale)
        consent.record(connection, [agreed])
        self._askings.put_in(connection, NOTICE, subscriber.email, row.locale, now, subscriber_id=subscriber.id)
        return load_by_id(connection, subscriber.id)

    def _moves(self, connection: Connection, subscriber_id: int, but: str, now: datetime) -> int:
        query = select(func.count()).where(
            askings.c.subscriber_id == subscriber_id,
            askings.c.kind == Asking.MOVE.value,
            askings.c.address_hash != but,
            askings.c.asked_at > now - LETTER_EVERY,
        )
        return connection.scalar(query) or 0

    def _locale(self, locale: str) -> str:
        places = self._register.places
        return locale if locale in places.locales else places.borough.source_locale


def _checked(email: str) -> str:
    try:
        return address.checked(email)
    except ValueError as error:
        raise Refused(f"email {error}") from None
