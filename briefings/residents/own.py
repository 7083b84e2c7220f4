"""Their own: what somebody may do who holds a link to their preferences, without a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from briefings.model.errors import Refused
from briefings.residents.erasing import erase
from briefings.residents.held import held
from briefings.residents.leavings import count_leaving
from briefings.store.engine import reading, writing
from briefings.store.people import subscribers
from briefings.subscribers import consent
from briefings.subscribers.consent import Consent, ConsentAction
from briefings.subscribers.enrol import load_by_id
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Subscriber
from briefings.subscribers.suppression import hold_register
from briefings.subscribers.tokens import TokenPurpose, Tokens

LEFT, CAME_BACK = "preferences page", "came back after leaving"
LONGEST_PAUSE = timedelta(days=366)
UNDO_WITHIN = timedelta(hours=24)
"""For so long after leaving, a person may come back by the page that they left by."""


@dataclass(frozen=True)
class Person:
    """Who holds a link. `since` is when they signed up; `consents` say why they get this, oldest first.

    Somebody who has left is a Person too: `subscriber.is_active` is False then. While paused, `paused_until` is the
    day on which mail begins again, in the borough's zone.
    """

    subscriber: Subscriber
    paused_until: date | None
    since: datetime
    consents: tuple[Consent, ...]


class Own:
    """Every method takes the token of a link; one that is unknown, or of somebody erased, gets None or False."""

    def __init__(self, register: Register, secret: bytes, folders: Sequence[Path] = ()) -> None:
        """`folders` are those that an erasure clears too: see `erasing.erase`."""
        self._register = register
        self._engine = register.engine
        self._secret = secret
        self._tokens = Tokens(secret)
        self._folders = folders

    def person(self, token: str) -> Person | None:
        subscriber_id = self._id(token)
        if subscriber_id is None:
            return None
        with reading(self._engine) as connection:
            return self._person(connection, subscriber_id)

    def choose(self, token: str, choices: Choices) -> Person | None:
        """Replace the choices; None also for somebody who has left. Raises Refused naming the field."""
        subscriber_id = self._id(token)
        if subscriber_id is None or self._register.choose(subscriber_id, choices) is None:
            return None
        return self.person(token)

    def pause(self, token: str, until: date | None, now: datetime) -> Person | None:
        """Mail nothing before a day in the borough's zone; None takes a pause back.

        Returns None also for somebody who has left. Raises Refused for a day that is not ahead, or more than a year.
        """
        subscriber_id, zone = self._id(token), self._register.places.borough.zone
        today = now.astimezone(zone).date()
        if until is not None and not today < until <= today + LONGEST_PAUSE:
            raise Refused("until must be a day from tomorrow to a year from now")
        moment = None if until is None else datetime.combine(until, time(), zone)
        with writing(self._engine) as connection:
            hold_register(connection)
            known = load_by_id(connection, subscriber_id)
            if known is None or not known.is_active:
                return None
            theirs = subscribers.c.id == known.id
            connection.execute(update(subscribers).where(theirs).values(paused_until=moment))
            return self._person(connection, known.id)

    def leave(self, token: str, reason: str, now: datetime) -> Person | None:
        """End all mail at once. `reason` is one of LEAVING_REASONS or empty, and is counted without the person.

        A second time changes nothing. Raises Refused for another reason.
        """
        subscriber_id = self._id(token)
        before = self._register.get(subscriber_id) if subscriber_id is not None else None
        if before is None:
            return None
        count_leaving(self._engine, reason if before.ended_at is None else "", now)
        self._register.unsubscribe(before.id, LEFT, now)
        return self.person(token)

    def come_back(self, token: str, now: datetime) -> Person | None:
        """Undo leaving, within UNDO_WITHIN of it; the token of an unsubscribe link does it as well.

        Returns None where it is too late, and where the subscription ended otherwise: only a new sign-up, or nothing,
        brings those back. Somebody who has not left is returned as they are.
        """
        subscriber_id = self._id(token) or self._tokens.read(TokenPurpose.UNSUBSCRIBE, token)
        with writing(self._engine) as connection:
            hold_register(connection)
            known = load_by_id(connection, subscriber_id)
            if known is None or known.is_active:
                return self._person(connection, known.id) if known else None
            if known.ended_at is None or known.confirmed_at is None or known.ended_at < now - UNDO_WITHIN:
                return None
            suppressions = self._register.suppressions
            reason = suppressions.reason(connection, known.email)
            if reason is not None and not reason.ends_by_own_wish:
                return None
            suppressions.lift(connection, known.email)
            again = {"ended_at": None, "end_reason": None}
            connection.execute(update(subscribers).where(subscribers.c.id == known.id).values(again))
            given = [one for one in consent.history(connection, known.id) if one.action is ConsentAction.GIVEN]
            words = given[-1].words if given else ""
            record = Consent(known.id, ConsentAction.GIVEN, now, CAME_BACK, words, known.choices.locale)
            consent.record(connection, [record])
            return self._person(connection, known.id)

    def held(self, token: str) -> dict[str, Any] | None:
        """Return everything that is held about them, ready for JSON. Responses are anonymous: nobody's."""
        subscriber_id = self._id(token)
        return None if subscriber_id is None else held(self._engine, subscriber_id)

    def erase(self, token: str, now: datetime) -> bool:
        """Erase them for good; see `erasing.erase`. Returns False where there is nobody, a second time too."""
        subscriber_id = self._id(token)
        if subscriber_id is None:
            return False
        return erase(self._register, self._secret, subscriber_id, self._folders, now)

    def _id(self, token: str) -> int | None:
        return self._tokens.read(TokenPurpose.PREFERENCES, token)

    def _person(self, connection: Connection, subscriber_id: int) -> Person | None:
        subscriber = load_by_id(connection, subscriber_id)
        if subscriber is None:
            return None
        columns = select(subscribers.c.paused_until, subscribers.c.created_at)
        row = connection.execute(columns.where(subscribers.c.id == subscriber_id)).one()
        until = row.paused_until.astimezone(self._register.places.borough.zone).date() if row.paused_until else None
        return Person(subscriber, until, row.created_at, consent.history(connection, subscriber_id))
