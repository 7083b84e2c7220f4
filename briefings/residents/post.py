"""The poster: looks what is asked for with an address, and mails its owner a letter about it.

Here it is looked up who is known, long after whoever asked has had their answer. As in the ledger, an asking is marked
before its letter goes out: a crash may lose the few that are in the air, which can be asked for again, and never
doubles one.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from briefings.delivery.channels.email import EmailChannel
from briefings.delivery.mailing import MailServer
from briefings.delivery.message import Envelope
from briefings.log import event
from briefings.model.errors import BriefingsError, Permanent, Transient, Uncertain
from briefings.residents.erasing import forget_log
from briefings.residents.letters import Letters
from briefings.residents.postbag import AT_ONCE, Marked, Postbag
from briefings.store.engine import said

EVERY_S = 1.0
AFTER_A_FAULT_S = 30.0
PURGE_EVERY = timedelta(hours=1)

Clock = Callable[[], datetime]


@dataclass
class Posted:
    """What became of askings that were looked at. `trouble` says, without an address, why letters still wait."""

    counts: Counter[str] = field(default_factory=Counter)
    """`sent`, `nothing to send`, `later`, `refused`, `uncertain`."""
    trouble: str = ""


class Poster:
    """`mail_server` is asked before anything is marked: where there is none, everything waits."""

    def __init__(self, postbag: Postbag, letters: Callable[[], Letters], mail_server: Callable[[], MailServer]) -> None:
        self._postbag = postbag
        self._letters = letters
        self._mail_server = mail_server
        self._purged_at: datetime | None = None

    def run(self, clock: Clock) -> Posted:
        """Look at all that waits, and send what is to be sent; several posters at once share the work.

        Raises BriefingsError where mail cannot be sent from here at all, and what the database raises.
        """
        posted = Posted()
        self._purge(clock())
        while self._postbag.has_waiting(clock()):
            letters, server = self._letters(), self._mail_server()
            marked, looked_at = self._postbag.mark(clock())
            posted.counts["nothing to send"] += looked_at - len(marked)
            if not looked_at:  # what waits is over the limit, or held
                break
            if marked:
                asyncio.run(self._send(marked, letters, server, clock, posted))
        if posted.counts:
            event("letters.posted", **{name.replace(" ", "_"): n for name, n in posted.counts.items()})
        return posted

    async def _send(
        self, marked: Sequence[Marked], letters: Letters, server: MailServer, clock: Clock, posted: Posted
    ) -> None:
        connections = min(server.connections, AT_ONCE)
        async with EmailChannel(
            server.endpoint, connections, server.timeout, helo=server.helo, dot_timeout=server.dot_timeout
        ) as channel:

            async def send(one: Marked) -> None:
                outcome = await self._send_one(channel, one, letters, posted)
                posted.counts[outcome] += 1
                if outcome == "later":
                    await asyncio.to_thread(self._postbag.put_back, one, clock())
                else:
                    await asyncio.to_thread(self._postbag.done, one, outcome == "refused")

            # All of them come to their end: what one meets must not keep the others, which are marked, from being sent.
            ends = await asyncio.gather(*(send(one) for one in marked), return_exceptions=True)
            for error in ends:
                if error is not None:
                    raise error

    async def _send_one(self, channel: EmailChannel, one: Marked, letters: Letters, posted: Posted) -> str:
        try:
            envelope: Envelope = letters.envelope(one)
            await channel.send(envelope)
        except Permanent as error:
            event("letter.refused", letter=one.letter.value, reason=str(error)[:9].strip())
            return "refused"
        except Uncertain:
            return "uncertain"
        except Transient as error:
            posted.trouble = str(error)
            return "later"
        except Exception as error:  # a fault of ours or of the settings: nobody's letter is to be lost by it
            posted.trouble = f"a letter could not be made: {type(error).__name__}"
            event("letter.unbuildable", letter=one.letter.value, reason=type(error).__name__)
            return "later"
        return "sent"

    def _purge(self, now: datetime) -> None:
        """Forget what nobody confirmed in time, with its address."""
        before, lasts = self._purged_at, self._purged_at is not None
        if before is not None and now - before < PURGE_EVERY:
            return
        self._purged_at = now
        if gone := self._postbag.purge(now):
            event("askings.purged", number=gone)
        if gone or lasts:  # what was erased while somebody read stands in the log until now
            forget_log(self._postbag.engine)


class PosterThread:
    """Runs a poster about once a second while this is open; a fault is logged, and it goes on."""

    def __init__(self, poster: Poster, clock: Clock, every: float = EVERY_S) -> None:
        self._poster = poster
        self._clock = clock
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="poster", daemon=True)

    def _work(self) -> None:
        pause = self._every
        while not self._stop.wait(pause):
            pause = self._every
            try:
                self._poster.run(self._clock)
            except BriefingsError as error:
                event("letters.wait", reason=str(error))
                pause = AFTER_A_FAULT_S
            except SQLAlchemyError as error:
                event("letters.wait", reason=said(error))
            except Exception as error:  # residents must not wait for ever because of one fault of ours
                event("letters.failed", error=type(error).__name__)
                pause = AFTER_A_FAULT_S

    def __enter__(self) -> PosterThread:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(10.0)
