"""Alerts in the Common Alerting Protocol 1.2 (OASIS): an urgent briefing for programs that pass warnings on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from urllib.parse import urlsplit

from lxml import etree

from briefings.rendering.feed import xml_text
from briefings.rendering.site import Site
from briefings.rendering.structured import StructuredEdition

MEDIA_TYPE = "application/cap+xml"
CAP = "urn:oasis:names:tc:emergency:cap:1.2"
STANDS_FOR = timedelta(days=14)
MAX_HEADLINE = 160
"""Characters (CAP 1.2, 3.2.2: "headline")."""


class MessageKind(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


@dataclass(frozen=True)
class AlertMessage:
    """One message about a briefing. `version` is its revision, for a translation that came late with the moment behind
    it, or `withdrawn`; `earlier` are the (version, sent) before it.

    `editions` are those in which the whole text is ready; a Cancel has none, as nothing is told of what is withdrawn.
    """

    kind: MessageKind
    briefing: str
    version: str
    sent: datetime
    earlier: tuple[tuple[str, datetime], ...] = ()
    editions: tuple[StructuredEdition, ...] = ()
    wards: tuple[str, ...] = ()

    def is_over(self, now: datetime) -> bool:
        """Say whether all that it tells has expired; what names no end has one after STANDS_FOR."""
        ends = [edition.expires or self.sent + STANDS_FOR for edition in self.editions]
        return bool(ends) and max(ends) <= now


def render_alert(message: AlertMessage, site: Site, *, is_exercise: bool) -> bytes:
    """Render a message; its identifier never changes, and names what it replaces by theirs (3.2.1)."""
    zone = site.places.borough.zone
    root = etree.Element(f"{{{CAP}}}alert", nsmap={None: CAP})
    _add(root, "identifier", identifier(message.briefing, message.version))
    _add(root, "sender", _sender(site))
    _add(root, "sent", _moment(message.sent, zone))
    _add(root, "status", "Test" if is_exercise else "Actual")
    _add(root, "msgType", message.kind)
    _add(root, "scope", "Public")
    if message.kind is MessageKind.CANCEL:
        _add(root, "note", "Withdrawn by the sender.")
    if message.earlier:
        named = [
            f"{_sender(site)},{identifier(message.briefing, version)},{_moment(sent, zone)}"
            for version, sent in message.earlier
        ]
        _add(root, "references", " ".join(named))
    for edition in message.editions:
        _info(root, edition, message, site)
    rendered: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return rendered


def is_whole(edition: StructuredEdition) -> bool:
    """Say whether all that an alert takes from an edition is in the edition's own locale."""
    told = (edition.title, edition.summary, *(section.heading for section in edition.sections))
    return not edition.fallen_back and all(phrase.locale == edition.locale for phrase in told)


def _info(root: etree._Element, edition: StructuredEdition, message: AlertMessage, site: Site) -> None:
    """Add a text in one language. What nobody has judged, such as how severe it is, is said to be unknown."""
    zone = site.places.borough.zone
    info = _add(root, "info")
    _add(info, "language", edition.locale)
    _add(info, "category", "Safety")
    _add(info, "event", edition.title.text)
    _add(info, "urgency", "Immediate")  # what `urgent` means: it goes out at once
    _add(info, "severity", "Unknown")
    _add(info, "certainty", "Unknown")
    _add(info, "effective", _moment(message.sent, zone))
    if edition.expires is not None:
        _add(info, "expires", _moment(edition.expires, zone))
    _add(info, "senderName", site.places.borough.name)
    _add(info, "headline", _shortened(edition.title.text))
    _add(info, "description", _description(edition))
    _add(info, "web", site.page_url(edition.briefing, edition.locale))
    if contacts := _contacts(edition):
        _add(info, "contact", contacts)
    region = site.places.regions.get(edition.region)
    area = _add(info, "area")
    _add(area, "areaDesc", f"{site.places.borough.name}: {region.name}" if region else site.places.borough.name)
    for ward in message.wards:
        geocode = _add(area, "geocode")
        _add(geocode, "valueName", "GSS")
        _add(geocode, "value", ward)


def _description(edition: StructuredEdition) -> str:
    parts = [edition.summary.text]
    parts += [f"{section.heading.text}\n{section.text}" for section in edition.sections]
    return "\n\n".join(part.strip() for part in parts)


def _contacts(edition: StructuredEdition) -> str:
    lines = [(contact.name.text, contact.phone, contact.email, contact.url) for contact in edition.contacts]
    return "\n".join(", ".join(part for part in line if part) for line in lines)


def _shortened(title: str) -> str:
    return title if len(title) <= MAX_HEADLINE else title[: MAX_HEADLINE - 1].rstrip() + "…"


def identifier(briefing: str, version: str) -> str:
    """Return a message's own name; spaces, commas, < and & may not be in it (3.2.1)."""
    return f"{briefing.replace('/', '.')}.{version}"


def _sender(site: Site) -> str:
    return urlsplit(site.public_url).hostname or "localhost"


def _moment(moment: datetime, zone: tzinfo) -> str:
    """Return a time as 3.3.2 has it: to the second, with an offset, and -00:00 where that is none."""
    written = moment.astimezone(zone).isoformat(timespec="seconds")
    return written.replace("+00:00", "-00:00")


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, f"{{{CAP}}}{name}")
    if text:
        element.text = xml_text(text)
    return element


def newest_of(messages: Sequence[AlertMessage], version: str) -> AlertMessage | None:
    """Return the message of a version, or the newest where none is asked for."""
    if not version:
        return messages[-1] if messages else None
    return next((message for message in messages if message.version == version), None)
