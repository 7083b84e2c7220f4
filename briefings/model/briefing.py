"""A briefing: what one region is told for one period, in the source locale."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any


class Severity(StrEnum):
    ROUTINE = "routine"
    IMPORTANT = "important"
    URGENT = "urgent"

    @property
    def needs_second_person(self) -> bool:
        """True where the approver must be somebody other than the author."""
        return self is not Severity.ROUTINE


class ActionState(StrEnum):
    RAISED = "raised"
    PLANNED = "planned"
    DONE = "done"
    NOT_POSSIBLE = "not-possible"


@dataclass(frozen=True)
class Period:
    start: date
    end: date


@dataclass(frozen=True)
class Contact:
    name: str
    phone: str = ""
    email: str = ""
    url: str = ""
    note: str = ""
    audiences: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    """Editions that show it; empty: all."""
    is_service: bool = False
    """True for a service of the whole borough, which every briefing shows; it is no part of the revision."""

    def is_shown_in(self, locale: str) -> bool:
        return not self.locales or locale in self.locales


@dataclass(frozen=True)
class Event:
    """`start` and `end` are aware, in the borough's zone. `place` is a name and stays as written."""

    title: str
    start: datetime
    end: datetime
    place: str
    ward: str = ""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    id: str
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Action:
    """You said, we did."""

    said: str
    did: str
    state: ActionState
    ward: str = ""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    label: str
    value: Decimal
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class Image:
    """`src` is the file's path beside the briefing; `digest` is the SHA-256 of its bytes."""

    src: str
    alt: str
    digest: str = ""


@dataclass(frozen=True)
class Section:
    heading: str
    body: str
    """Markdown, without the heading."""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """What a briefing takes from a template of urgent messages: its kind, and slot by slot what fills it.

    Times are wall times in the borough's zone (`2026-11-20 15:45`); of phrases the ids are kept. `sections` is
    how many of the briefing's sections it gives: the first ones.
    """

    kind: str
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sections: int = 0


@dataclass(frozen=True)
class Briefing:
    region: str
    slug: str
    title: str
    period: Period
    publish_at: datetime
    severity: Severity
    author: str
    summary: str
    sections: tuple[Section, ...]
    expires: datetime | None = None
    audience: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    events: tuple[Event, ...] = ()
    question: Question | None = None
    actions: tuple[Action, ...] = ()
    figures: tuple[Figure, ...] = ()
    images: tuple[Image, ...] = ()
    audience_names: tuple[tuple[str, str], ...] = ()
    """Id and name of every audience that the briefing or a block of it names; everyone is not among them."""
    easy_read: tuple[str, ...] = ()
    """The briefing told again in short sentences, by its author."""
    message: Message | None = None
    """With one, title, summary and the first sections are the template's, filled."""

    @property
    def id(self) -> str:
        """`region/slug`, as the command line and the URLs name it."""
        return f"{self.region}/{self.slug}"

    @cached_property
    def revision(self) -> str:
        """Hash of the whole content, 16 hexadecimal digits. Everything later is bound to it.

        What a briefing does not use of the fields in LATER is left out, so that a newer release of this
        program sees no change in a briefing that an older one published. What it takes from the borough (services,
        names of audiences) is left out too: a word changed there is no change of every briefing.
        """
        own = replace(self, contacts=tuple(c for c in self.contacts if not c.is_service), audience_names=())
        content = json.dumps(_without_unused(asdict(own)), default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


LATER = frozenset({"audiences", "locales", "is_service", "audience_names", "easy_read", "message"})
"""Names of fields that came after the first release, wherever they stand: no field of that one has such a name."""


def _without_unused(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_unused(item) for key, item in value.items() if item or key not in LATER}
    if isinstance(value, (list, tuple)):
        return [_without_unused(item) for item in value]
    return value
