"""Newsletters: structure, languages, slots, and what must be in every part."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from briefings.model.briefing import Section
from briefings.model.delivery import Purpose
from briefings.model.slots import SLOTS, UNSUBSCRIBE_URL_SLOT
from briefings.rendering.email import EmailRendering, render_email
from briefings.rendering.notes import NATIONAL_ROUTES
from tests.rendering.editions import (
    EVERYTHING,
    LOCALES,
    SOURCE,
    TEMPLATES,
    edition_of,
    sample_briefing,
    sample_edition,
)
from tests.rendering.golden import assert_golden
from tests.rendering.mails import SITE, parsed, plain_words, rendered, words

HOSTILE = '<script>alert(1)</script> é 100% sure > ok & "x" {curly} {{ braces }} %s \u2028 \x07end &amp; </mj-text>'

FACTS = (
    *(route.number for route in NATIONAL_ROUTES),
    "020 7946 0123",
    "020 7946 0456",
    "riverside@exampleton.example",
    "https://exampleton.example/safety",
    "https://exampleton.example/report",
    "Old Mill Library, 12 Mill Road, EX4 1PL",
    "Ferry Lane Market",
    "17:00",
    "22:30",
    "/riverside/2026-11-06-evening-patrols/",
    "?option=2",
    "/media/a1a1",
)


def test_the_document_names_its_language_direction_and_title() -> None:
    mail = rendered("ur")

    document = parsed(mail.html)

    title = document.find("head/title")
    wrapper = next(e for e in document.iter("div") if e.get("role") == "article")
    assert (document.get("lang"), document.get("dir")) == ("ur", "rtl")
    assert (wrapper.get("lang"), wrapper.get("dir")) == ("ur", "rtl")
    assert title is not None
    assert title.text == mail.subject


@pytest.mark.parametrize("locale", LOCALES)
def test_headings_are_real_and_tables_are_only_layout(locale: str) -> None:
    mail = rendered(locale)

    document = parsed(mail.html)

    assert len(list(document.iter("h1"))) == 1
    assert len(list(document.iter("h2"))) == len(sample_briefing().sections) + 6
    assert {table.get("role") for table in document.iter("table")} == {"presentation"}
    assert all(image.get("alt") for image in document.iter("img"))


def test_everything_runs_right_to_left_in_urdu() -> None:
    mail = rendered("ur")

    document = parsed(mail.html)

    columns = [e for e in document.iter("div") if "mj-column" in e.get("class", "")]
    assert columns
    assert all("direction:rtl" in column.get("style", "") for column in columns)
    assert all(cell.get("dir") == "rtl" for tag in ("td", "table") for cell in document.iter(tag))
    assert "direction:ltr" not in mail.html
    assert "text-align:right" in mail.html


@pytest.mark.parametrize("locale", LOCALES)
def test_facts_stand_in_every_part(locale: str) -> None:
    mail = rendered(locale)

    missing = {
        name: [fact for fact in FACTS if fact not in part.replace("&amp;", "&")]
        for name, part in (
            ("html", mail.html.replace("\n", " ")),
            ("large", mail.large_print.replace("\n", " ")),
            ("text", plain_words(mail.text)),
        )
    }

    assert missing == {"html": [], "large": [], "text": []}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_text_part_has_all_that_the_html_has(locale: str) -> None:
    edition = sample_edition(locale)
    mail = render_email(edition, SITE, TEMPLATES)

    text = re.sub(r" \(https?:\S+\)|[*`]", "", plain_words(mail.text))
    html = words(mail.html).replace("*", "")
    for key in (key for key in edition.segments if not key.startswith("easy/")):
        phrase = re.sub(r"\]\([^)]*\)|[*`\[]", "", edition.phrase(key).text)

        assert phrase in text, key
        assert phrase in html or key.startswith("image/"), key


@pytest.mark.parametrize("locale", LOCALES)
def test_figures_and_times_are_written_as_the_reader_writes_them(locale: str) -> None:
    interface, briefing = SITE.interface(locale), sample_briefing()

    mail = rendered(locale)

    for part in (words(mail.html), plain_words(mail.text)):
        assert all(interface.number(figure.value).replace("\u00a0", " ") in part for figure in briefing.figures)
        for moment in (moment for event in briefing.events for moment in (event.start, event.end)):
            assert " ".join(interface.date(moment).split()) in part
            assert interface.time(moment) in part


def test_slots_appear_untouched_in_every_part() -> None:
    mail = rendered("ta")

    counts = [part.count(slot) for part in (mail.html, mail.large_print, mail.text) for slot in SLOTS]

    assert counts == [1] * 3 * len(SLOTS)
    assert f'href="{UNSUBSCRIBE_URL_SLOT}"' in mail.html


@pytest.mark.parametrize("locale", LOCALES)
def test_mail_is_small_and_its_lines_are_short(locale: str) -> None:
    mail = rendered(locale)

    parts = (mail.html, mail.large_print, mail.text)

    assert max(len(part.encode()) for part in parts) <= 90_000
    assert max(len(line.encode()) for part in parts for line in part.split("\n")) <= 998


def test_every_option_of_a_question_links_to_its_answer() -> None:
    mail = rendered()

    links = {a.get("href"): " ".join("".join(a.itertext()).split()) for a in parsed(mail.html).iter("a")}

    answer = SITE.respond_url("riverside/2026-11-06-evening-patrols", SOURCE)
    assert [links[f"{answer}?option={n}"] for n in range(3)] == list(sample_briefing().question.options)  # type: ignore[union-attr]
    assert links[answer] == "Answer this question"


def test_read_in_links_name_each_language_in_itself() -> None:
    mail = rendered("ur")

    links = [a for a in parsed(mail.html).iter("a") if a.get("hreflang")]

    assert [(a.get("lang"), a.get("dir"), a.text) for a in links] == [
        ("en-GB", "ltr", "English"),
        ("ur", "rtl", "اردو"),
        ("ta", "ltr", "தமிழ்"),
        ("bg", "ltr", "Български"),
    ]


def test_hostile_text_is_shown_and_never_run() -> None:
    briefing = replace(
        sample_briefing(),
        title=HOSTILE,
        summary=HOSTILE,
        sections=(Section(HOSTILE, HOSTILE),),
        events=tuple(replace(event, title=HOSTILE, place=HOSTILE) for event in sample_briefing().events),
        contacts=tuple(replace(contact, name=HOSTILE, note=HOSTILE) for contact in sample_briefing().contacts),
        images=tuple(replace(image, alt=HOSTILE) for image in sample_briefing().images),
    )
    seen = '<script>alert(1)</script> é 100% sure > ok & "x" {curly} {{ braces }} %s'

    mail = render_email(edition_of(briefing, SOURCE), SITE, TEMPLATES, note=HOSTILE, purpose=Purpose.CORRECTION)

    document = parsed(mail.html)
    assert not list(document.iter("script"))
    assert words(mail.html).count(seen) >= 8
    assert [image.get("alt", "")[: len(seen)] for image in document.iter("img")] == [seen]
    assert plain_words(mail.text).count(seen) >= 8
    assert not re.search("[\u2028\x07]", mail.html + mail.text + mail.subject + mail.preheader)
    assert "\n" not in mail.subject


def test_hostile_text_in_a_right_to_left_mail_makes_no_panic() -> None:
    briefing = replace(sample_briefing(), title=f"اردو > {HOSTILE}", summary="ا>" * 300)

    mail = render_email(edition_of(briefing, "ur", (EVERYTHING,)), SITE, TEMPLATES)

    assert "ا>ا>ا>" in words(mail.html)
    assert len(mail.preheader) <= 140


def test_a_long_briefing_lists_what_is_in_it() -> None:
    sections = tuple(Section(f"Part {n}", "Text.") for n in range(5))
    edition = edition_of(replace(sample_briefing(), sections=sections), SOURCE)

    mail = render_email(edition, SITE, TEMPLATES)

    targets = [a.get("href", "") for a in parsed(mail.html).iter("a") if a.get("href", "").startswith("#")]
    ids = {e.get("id") for e in parsed(mail.html).iter("h2")}
    assert targets == ["#part1", "#part2", "#part3", "#part4", "#part5"]
    assert {target[1:] for target in targets} <= ids


def test_a_briefing_with_only_the_necessary_renders() -> None:
    briefing = replace(
        sample_briefing(), events=(), actions=(), figures=(), images=(), contacts=(), question=None, region="nowhere"
    )

    mail = render_email(edition_of(briefing, SOURCE), SITE, TEMPLATES)

    assert "0800 555 111" in mail.html
    assert "Read in:" not in mail.text
    assert "Contacts" not in mail.text


def test_large_print_has_no_small_letters() -> None:
    mail = rendered("ta")

    sizes = {int(size) for size in re.findall(r"font-size:\s*(\d+)px", mail.large_print)}
    normal = {int(size) for size in re.findall(r"font-size:\s*(\d+)px", mail.html)}

    # 0 and 1: the converter's own, for gaps between cells and the hidden preheader
    assert min(sizes - {0, 1}) >= 22
    assert min(normal - {0, 1}) >= 16


def test_only_the_briefings_own_images_are_fetched() -> None:
    mail = rendered()

    sources = re.findall(r"(?:src=|url\()['\"]?([^'\" )]+)", mail.html)

    assert sources == [SITE.media_url(sample_briefing().images[0])]
    assert "<link" not in mail.html


def test_a_rendering_survives_storage() -> None:
    mail = rendered("ur")

    assert EmailRendering.from_parts(mail.to_parts()) == mail


def test_every_string_of_the_interface_is_translatable() -> None:
    """Any Latin word in a Bulgarian mail is a name, an address or a fact: all else went through `t`."""
    mail = rendered("bg")

    text = re.sub(r"\S*(?:://|@|/)\S*", "", mail.text)
    left = set(re.findall(r"[A-Za-z]{2,}", text))

    names = "Exampleton Riverside Old Mill Library Road EX PL Ferry Lane Market police English"
    assert left <= set(names.split())


@pytest.mark.parametrize("locale", LOCALES)
def test_sample_mails_are_as_they_were_last_looked_at(locale: str) -> None:
    mail = rendered(locale)

    assert_golden(f"email/sample/{locale}.html", mail.html.replace("\n", " ").replace("><", ">\n<"))
    assert_golden(f"email/sample/{locale}.txt", mail.text)


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_a_contrast_of_seven_to_one(scheme: str) -> None:
    colours = getattr(TEMPLATES.get_template("email/theme.mjml.j2").module, scheme)

    ratios = {}
    for ink in ("ink", "quiet", "link"):
        for ground in ("card", "page", "panel"):
            low, high = sorted((luminance(colours[ink]), luminance(colours[ground])))
            ratios[ink, ground] = (high + 0.05) / (low + 0.05)

    assert min(ratios.values()) >= 7, ratios
