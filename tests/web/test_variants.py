"""An edition in easy read, in large print and as text: found from its page, in its language, and gone with it."""

from __future__ import annotations

from dataclasses import replace

import html5lib
import httpx
import pytest
from lxml import html

from briefings.rendering.bidi import LRI, PDI, RLI
from briefings.rendering.page import PageRendering, render_article
from tests.rendering.editions import LOCALES, PHRASES, TEMPLATES, edition_of, sample_briefing, sample_site
from tests.web.published import MemorySite

BRIEFING = sample_briefing().id
BASE = "https://briefings.exampleton.example"
HTML_VARIANTS = ("easy-read", "large-print")
VARIANTS = (*HTML_VARIANTS, "text")


def page(web: httpx.Client, path: str) -> html.HtmlElement:
    return html.fromstring(web.get(path).text)


def variant_links(root: html.HtmlElement) -> list[str]:
    return [str(link) for link in root.xpath("//ul[@class='variants']//a/@href")]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("variant", HTML_VARIANTS)
def test_a_variant_is_a_strict_page_in_its_language(web: httpx.Client, variant: str, locale: str) -> None:
    answer = web.get(f"/{locale}/{BRIEFING}/{variant}/")

    html5lib.HTMLParser(strict=True).parse(answer.text)
    root = html.fromstring(answer.text)
    assert (root.get("lang"), root.get("dir"), root.get("class")) == (
        locale,
        "rtl" if locale == "ur" else "ltr",
        variant,
    )
    assert len(root.findall(".//h1")) == 1
    assert not root.xpath("//@style")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_leads_to_its_variants_and_they_lead_back(web: httpx.Client, locale: str) -> None:
    address = f"/{locale}/{BRIEFING}/"

    assert variant_links(page(web, address)) == [f"{address}{variant}/" for variant in VARIANTS]
    assert variant_links(page(web, f"{address}easy-read/")) == [address, f"{address}large-print/", f"{address}text/"]


def test_variants_are_named_to_machines_with_their_language_and_kind(web: httpx.Client) -> None:
    root = page(web, f"/ta/{BRIEFING}/")

    links = {link.get("href"): (link.get("type"), link.get("hreflang")) for link in root.xpath("//link[@title]")}

    address = f"{BASE}/ta/{BRIEFING}/"
    assert links[f"{address}easy-read/"] == ("text/html", "ta")
    assert links[f"{address}large-print/"] == ("text/html", "ta")
    assert links[f"{address}text/"] == ("text/plain", "ta")


@pytest.mark.parametrize(("variant", "canonical"), [("easy-read", "easy-read/"), ("large-print", "")])
def test_only_other_content_has_an_address_of_its_own_for_search_engines(
    web: httpx.Client, variant: str, canonical: str
) -> None:
    root = page(web, f"/bg/{BRIEFING}/{variant}/")

    assert root.xpath("string(//link[@rel='canonical']/@href)") == f"{BASE}/bg/{BRIEFING}/{canonical}"
    assert root.xpath("//nav[@class='languages']//a/@href") == [f"/{tag}/{BRIEFING}/{variant}/" for tag in LOCALES]


def test_the_easy_read_page_says_what_its_author_wrote_and_how_to_report(web: httpx.Client) -> None:
    root = page(web, f"/en-GB/{BRIEFING}/easy-read/")

    said = [p.text_content().strip() for p in root.xpath("//article/section[1]/p")]

    assert said == list(sample_briefing().easy_read)
    assert root.xpath("string(//h1)") == sample_briefing().title
    assert "0800 555 111" in root.xpath("string(//section[@class='report'])").replace("\u00a0", " ")


def test_an_easy_read_text_that_is_not_translated_is_english_as_a_whole_after_a_note(
    web: httpx.Client, source: MemorySite
) -> None:
    edition = edition_of(sample_briefing(), "ur", unready=("easy",))
    source.publications[BRIEFING].pages["ur"] = render_article(edition, sample_site(), TEMPLATES)
    source.changes += 1

    root = page(web, f"/ur/{BRIEFING}/easy-read/")

    (section,) = root.xpath("//section[@lang='en-GB']")
    assert section.get("dir") == "ltr"
    assert section.find("h2").get("lang") == "ur"
    assert section.getprevious().get("class") == "note"


