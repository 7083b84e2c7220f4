"""Collecting: what came back is brought in, from every inbox that this installation has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from briefings.editorial.desk import Desk
from briefings.editorial.status import record_heartbeat
from briefings.editorial.watch import MAILBOX
from briefings.model.errors import Transient
from briefings.residents.post import Poster
from briefings.responses.collect import Collected
from briefings.responses.inboxes.imap import ImapInbox


def collect_mailbox(
    desk: Desk,
    inbox: ImapInbox | None,
    collected: Collected,
    clock: Callable[[], datetime],
    within: float | None = None,
) -> None:
    """Bring in the mail that came back, where there is a mailbox for it; what stops it is noted in `collected`.

    After `within` seconds the rest is left for the next time.
    """
    if inbox is None:
        return
    with collected.trying("mailbox"):
        if inbox.collect(collected.returned, clock, within):
            record_heartbeat(desk, MAILBOX, clock())


def post_letters(poster: Poster, clock: Callable[[], datetime]) -> Counter[str]:
    """Send the letters that residents wait for, where the site is not here to do it; return what became of them.

    Raises Transient where some still wait, as the mail server did not take them.
    """
    posted = poster.run(clock)
    if posted.trouble:
        raise Transient(f"letters to residents wait: {posted.trouble}")
    return posted.counts
