"""The shipped briefings in every locale, as mails, posts and feed items: rendered, and held against files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from briefings.content.loader import Content, load_content
from briefings.model.briefing import Briefing
from briefings.model.edition import Edition, Segment
from briefings.model.person import DEMO_REVIEWER
from briefings.rendering.email import render_email
from briefings.rendering.interface import Interface
from briefings.rendering.page import render_feed_content
from briefings.rendering.post import compose_posts
from briefings.rendering.site import Site
from briefings.rendering.templates import environment
from briefings.settings import CHECKOUT
from briefings.translation.catalogs import Catalogs
from briefings.translation.editions import build_edition
from briefings.translation.message_texts import SignOff, kind_texts, message_segments
from briefings.translation.resources import LanguageResources
from tests.rendering.golden import assert_golden

LOCALES = ("en-GB", "ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
BRIEFINGS = ("north/2026-11-20-car-crime-and-park-safety", "central/2026-11-20-avoid-part-of-hoe-street")
CATALOGS = Catalogs([CHECKOUT / "locales"])
SIGNED_AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
TEMPLATES = environment([CHECKOUT / "templates"])


@cache
def content() -> Content:
    return load_content(CHECKOUT)


@cache
def site() -> Site:
    zone = ZoneInfo(content().places.borough.timezone)
    return Site(content().places, "https://briefings.example", lambda locale: Interface(locale, CATALOGS, zone))


def message_segments_signed(briefing: Briefing, locale: str) -> Mapping[str, Segment]:
    """Translate a message as in the sandbox, where the demo reviewer has signed off all of them."""
    templates = content().messages
    kinds = kind_texts(templates, locale, CATALOGS).values()
    signed = {(k.kind, k.digest): SignOff(k.kind, locale, k.digest, DEMO_REVIEWER, SIGNED_AT) for k in kinds}
    return message_segments(briefing, templates, locale, CATALOGS, signed)


@cache
def edition(briefing: str, locale: str) -> Edition:
    resources = LanguageResources("en-GB", CATALOGS, messages=message_segments_signed)
    return build_edition(content().briefings[briefing], locale, resources)[0]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("briefing", BRIEFINGS)
def test_a_mail_is_what_it_was(briefing: str, locale: str) -> None:
    mail = render_email(edition(briefing, locale), site(), TEMPLATES)

    name = f"email/{briefing}/{locale}"

    assert_golden(f"{name}.html", mail.html)
    assert_golden(f"{name}.txt", f"{mail.subject}\n\n{mail.text}")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("briefing", BRIEFINGS)
def test_posts_are_what_they_were(briefing: str, locale: str) -> None:
    posts = compose_posts(edition(briefing, locale), site())

    assert_golden(f"post/{briefing}/{locale}.txt", "\n\n---\n\n".join(post.text for post in posts) + "\n")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_feed_item_is_what_it_was(locale: str) -> None:
    item = render_feed_content(edition(BRIEFINGS[0], locale), site(), TEMPLATES)

    assert_golden(f"feed/{BRIEFINGS[0]}/{locale}.html", item.article_html)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_shipped_briefing_is_ready_in_every_locale(locale: str) -> None:
    unready = {
        briefing: sorted(edition(briefing, locale).unready_sections)
        for briefing in content().briefings
        if edition(briefing, locale).unready_sections
    }

    assert unready == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_html_of_a_mail_stays_below_90_kb(locale: str) -> None:
    for briefing in content().briefings:
        mail = render_email(edition(briefing, locale), site(), TEMPLATES)

        assert len(mail.html.encode()) <= 90 * 1024
        assert all(len(line.encode()) <= 998 for line in mail.html.splitlines())
