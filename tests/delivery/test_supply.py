"""The supply: claims are made when they can find something, and what waits is found."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import pytest

from briefings.delivery import supply
from briefings.delivery.domains import Domains
from briefings.delivery.rows import Row
from briefings.delivery.supply import Supply


class Waiting:
    """Rows that wait in a ledger. `claims` has what was asked for, and how many rows that gave."""

    def __init__(self, *domains: str) -> None:
        self.rows = [
            Row(id, "east/a", "r1", "pl", "email", f"subscriber:{id}", "briefing", 0, "", address=f"p{id}@{domain}")
            for id, domain in enumerate(domains)
        ]
        self.claims: list[int] = []

    async def claim(self, limit: int, without: Collection[str]) -> Sequence[Row]:
        found = [row for row in self.rows if row.domain not in without][:limit]
        self.rows = [row for row in self.rows if row not in found]
        self.claims.append(len(found))
        return found


async def send_all(waiting: Waiting, senders: int, *, most: int, refused: str = "") -> list[str]:
    """Take rows as lanes do, until there are none; return the domains in the order in which they went out."""
    rows = Supply(waiting.claim, Domains(most))
    sent: list[str] = []

    async def lane() -> None:
        while (row := await rows.next()) is not None:
            await asyncio.sleep(0.002)
            sent.append(row.domain)
            rows.done(row, 0.002)
            if row.domain == refused:
                rows.leave_alone({refused})

    async with asyncio.timeout(20), asyncio.TaskGroup() as lanes:
        for _ in range(senders):
            lanes.create_task(lane())
    await rows.close()
    return sent


def test_a_crowded_domain_is_not_looked_past_again_and_again() -> None:
    waiting = Waiting(*["big.example"] * 1500)

    sent = asyncio.run(send_all(waiting, 8, most=2))

    assert len(sent) == 1500
    assert waiting.claims.count(0) <= len(waiting.claims) / 2 + 1
    assert len(waiting.claims) <= 10


def test_what_waits_behind_a_crowded_domain_goes_out_too() -> None:
    waiting = Waiting(*["big.example"] * 700, *["small.example"] * 300, *["big.example"] * 300)

    sent = asyncio.run(send_all(waiting, 8, most=2))

    assert (sent.count("big.example"), sent.count("small.example")) == (1000, 300)
    assert sent.index("small.example") < 700


def test_a_crowded_domain_that_is_left_alone_does_not_keep_the_supply_open() -> None:
    waiting = Waiting(*["big.example"] * 1000, *["small.example"] * 10)

    sent = asyncio.run(send_all(waiting, 8, most=2, refused="big.example"))

    assert sent.count("small.example") == 10
    assert sent.count("big.example") <= 4


def test_batches_grow_only_where_rows_go_out_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sizes() -> list[int]:
        waiting = Waiting(*(f"d{number}.example" for number in range(6000)))
        await send_all(waiting, 64, most=64)
        return waiting.claims

    fast = asyncio.run(sizes())
    monkeypatch.setattr(supply, "SOON_S", 0.0)
    slow = asyncio.run(sizes())

    assert fast[:3] == [500, 1000, 2000]
    assert max(fast) == 2000
    assert set(slow) <= {500, 0}
