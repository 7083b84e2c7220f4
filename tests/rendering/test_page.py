"""Articles: all of an edition, in its true languages, as strict HTML."""

from __future__ import annotations

import html5lib
import pytest
from lxml import html

from briefings.model.briefing import Severity
from briefings.rendering.page import PageRendering, render_article, render_feed_content
from briefings.translation.segments import source_texts
from tests.rendering.editions import EVERYTHING, LOCALES, TEMPLATES, sample_edition, sample_site

SITE = sample_site()
SPREAD = ("head", "section/1", "event/0", "action/1", "figure/0", "question", "contact/0", "image/0")


def article(locale: str, unready: tuple[str, ...] = (), severity: Severity = Severity.ROUTINE) -> html.HtmlElement:
    page = render_article(sample_edition(locale, unready, severity), SITE, TEMPLATES)
    return html.fromstring(page.article_html)


@pytest.mark.parametrize("locale", [*LOCALES, "ar"])
@pytest.mark.parametrize("unready", [(), SPREAD, (EVERYTHING,)])
def test_an_article_is_strict_html(locale: str, unready: tuple[str, ...]) -> None:
    edition = sample_edition(locale, unready)

    fragments = [render(edition, SITE, TEMPLATES).article_html for render in (render_article, render_feed_content)]

    for fragment in fragments:
        html5lib.HTMLParser(strict=True).parseFragment(fragment)
        assert "style=" not in fragment  # the site's content security policy refuses it


def test_an_article_says_everything_the_briefing_says() -> None:
    edition = sample_edition()

    text = " ".join(article("en-GB").text_content().split())

    for key, source in source_texts(edition.briefing, "en-GB").items():
        if not key.startswith(("section/", "image/", "easy/")):
            assert source in text, key
    for fact in ("9 arrests", "43 people", "EX4 1PL", "1,234", "-18.5", "020 7946 0123", "18001 101", "0800 555 111"):
        assert fact in text
    for part in (
        "Events",
        "You said, we did",
        "Not possible",
        "Contacts",
        "How to report a crime",
        "18:30",
        "Old Mill",
    ):
        assert part in text


def test_the_urdu_article_runs_right_to_left_and_keeps_numbers_in_order() -> None:
    root = article("ur")

    runs = {bdi.text_content() for bdi in root.iter("bdi") if bdi.get("dir") == "ltr"}

    assert (root.get("lang"), root.get("dir")) == ("ur", "rtl")
    assert {"999", "0800 555 111", "020 7946 0123", "riverside@exampleton.example"} <= runs
    assert root.xpath("string(.//h1)") == "فون کی چوریوں میں کمی، شام کے گشت جاری ہیں"


def test_a_part_without_translation_is_shown_in_its_language_after_a_note_in_the_readers() -> None:
    root = article("ta", unready=("section/1",))

    section = root.xpath(".//section[@lang='en-GB']")[0]
    note = section.getprevious()
    assert section.get("dir") == "ltr"
    assert "Officers made 9 arrests" in section.text_content()
    assert note.get("class") == "note"
    assert "lang" not in note.attrib
    assert len(root.find_class("note")) == 2  # the other one says that nobody has checked the translation


def test_where_nothing_is_translated_one_note_says_so() -> None:
    root = article("ur", unready=(EVERYTHING,))

    notes = root.find_class("note")

    assert len(notes) == 1
    assert root.find(".//h1").get("lang") == "en-GB"


def test_the_head_is_named_with_its_true_language() -> None:
    page = render_article(sample_edition("ur", unready=("head",)), SITE, TEMPLATES)

    assert (page.locale, page.title) == ("en-GB", "Phone thefts down, evening patrols continue")


@pytest.mark.parametrize(("severity", "badges"), [(Severity.URGENT, ["Urgent"]), (Severity.ROUTINE, [])])
def test_only_a_severe_briefing_has_a_badge(severity: Severity, badges: list[str]) -> None:
    root = article("en-GB", severity=severity)

    assert [badge.text for badge in root.xpath("./header//*[contains(@class, 'badge')]")] == badges


def test_a_feed_item_has_whole_addresses_and_an_article_paths() -> None:
    edition = sample_edition("bg")

    item = html.fromstring(render_feed_content(edition, SITE, TEMPLATES).article_html)

    assert {link[:8] for link in item.xpath(".//img/@src")} == {"https://"}
    assert all(not link.startswith("/") for link in item.xpath(".//a/@href"))
    assert article("bg").xpath(".//img/@src")[0].startswith("/media/")


def test_a_rendering_survives_the_store() -> None:
    page = render_article(sample_edition("ta"), SITE, TEMPLATES)

    again = PageRendering.from_parts(page.to_parts())

    assert again == page
