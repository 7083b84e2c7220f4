"""Language resources: what translations are taken from and held against, for one installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from briefings.model.briefing import Briefing
from briefings.model.edition import Segment
from briefings.translation.catalogs import Catalogs
from briefings.translation.checks import check_segment
from briefings.translation.findings import Finding
from briefings.translation.glossary import Glossaries
from briefings.translation.memory import Memory

MessageSegments = Callable[[Briefing, str], Mapping[str, Segment]]
"""Gives, for a briefing and a locale, the segments that a message template translates."""


def no_messages(_briefing: Briefing, _locale: str) -> Mapping[str, Segment]:
    """Give no segments: for installations without message templates."""
    return {}


@dataclass(frozen=True)
class LanguageResources:
    """Catalogs, memory, glossaries and message templates. `messages` gives the segments that a template translates."""

    source_locale: str
    catalogs: Catalogs
    memory: Memory | None = None
    glossaries: Glossaries = field(default_factory=lambda: Glossaries([]))
    messages: MessageSegments = no_messages

    def check(self, source: str, target: str, locale: str, *, thorough: bool = False) -> list[Finding]:
        """Hold a translation against its source by every check there is.

        `thorough` also tells the language of the text: for what comes in, not for what is in use.
        """
        glossary = self.glossaries.of(locale)
        return check_segment(source, target, locale, self.source_locale, glossary=glossary, thorough=thorough)
