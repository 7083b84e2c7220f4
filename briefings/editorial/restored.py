"""Restored: a person decides what becomes of the mail that waits in a database that was restored from a copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from briefings.delivery.holds import briefing_scope, hold
from briefings.delivery.journal import Journal
from briefings.delivery.takeover import hold_after_restore
from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.log import event
from briefings.model.errors import Refused
from briefings.store.engine import writing

MADE_BY = "the restore"


@dataclass(frozen=True)
class Confirmed:
    """`uncertain` counts mails that are not sent; `held` names briefings that the copy knows as never begun."""

    uncertain: int = 0
    held: tuple[str, ...] = ()


def confirm_restored(desk: Desk, now: datetime, *, send: bool) -> Confirmed:
    """Take a restored database as it is, so that it can be sent from again.

    With `send` what waits is sent, perhaps for the second time. Without, it is called uncertain, and
    briefings whose time came before `now` are held until a person resumes them: the copy cannot know
    whether they went out. Raises Refused where the database is not older than what was sent.
    """
    with Journal(desk.lock_folder) as journal, writing(desk.engine) as connection:
        if not journal.is_ahead(connection):
            raise Refused("the database is not older than what was sent from this data folder: there is nothing to do")
        confirmed = Confirmed()
        if not send:
            begun = [row for row in records.approved_revisions(connection) if row.publish_at <= now]
            held = sorted({row.briefing for row in begun if records.publication(connection, row.briefing) is None})
            for briefing in held:
                reason = "it may have gone out before the database was restored from a copy"
                hold(connection, briefing_scope(briefing), reason, MADE_BY, now)
            confirmed = Confirmed(hold_after_restore(connection, now), tuple(held))
        journal.accept(connection)
    event("ledger.restored", send=send, uncertain=confirmed.uncertain, held=len(confirmed.held))
    return confirmed
