"""The breaker: a mailing that so many servers refuse is stopped, and only a person lets it go on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from briefings.delivery.holds import BREAKER, briefing_scope, hold
from briefings.delivery.plan import Job
from briefings.delivery.standing import of
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store.tables import deliveries, holds

SHARE = 0.05
FEWEST = 10
"""So many hard failures it takes at least: two of thirty are no pattern."""


class Breaker:
    """Counts one job's hard failures against all that was tried since a person last let it go on."""

    def __init__(self, sent: int = 0, failed: int = 0) -> None:
        self.sent = sent
        self.failed = failed

    @classmethod
    def of(cls, connection: Connection, job: Job) -> Breaker:
        """Count from the ledger."""
        is_this = (holds.c.scope == briefing_scope(job.briefing), holds.c.made_by == BREAKER)
        lifted = connection.scalar(select(func.max(holds.c.lifted_at)).where(*is_this))
        states = (DeliveryState.SENT, DeliveryState.FAILED)
        query = select(deliveries.c.state, func.count()).where(
            of(job), deliveries.c.channel == str(Channel.EMAIL), deliveries.c.state.in_(states)
        )  # fmt: skip
        if lifted is not None:
            query = query.where(deliveries.c.changed_at > lifted)
        found = {row[0]: row[1] for row in connection.execute(query.group_by(deliveries.c.state))}
        return cls(found.get("sent", 0), found.get("failed", 0))

    @property
    def is_open(self) -> bool:
        """True where nothing more may go out."""
        return self.failed >= FEWEST and self.failed > SHARE * (self.sent + self.failed)

    def trip(self, connection: Connection, job: Job, now: datetime) -> str:
        """Hold the briefing until a person lets it go on; return the reason."""
        reason = (
            f"{self.failed} of {self.sent + self.failed} recipients were refused for good, more than {SHARE:.0%}: look "
            "at the list and at the mail server"
        )
        hold(connection, briefing_scope(job.briefing), reason, BREAKER, now)
        return reason
