"""The ledger: claim, mark, record. It is the truth; counters are derived from it and decide nothing.

A row is claimed by one sender, marked `sending` in a statement that re-checks whether it may still
go out, sent, and recorded. A crash leaves at most the rows that were marked: those are uncertain.
A sender whose rows were taken over can neither mark nor record them: its name is not on them any more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from briefings.delivery import statements as sql
from briefings.delivery.claims import forget_done, held_ids, stretches
from briefings.delivery.holds import Hold, briefing_scope
from briefings.delivery.hot import HotPostgres, hot_connection
from briefings.delivery.journal import Journal
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result, Row
from briefings.model.channel import Channel
from briefings.model.delivery import base_revision
from briefings.model.errors import Refused
from briefings.store.engine import writing
from briefings.store.tables import deliveries

REPLACED = "withdrawn, or replaced by a correction"
RESENT = "sent again after a crash: urgent"
GONE = "no longer subscribed"
PAUSED = "paused by the subscriber"


class LeaseLost(Refused):
    """This sender was silent for longer than its lease, and another one has taken over what it had."""

    def __init__(self) -> None:
        super().__init__("this sender was silent for too long, and another one has taken over: it stops")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a transaction came to: the rows that are marked, and how many results counted.

    `held` says why the whole job is held, if it is; `held_domains` are the mail domains that are.
    """

    may: frozenset[int] = frozenset()
    recorded: int = 0
    held: str = ""
    held_domains: frozenset[str] = frozenset()


