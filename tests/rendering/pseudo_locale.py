"""A locale in which every translation stands in ⟦brackets⟧: what stands outside was never given to a translator."""

from __future__ import annotations

import re
from functools import lru_cache

from babel.messages.catalog import Catalog
from lxml import html

from briefings.model.briefing import Briefing
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.model.language import autonym
from briefings.model.slots import SLOTS
from briefings.rendering.interface import Interface
from briefings.rendering.site import Site
from briefings.translation.catalogs import Catalogs, Messages
from briefings.translation.engines.pseudo import pseudo
from briefings.translation.segments import source_texts
from briefings.web.public.frame import FEED_NAMES
from tests.rendering.editions import LOCALES, PLACES, SOURCE, ZONE

PSEUDO = "bg"
"""Its dates and figures have no Latin letters: whatever has them is a text of ours."""

_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+|\b[\w-]+(?:\.[\w-]+)+(?:/\S*)?")
_ENGLISH = re.compile(r"[^\W\d_]*[A-Za-z]{2,}[^\W\d_]*")
_READ_OUT = ("alt", "title", "aria-label", "placeholder", "content")
"""Attributes that people read or hear; `content` of the description only."""


class _Every(dict[str, str]):
    def __init__(self) -> None:
        super().__init__({"": ""})

    def __contains__(self, source: object) -> bool:
        return True

    def __missing__(self, source: str) -> str:
        return pseudo(source)


class _EveryPlural(dict[str, tuple[str, ...]]):
    def get(self, source: str, default: object = None) -> tuple[str, ...]:
        return (pseudo(source),) * 2


class PseudoCatalogs(Catalogs):
    def __init__(self) -> None:
        super().__init__(())

    def layers(self, domain: str, locale: str) -> tuple[Messages, ...]:
        if locale != PSEUDO:
            return ()
        return (Messages(locale, singular=_Every(), plural=_EveryPlural(), catalog=Catalog(PSEUDO)),)


def pseudo_site() -> Site:
    """Return the sample borough's site with an interface in brackets."""
    catalogs = PseudoCatalogs()
    return Site(
        PLACES, "https://briefings.example", lru_cache(lambda locale: Interface(locale, catalogs, ZONE, SOURCE))
    )


def pseudo_edition(briefing: Briefing) -> Edition:
    segments = {
        key: Segment(key, source, pseudo(source), SegmentState.FINAL, "pseudo")
        for key, source in source_texts(briefing, PSEUDO).items()
    }
    return Edition(briefing, PSEUDO, SOURCE, segments)


def seen_and_heard(document: str) -> str:
    """Return all that a page or mail says: its text, title, description and the names of its parts."""
    root = html.document_fromstring(document.replace("<wbr />", ""))
    for element in root.xpath("//style | //script"):
        element.drop_tree()
    said = [text for text in root.itertext() if isinstance(text, str)]
    for element in root.iter():
        if element.tag == "meta" and element.get("name") != "description":
            continue
        said += [element.get(name) or "" for name in _READ_OUT]
    return " ".join(said)


def not_translated(text: str, briefing: Briefing) -> list[str]:
    """Return the Latin words that stand in no bracket and are no name, address or number of the data."""
    while (outside := _BRACKETS.sub(" ", text)) != text:
        text = outside
    text = _ADDRESS.sub(" ", " ".join(text.split()))
    for name in sorted((*SLOTS, *_names(briefing)), key=len, reverse=True):
        text = text.replace(name, " ")
    return _ENGLISH.findall(text)


def _names(briefing: Briefing) -> list[str]:
    """Names are data: shown as they are in every language."""
    places = [PLACES.borough.name, *(region.name for region in PLACES.regions.values())]
    wards = [ward.name for ward in PLACES.wards.values()]
    return [
        *places,
        *wards,
        *(event.place for event in briefing.events),
        *FEED_NAMES.values(),
        *(autonym(locale) for locale in LOCALES),
    ]
