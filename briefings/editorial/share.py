"""Share: when further senders are called to one large mailing, and what such a helper does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from briefings.delivery.claims import held
from briefings.delivery.holds import on_job
from briefings.delivery.pace import Part, left
from briefings.delivery.plan import Job
from briefings.editorial.deliver import Delivered, deliver
from briefings.editorial.desk import Desk
from briefings.editorial.publish import begun
from briefings.model.channel import Channel
from briefings.store.engine import reading


def helpers_wanted(desk: Desk, job: Job, senders: int, above: int, now: datetime) -> int:
    """Return how many more senders a mailing can do with, of `senders` in all: the one who asks is one of them.

    None for a mailing of up to `above` mails, for one that is held, and on SQLite, where one writes at a time.
    """
    if senders < 2 or desk.engine.dialect.name != "postgresql":
        return 0
    with reading(desk.engine) as connection:
        open_now = left(connection, job.briefing).get(Part(job.briefing, job.revision, Channel.EMAIL), 0)
        if open_now <= above or on_job(connection, job, now) is not None:
            return 0
        theirs = held(connection)
        at_work = connection.scalar(
            select(func.count(theirs.c.sender.distinct())).where(
                theirs.c.briefing == job.briefing, theirs.c.revision == job.revision
            )
        )
    return max(0, senders - 1 - (at_work or 0))


def lend_a_hand(desk: Desk, briefing: str, clock: Callable[[], datetime]) -> list[Delivered]:
    """Send mails of a briefing that nobody has claimed until none is left, and leave the rest to who called."""
    return [deliver(desk, job, clock, is_helper=True) for job in begun(desk, briefing=briefing)]
