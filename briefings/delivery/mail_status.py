"""Enhanced status codes (RFC 3463): found in fields and free texts, and what each means for an address."""

from __future__ import annotations

import re

DEAD_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
"""The address does not exist and will not: no such mailbox or domain, no syntax, moved, null MX (RFC 7505)."""

_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_IN_TEXT = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3})(?![\d]|\.\d)")
"""In a free text less looks like a code: a version number does, too."""
_AFTER_REPLY = re.compile(r"\b([45])\d\d[ -]{1,3}[(#]{0,2}(\1\.[0-7]\.\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\w.,/-])(421|45[0-5]|521|55[0-6])(?=[ -]\D)")
"""Basic codes that refuse a mail (RFC 5321 4.2.3, RFC 7504), as a server says them: `550 No such user`."""
_OF_REPLY = {"452": "4.2.2", "552": "5.2.2", "556": "5.1.10"}
_GENERIC = frozenset({"", "4.0.0", "5.0.0"})

_MEANING = {
    "5.1.1": "no such mailbox",
    "5.1.2": "no such mail domain",
    "5.1.3": "the address has no valid form",
    "5.1.6": "the mailbox has moved",
    "5.1.10": "the domain takes no mail",
    "5.2.1": "the mailbox is switched off",
    "x.2.2": "the mailbox is full",
    "x.2.3": "the mail is too large for it",
    "x.4.1": "its mail server does not answer",
    "x.4.4": "no way to its mail server",
    "x.4.7": "not delivered in time",
    "x.1": "the address was refused",
    "x.2": "the mailbox cannot take it",
    "x.3": "the mail system cannot take it",
    "x.4": "the network or its mail server failed",
    "x.5": "the servers did not understand each other",
    "x.6": "the content was not accepted",
    "x.7": "refused by a policy of the receiver",
}


def meaning(status: str) -> str:
    """Say in our own words what a status means: what servers write may hold names and addresses."""
    subject_and_detail = "x" + status[1:]
    subject = subject_and_detail.rpartition(".")[0]
    for known in (status, subject_and_detail, subject):
        if known in _MEANING:
            return _MEANING[known]
    return "no reason that we know"


def is_hard(status: str) -> bool:
    """Say whether a status is final (class 5) and about the address: a policy of the receiver is not."""
    return status.startswith("5.") and not status.startswith("5.7.")


def from_fields(status: str, diagnostic: str) -> str:
    """Return the status of a report's `Status` field, or the closer one that the server's own words hold."""
    stated = _first(_ENHANCED, status)
    if stated not in _GENERIC:
        return stated
    closer = from_text(diagnostic)
    return closer if closer and closer[0] == (stated or closer)[0] else stated


def from_text(text: str, *, is_sure: bool = True) -> str:
    """Return the status in free text, of the old mail systems; empty where there is none.

    An enhanced code behind a basic one counts most, then any enhanced one, then a basic one; of a
    text that may be about anything (`is_sure` is False), the first alone.
    """
    if found := _AFTER_REPLY.search(text):
        return found[2]
    if not is_sure:
        return ""
    if enhanced := _first(_IN_TEXT, text):
        return enhanced
    reply = _first(_REPLY, text)
    return _OF_REPLY.get(reply, f"{reply[0]}.0.0") if reply else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
