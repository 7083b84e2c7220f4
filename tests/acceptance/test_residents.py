"""Residents who do something about their subscription while a mailing runs: each gets exactly what they should."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url

from briefings.residents.asking import Wish
from briefings.services import Services
from briefings.settings import Settings
from briefings.store.engine import open_engine
from briefings.subscribers.subscriber import Choices
from briefings.subscribers.suppression import SuppressionReason
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.acceptance.borough import place_otherham, write_briefing
from tests.acceptance.command import Installation, until
from tests.acceptance.conftest import EAST, subscribe_all
from tests.acceptance.holding_sink import HoldingSink
from tests.residents.letterbox import Letterbox, letterbox
from tests.residents.test_erasing import everywhere

pytestmark = pytest.mark.slow

NEXT, LAST, WEST = "east/2026-11-21-lights", "east/2026-11-24-park", "west/2026-11-21-harbour"
DURING = datetime(2026, 11, 20, 9, 1, tzinfo=UTC)
ANSWERED, CONNECTIONS, OTHERS = 3, 4, 30
WARD, WEST_WARD = "E05099901", "E05099903"
NEWCOMER, MOVER, PAUSER, LEAVER = (f"{name}@example.org" for name in ("newcomer", "mover", "pauser", "leaver"))
ERASED, READDRESSED = "unmistakable.resident@example.org", "readdressed@example.org"


@dataclass
class Town:
    """An installation with three approved briefings of the east and one of the west, and its residents' door."""

    installation: Installation
    services: Services
    letters: Letterbox

    def own(self, email: str) -> str:
        """Return the token of somebody's link to their preferences."""
        found = self.services.desk.register.find(email)
        assert found is not None
        return Tokens(self.services.secret).token(TokenPurpose.PREFERENCES, found.id)

    def letter_to(self, email: str) -> str:
        """Have waiting letters sent; return the token of the link to confirm in the one that came to an address."""
        self.services.poster.run(lambda: DURING)
        (index,) = [i for i, one in enumerate(self.letters.caught) if one.rcpt_tos == [email]]
        found = re.search(r"/confirm/([0-9a-f]{48})", self.letters.text(index))
        assert found
        return found[1]


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Town]:
    root, data = place_otherham(tmp_path / "otherham"), tmp_path / "data"
    environment = {}
    if make_url(database_url).get_backend_name() == "sqlite":
        data.mkdir()
        Path(str(make_url(database_url).database)).rename(data / "briefings.db")
        database_url = f"sqlite:///{data / 'briefings.db'}"
    else:
        environment = {"DATABASE_URL": database_url}
    installation = Installation(data, root, environment)
    people = [(f"person{number}@example.org", "en-GB", "east", "") for number in range(OTHERS)]
    subscribe_all(
        installation,
        # Rows are claimed in this order: those who do something are far from their turn.
        [
            *people,
            (MOVER, "en-GB", "", WARD),
            (PAUSER, "pl", "east", ""),
            (LEAVER, "en-GB", "east", ""),
            (ERASED, "ar", "east", WARD),
            (READDRESSED, "en-GB", "east", ""),
        ],
    )
    for briefing, publish_at in ((EAST, "20 09:00"), (NEXT, "21 09:00"), (LAST, "24 09:00"), (WEST, "21 09:00")):
        write_briefing(root, briefing, publish_at=f"2026-11-{publish_at}")
    installation.prepare_and_approve(EAST, NEXT, LAST, WEST)
    with letterbox() as letters:
        settings = Settings(
            _env_file=None, root=root, data_dir=data, database_url=database_url,
            smtp_url=f"smtp://127.0.0.1:{letters.port}",
        )  # fmt: skip
        services = Services(settings)
        yield Town(installation, services, letters)
        services.engine.dispose()


