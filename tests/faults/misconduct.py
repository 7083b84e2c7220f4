"""What mail servers do to those who send to them: each a fault for the FaultyServer, seeded where chance is in it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random

from tests.faults.faulty_server import Act, Fault, Moment, Phase

GIANT = b"250 " + b"x" * 10_000_000
GARBAGE = (
    b"\x00\xff\xfe\x80\x9f\r\n",
    b"all is well, thank you\r\n",
    b"25\r\n",
    b"999 what\r\n",
    b"\r\n",
    b"250-first\r\n550 then another\r\n",
)
"""No reply of SMTP, whatever was asked (RFC 5321 4.2)."""


def paced(chance: Random, seconds: float) -> Fault:
    """Take up to so many seconds for each message, as a server with a disk does."""

    def fault(moment: Moment) -> Act | None:
        return Act(after=chance.random() * seconds) if moment.phase is Phase.DOT else None

    return fault


@dataclass
class Drops:
    """Close the connection: of all messages a share after the dot, accepted, and a share before it, not accepted.

    Of the latter every other one goes at DATA, where nobody can be in doubt, the others in the message itself.
    """

    chance: Random
    after: float = 0.02
    before: float = 0.05
    dropped: Counter[Phase] = field(default_factory=Counter)

    def __call__(self, moment: Moment) -> Act | None:
        shares = {Phase.DATA: self.before / 2, Phase.BODY: self.before / 2, Phase.DOT: self.after}
        if self.chance.random() >= shares.get(moment.phase, 0.0):
            return None
        self.dropped[moment.phase] += 1
        return Act(closes=True, keeps=moment.phase is Phase.DOT)

    @property
    def doubtful(self) -> int:
        """How many connections went when the sender may have written the dot."""
        return self.dropped[Phase.BODY] + self.dropped[Phase.DOT]


def drips(moment: Moment) -> Act | None:
    """Greet with one octet at a time, and never come to an end."""
    return Act(b"220 please hold the line ", every=0.3) if moment.phase is Phase.GREETING else None


def greets_without_end(moment: Moment) -> Act | None:
    """Greet with line after line of which none is the last."""
    return Act(b"220-and another thing\r\n", every=0.0002) if moment.phase is Phase.GREETING else None


@dataclass
class Storm:
    """Answer 421 to everybody and everything, greeting, MAIL or dot by turns, until it is `over`."""

    over: threading.Event = field(default_factory=threading.Event)
    answered: int = 0

    def __call__(self, moment: Moment) -> Act | None:
        phases = (Phase.GREETING, Phase.MAIL, Phase.DOT)
        if self.over.is_set() or moment.phase is not phases[moment.connection % len(phases)]:
            return None
        self.answered += 1
        return Act(b"421 4.3.2 closing down\r\n", closes=True)


@dataclass
class Greylist:
    """Put off every recipient once."""

    met: set[str] = field(default_factory=set)

    def __call__(self, moment: Moment) -> Act | None:
        if moment.phase is not Phase.RCPT or moment.recipient in self.met:
            return None
        self.met.add(moment.recipient)
        return Act(b"450 4.2.0 greylisted, come again later\r\n")


@dataclass(frozen=True)
class Tarpit:
    """Answer each command about a recipient of one domain after `seconds`; for others each message takes `pace`."""

    domain: str
    seconds: float
    pace: float

    def __call__(self, moment: Moment) -> Act | None:
        if self.domain and moment.domain == self.domain:
            return Act(after=self.seconds) if moment.phase in (Phase.RCPT, Phase.DATA, Phase.DOT) else None
        return Act(after=self.pace) if moment.phase is Phase.DOT else None


@dataclass
class Garbage:
    """Answer a share of all commands with what is no reply; at the dot the message is kept all the same."""

    chance: Random
    share: float = 0.03
    given: Counter[Phase] = field(default_factory=Counter)

    def __call__(self, moment: Moment) -> Act | None:
        phases = (Phase.GREETING, Phase.EHLO, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT)
        if moment.phase not in phases or self.chance.random() >= self.share:
            return None
        self.given[moment.phase] += 1
        # A 250 to DATA and a 354 to anything else are proper replies, and quite wrong.
        wrong = b"250 2.0.0 fine\r\n" if moment.phase is Phase.DATA else b"354 go on\r\n"
        return Act(self.chance.choice((*GARBAGE, wrong)), keeps=moment.phase is Phase.DOT)


@dataclass
class GiantLines:
    """Answer with a line of 10 MB, so often in each of these phases; at the dot the message is kept."""

    phases: Collection[Phase]
    times: int
    given: Counter[Phase] = field(default_factory=Counter)

    def __call__(self, moment: Moment) -> Act | None:
        if moment.phase not in self.phases or self.given[moment.phase] >= self.times:
            return None
        self.given[moment.phase] += 1
        return Act(GIANT, keeps=moment.phase is Phase.DOT)


@dataclass
class Held:
    """Let so many messages through; keep each one after that, and answer none of them until the server releases."""

    passes: int
    held: int = 0

    def __call__(self, moment: Moment) -> Act | None:
        if moment.phase is not Phase.DOT:
            return None
        self.passes -= 1
        if self.passes >= 0:
            return None
        self.held += 1
        return Act(holds=True)