class Ledger:
    """One sender's view of the ledger; for one thread at a time, but `claim` may run beside all else on PostgreSQL.

    `leased`: the sender has a row in `senders`.
    """

    def __init__(self, engine: Engine, sender: str, journal: Journal | None = None, *, leased: bool = False) -> None:
        self.engine = engine
        self.sender = sender
        self._journal = journal
        self._leased = leased
        self._hot = hot_connection(engine)
        self._claims = self._hot if self._hot.is_sqlite else hot_connection(engine)
        self._claimed_up_to: dict[tuple[str, str, Channel], int] = {}

    def hurry(self, is_impatient: bool = True) -> None:
        """Say whether a turn is to fail at once where something is locked, as who calls has other things to do.

        It is until `release`, or until this is called again. Raises what `turn` raises.
        """
        self._hot.hurry(is_impatient)

    @property
    def is_quick(self) -> bool:
        """True where the database is on this machine, and asking it takes no time to speak of."""
        return self._hot.is_sqlite

    def claim(self, job: Job, channel: Channel, limit: int, now: datetime, without: Collection[str] = ()) -> list[Row]:
        """Claim up to `limit` rows that are waiting, in the order of the plan; other senders' rows are left alone.

        It looks on behind what it claimed before, and at the beginning again where nothing more is there: a database
        that keeps old versions of rows (PostgreSQL) would step over more of them each time.
        `without` are mail domains to leave waiting. Raises LeaseLost.
        """
        hot, part = self._claims, (job.briefing, job.revision, channel)
        values = {
            "sender": self.sender, "now": hot.moment(now), "briefing": job.briefing, "revision": job.revision,
            "channel": str(channel), "domains": hot.values(sorted(without)),
        }  # fmt: skip
        behind = self._claimed_up_to.get(part, 0)
        with hot.transaction():
            if self._leased and not hot.column(sql.IS_SENDER, values):
                raise LeaseLost
            found = hot.claim({**values, "after": behind, "limit": limit}, without_domains=bool(without))
            last = found[-1][0] if found else behind
            if behind and len(found) < limit:
                rest = {**values, "after": 0, "limit": limit - len(found)}
                found = hot.claim(rest, without_domains=bool(without)) + found
            hot.rows(sql.FORGET_DONE, values)
            for first_id, last_id in stretches([row[0] for row in found]):
                hot.rows(sql.KEEP_CLAIM, {"sender": self.sender, "first_id": first_id, "last_id": last_id})
        self._claimed_up_to[part] = last
        return [Row._make(row) for row in found]

    def turn(self, results: Sequence[Result], rows: Sequence[Row], job: Job, now: datetime) -> Turn:
        """Record results and mark rows as `sending`, durably, in one transaction.

        A row that was taken over in the meantime is not written: its new owner decides. One
        statement checks and marks: who unsubscribed before its commit is not mailed, and nothing
        goes out that is not what is published now. Rows that may not go out are settled as suppressed,
        expired or cancelled; what is held goes back.
        """
        hot = self._hot
        written = [self._written(result) for result in results]
        generation, recorded, marked = 0, 0, Turn()
        early: frozenset[int] = frozenset()
        if isinstance(hot, HotPostgres) and rows and (job.expires_at is None or now < job.expires_at):
            values = {**self._values(job, now), "ids": hot.values([row.id for row in rows])}
            ids, generation, recorded = hot.turn_at_once(written, values)
            early = frozenset(ids)
            written, rows = [], [row for row in rows if row.id not in early]
        if written or rows:
            with hot.transaction():
                if written:
                    recorded = hot.record(written, self.sender, now)
                if rows:
                    marked = self._mark(rows, job, now)
                if marked.may and self._journal is not None:
                    (generation,) = hot.column(sql.COUNT_WRITE, {"journal": self._journal.id})
        if generation and self._journal is not None:
            self._journal.note(generation)
        return Turn(marked.may | early, recorded, marked.held, marked.held_domains)

    def _values(self, job: Job, now: datetime) -> dict[str, Any]:
        hot = self._hot
        return {
            "sender": self.sender,
            "now": hot.moment(now),
            "briefing": job.briefing,
            "base": base_revision(job.revision),
            "places": hot.values([f"region:{job.region}", *(f"ward:{ward}" for ward in job.wards)]),
            "replaced": REPLACED,
            "gone": GONE,
            "paused": PAUSED,
            "moved": f"no longer follows {job.region}",
            "scope": briefing_scope(job.briefing),
            "journal": self._journal.id if self._journal is not None else "",
        }

    def _mark(self, rows: Sequence[Row], job: Job, now: datetime) -> Turn:
        hot, values = self._hot, self._values(job, now)
        standing = [Hold(0, scope, reason, by, now) for scope, reason, by in hot.rows(sql.HOLDS, values)]
        held, domains = _held(standing, job)
        back = [row.id for row in rows if held or row.domain in domains]
        if back:
            hot.rows(sql.PUT_BACK, {**values, "ids": hot.values(back)})
        ids = [row.id for row in rows if not held and row.domain not in domains]
        if ids and job.expires_at is not None and now >= job.expires_at:
            hot.rows(sql.EXPIRE, {**values, "ids": hot.values(ids), "detail": "the briefing expired"})
            ids = []
        may = frozenset(hot.column(sql.MARK, {**values, "ids": hot.values(ids)}) if ids else ())
        if len(may) < len(ids):
            hot.rows(sql.SETTLE, {**values, "ids": hot.values([id for id in ids if id not in may])})
        return Turn(may, 0, held, domains)

    def _written(self, result: Result) -> dict[str, Any]:
        return {
            "id": result.id, "state": str(result.state), "detail": result.detail[:300],
            "not_before": self._hot.moment(result.not_before),
            "remote_id": result.remote_id, "attempts": result.attempts,
        }  # fmt: skip

    def release(self, now: datetime) -> None:
        """Put back what this sender claimed and did not start."""
        self.close()
        self._hot.hurry(False)
        with writing(self.engine) as connection:
            connection.execute(
                deliveries.update()
                .where(
                    deliveries.c.sender == self.sender,
                    deliveries.c.state == "claimed",
                    deliveries.c.id.in_(held_ids(connection, [self.sender])),
                )
                .values(state="queued", sender=None, changed_at=now)
            )
            forget_done(connection)

    def remember(self, row_id: int, remote_id: str, now: datetime) -> None:
        """Keep what a channel already did for a row that is not finished (posts of a thread)."""
        with writing(self.engine) as connection:
            connection.execute(
                deliveries.update()
                .where(deliveries.c.id == row_id, deliveries.c.sender == self.sender)
                .values(remote_id=remote_id, changed_at=now)
            )

    def close(self) -> None:
        """Give the ledger's connections back."""
        self._hot.close()
        self._claims.close()
        self._claimed_up_to.clear()


def _held(standing: Sequence[Hold], job: Job) -> tuple[str, frozenset[str]]:
    """Return why a job is held (empty: it is not), and which mail domains are."""
    first = next((one for one in standing if one.keeps_back_job(job)), None)
    domains = frozenset(one.domain for one in standing if one.domain)
    return (f"held by {first.made_by}: {first.reason}" if first is not None else ""), domains
