"""Events of published briefings as calendars carry them: each with its own number, also those that were called off."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from briefings.editorial.desk import Desk
from briefings.editorial.published import Published, frozen, shown_revisions
from briefings.rendering.calendar import Dated
from briefings.rendering.lasting import through_corrections
from briefings.rendering.structured import ToldEvent
from briefings.store.engine import reading


class EventHistory:
    """Reads what published briefings say and said of their events; safe to use from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def of(self, found: Published) -> Sequence[Dated]:
        """Return the events of a published edition, and those that a correction took out of it, as called off."""
        told = [Dated(found.edition, event, found.published_at, found.updated_at) for event in found.edition.events]
        if not found.corrected:
            return told
        edition, source = found.edition, self._desk.source_locale
        with reading(self._desk.engine) as connection:
            history = [shown.revision for shown in shown_revisions(connection, edition.briefing, edition.revision)]
            # compared in the source locale: a translation that came late is no other event
            texts = [self._events(connection, edition.briefing, revision, source) for revision in history]
            events = []
            for one in through_corrections(texts):
                is_off = one.text != len(texts) - 1
                shown = (
                    frozen(self._desk, connection, edition.briefing, history[one.text], edition.locale)
                    if is_off
                    else edition
                )
                if shown is not None and one.told < len(shown.events):
                    event = shown.events[one.told]
                    events.append(Dated(edition, event, found.published_at, found.updated_at, one.number, is_off))
        return events

    def _events(self, connection: Connection, briefing: str, revision: str, locale: str) -> Sequence[ToldEvent]:
        edition = frozen(self._desk, connection, briefing, revision, locale)
        return edition.events if edition is not None else ()
