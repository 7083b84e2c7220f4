"""Collecting: each inbox is asked, and one that fails does not stop the next."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from briefings.model.errors import BriefingsError
from briefings.responses.record import newest_mention, record_mentions
from briefings.store.engine import said

if TYPE_CHECKING:
    from briefings.delivery.channels.x import XChannel

_LOG = logging.getLogger(__name__)


@dataclass
class Collected:
    """What was brought in. `returned` counts mail by kind, `letters` those to residents; `troubles` says what
    failed, and why.
    """

    mentions: int = 0
    returned: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def trying(self, inbox: str) -> Iterator[None]:
        """Note what stops this inbox, and go on."""
        try:
            yield
        except BriefingsError as error:
            self.troubles[inbox] = str(error)
        except SQLAlchemyError as error:
            self.troubles[inbox] = said(error)
        except Exception as error:
            _LOG.exception("an inbox failed")
            self.troubles[inbox] = f"a fault of ours ({type(error).__name__}); the trace is in the log"

    def as_json(self) -> dict[str, Any]:
        return {
            "new": self.mentions, "returned": dict(sorted(self.returned.items())),
            "letters": dict(sorted(self.letters.items())), "troubles": self.troubles,
        }  # fmt: skip


def collect_mentions(engine: Engine, channel: XChannel, collected: Collected, now: datetime) -> None:
    """Bring in what mentions us on X since the newest that is kept."""
    collected.mentions += record_mentions(engine, channel.mentions(newest_mention(engine)), now)
