"""A lane: one connection's worth of a mailing. It sends message after message, each marked before it goes.

While the server works on one message, the commands for the next one are written behind its final dot.
What became of the one and the mark of the next then go into the ledger together. So at any moment at most one
row of a lane is marked and not recorded: that is what a crash leaves uncertain.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from briefings.delivery.channels.email import EmailChannel
from briefings.delivery.group_commit import GroupCommit
from briefings.delivery.message import Envelope
from briefings.delivery.rows import Result, Row
from briefings.delivery.supply import Supply
from briefings.delivery.wire import SmtpConnection
from briefings.model.delivery import DeliveryState
from briefings.model.errors import OutsideError, Permanent, Refused, Transient

PATIENCE_S = 20.0
"""For so long a server that gives no connection, or breaks all of them, is tried again within one mailing."""
QUICK_TRIES = 3
"""So often a row is tried whose connection broke before it was sent; then it waits like any that was put off."""


class Run(Protocol):
    """What the lanes of a mailing share."""

    supply: Supply
    commit: GroupCommit
    channel: EmailChannel

    @property
    def is_stopped(self) -> bool: ...

    def is_safe(self) -> bool:
        """Say whether nobody can have taken over what this sender holds."""
        ...

    def stop(self, reason: str) -> None: ...

    def envelope(self, row: Row) -> Envelope | None:
        """Return a row's message; None where there is to be none, and the row is settled or the mailing stopped."""
        ...

    def judge(self, row: Row, error: OutsideError) -> tuple[Result, bool]:
        """Return what an error comes to, and whether the recipient's domain wants fewer messages at once."""
        ...

    def settled(self, result: Result) -> None:
        """Count a result that was handed over to the ledger."""
        ...


class Lane:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._time = asyncio.get_running_loop().time
        self._connection: SmtpConnection | None = None
        self._tries: dict[int, float] = {}
        self._began = 0.0

    async def work(self) -> None:
        """Send until nothing is left or the mailing is stopped."""
        announced: tuple[Row, Envelope] | None = None
        try:
            while not self._run.supply.is_empty:
                while (announced := announced or await self._announce_next()) is not None:
                    announced = await self._send(*announced)
                await self._run.commit.flush()  # what is durable then may have put rows back into the ledger
            if self._connection is not None:
                self._run.channel.give_back(self._connection)
                self._connection = None
        finally:
            self._drop()

    async def _announce_next(self) -> tuple[Row, Envelope] | None:
        run = self._run
        while (row := await run.supply.next()) is not None:
            envelope = run.envelope(row)
            if envelope is None:
                run.supply.done(row, 0.0)
            elif await self._announce(row, envelope):
                return row, envelope
        return None

    async def _announce(self, row: Row, envelope: Envelope) -> bool:
        """Say for whom the next message is, over a connection that is opened if need be."""
        run = self._run
        try:
            if self._connection is None or self._connection.is_lost:
                self._drop()
                self._connection = await run.channel.connect(PATIENCE_S, lambda: run.is_stopped)
            self._connection.announce(envelope)
        except Permanent as error:
            self._judged(row, error)
            return False
        except Refused as error:
            run.supply.put_back(row)
            run.stop(str(error))
            return False
        except Transient as error:
            run.supply.put_back(row)
            if self._connection is None:
                run.stop(f"the mail server does not take mail: {error}")
            else:
                self._drop()
            return False
        self._began = self._time()
        return True

    def _announce_behind(self, connection: SmtpConnection) -> tuple[Row, Envelope] | None:
        """Announce the next message behind the final dot of this one, if there is one that may begin now."""
        run = self._run
        if not connection.pipelines or (row := run.supply.at_once()) is None:
            return None
        envelope = run.envelope(row)
        if envelope is None:
            run.supply.done(row, 0.0)
            return None
        try:
            connection.announce(envelope)
        except Permanent as error:
            self._judged(row, error)
            return None
        except (Transient, Refused):  # said again, and acted upon, when it is the row's own turn
            run.supply.put_back(row)
            return None
        return row, envelope

    async def _send(self, row: Row, envelope: Envelope) -> tuple[Row, Envelope] | None:
        """Send an announced message; return the one that was announced behind it, if any."""
        run, connection, began = self._run, self._connection, self._began
        if connection is None or run.is_stopped:
            self._drop()
            run.supply.put_back(row)
            return None
        try:
            await connection.accepted()
        except OutsideError as error:
            self._unsent(row, error)
            return None
        if row.id not in (await run.commit.mark(row)).may:
            self._drop()  # before the dot: nothing is sent
            run.supply.done(row, 0.0)
            return None
        if not run.is_safe():
            self._drop()
            run.stop("this sender was held up for longer than its lease")
            self._settle(row, Result(row.id, DeliveryState.QUEUED, row.detail, attempts=row.attempts))
            return None
        behind = None
        try:
            await connection.transfer(envelope)
            behind = self._announce_behind(connection)
            self._began = self._time()
            reply = await connection.answer()
        except OutsideError as error:
            self._unsent(row, error, was_marked=True)
        else:
            run.channel.went_well()
            self._settle(row, Result(row.id, DeliveryState.SENT, "", None, reply[:200]), self._began - began)
        if behind is not None and connection.is_lost:
            run.supply.put_back(behind[0])
            behind = None
        return behind

    def _unsent(self, row: Row, error: OutsideError, *, was_marked: bool = False) -> None:
        """Judge an error; a connection that broke says nothing about the recipient, so they are tried again soon."""
        connection = self._connection
        is_broken = isinstance(error, Transient) and connection is not None and connection.is_lost
        if is_broken:
            self._drop()
            if self._run.channel.cool_down() > PATIENCE_S:
                self._run.stop(f"the mail server does not take mail: {error}")
            # Behind another message the server may only have wanted to close after that one.
            weight = 0.5 if connection is not None and connection.taken and not was_marked else 1.0
            tries = self._tries[row.id] = self._tries.get(row.id, 0.0) + weight
            if tries < QUICK_TRIES or self._run.is_stopped:
                if was_marked:
                    self._settle(row, Result(row.id, DeliveryState.QUEUED, row.detail, attempts=row.attempts))
                else:
                    self._run.supply.put_back(row)
                return
        self._judged(row, error)

    def _judged(self, row: Row, error: OutsideError) -> None:
        result, was_put_off = self._run.judge(row, error)
        self._settle(row, result, self._time() - self._began, was_put_off)

    def _settle(self, row: Row, result: Result, seconds: float = 0.0, was_put_off: bool = False) -> None:
        self._run.commit.put(result)
        self._run.supply.done(row, seconds, was_put_off=was_put_off)
        self._run.settled(result)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.abort()
            self._connection = None