def test_each_gets_exactly_what_they_should(town: Town) -> None:
    services, wish = town.services, Choices("pl", ("east",))
    services.door.subscribe(Wish(NEWCOMER, wish, "Yes, email me."), DURING)
    mover, readdressed = town.own(MOVER), services.desk.register.find(READDRESSED)
    assert readdressed is not None
    services.door.move(readdressed.id, "new.place@example.org", DURING)
    newcomers, movers = town.letter_to(NEWCOMER), town.letter_to("new.place@example.org")

    with HoldingSink(answers=ANSWERED) as sink:
        sending = town.installation.having(SMTP_URL=f"smtp://127.0.0.1:{sink.port}")
        process = sending.start("publish", EAST, "--now", "2026-11-20T09:01")
        until(lambda: len(sink.mails) == ANSWERED + CONNECTIONS, "the mailing did not begin")
        services.door.confirm(newcomers, DURING)
        services.door.confirm(movers, DURING)
        services.own.choose(mover, Choices("en-GB", (), (WEST_WARD,)))
        services.own.pause(town.own(PAUSER), date(2026, 11, 23), DURING)
        services.own.leave(town.own(LEAVER), "too-many", DURING)
        is_erased = services.own.erase(town.own(ERASED), DURING)
        sink.release()
        out, err = process.communicate(timeout=120)
        first = Counter(sink.recipients)
        for briefing, now in ((NEXT, "21T09:01"), (WEST, "21T09:01"), (LAST, "24T09:01")):
            sending.run("publish", briefing, "--now", f"2026-11-{now}")
        later = Counter(sink.recipients) - first

    others = {f"person{number}@example.org": 1 for number in range(OTHERS)}
    assert process.returncode == 0, out + err
    assert is_erased
    assert set(first.values()) == {1}
    assert set(first) == {*others, "new.place@example.org"}
    assert later == Counter({**dict.fromkeys(others, 2), NEWCOMER: 2, MOVER: 1, PAUSER: 1, "new.place@example.org": 2})
    details = town.installation.rows(
        "SELECT detail, count(*) AS n FROM deliveries WHERE briefing = :b AND state = 'suppressed' GROUP BY detail",
        b=EAST,
    )
    assert {row.detail: row.n for row in details} == {
        "no longer follows east": 1, "paused by the subscriber": 1, "no longer subscribed": 2
    }  # fmt: skip
    status = town.installation.status(EAST)
    assert status["eligible"] == OTHERS + 5 == sum(town.installation.states(EAST).values())


def test_who_is_erased_is_nowhere_but_in_a_keyed_hash(town: Town) -> None:
    services, installation = town.services, town.installation
    (installation.data_dir / "quarantine").mkdir(parents=True)
    (installation.data_dir / "quarantine" / "list.csv").write_text(f"problem,email\nx,{ERASED}\n")
    with HoldingSink(answers=10**9) as sink:
        installation.having(SMTP_URL=f"smtp://127.0.0.1:{sink.port}").run("publish", EAST, "--now", "2026-11-20T09:01")
    shown = installation.run("subscribers", "show", ERASED).json
    token = Tokens(services.secret).token(TokenPurpose.UNSUBSCRIBE, services.desk.register.find(ERASED).id)  # type: ignore[union-attr]

    installation.run("subscribers", "erase", ERASED)
    again = installation.run("subscribers", "erase", ERASED, code=1)

    assert ERASED in sink.recipients
    assert shown["address"] == ERASED
    assert [(mail["briefing"], mail["state"]) for mail in shown["deliveries"]] == [(EAST, "sent")]
    assert "nobody is known with this address" in again.err
    engine = open_engine(services.settings.database_url)
    assert list(everywhere(engine, "unmistakable")) == []
    engine.dispose()
    files = [path for path in installation.data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if b"unmistakable" in path.read_bytes()] == []
    with services.engine.connect() as connection:
        reason = services.desk.register.suppressions.reason(connection, ERASED)
    assert reason is SuppressionReason.UNSUBSCRIBED
    assert services.own.come_back(token, DURING) is None
    assert ERASED not in installation.run("subscribers", "export").out
    assert installation.states(EAST) == {"sent": OTHERS + 5}
