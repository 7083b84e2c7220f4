"""Holds: what keeps deliveries back, who put it there, and who took it away.

A hold is on everything, on one briefing or on one mail domain. It is made by a person, or by the
sender itself (a domain that refuses us, a breaker); one without an end is lifted by a person only.
What passes a hold is decided in docs/decisions/0010: an urgent briefing passes a breaker's, and a
withdrawal notice the pause of its briefing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, update

from briefings.delivery.plan import Job
from briefings.model.delivery import NOTICE
from briefings.store.tables import holds

ALL = "all"
BREAKER = "breaker"
"""Makes the holds that only a person lifts."""


@dataclass(frozen=True)
class Hold:
    id: int
    scope: str
    reason: str
    made_by: str
    made_at: datetime
    until: datetime | None = None

    @property
    def domain(self) -> str:
        """The mail domain that is held; empty where it is not one."""
        kind, _, name = self.scope.partition(":")
        return name if kind == "domain" else ""

    @property
    def briefing(self) -> str:
        """The briefing that is held; empty where it is not one."""
        kind, _, name = self.scope.partition(":")
        return name if kind == "briefing" else ""

    @property
    def is_breakers(self) -> bool:
        return self.made_by == BREAKER

    @property
    def command(self) -> str:
        """The command by which a person takes it off."""
        what = f" {self.briefing}" if self.briefing else f" --domain {self.domain}" if self.domain else ""
        return f"briefings resume{what} --by NAME"

    def keeps_back(self, briefing: str, *, is_notice: bool = False, is_urgent: bool = False) -> bool:
        """Say whether this keeps all of a briefing's mails and posts back. A domain's hold keeps back single rows."""
        if self.is_breakers and is_urgent:
            return False
        return self.scope == ALL or (self.scope == briefing_scope(briefing) and not is_notice)

    def keeps_back_job(self, job: Job) -> bool:
        """Say whether this keeps all of a job back; see `keeps_back`."""
        is_notice = job.revision.endswith(NOTICE)
        return self.keeps_back(job.briefing, is_notice=is_notice, is_urgent=job.is_urgent)

    def __str__(self) -> str:
        end = f" until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        because = f": {self.reason}" if self.reason else ""
        what = "everything" if self.scope == ALL else self.briefing or f"mail to {self.domain}"
        return f"{what} is held{end} by {'the ' if self.is_breakers else ''}{self.made_by}{because}"


def briefing_scope(briefing: str) -> str:
    return f"briefing:{briefing}"


def domain_scope(domain: str) -> str:
    return f"domain:{domain.lower()}"


def hold(
    connection: Connection, scope: str, reason: str, by: str, now: datetime, until: datetime | None = None
) -> bool:
    """Hold a scope. Returns False where it is held already for at least as long; then nothing changes.

    A person's hold is put beside a breaker's, for it keeps more back; and a breaker's beside a
    person's, for who lifts that must learn what has happened meanwhile.
    """
    standing = [one for one in active(connection, now) if one.scope == scope and one.is_breakers == (by == BREAKER)]
    if any(one.until is None or (until is not None and one.until >= until) for one in standing):
        return False
    values = {"scope": scope, "reason": reason[:300], "made_by": by[:120], "made_at": now, "until": until}
    connection.execute(insert(holds).values(**values, lifted_at=None, lifted_by=""))
    return True


def lift(connection: Connection, scope: str, by: str, now: datetime) -> int:
    """Take every hold off a scope; return how many there were."""
    statement = update(holds).where(holds.c.scope == scope, holds.c.lifted_at.is_(None))
    statement = statement.where(or_(holds.c.until.is_(None), holds.c.until > now))
    return connection.execute(statement.values(lifted_at=now, lifted_by=by[:120])).rowcount


def active(connection: Connection, now: datetime) -> list[Hold]:
    """Return everything that is held now, oldest first."""
    return [Hold(r.id, r.scope, r.reason, r.made_by, r.made_at, r.until) for r in connection.execute(_active(now))]


def on_briefing(
    connection: Connection, briefing: str, now: datetime, *, is_notice: bool = False, is_urgent: bool = False
) -> Hold | None:
    """Return what keeps all of a briefing back, or None. `is_notice`: its withdrawal notices are meant."""
    standing = active(connection, now)
    return next((one for one in standing if one.keeps_back(briefing, is_notice=is_notice, is_urgent=is_urgent)), None)


def on_job(connection: Connection, job: Job, now: datetime) -> Hold | None:
    """Return what keeps all of a job back, or None."""
    is_notice = job.revision.endswith(NOTICE)
    return on_briefing(connection, job.briefing, now, is_notice=is_notice, is_urgent=job.is_urgent)


def concerning(connection: Connection, briefing: str, now: datetime) -> list[Hold]:
    """Return every hold that keeps some or all of a briefing back, those on mail domains too."""
    scopes = (ALL, briefing_scope(briefing))
    return [one for one in active(connection, now) if one.scope in scopes or one.domain]


def standing_against(connection: Connection, job: Job, now: datetime) -> list[Hold]:
    """Return every hold that keeps some or all of a job back."""
    return [one for one in active(connection, now) if one.domain or one.keeps_back_job(job)]


def made(connection: Connection, scope: str, since: datetime) -> Sequence[Any]:
    """Return rows of `holds` for a scope that were made since a moment, lifted ones too, newest first."""
    query = select(holds).where(holds.c.scope == scope, holds.c.made_at >= since)
    return list(connection.execute(query.order_by(holds.c.made_at.desc(), holds.c.id.desc())))


def _active(now: datetime) -> Select[Any]:
    is_on = (holds.c.lifted_at.is_(None), or_(holds.c.until.is_(None), holds.c.until > now))
    return select(holds).where(*is_on).order_by(holds.c.made_at, holds.c.id)
