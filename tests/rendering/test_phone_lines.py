"""A number that a message says is dead is offered nowhere beside it, and the number to call instead can be tapped."""

from __future__ import annotations

import re

import pytest

from briefings.model.briefing import Briefing
from briefings.model.delivery import Purpose
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.rendering.email import render_email, render_text
from briefings.rendering.notes import NATIONAL_ROUTES, reporting_routes
from briefings.rendering.page import render_article, render_feed_content
from briefings.rendering.post import compose_posts
from briefings.rendering.wording import linked
from briefings.translation.segments import source_texts
from tests.rendering.editions import SOURCE, TEMPLATES, edition_of, sample_site
from tests.translation.messages import TEMPLATES as MESSAGES
from tests.translation.messages import briefing_of, filled

SITE = sample_site()
KIND = MESSAGES.kinds["phone-lines-down"]


def message(number: str, call: str = "020 7946 0123", place: str = "101 Mill Lane") -> Briefing:
    return briefing_of(filled(KIND, optional=True, number=number, call=call, place=place))


def in_urdu(briefing: Briefing) -> Edition:
    segments = {
        key: Segment(key, text, f"یہ {text}", SegmentState.REVIEWED, "test")
        for key, text in source_texts(briefing).items()
    }
    return Edition(briefing, "ur", SOURCE, segments, True)


def offered(rendered: str) -> list[str]:
    """Return the numbers of the standard block in HTML or text."""
    block = rendered[rendered.index("How to report a crime") :]
    if "<" in block:
        return [route.number for route in NATIONAL_ROUTES if f'href="{route.url}"' in block]
    return [route.number for route in NATIONAL_ROUTES if f": {route.number}\n" in block]


@pytest.mark.parametrize(
    ("number", "gone"),
    [
        ("101", {"101", "18001 101"}),
        ("999", {"999"}),
        ("18001 101", {"18001 101"}),
        ("0800555111", {"0800 555 111"}),
        ("+44 800 555 111", {"0800 555 111"}),
        ("020 8496 3000", set()),
    ],
)
def test_a_number_that_is_dead_is_no_route_however_it_is_written(number: str, gone: set[str]) -> None:
    routes = reporting_routes(message(number))

    assert {route.number for route in NATIONAL_ROUTES} - {route.number for route in routes} == gone


def test_a_message_of_another_kind_takes_no_route_away() -> None:
    appeal = briefing_of(filled(MESSAGES.kinds["appeal"], optional=True, call="101"))

    assert reporting_routes(appeal) == NATIONAL_ROUTES


def test_mail_text_and_page_leave_the_dead_number_out_of_the_standard_block() -> None:
    edition = edition_of(message("101"), SOURCE)

    mail, article = render_email(edition, SITE, TEMPLATES), render_article(edition, SITE, TEMPLATES)
    parts = [mail.html, mail.large_print, mail.text, article.article_html, article.text]
    parts.append(render_text(edition, SITE, TEMPLATES))

    assert [offered(part) for part in parts] == [["999", "18000", "61016", "0800 555 111"]] * 6
    assert not re.search(
        "tel:(18001)?101\\b", "".join(parts) + render_feed_content(edition, SITE, TEMPLATES).article_html
    )


def test_a_post_leaves_out_the_emergency_number_that_is_dead() -> None:
    posts = {
        number: "".join(post.text for post in compose_posts(edition_of(message(number), SOURCE), SITE))
        for number in ("999", "101")
    }

    assert "someone is in danger: 999" in posts["101"]
    assert "someone is in danger: 999" not in posts["999"]


def test_a_withdrawal_relies_on_nothing_that_the_message_said() -> None:
    mail = render_email(edition_of(message("101"), SOURCE), SITE, TEMPLATES, Purpose.WITHDRAWAL, "It was a mistake.")

    assert offered(mail.text) == [route.number for route in NATIONAL_ROUTES]


@pytest.mark.parametrize("edition", [edition_of(message("101"), SOURCE), in_urdu(message("101"))], ids=["en", "ur"])
def test_the_number_to_call_instead_can_be_tapped_in_summary_and_text(edition: Edition) -> None:
    mail, article = render_email(edition, SITE, TEMPLATES), render_article(edition, SITE, TEMPLATES)

    for html in (mail.html, mail.large_print, article.article_html):
        links = re.findall(r'<a [^>]*href="tel:02079460123"[^>]*>(.*?)</a>', html, re.S)
        assert [re.sub("<[^>]*>", "", shown) for shown in links] == ["020\u00a07946\u00a00123"] * 2


@pytest.mark.parametrize(
    "html",
    [
        "At 101 Mill Lane.", '<a href="tel:101">101</a>', '<p title="101">', "18001 101", "101 202", "1101", "A101",
        "+101", "£1,101", "101.5", "10:101", "&#101;",
    ],
)  # fmt: skip
def test_what_only_looks_like_the_number_is_left_alone(html: str) -> None:
    assert linked(html, ["101"], ["101 Mill Lane"]) == html


def test_a_number_at_the_end_of_a_sentence_is_a_link_without_the_stop() -> None:
    assert linked("Call 101.", ["101"]) == 'Call <a href="tel:101">101</a>.'
