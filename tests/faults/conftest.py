"""One approved briefing to a list of people, made once and copied for each fault; and the table of what was lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.acceptance.borough import place_otherham, write_briefing, write_residents
from tests.acceptance.command import Installation
from tests.conftest import create_database
from tests.faults.faulty_server import FaultyServer
from tests.faults.trial import CONNECTIONS, Trial, sized

BRIEFING = "east/2026-11-20-bicycle-thefts"
PEOPLE = sized(600, 10_000)
DOMAINS = 10
NOBODY = "http://127.0.0.1:9"
"""Where X would be; the borough does not post, and no stand-ins are started beside the faulty server."""


def people() -> list[str]:
    """Return everybody's address, spread over ten domains by turns."""
    return [f"person{number}@d{number % DOMAINS}.example" for number in range(PEOPLE)]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    lines = [
        f"{value}{'' if report.passed else '  FAILED'}"
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "fault"
    ]
    if lines:
        terminalreporter.section(f"what {PEOPLE} people got while things broke")
        for line in sorted(lines):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return _ready(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="session")
def ready_on_postgres(
    tmp_path_factory: pytest.TempPathFactory, postgres_url: str, postgres_template: str
) -> Installation:
    return _ready(tmp_path_factory.mktemp("faults"), DATABASE_URL=create_database(postgres_url, postgres_template))


@pytest.fixture
def new_trial(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Trial]]:
    """Make mailings that can begin, each with a server and a ledger of its own: in SQLite, or as `database` says."""
    with ExitStack() as trials:

        def make(database: str = "sqlite") -> Trial:
            template: Installation = request.getfixturevalue("ready" if database == "sqlite" else "ready_on_postgres")
            folder = Path(mkdtemp(dir=tmp_path))
            return trials.enter_context(_trial(request, template.copy(folder)))

        yield make


@pytest.fixture
def trial(new_trial: Callable[..., Trial]) -> Trial:
    return new_trial()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def trial_on_both(request: pytest.FixtureRequest, new_trial: Callable[..., Trial]) -> Trial:
    """A mailing that can begin, its ledger in SQLite, and once more in PostgreSQL."""
    return new_trial(request.param)


@contextmanager
def _trial(request: pytest.FixtureRequest, installation: Installation) -> Iterator[Trial]:
    def report(line: str) -> None:
        request.node.user_properties.append(("fault", line))
        print(f"\n{line}")

    with FaultyServer() as server:
        settings = {"SMTP_URL": server.url, "X_API_URL": NOBODY, "SMTP_CONNECTIONS": str(CONNECTIONS)}
        trial = Trial(installation.having(**settings), server, BRIEFING, people(), report)
        try:
            yield trial
        finally:
            trial.end()
            shutil.rmtree(installation.data_dir, ignore_errors=True)


def _ready(folder: Path, **settings: str) -> Installation:
    installation = Installation(folder / "data", place_otherham(folder / "otherham"), settings)
    locales = ("en-GB", "pl", "ar", "lt")
    rows = [(address, locales[number % len(locales)], "east", "") for number, address in enumerate(people())]
    installation.run("subscribers", "import", str(write_residents(folder / "people.csv", rows)))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    write_briefing(installation.root, BRIEFING, publish_at=f"{yesterday:%Y-%m-%d} 09:00")
    installation.run("prepare", BRIEFING)
    installation.run("approve", BRIEFING, "--by", "A second person")
    return installation
