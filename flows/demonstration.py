"""Demonstration: what `briefings up` gets ready in the sandbox before it publishes. No Prefect in here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace, TracebackType
from threading import Event, Thread

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from briefings.delivery.ledger import counts
from briefings.editorial import records
from briefings.editorial.approve import approve
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import prepare
from briefings.editorial.status import status
from briefings.model.briefing import Briefing, Severity
from briefings.model.edition import EditionState
from briefings.model.errors import BriefingsError
from briefings.reports import counts_table
from briefings.settings import CHECKOUT
from briefings.store.engine import reading
from briefings.subscribers.demo import demo_subscribers

DEMO_TEAM = "demo team"
CURRENT = timedelta(days=7)
"""A region's briefings that are at most this much older than its newest are shown."""
