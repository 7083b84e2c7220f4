"""Public pages with an interface in brackets: no English is left that nobody could translate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest

from briefings.model.briefing import Severity
from briefings.model.edition import Phrase
from briefings.rendering.page import Variant, render_article, render_feed_content
from briefings.rendering.structured import ToldEvent
from briefings.translation.engines.pseudo import pseudo
from briefings.web.public.around import Coming, Neighbour, Neighbours
from briefings.web.public.error_words import ERRORS
from briefings.web.public.pages import Pages
from briefings.web.public.source import OpenQuestion, PublishedEdition, PublishedItem, Withdrawn
from tests.rendering.editions import LOCALES, TEMPLATES, sample_briefing
from tests.rendering.pseudo_locale import PSEUDO, not_translated, pseudo_edition, pseudo_site, seen_and_heard

AT = datetime(2026, 11, 6, 9, tzinfo=UTC)
SITE = pseudo_site()
BRIEFING = sample_briefing(Severity.URGENT)
EDITION = pseudo_edition(BRIEFING)
ITEM = PublishedItem(
    BRIEFING.id,
    "riverside",
    PSEUDO,
    BRIEFING.severity,
    render_feed_content(EDITION, SITE, TEMPLATES),
    AT,
    AT,
    LOCALES,
)
SHOWN = PublishedEdition(
    BRIEFING.id, "riverside", PSEUDO, render_article(EDITION, SITE, TEMPLATES), AT, AT, LOCALES, corrected=True
)
QUESTION = OpenQuestion(pseudo("What next?"), (pseudo("Lamps"), pseudo("Patrols")), PSEUDO)
COMING = Coming(
    ToldEvent(0, Phrase(pseudo("Lamp walk"), PSEUDO), AT, AT, BRIEFING.events[0].place), BRIEFING.id, PSEUDO
)
NEIGHBOUR = Neighbour(BRIEFING.id, pseudo("Lamps in the park"), PSEUDO, PSEUDO)
PAGES: dict[str, Callable[[Pages], bytes]] = {
    "languages": lambda pages: pages.languages(PSEUDO),
    "home": lambda pages: pages.home(PSEUDO, [ITEM]),
    "home, nothing published": lambda pages: pages.home(PSEUDO, []),
    "home, with a question": lambda pages: pages.home(PSEUDO, [ITEM], [(ITEM, QUESTION)]),
    "region": lambda pages: pages.region(PSEUDO, "riverside", [ITEM]),
    "region, with events": lambda pages: pages.region(PSEUDO, "riverside", [ITEM], [COMING]),
    "edition": lambda pages: pages.edition(SHOWN),
    "edition between others": lambda pages: pages.edition(SHOWN, neighbours=Neighbours(NEIGHBOUR, NEIGHBOUR)),
    "easy read": lambda pages: pages.edition(SHOWN, Variant.EASY_READ),
    "large print": lambda pages: pages.edition(SHOWN, Variant.LARGE_PRINT),
    "text": lambda pages: pages.text(SHOWN),
    "withdrawn": lambda pages: pages.withdrawn(PSEUDO, Withdrawn(AT)),
    "question": lambda pages: pages.question(BRIEFING.id, PSEUDO, LOCALES, QUESTION, 1, refused=True),
    "thanks": lambda pages: pages.thanks(BRIEFING.id, PSEUDO),
    "unsubscribe": lambda pages: pages.unsubscribe(PSEUDO, "ask"),
    "unsubscribed": lambda pages: pages.unsubscribe(PSEUDO, "done"),
    "unsubscribed, with a reason": lambda pages: pages.unsubscribe(PSEUDO, "thanked"),
    "paused": lambda pages: pages.unsubscribe(PSEUDO, "paused", until=AT.date()),
    "left, from their own page": lambda pages: pages.unsubscribe(PSEUDO, "done", "/u/x", data="/bg/preferences/x"),
    "subscribed again": lambda pages: pages.unsubscribe(PSEUDO, "back"),
    "unknown token": lambda pages: pages.unknown_token(PSEUDO),
    "another error": lambda pages: pages.error(PSEUDO, 418),
    **{f"error {status}": partial(Pages.error, locale=PSEUDO, status=status) for status in ERRORS},
    "privacy": lambda pages: pages.about("privacy", PSEUDO),
    "cookies": lambda pages: pages.about("cookies", PSEUDO),
    "accessibility": lambda pages: pages.about("accessibility", PSEUDO),
}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_text_that_was_never_given_to_a_translator(name: str) -> None:
    pages = Pages(SITE, TEMPLATES)

    page = PAGES[name](pages).decode()

    assert not_translated(seen_and_heard(page), BRIEFING) == []
