"""An edition: one briefing in one locale at one revision, ready section by section or honestly not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from briefings.model.briefing import Briefing, Severity
from briefings.model.person import DEMO_REVIEWER


class EditionState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class SegmentState(StrEnum):
    """How far a segment's text has come; the order is the order of trust."""

    INITIAL = "initial"
    MACHINE = "machine"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    FINAL = "final"

    def is_enough_for(self, severity: Severity) -> bool:
        """Say whether text in this state may go out in a briefing of this severity.

        Routine: a machine's text may, labelled. Important: a person has written or read it. Urgent: only
        what somebody else than its translator has reviewed, or what was signed off ahead.
        """
        return list(SegmentState).index(self) >= list(SegmentState).index(_ENOUGH[severity])


_ENOUGH = {
    Severity.ROUTINE: SegmentState.MACHINE,
    Severity.IMPORTANT: SegmentState.TRANSLATED,
    Severity.URGENT: SegmentState.REVIEWED,
}


@dataclass(frozen=True)
class Segment:
    """Smallest translatable text. `key` is its address in the briefing, such as `section/2/3`.

    `target` is empty and `state` initial where there is no translation that may be used; `problems` says
    why a translation that exists is blocked. A segment is stale where the source text has changed since
    it was translated: `earlier` is then what it was translated to.
    """

    key: str
    source: str
    target: str = ""
    state: SegmentState = SegmentState.INITIAL
    origin: str = ""
    problems: tuple[str, ...] = ()
    earlier: str = ""

    @property
    def is_stale(self) -> bool:
        return bool(self.earlier)

    @property
    def is_reviewed(self) -> bool:
        """True where a person other than the demonstration's has read the translation."""
        return self.state in (SegmentState.REVIEWED, SegmentState.FINAL) and self.origin != DEMO_REVIEWER

    @property
    def section(self) -> str:
        return section_of(self.key)


def section_of(key: str) -> str:
    """Return the section a segment key belongs to: what is shown in one language as a whole.

    >>> section_of("section/2/heading"), section_of("event/0/title"), section_of("title")
    ('section/2', 'event/0', 'head')
    """
    first, _, rest = key.partition("/")
    if first in ("title", "summary"):
        return "head"
    if first in ("question", "easy"):
        return first
    return f"{first}/{rest.partition('/')[0]}"


@dataclass(frozen=True)
class Phrase:
    """A text and the locale it is truly in (never the locale that was hoped for)."""

    text: str
    locale: str


@dataclass(frozen=True)
class Edition:
    briefing: Briefing
    locale: str
    source_locale: str
    segments: Mapping[str, Segment] = field(default_factory=dict)
    reviewed: bool = False
    """True once a native speaker has reviewed the translations it uses."""

    @cached_property
    def unready_sections(self) -> frozenset[str]:
        """Sections of which at least one segment may not go out in this locale."""
        severity = self.briefing.severity
        if self.locale == self.source_locale:
            return frozenset()
        return frozenset(s.section for s in self.segments.values() if not s.state.is_enough_for(severity))

    @property
    def ready(self) -> bool:
        return not self.unready_sections

    @property
    def untranslated(self) -> bool:
        """True where not one section is in the edition's own locale."""
        sections = {segment.section for segment in self.segments.values()}
        return bool(sections) and self.unready_sections == sections

    @property
    def has_machine_text(self) -> bool:
        return any(
            s.state is SegmentState.MACHINE and s.section not in self.unready_sections for s in self.segments.values()
        )

    def phrase(self, key: str) -> Phrase:
        """Return the text of a segment: in this locale if its whole section is ready, else the source.

        Raises KeyError for a key that the briefing has not.
        """
        segment = self.segments[key]
        if self.locale == self.source_locale or segment.section in self.unready_sections:
            return Phrase(segment.source, self.source_locale)
        return Phrase(segment.target, self.locale)

    def locale_of(self, section: str) -> str:
        """Return the locale in which a section will truly be shown."""
        return self.source_locale if section in self.unready_sections else self.locale


@dataclass(frozen=True)
class Rendering:
    """An edition as one channel carries it, in named parts (`subject`, `html`, `text`, ...)."""

    briefing: str
    revision: str
    locale: str
    channel: str
    parts: Mapping[str, str]
