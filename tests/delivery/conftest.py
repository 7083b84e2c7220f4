"""What the tests of returned mail share."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from briefings.delivery.returned import ReturnedMail
from tests.delivery.returned_mails import DOMAIN, SECRET


@pytest.fixture
def returned(engine: Engine, tmp_path: Path) -> ReturnedMail:
    """Takes mail that comes back to the tests' domain, and keeps what it cannot read in `returned/`."""
    return ReturnedMail(engine, SECRET, DOMAIN, tmp_path / "returned")
