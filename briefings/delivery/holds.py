"""Holds: what keeps deliveries back, who put it there, and who took it away.

A hold is on everything, on one briefing or on one mail domain. It is made by a person, or by the
sender itself (a domain that refuses us, a breaker); one without an end is lifted by a person only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, update

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

    def __str__(self) -> str:
        end = f" until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        return f"{self.scope} is held{end} by {self.made_by}: {self.reason}"


def briefing_scope(briefing: str) -> str:
    return f"briefing:{briefing}"


def domain_scope(domain: str) -> str:
    return f"domain:{domain.lower()}"


def hold(
    connection: Connection, scope: str, reason: str, by: str, now: datetime, until: datetime | None = None
) -> bool:
    """Hold a scope. Returns False where it is held already for at least as long; then nothing changes."""
    standing = [one for one in active(connection, now) if one.scope == scope]
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


def on_briefing(connection: Connection, briefing: str, now: datetime) -> Hold | None:
    """Return what keeps a whole briefing back, or None."""
    scopes = (ALL, briefing_scope(briefing))
    return next((one for one in active(connection, now) if one.scope in scopes), None)


def made(connection: Connection, scope: str, since: datetime) -> Sequence[Any]:
    """Return rows of `holds` for a scope that were made since a moment, lifted ones too, newest first."""
    query = select(holds).where(holds.c.scope == scope, holds.c.made_at >= since)
    return list(connection.execute(query.order_by(holds.c.made_at.desc(), holds.c.id.desc())))


def _active(now: datetime) -> Select[Any]:
    is_on = (holds.c.lifted_at.is_(None), or_(holds.c.until.is_(None), holds.c.until > now))
    return select(holds).where(*is_on).order_by(holds.c.made_at, holds.c.id)
