"""The register: who subscribes to what. Every change is one transaction with its consent record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, Engine, func, select, update

from briefings.model.errors import Refused
from briefings.model.place import Places
from briefings.store.engine import reading, writing
from briefings.store.people import subscribers
from briefings.subscribers import consent
from briefings.subscribers.address import is_tombstone, normalised
from briefings.subscribers.consent import Consent, ConsentAction
from briefings.subscribers.ending import end_by_own_wish
from briefings.subscribers.enrol import BATCH, Enrolled, Outcome, enrol, load, load_by_id, rechoose
from briefings.subscribers.subscriber import Choices, Enrolment, Subscriber, checked_choices, checked_enrolment
from briefings.subscribers.suppression import SuppressionReason, Suppressions, hold_register


@dataclass(frozen=True)
class Counts:
    """`active` may be mailed, `pending` have not confirmed, `ended` are kept for the record."""

    active: int
    pending: int
    ended: int


class Register:
    def __init__(self, engine: Engine, places: Places, secret: bytes) -> None:
        """Open the register; `secret` keys the hashes of suppressed addresses."""
        self.engine = engine
        self.places = places
        self.suppressions = Suppressions(secret)

    def add(self, enrolment: Enrolment, now: datetime, *, own_wish: bool = False) -> tuple[Subscriber, Outcome]:
        """Subscribe a person, or change the choices of one who is known already.

        `own_wish` says that the person asks themself, just now: only then may someone who
        unsubscribed come back. Raises Refused for what may not be stored, naming the field.
        """
        wish = checked_enrolment(enrolment, self.places, now)
        with writing(self.engine) as connection:
            (answer,) = enrol(connection, self.suppressions, [wish], now, own_wish=own_wish)
            if answer.outcome is Outcome.REFUSED:
                raise Refused(answer.reason)
            return load(connection, [wish.email])[wish.email], answer.outcome

    def add_all(self, enrolments: Iterable[Enrolment], now: datetime) -> dict[Outcome, int]:
        """Subscribe many, in batches; returns how many had which outcome.

        Raises Refused for one that may not be stored: its batch is not taken, earlier ones are.
        An address that stands twice in one batch counts once, with the choices that came last.
        """
        counts = dict.fromkeys(Outcome, 0)
        wishes = (checked_enrolment(enrolment, self.places, now) for enrolment in enrolments)
        while batch := {wish.email: wish for wish in islice(wishes, BATCH)}:
            for answer in self.enrol_batch(list(batch.values()), now):
                counts[answer.outcome] += 1
        return counts

    def enrol_batch(self, checked: list[Enrolment], now: datetime) -> list[Enrolled]:
        """Write up to BATCH checked enrolments with different addresses in one transaction."""
        with writing(self.engine) as connection:
            return enrol(connection, self.suppressions, checked, now)

    def confirm(self, subscriber_id: int, source: str, words: str, now: datetime) -> Subscriber | None:
        """Record that a person confirmed their sign-up: from now on they are mailed. Idempotent.

        Returns None where there is no such subscriber or they have ended since. Raises Refused
        where the address is suppressed for more than an unsubscribe.
        """
        with writing(self.engine) as connection:
            hold_register(connection)
            subscriber = load_by_id(connection, subscriber_id)
            if subscriber is None or subscriber.ended_at is not None or subscriber.is_active:
                return subscriber if subscriber is not None and subscriber.is_active else None
            reason = self.suppressions.reason(connection, subscriber.email)
            if reason is not None and not reason.ends_by_own_wish:
                raise Refused(f"this address is suppressed ({reason.value}) until the suppression is lifted")
            self.suppressions.lift(connection, subscriber.email)
            connection.execute(update(subscribers).where(subscribers.c.id == subscriber_id).values(confirmed_at=now))
            given = Consent(subscriber_id, ConsentAction.GIVEN, now, source, words, subscriber.choices.locale)
            consent.record(connection, [given])
            return load_by_id(connection, subscriber_id)

    def choose(self, subscriber_id: int, choices: Choices) -> Subscriber | None:
        """Replace a subscriber's choices; None where there is nobody to change. Raises Refused."""
        checked = checked_choices(choices, self.places)
        with writing(self.engine) as connection:
            hold_register(connection)
            subscriber = load_by_id(connection, subscriber_id)
            if subscriber is None or subscriber.ended_at is not None:
                return None
            rechoose(connection, subscriber_id, checked)
            return load_by_id(connection, subscriber_id)

    def unsubscribe(self, who: int | str, reason: str, now: datetime) -> Subscriber | None:
        """End a subscription, by id or address, and suppress the address. Idempotent.

        `reason` says how it came about (`one-click`, `by phone`). Returns None for somebody unknown.
        """
        with writing(self.engine) as connection:
            hold_register(connection)
            subscriber = load_by_id(connection, who) if isinstance(who, int) else _by_email(connection, who)
            if subscriber is None or subscriber.ended_at is not None:
                return subscriber
            wish = SuppressionReason.UNSUBSCRIBED
            end_by_own_wish(connection, self.suppressions, subscriber.id, wish, reason, now)
            return load_by_id(connection, subscriber.id)

    def suppress(self, address: str, reason: SuppressionReason, now: datetime) -> None:
        """Never mail an address again, whether it is known or not."""
        with writing(self.engine) as connection:
            self.suppressions.suppress(connection, address, reason, now)

    def lift(self, address: str) -> bool:
        """Take a suppression away; the subscription stays ended. Returns False where there was none."""
        with writing(self.engine) as connection:
            return self.suppressions.lift(connection, address)

    def get(self, subscriber_id: int) -> Subscriber | None:
        with reading(self.engine) as connection:
            return load_by_id(connection, subscriber_id)

    def find(self, email: str) -> Subscriber | None:
        with reading(self.engine) as connection:
            return _by_email(connection, email)

    def consents(self, subscriber_id: int) -> tuple[Consent, ...]:
        """Return a subscriber's consent records, oldest first."""
        with reading(self.engine) as connection:
            return consent.history(connection, subscriber_id)

    def count(self) -> Counts:
        ended, confirmed = subscribers.c.ended_at.is_not(None), subscribers.c.confirmed_at.is_not(None)
        number = func.count()
        with reading(self.engine) as connection:
            row = connection.execute(
                select(
                    number.filter(~ended, confirmed), number.filter(~ended, ~confirmed), number.filter(ended)
                ).select_from(subscribers)
            ).one()
        return Counts(*row)


def _by_email(connection: Connection, email: str) -> Subscriber | None:
    wanted = normalised(email)
    return None if is_tombstone(wanted) else load(connection, [wanted]).get(wanted)
