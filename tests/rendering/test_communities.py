"""What a community sees of a briefing: for whom a block is, the contacts of its language, figures as it writes them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import html

from briefings.model.briefing import Figure, Section
from briefings.rendering.bidi import LRI, PDI
from briefings.rendering.email import render_email
from briefings.rendering.page import render_article, render_feed_content
from tests.rendering.editions import TEMPLATES, edition_of, sample_briefing, sample_edition, sample_site, translated
from tests.rendering.mails import plain_words, words

SITE = sample_site()
LABEL, YOUNG = "For: {audiences}", "Young people"


def test_blocks_for_everyone_have_no_label_and_the_others_say_whom_they_are_for() -> None:
    root = html.fromstring(render_article(sample_edition(), SITE, TEMPLATES).article_html)

    labels = [label.text_content() for label in root.find_class("whom")]

    assert labels == [
        "For: Young people",
        "For: Businesses",
        "For: Young people",
        "For: Young people and Businesses",
    ]
    assert [label.getprevious().text for label in root.find_class("whom") if label.getprevious() is not None] == [
        "Keep your phone safe",
        "Free phone marking",
        "Noise and street lighting",
    ]


@pytest.mark.parametrize("locale", ["ur", "ta", "bg"])
def test_labels_are_in_the_readers_language_in_every_channel(locale: str) -> None:
    edition = sample_edition(locale)
    label = translated(LABEL, locale).format(audiences=translated(YOUNG, locale))

    mail = render_email(edition, SITE, TEMPLATES)
    pages = [render(edition, SITE, TEMPLATES).article_html for render in (render_article, render_feed_content)]

    for said in (words(mail.html), words(mail.large_print), plain_words(mail.text)):
        assert said.count(label) >= 3
    assert all(html.fromstring(page).text_content().count(label) >= 3 for page in pages)


def test_the_whole_briefing_may_be_for_an_audience() -> None:
    edition = edition_of(replace(sample_briefing(), audience=("businesses",)), "en-GB")

    root = html.fromstring(render_article(edition, SITE, TEMPLATES).article_html)
    mail = render_email(edition, SITE, TEMPLATES)

    assert root.find("header").find_class("whom")[0].text_content() == "For: Businesses"
    assert html.fromstring(mail.html).find(".//h1").getnext().text_content() == "For: Businesses"
    assert mail.text.count("For: Businesses") == 2


def test_a_label_in_an_english_section_is_still_the_readers() -> None:
    edition = sample_edition("ur", unready=("section/2",))

    page = html.fromstring(render_article(edition, SITE, TEMPLATES).article_html)
    mail = html.fromstring(render_email(edition, SITE, TEMPLATES).html)

    (section,) = page.xpath(".//section[@lang='en-GB']")
    assert (section.find_class("whom")[0].get("lang"), section.find_class("whom")[0].get("dir")) == ("ur", "rtl")
    (wrapped,) = mail.xpath("//div[@lang='en-GB'][h2]")
    assert wrapped.find("p").get("lang") == "ur"
    assert "text-align:right" in wrapped.find("p").get("style")


def test_an_audience_whose_name_is_not_translated_is_marked_and_stops_nothing_else() -> None:
    edition = sample_edition("ur", unready=("audience/young-people",))

    root = html.fromstring(render_article(edition, SITE, TEMPLATES).article_html)

    (name, *_) = root.xpath(".//*[@class='whom']/bdi[@lang='en-GB']")
    assert (name.text, name.get("dir")) == ("Young people", "ltr")
    assert not root.xpath(".//section[@lang='en-GB']")


def test_a_contact_of_some_languages_is_shown_in_their_editions_only() -> None:
    numbers = {}

    for locale in ("en-GB", "ur", "ta", "bg"):
        edition = sample_edition(locale)
        mail = render_email(edition, SITE, TEMPLATES)
        said = (mail.html, mail.large_print, mail.text, render_article(edition, SITE, TEMPLATES).article_html)
        numbers[locale] = {"020 7946 0789" in part for part in said}

    assert numbers == {"en-GB": {False}, "ur": {True}, "ta": {False}, "bg": {True}}


@pytest.mark.parametrize(
    ("unit", "locale", "in_html", "in_text"),
    [
        ("minutes", "bg", '<bdi dir="ltr">2 минути</bdi>', "2 минути"),
        ("per cent", "ur", '<bdi dir="ltr">2</bdi> فیصد', f"{LRI}2{PDI} فیصد"),
        ("%", "ur", '<bdi dir="ltr">2%</bdi>', f"{LRI}2%{PDI}"),
        ("", "ur", '<bdi dir="ltr">2</bdi>', f"{LRI}2{PDI}"),
        ("reports", "en-GB", '<bdi dir="ltr">2</bdi> <span>reports</span>', "2 reports"),
    ],
)
def test_a_figure_has_its_unit_where_the_language_puts_it(unit: str, locale: str, in_html: str, in_text: str) -> None:
    figure = Figure("Patrols", Decimal(2), unit)
    edition = edition_of(replace(sample_briefing(), figures=(figure,)), locale)

    mail = render_email(edition, SITE, TEMPLATES)

    assert in_html in mail.html
    assert in_html in render_article(edition, SITE, TEMPLATES).article_html
    assert in_text in mail.text


def test_names_of_audiences_cannot_become_markup() -> None:
    briefing = replace(
        sample_briefing(),
        sections=(Section("Help", "Call 101.", ("x",)),),
        audience_names=(("x", "<b>A & B</b> {c}"), *sample_briefing().audience_names),
    )

    page = render_article(edition_of(briefing, "en-GB"), SITE, TEMPLATES).article_html

    assert '<p class="whom">For: <bdi>&lt;b&gt;A &amp; B&lt;/b&gt; {c}</bdi></p>' in page