def test_the_text_variant_is_the_text_of_the_mail_without_what_only_subscribers_need(web: httpx.Client) -> None:
    answer = web.get(f"/en-GB/{BRIEFING}/text/")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-language"] == "en-GB"
    assert answer.headers["link"] == f'<{BASE}/en-GB/{BRIEFING}/>; rel="canonical"'
    for fact in ("Phone thefts down", "9 arrests", "18:30–20:00", "-18.5 per cent", "0800 555 111", "Published on 6"):
        assert fact in answer.text
    for word in ("nsubscribe", "{{", "<p", "In this email"):
        assert word not in answer.text
    assert max(map(len, answer.text.split("\n"))) <= 120


def test_the_text_variant_in_urdu_is_urdu_and_keeps_numbers_in_order(web: httpx.Client) -> None:
    text = web.get(f"/ur/{BRIEFING}/text/").text

    assert f"{RLI}{PHRASES['ur']['What you told us']}{PDI}\n" in text
    assert f"{LRI}0800 555 111{PDI}" in text
    assert text.count(RLI) + text.count(LRI) == text.count(PDI)
    assert f"\n{BASE}/ur/{BRIEFING}/\n" in text


def test_a_corrected_text_says_so_first(web: httpx.Client, source: MemorySite) -> None:
    briefing = sample_briefing()
    source.publish(briefing, briefing.publish_at.replace(day=8), corrects=True)

    text = web.get(f"/en-GB/{BRIEFING}/text/").text

    assert text.startswith("This briefing was corrected on 8 November 2026.\n\n")


def test_a_briefing_without_easy_read_has_no_such_page_and_no_link_to_it(web: httpx.Client, source: MemorySite) -> None:
    source.publish(replace(sample_briefing(), easy_read=()))

    address = f"/ta/{BRIEFING}/"

    assert web.get(f"{address}easy-read/").status_code == 404
    assert variant_links(page(web, address)) == [f"{address}large-print/", f"{address}text/"]


def test_a_page_frozen_by_the_first_release_is_served_without_variants(web: httpx.Client, source: MemorySite) -> None:
    pages = source.publications[BRIEFING].pages
    parts = {name: pages["ta"].to_parts()[name] for name in ("title", "description", "article_html", "locale")}
    pages["ta"] = PageRendering.from_parts(parts)

    answers = {variant: web.get(f"/ta/{BRIEFING}/{variant}/").status_code for variant in VARIANTS}
    root = page(web, f"/ta/{BRIEFING}/")

    assert answers == dict.fromkeys(VARIANTS, 404)
    assert root.xpath("string(//h1)") == PHRASES["ta"][sample_briefing().title]
    assert variant_links(root) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_withdrawn_briefing_is_gone_in_every_variant(web: httpx.Client, source: MemorySite, variant: str) -> None:
    source.withdraw(BRIEFING, sample_briefing().publish_at)

    answer = web.get(f"/ur/{BRIEFING}/{variant}/")

    assert answer.status_code == 410
    assert "0456" not in answer.text


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_of_what_is_not_published_is_not_found_and_a_missing_slash_is_put_right(
    web: httpx.Client, variant: str
) -> None:
    missing = web.get(f"/ur/riverside/2030-01-01-not-there/{variant}/")
    slash = web.get(f"/ur/{BRIEFING}/{variant}")

    assert missing.status_code == 404
    assert (slash.status_code, slash.headers["location"]) == (308, f"/ur/{BRIEFING}/{variant}/")


@pytest.mark.parametrize("path", [f"/ur/{BRIEFING}/braille/", f"/ur/{BRIEFING}/braille", f"/xx/{BRIEFING}/text/"])
def test_other_variants_do_not_exist(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 404


def test_a_variant_that_is_known_is_not_sent_again(web: httpx.Client) -> None:
    path = f"/ur/{BRIEFING}/text/"

    again = web.get(path, headers={"if-none-match": web.get(path).headers["etag"]})

    assert again.status_code == 304
