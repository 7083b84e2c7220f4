"""Answers: what an outcome of sending means for the recipient, for their domain and for us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from briefings.delivery.ledger import RESENT
from briefings.delivery.mail_status import DEAD_ADDRESS
from briefings.delivery.rows import Result, Row
from briefings.model.delivery import DeliveryState
from briefings.model.errors import OutsideError, Permanent, Uncertain

MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(minutes=5)
"""Twice as long before each further attempt, give or take a quarter: eight attempts span 21 hours."""
DOMAIN_PAUSE = timedelta(hours=1)

_ABOUT_ONE = re.compile(r"45[0-2]\b")
"""Answers that put off one recipient or message (greylisting, a full mailbox), not all of them."""
_ENHANCED = re.compile(r"[245]\d\d ([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY = re.compile(r"[45]\d\d\b")


@dataclass(frozen=True, slots=True)
class Judgement:
    """`result` is for the row. The rest says whom else it concerns.

    `is_hard`: a server refused this recipient for good. `is_unknown`: for there is no such mailbox.
    `refused_domain`: policy of the recipient's domain, it is to be left alone. `was_put_off`: the domain wants
    fewer at once. `is_the_servers`: says nothing about the recipient.
    """

    result: Result
    is_hard: bool = False
    is_unknown: bool = False
    refused_domain: bool = False
    was_put_off: bool = False
    is_the_servers: bool = False


def enhanced_code(detail: str) -> str:
    """Return the enhanced status code (RFC 3463) of a reply as we keep it; empty where it has none."""
    found = _ENHANCED.match(detail)
    return found[1] if found else ""


def judge(row: Row, error: OutsideError, now: datetime, chance: Random, *, is_urgent: bool) -> Judgement:
    """Say what an error of sending one row comes to. Nobody is blamed for what is about us."""
    text = str(error)
    if isinstance(error, Uncertain):
        if is_urgent and not row.detail.startswith(RESENT):
            return Judgement(Result(row.id, DeliveryState.QUEUED, RESENT), is_the_servers=True)
        return Judgement(Result(row.id, DeliveryState.UNCERTAIN, text), is_the_servers=True)
    code = enhanced_code(text)
    if isinstance(error, Permanent) and not code.startswith("5.7."):
        is_hard = bool(_REPLY.match(text))
        return Judgement(Result(row.id, DeliveryState.FAILED, text), is_hard, is_unknown=code in DEAD_ADDRESS)
    attempts = row.attempts + 1
    if attempts >= MAX_ATTEMPTS:
        reason = f"given up after {attempts} attempts: {text}"
        given_up = Result(row.id, DeliveryState.FAILED, reason, attempts=attempts)
        return Judgement(given_up, refused_domain=isinstance(error, Permanent))
    if row.detail.startswith(RESENT):
        text = f"{RESENT}; {text}"  # put off meanwhile, and still not to be sent a third time
    delay = FIRST_DELAY * 2**row.attempts * (0.75 + chance.random() / 2)
    if isinstance(error, Permanent):
        deferred = Result(row.id, DeliveryState.DEFERRED, text, now + max(delay, DOMAIN_PAUSE), attempts=attempts)
        return Judgement(deferred, refused_domain=True)
    deferred = Result(row.id, DeliveryState.DEFERRED, text, now + delay, attempts=attempts)
    is_about_one = bool(_ABOUT_ONE.match(str(error)))
    return Judgement(deferred, was_put_off=is_about_one, is_the_servers=not is_about_one)
