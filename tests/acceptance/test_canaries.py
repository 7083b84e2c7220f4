"""The whole way out and back: mail goes out over SMTP, what returns comes in over LMTP, and the watch misses nobody."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefings.editorial.watch import concerns
from briefings.sandbox.return_road import ReturnRoad
from briefings.sandbox.run import StandIns
from briefings.services import Services
from briefings.settings import Settings
from tests.acceptance.borough import write_briefing
from tests.acceptance.command import Installation, everything, parsed, until, with_public_url
from tests.acceptance.conftest import EAST, subscribe_all
from tests.conftest import free_port

pytestmark = pytest.mark.slow

DOMAIN = "briefings.example"
EAST_LOCALES = ("en-GB", "ar", "lt", "pl")


@pytest.fixture
def installation(tmp_path: Path, otherham: Path) -> Installation:
    """Otherham with canaries and two residents, and its first briefing approved; it listens for what comes back."""
    made = with_public_url(Installation(tmp_path / "data", otherham)).having(LMTP_PORT=str(free_port()))
    made.run("subscribers", "canaries", "--now", "2026-11-20T08:00")
    subscribe_all(made, [("ann@example.org", "en-GB", "east", ""), ("bounce@example.org", "pl", "east", "")])
    write_briefing(made.root, EAST)
    made.prepare_and_approve(EAST)
    return made


@contextmanager
def with_return_road(installation: Installation) -> Iterator[StandIns]:
    port = int(installation.environment["LMTP_PORT"])
    with StandIns(installation.data_dir, road=ReturnRoad("127.0.0.1", port, DOMAIN, pauses=(0.2,))) as stand_ins:
        yield stand_ins


def returned(installation: Installation) -> dict[str, int]:
    query = "SELECT kind, count(*) AS n FROM returns GROUP BY kind"
    return {row.kind: row.n for row in installation.rows(query)}


def missed(installation: Installation, now: datetime) -> list[str]:
    """Return what the watch says of canaries at a time."""
    settings = {name.lower(): value for name, value in installation.environment.items()}
    services = Services(
        Settings(_env_file=None, root=installation.root, data_dir=installation.data_dir, **settings)  # type: ignore[arg-type]
    )
    try:
        return [concern.text for concern in concerns(services.desk, now) if "canary" in concern.text]
    finally:
        services.engine.dispose()


def test_canaries_come_back_and_so_do_a_bounce_and_an_unsubscribe_by_mail(installation: Installation) -> None:

    with with_return_road(installation) as stand_ins, installation.serving():
        installation.run("publish", EAST, "--now", "2026-11-20T09:00")
        until(lambda: returned(installation) == {"canary": 4, "bounce": 1}, "not all came back")
        mail = next(mail for mail in everything(stand_ins) if mail.rcpt_to == ("ann@example.org",))
        found = re.search(r"<mailto:([^>]+)>", parsed(stand_ins, mail)["List-Unsubscribe"])
        assert found is not None
        with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
            smtp.sendmail("ann@example.org", [found[1]], b"From: ann@example.org\r\nSubject: stop\r\n\r\nStop\r\n")
        until(lambda: returned(installation).get("unsubscribe") == 1, "the wish did not come back")

    assert missed(installation, datetime(2026, 11, 20, 9, 20, tzinfo=UTC)) == []
    ended = installation.rows("SELECT email, end_reason FROM subscribers WHERE ended_at IS NOT NULL ORDER BY email")
    assert [tuple(row) for row in ended] == [("ann@example.org", "by mail"), ("bounce@example.org", "bounced")]
    assert installation.states(EAST) == {"sent": 5, "failed": 1}


def test_when_nobody_reads_the_inbox_every_canary_is_missed_and_nothing_is_held_up(installation: Installation) -> None:
    with with_return_road(installation):
        installation.run("publish", EAST, "--now", "2026-11-20T09:00")

    soon, later = (missed(installation, datetime(2026, 11, 20, 9, minute, tzinfo=UTC)) for minute in (10, 20))

    assert installation.states(EAST) == {"sent": 6}
    assert soon == []
    assert later == [
        f"{EAST}: the canary of east in {locale} got no mail: look at the relay, the spam folder rules and the inbox"
        for locale in EAST_LOCALES
    ]


def test_the_command_says_what_it_did_and_the_list_of_subscribers_has_them(installation: Installation) -> None:
    again = installation.run("subscribers", "canaries")
    listed = [row for row in installation.subscribers() if row["source"] == "canary"]
    standing = installation.status(EAST)
    removed = installation.run("subscribers", "canaries", "--remove")
    back = installation.run("subscribers", "canaries")

    assert sorted(row["email"] for row in listed if row["regions"] == "east") == sorted(
        f"canary+east.{locale.lower()}@{DOMAIN}" for locale in EAST_LOCALES
    )
    assert {(row["frequency"], row["format"]) for row in listed} == {("immediate", "html")}
    assert standing["would_get"] == 2 + len(EAST_LOCALES)
    assert again.out == f"{len(listed)} canaries: {len(listed)} unchanged\n"
    assert removed.out == f"{len(listed)} canaries removed\n"
    assert back.out == f"{len(listed)} canaries: {len(listed)} resubscribed\n"
