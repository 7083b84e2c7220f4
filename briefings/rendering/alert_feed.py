"""The feed of alerts: what stands now of urgent briefings, each entry leading to its CAP message (Atom, RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from briefings.model.channel import Channel
from briefings.rendering.alert import MEDIA_TYPE, AlertMessage, MessageKind, identifier
from briefings.rendering.feed import EPOCH, GENERATOR, TYPES, tag_uri, xml_text
from briefings.rendering.site import Site

_ATOM = "{http://www.w3.org/2005/Atom}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def alert_feed_title(locale: str, site: Site) -> str:
    t = site.interface(locale).t
    return f"{t('Urgent')} · {t('Community safety briefings')} · {site.places.borough.name}"


def render_alert_feed(messages: Sequence[AlertMessage], locale: str, site: Site) -> bytes:
    """Render messages, newest first. A text that is not ready in the feed's language is in the borough's own.

    Written out, for feedgen drops the type and the language of an entry's links, which are what matters here.
    """
    feed = etree.Element(f"{_ATOM}feed", {_LANG: site.interface(locale).shell}, nsmap={None: _ATOM[1:-1]})
    _add(feed, "id", tag_uri(site, EPOCH.date().isoformat(), f"alerts/{locale}"))
    _add(feed, "title", alert_feed_title(locale, site))
    _add(feed, "updated", _moment(max((message.sent for message in messages), default=EPOCH)))
    _add(etree.SubElement(feed, f"{_ATOM}author"), "name", site.places.borough.name)
    _add(feed, "generator", GENERATOR)
    _link(feed, "self", site.alert_feed_url(locale), TYPES[Channel.ATOM], locale)
    _link(feed, "alternate", site.home_url(locale), "text/html", locale)
    for message in messages:
        _entry(feed, message, locale, site)
    rendered: bytes = etree.tostring(feed, encoding="UTF-8", xml_declaration=True)
    return rendered


def _entry(feed: etree._Element, message: AlertMessage, locale: str, site: Site) -> None:
    told = {edition.locale: edition for edition in message.editions}
    edition = told.get(locale) or next(iter(told.values()), None)
    entry = etree.SubElement(feed, f"{_ATOM}entry", {_LANG: edition.locale} if edition else {})
    named = identifier(message.briefing, message.version)
    _add(entry, "id", tag_uri(site, EPOCH.date().isoformat(), f"alerts/{named}"))
    t = site.interface(locale).t
    withdrawn = t("We have withdrawn this briefing. Please do not rely on it.")
    _add(entry, "title", edition.title.text if edition else t("Withdrawn"))
    _add(entry, "published", _moment(message.sent))
    _add(entry, "updated", _moment(message.sent))
    version = "" if message.kind is MessageKind.CANCEL else message.version
    url = site.alert_url(message.briefing, version)
    _link(entry, "alternate", url, MEDIA_TYPE)
    if edition is not None:
        _link(entry, "related", site.page_url(message.briefing, edition.locale), "text/html", edition.locale)
    _add(entry, "summary", edition.summary.text if edition else withdrawn)
    etree.SubElement(entry, f"{_ATOM}content", {"type": MEDIA_TYPE, "src": url})


def _link(parent: etree._Element, relation: str, url: str, media_type: str, locale: str = "") -> None:
    known = {"rel": relation, "href": url, "type": media_type, **({"hreflang": locale} if locale else {})}
    etree.SubElement(parent, f"{_ATOM}link", known)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{_ATOM}{name}").text = xml_text(text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
