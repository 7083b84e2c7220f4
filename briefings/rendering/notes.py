"""What every rendering says alike: how honest a translation is, and how to report a crime."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefings.model.briefing import ActionState, Briefing, Severity
from briefings.model.edition import Edition
from briefings.model.language import autonym, name_in
from briefings.rendering.interface import Interface


def N_(source: str) -> str:
    """Mark a string for the catalogs without translating it here."""
    return source


def fallback_note(interface: Interface, edition: Edition) -> str:
    """Say, in the reader's language, that a part is shown in the source language."""
    return interface.t(
        "This part has not been translated into {language} yet. It is shown in {source_language}.",
        language=autonym(edition.locale),
        source_language=name_in(edition.source_locale, interface.shell),
    )


def translation_label(interface: Interface, edition: Edition) -> str:
    """Say how the translation was made; empty for the source locale and where nothing is translated."""
    if edition.locale == edition.source_locale or edition.untranslated:
        return ""
    if edition.has_machine_text:
        return interface.t("Translated by machine. No person has checked this translation yet.")
    if not edition.reviewed:
        return interface.t("This translation has not been checked by a native speaker yet.")
    return ""


@dataclass(frozen=True)
class ReportingRoute:
    """A way to report: `when` is translated, `number` never is. `url` is what a tap opens."""

    when: str
    number: str
    url: str = ""


NATIONAL_ROUTES = (
    ReportingRoute(N_("Emergency: a crime is happening now or someone is in danger"), "999", "tel:999"),
    ReportingRoute(N_("Not an emergency"), "101", "tel:101"),
    ReportingRoute(N_("Textphone, emergency"), "18000", "tel:18000"),
    ReportingRoute(N_("Textphone, not an emergency"), "18001 101", "tel:18001101"),
    ReportingRoute(N_("On trains and in stations: text British Transport Police"), "61016", "sms:61016"),
    ReportingRoute(N_("Crimestoppers, without giving your name"), "0800 555 111", "tel:0800555111"),
)
"""How to report in England. Numbers are never translated and never written in other digits."""

PHONE_LINES_DOWN = "phone-lines-down"
"""The kind of message whose slot `number` names a number that cannot be reached."""

RELAY = "18001"
"""Relay UK's prefix: what follows is the number that it rings."""


def reporting_routes(briefing: Briefing) -> tuple[ReportingRoute, ...]:
    """Return how to report, without what the briefing itself says is not working: as a number, or by textphone."""
    message = briefing.message
    if message is None or message.kind != PHONE_LINES_DOWN:
        return NATIONAL_ROUTES
    dead = {_digits(number) for name, values in message.values if name == "number" for number in values}
    return tuple(route for route in NATIONAL_ROUTES if not {_digits(route.number), _rung(route.number)} & dead)


def _digits(phone: str) -> str:
    """Return a phone number as it is dialled in the United Kingdom."""
    return re.sub(r"\D", "", re.sub(r"^\+44 ?(?:0(?=\d))?", "0", phone))


def _rung(number: str) -> str:
    digits = _digits(number)
    return digits.removeprefix(RELAY) or digits


SEVERITIES = {Severity.IMPORTANT: N_("Important"), Severity.URGENT: N_("Urgent")}
"""What readers are told of a severity; a routine briefing says nothing."""

STATES = {
    ActionState.RAISED: N_("Raised"),
    ActionState.PLANNED: N_("Planned"),
    ActionState.DONE: N_("Done"),
    ActionState.NOT_POSSIBLE: N_("Not possible"),
}
"""What became of a thing that residents asked for."""


def tel(phone: str) -> str:
    """Return what a tap on a phone number opens (RFC 3966)."""
    return "tel:" + re.sub(r"[^\d+]", "", phone)


NOT_FOR_EMERGENCIES = N_("Do not use email or social media for emergencies or to report a crime.")
