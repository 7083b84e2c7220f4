"""What the head of an edition's page tells programs: Open Graph (ogp.me) and JSON-LD (schema.org)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.core import get_global

from briefings.rendering.page import PageRendering
from briefings.rendering.site import Site
from briefings.rendering.structured import ToldEvent


@dataclass(frozen=True)
class PageFacts:
    """What is known of an edition's page. `locale` is that of its address, `page.locale` the one its title is in."""

    page: PageRendering
    url: str
    locale: str
    locales: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    image: str = ""
    events: Sequence[ToldEvent] = ()


def open_graph(facts: PageFacts, site: Site) -> list[tuple[str, str]]:
    """Return (property, content) of the meta elements, in order."""
    name = site.interface(facts.locale).t("Community safety briefings")
    others = (locale for locale in facts.locales if locale != facts.locale)
    return [
        ("og:type", "article"),
        (
            "og:site_name",
            f"{name} · {site.places.borough.name}",
        ),
        ("og:title", facts.page.title),
        ("og:description", facts.page.description),
        ("og:url", facts.url),
        ("og:locale", _with_territory(facts.locale)),
        *(("og:locale:alternate", _with_territory(locale)) for locale in others),
        *([("og:image", facts.image)] if facts.image else []),
        ("article:published_time", _moment(facts.published_at, site)),
        ("article:modified_time", _moment(facts.updated_at, site)),
    ]


def json_ld(facts: PageFacts, site: Site) -> str:
    """Return an article and its events as JSON that is safe inside a script element of any type."""
    publisher = {
        "@type": "GovernmentOrganization",
        "name": site.places.borough.name,
        "url": site.home_url(facts.locale),
    }
    article: dict[str, Any] = {
        "@type": "NewsArticle",
        "@id": facts.url,
        "url": facts.url,
        "headline": facts.page.title,
        "description": facts.page.description,
        "inLanguage": facts.page.locale,
        "datePublished": _moment(facts.published_at, site),
        "dateModified": _moment(facts.updated_at, site),
        "publisher": publisher,
        "author": publisher,
        "isAccessibleForFree": True,
    }
    if facts.image:
        article["image"] = [facts.image]
    graph = [article, *(_event(event, facts, publisher, site) for event in facts.events)]
    text = json.dumps({"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":  # so that no text can end the element, or begin a comment in it
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _event(event: ToldEvent, facts: PageFacts, publisher: dict[str, str], site: Site) -> dict[str, Any]:
    ward = site.places.wards.get(event.ward)
    area = f"{ward.name}, {site.places.borough.name}" if ward else site.places.borough.name
    return {
        "@type": "Event",
        "name": event.title.text,
        "inLanguage": event.title.locale,
        "startDate": _moment(event.start, site),
        "endDate": _moment(event.end, site),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": event.place, "address": area},
        "organizer": publisher,
        "url": facts.url,
    }


def _moment(moment: datetime, site: Site) -> str:
    return moment.astimezone(site.places.borough.zone).isoformat(timespec="seconds")


def _with_territory(locale: str) -> str:
    """Return a locale as Open Graph writes it, `ur_PK`: with its territory, or where it is mostly spoken (CLDR)."""
    tag = locale.replace("-", "_")
    likely = get_global("likely_subtags").get(tag, tag)
    parts = (likely if "_" not in tag or len(tag.split("_")[1]) == 4 else tag).split("_")
    return f"{parts[0]}_{parts[-1]}" if len(parts) > 1 else tag
