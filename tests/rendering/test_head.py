"""Open Graph and JSON-LD: true, in the right language, and no way out of the element that holds them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import html

from briefings.model.edition import Phrase
from briefings.rendering.head import PageFacts, json_ld, open_graph
from briefings.rendering.page import PageRendering
from briefings.rendering.structured import ToldEvent
from tests.rendering.editions import sample_site

SITE = sample_site()
JULY = datetime(2026, 7, 10, 17, 30, tzinfo=UTC)  # summer time in the borough: 18:30
URL = "https://briefings.exampleton.example/ur/riverside/2026-11-06-evening-patrols/"
FACTS = PageFacts(
    PageRendering("Patrols", "What was done.", "<p>x</p>", "ur"),
    URL,
    "ur",
    ("en-GB", "ur", "ta"),
    datetime(2026, 11, 6, 9, tzinfo=UTC),
    datetime(2026, 11, 7, 9, tzinfo=UTC),
    "https://briefings.exampleton.example/media/a.png",
    (ToldEvent(0, Phrase("Ward panel", "en-GB"), JULY, JULY + timedelta(hours=1), "Library", "E05999901"),),
)


def graph(facts: PageFacts) -> list[dict[str, Any]]:
    found: dict[str, Any] = json.loads(json_ld(facts, SITE))
    assert found["@context"] == "https://schema.org"
    graph: list[dict[str, Any]] = found["@graph"]
    return graph


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en-GB", "en_GB"), ("ro", "ro_RO"), ("ur", "ur_PK"), ("bg", "bg_BG"), ("pl", "pl_PL"), ("tr", "tr_TR"),
        ("es", "es_ES"), ("pt-PT", "pt_PT"), ("pa", "pa_IN"), ("it", "it_IT"), ("ta", "ta_IN"),
    ],
)  # fmt: skip
def test_open_graph_writes_languages_with_a_territory(locale: str, written: str) -> None:
    properties = open_graph(replace(FACTS, locale=locale, locales=(locale, "cs")), SITE)

    assert ("og:locale", written) in properties
    assert [content for name, content in properties if name == "og:locale:alternate"] == ["cs_CZ"]


def test_open_graph_says_what_a_preview_needs() -> None:
    properties = dict(open_graph(FACTS, SITE))

    assert properties["og:type"] == "article"
    assert (properties["og:title"], properties["og:description"]) == ("Patrols", "What was done.")
    assert (properties["og:url"], properties["og:image"]) == (URL, FACTS.image)
    assert properties["og:site_name"].endswith(SITE.places.borough.name)
    assert "og:image" not in dict(open_graph(replace(FACTS, image=""), SITE))


def test_an_article_and_its_events_say_their_languages_and_times_with_the_offset_of_the_day() -> None:
    article, event = graph(FACTS)

    assert (article["@type"], article["inLanguage"]) == ("NewsArticle", "ur")
    assert article["datePublished"] == "2026-11-06T09:00:00+00:00"
    assert article["dateModified"] == "2026-11-07T09:00:00+00:00"
    assert (event["@type"], event["inLanguage"], event["name"]) == ("Event", "en-GB", "Ward panel")
    assert (event["startDate"], event["endDate"]) == ("2026-07-10T18:30:00+01:00", "2026-07-10T19:30:00+01:00")
    assert event["location"]["name"] == "Library"


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- <script>", "a\u2028b & c", 'say "so" \\'])
def test_no_text_gets_out_of_the_element(text: str) -> None:
    hostile = replace(FACTS, page=replace(FACTS.page, title=text))

    page = f'<!doctype html><script type="application/ld+json">{json_ld(hostile, SITE)}</script><p>after</p>'

    (script,) = html.document_fromstring(page).xpath("//script")
    assert json.loads(script.text)["@graph"][0]["headline"] == text
    assert "\u2028" not in page
