"""Names that stand alike in every language on the shipped borough's pages."""

from __future__ import annotations

import re

from briefings.content.loader import load_content
from briefings.model.language import autonym
from briefings.settings import CHECKOUT
from tests.acceptance.whole_site import REASON

CONTENT = load_content(CHECKOUT)
LOCALES = CONTENT.places.locales
SOURCES = " ".join(path.read_text() for path in (CHECKOUT / "content").rglob("*.[my]*"))
NAMES = (
    CONTENT.places.borough.name,
    *(region.name for region in CONTENT.places.regions.values()),
    *(ward.name for ward in CONTENT.places.wards.values()),
    *(event.place for loaded in CONTENT.briefings.values() for event in loaded.events),
    *(autonym(locale) for locale in LOCALES),
    *set(re.findall(r"[A-Z][a-z]+", SOURCES)),
    REASON,
)
"""Names of places, roads and people are data, and the same in every language; a reason is told as it was written."""
