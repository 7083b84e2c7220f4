"""Simulated recipients: addresses at which a sender can see what each kind of mail server does to it.

The local part decides, whatever the domain; `+anything` behind it makes many of a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum


class Simulator(StrEnum):
    OK = "ok"
    """Takes every mail, as any other address does."""
    TEMP_FAIL = "temp-fail"
    """Refuses every mail for now."""
    PERM_FAIL = "perm-fail"
    """Refuses every mail for good: no such mailbox."""
    GREYLIST = "greylist"
    """Refuses what an envelope sender sends there first, and takes it when it is tried again."""
    SLOW = "slow"
    """Takes a mail and is slow to say so."""
    DROP = "drop"
    """Takes a mail and hangs up without saying so: the sender cannot know. The mail is kept, so it did arrive."""
    BOUNCE = "bounce"
    """Takes a mail, and reports later that it could not be delivered (RFC 3464)."""
    COMPLAIN = "complain"
    """Takes a mail, and reports later that its reader calls it unwanted (RFC 5965)."""


_REFUSALS = {
    Simulator.TEMP_FAIL: "451 4.3.0 Simulated: not now, try again later",
    Simulator.PERM_FAIL: "550 5.1.1 Simulated: no such mailbox",
}
_GREYLISTED = "450 4.2.0 Simulated: greylisted, try again later"

SLOW_S = 5.0
"""Seconds that `slow@` waits with its answer to a mail."""


def simulator_of(address: str) -> Simulator | None:
    """Return which simulator an envelope recipient is; None for any other address.

    >>> simulator_of("Slow+7@example.org")
    <Simulator.SLOW: 'slow'>
    """
    local = address.rpartition("@")[0].casefold().partition("+")[0]
    return Simulator(local) if local in set(Simulator) else None


def refusal(address: str, is_first_attempt: Callable[[], bool]) -> str:
    """Return what is answered to RCPT for an address that is refused; an empty text where it is taken.

    `is_first_attempt` is asked for the greylisted only, and remembers that it was asked.
    """
    simulator = simulator_of(address)
    if simulator is Simulator.GREYLIST:
        return _GREYLISTED if is_first_attempt() else ""
    return _REFUSALS.get(simulator, "") if simulator else ""


def having(recipients: Sequence[str], simulator: Simulator) -> list[str]:
    """Return those of some recipients that are this simulator."""
    return [recipient for recipient in recipients if simulator_of(recipient) is simulator]
