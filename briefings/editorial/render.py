"""Rendering one edition for every channel that the borough uses."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from jinja2 import Environment

from briefings.model.channel import Channel
from briefings.model.delivery import Purpose
from briefings.model.edition import Edition, Rendering
from briefings.rendering.email import render_email
from briefings.rendering.page import render_article, render_feed_content
from briefings.rendering.post import compose_posts, posts_to_json
from briefings.rendering.site import Site
from briefings.rendering.structured import render_structured

FEED = "feed"
"""Feeds of all formats share one stored rendering of an item."""
STRUCTURED = "structured"
"""An edition part by part, for calendars, alerts, ward pages and the API."""
PUBLIC = (Channel.PAGE, FEED, STRUCTURED)
"""What is read where it stands, and so may improve after it was published."""


def is_ready_for(edition: Edition, channel: str) -> bool:
    """Say whether what a channel carries of an edition is in its own locale.

    The easy-read text is on the page only. Of a thread of posts the first counts: it is complete by itself.
    """
    unready = edition.unready_sections
    if channel == Channel.PAGE:
        return not unready
    if channel == Channel.X:
        return "head" not in unready
    return not unready - {"easy"}


def question_parts(edition: Edition) -> dict[str, str]:
    """Return the question and its options as the form shows them; nothing where the briefing asks nothing."""
    question = edition.briefing.question
    if question is None:
        return {}
    options = [edition.phrase(f"question/option/{j}").text for j in range(len(question.options))]
    text = edition.phrase("question/text")
    return {"question": text.text, "options": json.dumps(options), "question_locale": text.locale}


def render_all(
    edition: Edition,
    site: Site,
    templates: Environment,
    channels: Collection[Channel],
    purpose: Purpose,
    note: str = "",
) -> Iterator[Rendering]:
    """Yield an edition's rendering for each channel, in the parts that delivery takes."""

    def rendering(channel: str, parts: dict[str, str]) -> Rendering:
        return Rendering(edition.briefing.id, edition.briefing.revision, edition.locale, channel, parts)

    if Channel.EMAIL in channels:
        yield rendering(Channel.EMAIL, render_email(edition, site, templates, purpose, note).to_parts())
    if Channel.PAGE in channels:
        yield rendering(
            Channel.PAGE, {**render_article(edition, site, templates).to_parts(), **question_parts(edition)}
        )
    if any(channel.is_site for channel in channels):  # the site's lists are made of feed items too
        yield rendering(FEED, render_feed_content(edition, site, templates).to_parts())
        yield rendering(STRUCTURED, render_structured(edition, site).to_parts())
    if Channel.X in channels:
        yield rendering(Channel.X, {"posts": posts_to_json(compose_posts(edition, site, purpose=purpose))})
