"""Newsletters: an edition as a mail, in HTML, in large print and as text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from babel.core import get_global
from jinja2 import Environment

from briefings.model.briefing import Severity
from briefings.model.delivery import Purpose
from briefings.model.edition import Edition
from briefings.model.language import cldr
from briefings.model.slots import PREFERENCES_URL_SLOT, UNSUBSCRIBE_URL_SLOT
from briefings.rendering.bidi import LRI, PDI, address_html, isolated_text, right_to_left_lines
from briefings.rendering.interface import Interface
from briefings.rendering.mjml import to_html
from briefings.rendering.notes import (
    NATIONAL_ROUTES,
    NOT_FOR_EMERGENCIES,
    SEVERITIES,
    STATES,
    reporting_routes,
    tel,
    translation_label,
)
from briefings.rendering.site import Site
from briefings.rendering.wording import Wording, clean

PREHEADER_LENGTH = 140
CONTENTS_FROM = 5
"""Shorter briefings do without a list of what is in them."""
TEXT_WIDTH = 76
TEXT_LINE = 200
"""A word longer than this is cut, so that four octets a character stay below 998 a line."""

TEMPLATES = {
    Purpose.BRIEFING: "email/briefing",
    Purpose.CORRECTION: "email/briefing",
    Purpose.FOLLOW_UP: "email/briefing",
    Purpose.WITHDRAWAL: "email/withdrawal",
}


@dataclass(frozen=True)
class EmailRendering:
    """One mail for all readers of an edition. The slots of model/slots.py stand in the last three."""

    subject: str
    preheader: str
    html: str
    large_print: str
    text: str

    def to_parts(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_parts(cls, parts: Mapping[str, str]) -> EmailRendering:
        """Read back what `to_parts` gave. Raises KeyError where a part is missing."""
        return cls(**{field.name: parts[field.name] for field in fields(cls)})


def render_email(
    edition: Edition,
    site: Site,
    templates: Environment,
    purpose: Purpose = Purpose.BRIEFING,
    note: str = "",
) -> EmailRendering:
    """Render an edition as a mail; `note` is the reason for a correction or withdrawal, in the source language.

    A withdrawal carries the title and the note and nothing else of the briefing. Raises MjmlError.
    """
    interface = site.interface(edition.locale)
    wording = Wording(edition, interface)
    title = wording.phrase("title").text
    label = _label(interface, edition, purpose)
    subject = f"{label}: {title}" if label else title
    if purpose is Purpose.WITHDRAWAL:
        preheader = interface.t("We have withdrawn this briefing. Please do not rely on it.")
    else:
        preheader = _shortened(wording.phrase("summary").text)
    names = {
        **_names(edition, site, interface, wording),
        "subject": subject,
        "preheader": preheader,
        # what a withdrawn briefing said of a number is not to be relied on
        **({"routes": NATIONAL_ROUTES} if purpose is Purpose.WITHDRAWAL else {}),
        "purpose": purpose,
        "note": note,
        "wording": wording,
        "is_mail": True,
    }
    markup = templates.get_template(f"{TEMPLATES[purpose]}.mjml.j2")
    plain = templates.get_template(f"{TEMPLATES[purpose]}.txt.j2")
    return EmailRendering(
        subject=subject,
        preheader=preheader,
        html=to_html(clean(markup.render(names, large=False)), interface.dir),
        large_print=to_html(clean(markup.render(names, large=True)), interface.dir),
        text=laid_out(clean(plain.render(names))),
    )


def render_text(edition: Edition, site: Site, templates: Environment) -> str:
    """Render an edition as plain text that is no mail: the same text, without what only a subscriber needs.

    Browsers lay out plain text from left to right: lines in a right-to-left script are isolated, to read in order.
    """
    interface = site.interface(edition.locale)
    wording = Wording(edition, interface)
    names = {
        **_names(edition, site, interface, wording),
        "purpose": Purpose.BRIEFING,
        "note": "",
        "wording": wording,
        "is_mail": False,
        "has_contents": False,
    }
    text = laid_out(clean(templates.get_template(f"{TEMPLATES[Purpose.BRIEFING]}.txt.j2").render(names)))
    return right_to_left_lines(text) if interface.dir == "rtl" else text


def _shortened(text: str) -> str:
    """Cut a text for a list of mails: between words, or anywhere in a script without spaces."""
    if len(text) <= PREHEADER_LENGTH:
        return text
    start, space, _ = text[:PREHEADER_LENGTH].rpartition(" ")
    return (start if space else text[: PREHEADER_LENGTH - 1]) + "…"


def _label(interface: Interface, edition: Edition, purpose: Purpose) -> str:
    match purpose:
        case Purpose.CORRECTION:
            return interface.t("Correction")
        case Purpose.WITHDRAWAL:
            return interface.t("Withdrawn")
        case _:
            severity = edition.briefing.severity
            return interface.t("Urgent") if severity is Severity.URGENT else ""


def _names(edition: Edition, site: Site, interface: Interface, wording: Wording) -> dict[str, object]:
    """Return what every template of a mail may use, by name."""
    briefing = edition.briefing
    region = site.places.regions.get(briefing.region)
    severity = SEVERITIES.get(briefing.severity)
    return {
        "t": interface.t,
        "nt": interface.nt,
        "interface": interface,
        "language": cldr(interface.lang).language,
        "script_code": script_of(interface.lang),
        "tel": tel,
        "runs_text": lambda text: isolated_text(text, interface.dir),
        "address": address_html,
        "ltr": lambda text: f"{LRI}{text}{PDI}" if interface.dir == "rtl" else text,
        "edition": edition,
        "briefing": briefing,
        "site": site,
        "borough": site.places.borough.name,
        "region": region.name if region else briefing.region,
        "from_source": wording.from_source,
        "wards": {code: ward.name for code, ward in site.places.wards.items()},
        "severity": interface.t(severity) if severity else "",
        "label": translation_label(interface, edition),
        "states": {state: interface.t(name) for state, name in STATES.items()},
        "routes": reporting_routes(briefing),
        "not_for_emergencies": NOT_FOR_EMERGENCIES,
        "locales": [] if briefing.region not in site.places.regions else site.locales_of(briefing),
        "page_url": site.page_url(briefing.id, edition.locale),
        "respond_url": site.respond_url(briefing.id, edition.locale),
        "has_contents": len(briefing.sections) >= CONTENTS_FROM,
        "unsubscribe_url": UNSUBSCRIBE_URL_SLOT,
        "preferences_url": PREFERENCES_URL_SLOT,
    }


def script_of(locale: str) -> str:
    """Return the ISO 15924 code of the script a locale is written in: `Latn`, `Arab`, `Taml`..."""
    tag = cldr(locale)
    likely = get_global("likely_subtags").get(str(tag)) or get_global("likely_subtags").get(tag.language, "")
    return tag.script or next((part for part in likely.split("_") if len(part) == 4), "Latn")


_ITEM = re.compile(r"\s*(?:- |\d+\. )?")


def laid_out(text: str) -> str:
    """Wrap the lines of a text part, lists with a hanging indent; blank lines never come in twos."""
    lines: list[str] = []
    for line in text.splitlines():
        start = _ITEM.match(line)
        hang = " " * (start.end() if start else 0)
        wrapped = textwrap.wrap(
            line.rstrip(), TEXT_WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
        )
        for row in wrapped or [""]:
            if row or (lines and lines[-1]):
                lines.extend(row[i : i + TEXT_LINE] for i in range(0, max(len(row), 1), TEXT_LINE))
    return "\n".join(lines).strip("\n") + "\n"
