"""An edition part by part: what calendars, alerts, ward pages and the API are made of. Frozen at approval like a page.

Each text says in which locale it truly is; where a translation is not ready that is the source locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime

from pydantic import TypeAdapter

from briefings.model.briefing import ActionState, Severity
from briefings.model.edition import Edition, Phrase
from briefings.rendering.page import PageWording
from briefings.rendering.site import Site


@dataclass(frozen=True)
class ToldSection:
    heading: Phrase
    html: str
    text: str


@dataclass(frozen=True)
class ToldEvent:
    """`number` is its place among the briefing's events; `start` and `end` are aware; `place` is never translated."""

    number: int
    title: Phrase
    start: datetime
    end: datetime
    place: str
    ward: str = ""


@dataclass(frozen=True)
class ToldAction:
    said: Phrase
    did: Phrase
    state: ActionState
    ward: str = ""


@dataclass(frozen=True)
class ToldContact:
    name: Phrase
    phone: str = ""
    email: str = ""
    url: str = ""
    note: Phrase | None = None


@dataclass(frozen=True)
class ToldFigure:
    label: Phrase
    value: str
    unit: str = ""


@dataclass(frozen=True)
class ToldQuestion:
    text: Phrase
    options: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class StructuredEdition:
    """`fallen_back` names the sections that are in the source locale because their translation is not ready."""

    briefing: str
    revision: str
    region: str
    locale: str
    severity: Severity
    title: Phrase
    summary: Phrase
    first_day: Date
    last_day: Date
    expires: datetime | None = None
    sections: tuple[ToldSection, ...] = ()
    events: tuple[ToldEvent, ...] = ()
    actions: tuple[ToldAction, ...] = ()
    contacts: tuple[ToldContact, ...] = ()
    figures: tuple[ToldFigure, ...] = ()
    question: ToldQuestion | None = None
    fallen_back: tuple[str, ...] = ()
    is_reviewed: bool = False

    def to_parts(self) -> dict[str, str]:
        return {"json": _STRUCTURED.dump_json(self).decode()}

    @classmethod
    def from_parts(cls, parts: Mapping[str, str]) -> StructuredEdition:
        """Read back what `to_parts` gave. Raises KeyError or pydantic's ValidationError for anything else."""
        return _STRUCTURED.validate_json(parts["json"])


_STRUCTURED = TypeAdapter(StructuredEdition)


def render_structured(edition: Edition, site: Site) -> StructuredEdition:
    """Return an edition part by part."""
    briefing = edition.briefing
    wording = PageWording(edition, site.interface(edition.locale))
    phrases = wording.phrase
    question = briefing.question
    return StructuredEdition(
        briefing=briefing.id,
        revision=briefing.revision,
        region=briefing.region,
        locale=edition.locale,
        severity=briefing.severity,
        title=phrases("title"),
        summary=phrases("summary"),
        first_day=briefing.period.start,
        last_day=briefing.period.end,
        expires=briefing.expires,
        sections=tuple(
            ToldSection(phrases(f"section/{i}/heading"), str(wording.body_html(i)), wording.body_text(i))
            for i in range(len(briefing.sections))
        ),
        events=tuple(
            ToldEvent(i, phrases(f"event/{i}/title"), event.start, event.end, event.place, event.ward)
            for i, event in enumerate(briefing.events)
        ),
        actions=tuple(
            ToldAction(phrases(f"action/{i}/said"), phrases(f"action/{i}/did"), action.state, action.ward)
            for i, action in enumerate(briefing.actions)
        ),
        contacts=tuple(
            ToldContact(
                phrases(f"{key}/name"),
                contact.phone,
                contact.email,
                contact.url,
                phrases(f"{key}/note") if contact.note else None,
            )
            for key, contact in wording.contacts()
        ),
        figures=tuple(
            ToldFigure(phrases(f"figure/{i}/label"), str(figure.value), figure.unit)
            for i, figure in enumerate(briefing.figures)
        ),
        question=ToldQuestion(
            phrases("question/text"),
            tuple(phrases(f"question/option/{j}") for j in range(len(question.options))),
        )
        if question
        else None,
        fallen_back=tuple(sorted(edition.unready_sections)),
        is_reviewed=edition.reviewed,
    )
