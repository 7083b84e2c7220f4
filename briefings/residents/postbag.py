"""The postbag: which askings wait, what letter each gets, and the mark that it is being sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, exists, func, or_, select, update

from briefings.delivery.holds import ALL, active
from briefings.residents.asking import LETTER_EVERY, NOTICE, VALID_FOR, Asking, Letter
from briefings.store.engine import reading, writing
from briefings.store.people import askings
from briefings.subscribers.enrol import load, load_by_id
from briefings.subscribers.register import Register
from briefings.subscribers.suppression import hold_register

BATCH = 100
AT_ONCE = 4
"""Letters that are marked together: a crash loses no more than these, which can be asked for again."""
GIVE_UP_AFTER = timedelta(days=1)
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Marked:
    """A letter that may go out now, once. `row` is that of `askings` as it was; `subscriber_id` whom it concerns."""

    row: Row[Any]
    letter: Letter
    subscriber_id: int
    looked_at: datetime


class Postbag:
    def __init__(self, register: Register, may_mail: Callable[[str], bool], letters_per_hour: int) -> None:
        """Open the postbag; letters over `letters_per_hour`, of all posters together, wait."""
        self.engine: Engine = register.engine
        self._register = register
        self._may_mail = may_mail
        self._letters_per_hour = letters_per_hour

    def has_waiting(self, now: datetime) -> bool:
        with reading(self.engine) as connection:
            return bool(connection.scalar(select(exists().where(_waits(now)))))

    def mark(self, now: datetime) -> tuple[list[Marked], int]:
        """Look at up to BATCH askings; return the letters to send, each marked as sent, and how many were looked at.

        No more than AT_ONCE letters: the others wait for the next time.

        The marks are durable when this returns.
        """
        with writing(self.engine) as connection:
            hold_register(connection)  # one poster at a time, and nobody subscribes or leaves meanwhile
            standing = active(connection, now)
            if any(one.scope == ALL for one in standing):
                return [], 0
            domains = {one.domain for one in standing if one.domain}
            room = self._room(connection, now)
            if room <= 0:  # before anything is looked up: this is asked every second, and writers wait for it
                return [], 0
            found: list[Marked] = []
            looked_at = 0
            for row in connection.execute(select(askings).where(_waits(now)).order_by(askings.c.asked_at).limit(BATCH)):
                if row.email.rpartition("@")[2] in domains:
                    self._let_wait(connection, row, now)
                    continue
                letter, subscriber_id = self._decide(connection, row, now)
                if letter and len(found) >= min(room, AT_ONCE):
                    continue
                looked_at += 1
                kept = {} if letter else {"email": None}
                looked = {"looked_at": now, "letter": letter.value, **kept}
                connection.execute(update(askings).where(askings.c.id == row.id).values(looked))
                if letter:
                    found.append(Marked(row, letter, subscriber_id, now))
            return found, looked_at

    def put_back(self, one: Marked, now: datetime) -> None:
        """Let a letter wait that surely was not sent; after a day of trying it is given up."""
        age = now - one.row.asked_at
        delay = min(max(age, FIRST_DELAY), LONGEST_DELAY)  # twice the age each time
        back: dict[str, Any] = {"looked_at": None, "letter": "", "not_before": now + delay}
        if age >= GIVE_UP_AFTER:
            back = {"letter": "", "email": None}
        self._write(one, back)

    def done(self, one: Marked, was_refused: bool = False) -> None:
        """Forget the address where there is nothing to confirm, or nobody to do it."""
        if one.letter is not Letter.CONFIRM or was_refused:
            self._write(one, {"email": None})

    def purge(self, now: datetime) -> int:
        """Delete what is older than a link is good for, confirmed or not; return how many that were."""
        with writing(self.engine) as connection:
            since = func.coalesce(askings.c.looked_at, askings.c.asked_at, type_=askings.c.asked_at.type)
            return connection.execute(delete(askings).where(since <= now - VALID_FOR)).rowcount

    def _write(self, one: Marked, values: dict[str, Any]) -> None:
        with writing(self.engine) as connection:
            is_ours = and_(askings.c.id == one.row.id, askings.c.looked_at == one.looked_at)
            connection.execute(update(askings).where(is_ours).values(values))

    def _let_wait(self, connection: Connection, row: Row[Any], now: datetime) -> None:
        """Let others go first."""
        later = {"not_before": now + FIRST_DELAY}
        connection.execute(update(askings).where(askings.c.id == row.id).values(later))

    def _room(self, connection: Connection, now: datetime) -> int:
        query = select(func.count()).where(askings.c.letter != "", askings.c.looked_at > now - timedelta(hours=1))
        return self._letters_per_hour - (connection.scalar(query) or 0)

    def _decide(self, connection: Connection, row: Row[Any], now: datetime) -> tuple[Letter, int]:
        """Return which letter an asking gets, and the subscriber whom it concerns (0: nobody who is known)."""
        nothing = Letter.NONE, 0
        reason = self._register.suppressions.reason(connection, row.email)
        if (reason is not None and not reason.ends_by_own_wish) or not self._may_mail(row.email):
            return nothing
        if row.kind == NOTICE:
            return Letter.MOVED, row.subscriber_id or 0
        if connection.scalar(select(exists().where(_has_letter_out(row, now)))):
            return nothing
        known = load(connection, [row.email]).get(row.email)
        is_active = known is not None and known.is_active
        if row.kind == Asking.LINK:
            return (Letter.LINK, known.id) if known is not None and is_active else nothing
        if known is not None and is_active:
            return Letter.ALREADY, known.id
        if row.kind == Asking.MOVE:
            mover = load_by_id(connection, row.subscriber_id)
            return (Letter.CONFIRM, mover.id) if mover is not None and mover.is_active else nothing
        return Letter.CONFIRM, 0


def _waits(now: datetime) -> Any:
    return and_(askings.c.looked_at.is_(None), or_(askings.c.not_before.is_(None), askings.c.not_before <= now))


def _has_letter_out(row: Row[Any], now: datetime) -> Any:
    """An address has had a letter today, of another kind, of which nobody has confirmed that it was welcome."""
    return and_(
        askings.c.address_hash == row.address_hash,
        askings.c.id != row.id,
        askings.c.letter.not_in(("", Letter.MOVED.value)),
        askings.c.looked_at > now - LETTER_EVERY,
        askings.c.confirmed_at.is_(None),
    )
