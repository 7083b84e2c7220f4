"""Control: a person pauses, resumes or cancels what goes out, at any moment and from any process."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from briefings.delivery.cancel import being_sent, call_off, called_off
from briefings.delivery.holds import ALL, BREAKER, Hold, active, briefing_scope, domain_scope, hold, lift
from briefings.delivery.pace import left
from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.status import known_briefings
from briefings.log import event
from briefings.model.errors import Refused
from briefings.store.engine import reading, writing
from briefings.subscribers.address import checked

PATIENCE = 60.0
"""Seconds for which `cancel` waits, by the wall clock, for what is on its way to arrive or come back."""

_ADDRESS = re.compile(r"\S@\S")


@dataclass(frozen=True)
class Paused:
    """`holds` stand on the scope now. `waiting` counts what is not settled: of the briefing, or of all."""

    holds: Sequence[Hold]
    is_new: bool
    waiting: int


@dataclass(frozen=True)
class Resumed:
    """`lifted` were taken off; `others` still keep something of the same back."""

    lifted: Sequence[Hold]
    others: Sequence[Hold]
    waiting: int


@dataclass(frozen=True)
class Cancelled:
    """`counts` were cancelled, by channel; `being_sent` were on their way all the time and may still arrive."""

    counts: Mapping[str, int]
    being_sent: int
    holds: Sequence[Hold]


def pause(desk: Desk, by: str, now: datetime, briefing: str = "", domain: str = "", reason: str = "") -> Paused:
    """Keep back a briefing, mail to a domain, or without either everything, until a person resumes it.

    A sender that is at work stops at its next mail. Raises Refused with the reason.
    """
    scope, name, why = _scope(desk, briefing, domain), _name(by), _reason(reason)
    with writing(desk.engine) as connection:
        is_new = hold(connection, scope, why, name, now)
        holds = [one for one in active(connection, now) if one.scope == scope]
        waiting = sum(left(connection, briefing).values())
    event("control.paused", scope=scope, waiting=waiting)
    return Paused(holds, is_new, waiting)


def resume(desk: Desk, by: str, now: datetime, briefing: str = "", domain: str = "") -> Resumed:
    """Take every hold off a briefing, a domain or everything, a breaker's too. Raises Refused where there is none."""
    scope, name = _scope(desk, briefing, domain), _name(by)
    with writing(desk.engine) as connection:
        standing = active(connection, now)
        lifted = [one for one in standing if one.scope == scope]
        others = [one for one in standing if one.scope != scope and _also_keeps(one, briefing)]
        if not lift(connection, scope, name, now):
            elsewhere = "".join(f"; {one}: {one.command!r}" for one in others)
            raise Refused(f"{briefing or domain or 'everything'} is not held{elsewhere}")
        waiting = sum(left(connection, briefing).values())
    event("control.resumed", scope=scope, waiting=waiting)
    return Resumed(lifted, others, waiting)


def cancel(
    desk: Desk, briefing: str, by: str, reason: str, clock: Callable[[], datetime], patience: float = PATIENCE
) -> Cancelled:
    """Call off for good what has not gone out of a briefing, on every channel; pages and feeds stay.

    What is on its way is waited for, up to `patience` seconds: what comes back is cancelled as well.
    Raises Refused with the reason.
    """
    scope, name, why, began = _scope(desk, briefing, ""), _name(by), _reason(reason), clock()
    with reading(desk.engine) as connection:
        _check_cancel(connection, briefing)
    deadline = time.monotonic() + patience
    while True:
        with writing(desk.engine) as connection:
            call_off(connection, briefing, name, why, clock())
            on_its_way = being_sent(connection, briefing)
            counts = called_off(connection, briefing, began)
            holds = [one for one in active(connection, clock()) if one.scope == scope]
        if not on_its_way or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    event("control.cancelled", briefing=briefing, rows=sum(counts.values()), being_sent=on_its_way)
    return Cancelled(counts, on_its_way, holds)


def _check_cancel(connection: Connection, briefing: str) -> None:
    published = records.publication(connection, briefing)
    if published is None:
        raise Refused(f"{briefing} was not published: nothing of it is under way")
    if published.withdrawn_at is not None:
        raise Refused(
            f"{briefing} was withdrawn: what had not gone out was cancelled then, and the notices are not called off"
        )
    if not left(connection, briefing):
        raise Refused(
            f"nothing of {briefing} waits to go out: 'briefings withdraw {briefing}' takes back what went out"
        )


def _scope(desk: Desk, briefing: str, domain: str) -> str:
    if briefing and domain:
        raise Refused("name a briefing or a domain, not both")
    if domain:
        try:
            return domain_scope(checked(f"postmaster@{domain}").rpartition("@")[2])
        except ValueError:
            raise Refused(f"{domain!r} is not a mail domain: write it as example.org") from None
    if briefing and briefing not in known_briefings(desk):
        raise Refused(f"there is no briefing {briefing}: 'briefings status' lists them")
    return briefing_scope(briefing) if briefing else ALL


def _also_keeps(one: Hold, briefing: str) -> bool:
    """Say whether a hold on something else is worth a word to who resumes a briefing, a domain or everything."""
    return bool(one.domain) or one.scope == ALL or not briefing


def _name(by: str) -> str:
    name = " ".join(by.split())
    if not name or name.casefold() == BREAKER or _ADDRESS.search(name):
        raise Refused("--by takes the name of a person (not an address), who answers for it")
    return name


def _reason(reason: str) -> str:
    text = " ".join(reason.split())
    if _ADDRESS.search(text):
        raise Refused("leave addresses out of the reason: it is kept, and shown to everybody who looks")
    return text
