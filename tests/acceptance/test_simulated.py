"""One resident at each simulated address: what becomes of a mail that is taken, refused, put off, slow or dropped."""

from __future__ import annotations

import pytest

from tests.acceptance.borough import write_briefing
from tests.acceptance.command import Installation, everything, recipients
from tests.acceptance.conftest import EAST, Scene, subscribe_all

pytestmark = pytest.mark.slow

SIX = ("ok", "temp-fail", "perm-fail", "greylist", "slow", "drop")
"""`drop` is last, so that no other mail is on the connection that it costs."""


def became(installation: Installation, briefing: str) -> dict[str, tuple[str, str]]:
    """Return simulator -> (state, detail) of the mail to it."""
    query = (
        "SELECT s.email, d.state, d.detail FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id "
        "WHERE d.briefing = :briefing AND d.channel = 'email'"
    )
    rows = installation.rows(query, briefing=briefing)
    return {row.email.partition("@")[0]: (row.state, row.detail) for row in rows}


def states(installation: Installation, briefing: str) -> dict[str, str]:
    return {simulator: state for simulator, (state, _) in became(installation, briefing).items()}


def test_each_of_six_residents_ends_as_their_mail_server_lets_them_and_the_books_balance(scene: Scene) -> None:
    installation, stand_ins = scene.installation, scene.stand_ins
    subscribe_all(installation, [(f"{simulator}@example.org", "en-GB", "east", "") for simulator in SIX])
    write_briefing(installation.root, EAST)
    installation.prepare_and_approve(EAST)

    published = installation.run("publish", EAST, "--now", "2026-11-20T09:00", code=1)
    at_first, standing = became(installation, EAST), installation.status(EAST)
    installation.run("deliver", "--now", "2026-11-20T10:00", code=1)
    an_hour_later = states(installation, EAST)

    ended = installation.rows("SELECT email, end_reason FROM subscribers WHERE ended_at IS NOT NULL")
    assert {simulator: state for simulator, (state, _) in at_first.items()} == {
        "ok": "sent",
        "temp-fail": "deferred",
        "perm-fail": "failed",
        "greylist": "deferred",
        "slow": "sent",
        "drop": "uncertain",
    }
    assert "5.1.1" in at_first["perm-fail"][1]
    assert "greylisted" in at_first["greylist"][1]
    assert "final dot" in at_first["drop"][1]
    assert "left unsettled: 2 deferred" in published.err
    assert "@" not in published.err
    assert standing["eligible"] == sum(standing["channels"]["email"].values()) == len(SIX)
    assert an_hour_later == {simulator: state for simulator, (state, _) in at_first.items()} | {"greylist": "sent"}
    assert recipients(everything(stand_ins)) == {
        f"{name}@example.org": 1 for name in ("ok", "greylist", "slow", "drop")
    }
    assert [tuple(row) for row in ended] == [("perm-fail@example.org", "bounced")]
