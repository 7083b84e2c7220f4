"""Mailing: the rows of one job out over SMTP, each claimed, marked, sent and recorded."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from briefings.delivery.answers import DOMAIN_PAUSE, judge
from briefings.delivery.breaker import Breaker
from briefings.delivery.channels.email import EmailChannel
from briefings.delivery.domains import Domains
from briefings.delivery.endpoint import SmtpEndpoint
from briefings.delivery.group_commit import Clock, GroupCommit
from briefings.delivery.holds import active, domain_scope, hold, made
from briefings.delivery.lane import Lane
from briefings.delivery.ledger import GONE, Ledger, Turn
from briefings.delivery.message import Envelope
from briefings.delivery.plan import Job
from briefings.delivery.rows import Result, Row
from briefings.delivery.supply import Supply
from briefings.log import event
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.model.errors import BriefingsError, OutsideError, Permanent
from briefings.store.engine import reading, said, writing

try:
    from uvloop import run
except ImportError:  # not on every system; the standard loop does the same, more slowly
    from asyncio import run  # type: ignore[assignment]

GIVE_UP_AFTER = 10
"""So many refusals of the server in a row, and nothing accepted: it takes no mail now. Stop, keep the rows."""
LONGEST_PAUSES = 4
"""A domain that refuses us again is left alone twice as long as the last time, so often within a day."""


@dataclass(frozen=True)
class MailServer:
    """A mail server and how it is to be used. Times in seconds, rates in messages a second (0: any)."""

    endpoint: SmtpEndpoint
    connections: int
    timeout: float
    helo: str
    dot_timeout: float = 0.0
    rate: float = 0.0
    domain_connections: int = 0
    """How many messages to one mail domain may be on their way at once; 0: as many as there are connections."""
    domain_rate: float = 0.0


@dataclass
class MailReport:
    """How one mailing went. `stopped` says why it ended before its rows did; empty if it did not.

    `unknown` are the ids of rows whose mailbox does not exist.
    """

    counts: dict[DeliveryState, int] = field(default_factory=dict)
    stopped: str = ""
    unknown: list[int] = field(default_factory=list)


class Mailing:
    """Sends the waiting mails of one job. `progress` is called once for each row that is settled.

    `is_safe` says whether nobody can have taken over what this sender holds; see `Sender`.
    """

    def __init__(
        self,
        ledger: Ledger,
        server: MailServer,
        envelope: Callable[[Row], Envelope],
        may_mail: Callable[[str], bool],
        clock: Clock,
        progress: Callable[[Result], None] = lambda result: None,
        chance: Random | None = None,
        is_safe: Callable[[], bool] = lambda: True,
    ) -> None:
        self._ledger = ledger
        self._server = server
        self._envelope = envelope
        self._may_mail = may_mail
        self._clock = clock
        self._progress = progress
        self._chance = chance or Random(0)  # noqa: S311  # jitter, not a secret
        self._failures = 0
        self._refused: set[str] = set()
        self._interrupted = False
        self._report = MailReport()
        self.is_safe = is_safe

    def run(self, job: Job) -> MailReport:
        """Send until nothing waits or the server is not there. Raises what the database raises.

        A first Ctrl-C lets the messages that are on their way arrive, so that none is left uncertain;
        KeyboardInterrupt follows then.
        """
        self._job = job
        try:
            with reading(self._ledger.engine) as connection:
                self._breaker = Breaker.of(connection, job)
            self._ledger.hurry()
            gc.freeze()  # what has been imported is not looked through again and again
            run(self._run())
        finally:
            gc.unfreeze()
            self._ledger.release(self._clock())
        if self._interrupted:
            raise KeyboardInterrupt
        return self._report

    async def _run(self) -> None:
        server = self._server
        self.commit = GroupCommit(self._ledger, self._job, self._clock, self._wrote)
        domains = Domains(server.domain_connections or server.connections, server.domain_rate)
        self.supply = Supply(self._claim, domains, server.rate)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(RuntimeError, ValueError):  # outside of the main thread nobody sends us signals
                loop.add_signal_handler(number, self._interrupt)
        try:
            async with self._open_channel() as self.channel, asyncio.TaskGroup() as lanes:
                for _ in range(server.connections):
                    lanes.create_task(Lane(self).work())
        except* Exception as errors:
            raise _first(errors) from None
        finally:
            await self.supply.close()
            await self.commit.close()

    def _open_channel(self) -> EmailChannel:
        server = self._server
        return EmailChannel(
            server.endpoint, server.connections, server.timeout, helo=server.helo, dot_timeout=server.dot_timeout
        )

    async def _claim(self, limit: int, without: Collection[str]) -> Sequence[Row]:
        def claim() -> Sequence[Row]:
            now = self._clock()
            with reading(self._ledger.engine) as connection:
                held = {one.domain for one in active(connection, now) if one.domain}
            return self._ledger.claim(self._job, Channel.EMAIL, limit, now, held.union(without))

        try:
            return await self.commit.call(claim)
        except BriefingsError as error:
            self.stop(str(error))
        except SQLAlchemyError as error:
            self.stop(said(error))
        return ()

    @property
    def is_stopped(self) -> bool:
        return bool(self._report.stopped)

    def stop(self, reason: str) -> None:
        """Send nothing more; what is on its way arrives. The first reason stays."""
        if not self._report.stopped:
            self._report.stopped = reason
            event("mail.stopped", reason=reason)
            self.supply.stop()

    def _interrupt(self) -> None:
        self._interrupted = True
        self.stop("stopped by a person")

    def _wrote(self, results: Sequence[Result], turn: Turn) -> None:
        if any(result.state is DeliveryState.QUEUED for result in results):
            self.supply.look_again()
        if turn.held:
            self.stop(turn.held)
        if turn.held_domains:
            self.supply.leave_alone(turn.held_domains)

    def envelope(self, row: Row) -> Envelope | None:
        """Return a row's message; None where there is to be none, and the row is settled or the mailing stopped."""
        try:
            if not row.address:
                result = Result(row.id, DeliveryState.SUPPRESSED, GONE)
            elif not self._may_mail(row.address):
                result = Result(row.id, DeliveryState.SUPPRESSED, "not on the allow-list")
            else:
                return self._envelope(row)
        except Permanent as error:
            result = Result(row.id, DeliveryState.FAILED, str(error))
        except (BriefingsError, LookupError, ValueError) as error:
            # Nobody's address is at fault: keep the row, and stop before more are touched.
            event("mail.unbuildable", row=row.id, reason=type(error).__name__)
            self.stop(f"a message could not be built: {error}")
            result = Result(row.id, DeliveryState.QUEUED, self._report.stopped)
        self.commit.put(result)
        self.settled(result)
        return None

    def judge(self, row: Row, error: OutsideError) -> tuple[Result, bool]:
        """Return what an error comes to for its row; act on what it means for others."""
        job = self._job
        found = judge(row, error, self._clock(), self._chance, is_urgent=job.is_urgent)
        if found.refused_domain and row.domain not in self._refused:
            self._refused.add(row.domain)
            self.supply.leave_alone({row.domain})
            self._later(self._hold_domain, row.domain, str(error))
        if found.is_unknown:
            self._report.unknown.append(row.id)
        if found.is_hard and not job.is_urgent:
            self._breaker.failed += 1
            if self._breaker.is_open and not self.is_stopped:
                self.stop("too many recipients are refused for good")
                self._later(self._trip)
        if found.is_the_servers:
            self._failures += 1
            if self._failures >= GIVE_UP_AFTER:
                self.stop(f"{self._server.endpoint} does not take mail: {error}")
        else:
            self._failures = 0
        return found.result, found.was_put_off

    def settled(self, result: Result) -> None:
        """Count a result that was handed over to the ledger."""
        if result.state is DeliveryState.SENT:
            self._failures = 0
            self._breaker.sent += 1
        counts = self._report.counts
        counts[result.state] = counts.get(result.state, 0) + 1
        self._progress(result)

    def _later(self, write: Callable[..., None], *arguments: str) -> None:
        """Write something to the database without keeping a lane waiting; the end of the mailing waits for it."""
        self.commit.also(write, *arguments)

    def _hold_domain(self, domain: str, reason: str) -> None:
        now = self._clock()
        with writing(self._ledger.engine) as connection:
            before = len(made(connection, domain_scope(domain), now - timedelta(days=1)))
            until = now + DOMAIN_PAUSE * 2 ** min(before, LONGEST_PAUSES)
            hold(connection, domain_scope(domain), f"it refuses our mail: {reason}", "the sender", now, until)
        event("mail.domain_held", domain=domain, reason=reason)

    def _trip(self) -> None:
        with writing(self._ledger.engine) as connection:
            self._report.stopped = self._breaker.trip(connection, self._job, self._clock())
        event("mail.breaker_open", briefing=self._job.briefing, failed=self._breaker.failed)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
