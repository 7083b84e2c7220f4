"""Alerts: what was said of an urgent briefing, message by message, for programs that pass warnings on."""

from __future__ import annotations

from collections.abc import Sequence

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.published import frozen, shown_revisions
from briefings.model.briefing import Severity
from briefings.rendering.alert import AlertMessage, MessageKind, is_whole
from briefings.store.engine import reading

WITHDRAWN = "withdrawn"


class Alerts:
    """Reads published urgent briefings; safe to use from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def messages(self, briefing: str) -> Sequence[AlertMessage]:
        """Return all messages about a briefing, oldest first; none where it is not public or not urgent.

        Of a withdrawn one there is only the message that cancels the others.
        """
        with reading(self._desk.engine) as connection:
            row = records.publication(connection, briefing)
            if row is None or row.severity != Severity.URGENT:
                return ()
            shown = shown_revisions(connection, briefing, row.revision)
            sent = tuple((one.revision, one.at) for one in shown)
            if row.withdrawn_at is not None:
                return [AlertMessage(MessageKind.CANCEL, briefing, WITHDRAWN, row.withdrawn_at, sent)]
            messages = []
            for at, one in enumerate(shown):
                rendered = records.rendered_locales(connection, briefing, one.revision).get("page", ())
                locales = [tag for tag in self._desk.content.places.locales if tag in rendered]
                found = (frozen(self._desk, connection, briefing, one.revision, locale) for locale in locales)
                whole = tuple(edition for edition in found if edition is not None and is_whole(edition))
                kind = MessageKind.UPDATE if at else MessageKind.ALERT
                messages.append(AlertMessage(kind, briefing, one.revision, one.at, sent[:at], whole, tuple(row.wards)))
            return messages
