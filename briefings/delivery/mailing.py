"""Mailing: the rows of one job out over SMTP, each claimed, marked, sent and recorded."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from briefings.delivery.channels.email import EmailChannel
from briefings.delivery.group_commit import Clock, GroupCommit
from briefings.delivery.ledger import RESENT, Ledger, Result, Row
from briefings.delivery.message import Envelope
from briefings.delivery.plan import Job
from briefings.delivery.wire import SmtpEndpoint
from briefings.log import event
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.model.errors import BriefingsError, Permanent, Transient, Uncertain

MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(minutes=5)
BATCH = 200
GIVE_UP_AFTER = 10
"""So many refusals of the server in a row, and nothing accepted: it is not there. Stop, keep the rows."""

_ABOUT_ONE = re.compile(r"45[0-2]\b")
"""Answers that put off one recipient or message (greylisting, a full mailbox), not all of them."""


@dataclass(frozen=True)
class MailServer:
    endpoint: SmtpEndpoint
    connections: int
    timeout: float
    helo: str
    rate: float = 0


@dataclass
class MailReport:
    """How one mailing went. `stopped` says why it ended before its rows did; empty if it did not."""

    counts: dict[DeliveryState, int] = field(default_factory=dict)
    stopped: str = ""


class Mailing:
    """Sends the waiting mails of one job. `progress` is called once for each row that is settled."""

    def __init__(
        self,
        ledger: Ledger,
        server: MailServer,
        envelope: Callable[[Row], Envelope],
        may_mail: Callable[[str], bool],
        clock: Clock,
        progress: Callable[[Result], None] = lambda result: None,
        chance: Random | None = None,
    ) -> None:
        self._ledger = ledger
        self._server = server
        self._envelope = envelope
        self._may_mail = may_mail
        self._clock = clock
        self._progress = progress
        self._chance = chance or Random(0)  # noqa: S311  # jitter, not a secret
        self._claimed: deque[Row] = deque()
        self._exhausted = False
        self._failures = 0
        self._interrupted = False
        self._report = MailReport()

    def run(self, job: Job) -> MailReport:
        """Send until nothing waits or the server is not there. Raises what the database raises.

        A first Ctrl-C lets the messages that are on their way arrive, so that none is left uncertain;
        KeyboardInterrupt follows then.
        """
        try:
            asyncio.run(self._run(job))
        finally:
            self._ledger.release(self._clock())
        if self._interrupted:
            raise KeyboardInterrupt
        return self._report

    async def _run(self, job: Job) -> None:
        commit = GroupCommit(self._ledger, job, self._clock)
        writer = asyncio.create_task(commit.run())
        refill = asyncio.Lock()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(RuntimeError, ValueError):  # outside of the main thread nobody sends us signals
                loop.add_signal_handler(number, self._interrupt)
        try:
            async with self._channel() as channel, asyncio.TaskGroup() as group:
                for _ in range(self._server.connections):
                    group.create_task(self._work(job, commit, channel, refill))
        except* BriefingsError as errors:
            raise errors.exceptions[0] from None
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer

    def _interrupt(self) -> None:
        self._interrupted = True
        self._report.stopped = "stopped by a person"

    def _channel(self) -> EmailChannel:
        server = self._server
        return EmailChannel(server.endpoint, server.connections, server.timeout, helo=server.helo)

    async def _work(self, job: Job, commit: GroupCommit, channel: EmailChannel, refill: asyncio.Lock) -> None:
        while not self._report.stopped and (row := await self._next(job, refill)) is not None:
            if not await commit.mark(row.id):
                continue
            result = await self._deliver(row, job, channel)
            await commit.record(result)
            if result.state is DeliveryState.QUEUED:
                self._exhausted = False  # it waits again, and who records it looks once more
            self._report.counts[result.state] = self._report.counts.get(result.state, 0) + 1
            self._progress(result)

    async def _next(self, job: Job, refill: asyncio.Lock) -> Row | None:
        async with refill:
            if not self._claimed and not self._exhausted:
                rows = await asyncio.to_thread(self._ledger.claim, job, Channel.EMAIL, BATCH, self._clock())
                self._claimed.extend(rows)
                self._exhausted = not rows
            return self._claimed.popleft() if self._claimed else None

    async def _deliver(self, row: Row, job: Job, channel: EmailChannel) -> Result:
        """Send one row's message and say what became of it. Never raises for one recipient's sake."""
        try:
            if not self._may_mail(row.address):
                return Result(row.id, DeliveryState.SUPPRESSED, "not on the allow-list")
            reply = await channel.send(self._envelope(row))
        except Permanent as error:
            self._failures = 0
            return Result(row.id, DeliveryState.FAILED, str(error))
        except Transient as error:
            return self._deferred(row, error)
        except Uncertain as error:
            if job.is_urgent and row.detail != RESENT:
                return Result(row.id, DeliveryState.QUEUED, RESENT)
            return Result(row.id, DeliveryState.UNCERTAIN, str(error))
        except (BriefingsError, LookupError, ValueError) as error:
            # Nobody's address is at fault: keep the row, and stop before more are touched.
            event("mail.unbuildable", row=row.id, reason=type(error).__name__)
            self._report.stopped = f"a message could not be built: {error}"
            return Result(row.id, DeliveryState.QUEUED, self._report.stopped)
        self._failures = 0
        return Result(row.id, DeliveryState.SENT, "", remote_id=reply[:200])

    def _deferred(self, row: Row, error: Transient) -> Result:
        if not _ABOUT_ONE.match(str(error)):
            self._failures += 1
        if self._failures >= GIVE_UP_AFTER and not self._report.stopped:
            self._report.stopped = f"{self._server.endpoint} does not take mail: {error}"
            event("mail.stopped", reason=str(error))
        if row.attempts + 1 >= MAX_ATTEMPTS:
            return Result(row.id, DeliveryState.FAILED, f"given up after {MAX_ATTEMPTS} attempts: {error}")
        delay = FIRST_DELAY * 2**row.attempts * (0.75 + self._chance.random() / 2)
        return Result(row.id, DeliveryState.DEFERRED, str(error), self._clock() + delay)
