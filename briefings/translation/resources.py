"""Language resources: what translations are taken from and held against, for one installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from briefings.model.briefing import Briefing
from briefings.model.edition import Segment
from briefings.translation.catalogs import Catalogs
from briefings.translation.checks import check_segment
from briefings.translation.findings import Finding
from briefings.translation.memory import Memory


def no_messages(_briefing: Briefing, _locale: str) -> Mapping[str, Segment]:
    """Give no segments: for installations without message templates."""
    return {}


@dataclass(frozen=True)
class LanguageResources:
    """Catalogs, memory and message templates. `messages` gives the segments that a template translates."""

    source_locale: str
    catalogs: Catalogs
    memory: Memory | None = None
    messages: Callable[[Briefing, str], Mapping[str, Segment]] = no_messages

    def check(self, source: str, target: str, locale: str) -> list[Finding]:
        """Hold a translation against its source by every check there is."""
        return check_segment(source, target, locale, self.source_locale)
