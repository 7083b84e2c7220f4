"""Preview: one channel's rendering in one locale, as bytes a person can look at before approving."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from datetime import datetime

from markupsafe import Markup

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.model.channel import SITE, Channel
from briefings.model.edition import Edition
from briefings.model.errors import Refused
from briefings.model.language import canonical
from briefings.rendering.email import render_email
from briefings.rendering.feed import FeedInfo, FeedItem, render_feed
from briefings.rendering.look import look
from briefings.rendering.page import PageRendering, path_of, render_article, render_feed_content
from briefings.rendering.post import compose_posts
from briefings.store.engine import reading
from briefings.translation.editions import build_edition

SHOWN = (Channel.EMAIL, Channel.TEXT, *SITE, Channel.X)


def preview(desk: Desk, briefing_id: str, locale: str, channel: str, now: datetime) -> bytes:
    """Return what a channel will carry: as it was prepared, or if it was not, from the files. Raises Refused."""
    briefing = desk.briefing(briefing_id)
    offered = desk.site.locales_of(briefing)
    with suppress(ValueError):
        locale = canonical(locale)
    if locale not in offered:
        raise Refused(f"{briefing_id} is not published in {locale!r}; its locales are {', '.join(offered)}")
    if channel not in SHOWN:
        raise Refused(f"{channel!r} has no preview; choose one of {', '.join(SHOWN)}")
    with reading(desk.engine) as connection:
        edition = records.load_edition(connection, briefing, locale, desk.source_locale)
    if edition is None:
        edition, _ = build_edition(briefing, locale, desk.resources)
    match channel:
        case Channel.EMAIL:
            return _with_images(desk, edition, render_email(edition, desk.site, desk.templates).html).encode()
        case Channel.TEXT:
            return render_email(edition, desk.site, desk.templates).text.encode()
        case Channel.PAGE:
            return _page(desk, edition)
        case Channel.X:
            posts = compose_posts(edition, desk.site)
            return "\n\n---\n\n".join(post.text for post in posts).encode() + b"\n"
        case _:
            return _feed(desk, edition, Channel(channel), now)


def _page(desk: Desk, edition: Edition) -> bytes:
    """Return an article as a page that stands alone: with the site's style, without its header and footer."""
    page = render_article(edition, desk.site, desk.templates)
    names = {
        "page": page,
        "article": Markup(page.article_html),  # noqa: S704  # made by our own template, which escapes
        "interface": desk.site.interface(edition.locale),
        "style": Markup(look(desk.templates).stylesheet),  # noqa: S704  # files of templates, no one's text
        "base": desk.site.absolute("/"),
    }
    return _with_images(desk, edition, desk.templates.get_template("web/preview.html").render(names)).encode()


def _with_images(desk: Desk, edition: Edition, html: str) -> str:
    """Put a briefing's images into a document itself: the site shows none before they are published."""
    for image in edition.briefing.images:
        file = desk.content.media[image.digest]
        inside = f"data:{file.media_type};base64,{b64encode(file.read()).decode()}"
        address = desk.site.media_url(image)
        html = html.replace(address, inside).replace(f'"{path_of(address)}"', f'"{inside}"')
    return html


def _feed(desk: Desk, edition: Edition, channel: Channel, now: datetime) -> bytes:
    briefing = edition.briefing
    content: PageRendering = render_feed_content(edition, desk.site, desk.templates)
    region = desk.content.places.regions[briefing.region]
    item = FeedItem(
        briefing.id, edition.locale, content.locale, content.title, content.description, content.article_html,
        now, now, desk.site.locales_of(briefing), briefing.author,
    )  # fmt: skip
    return render_feed(channel, FeedInfo(region.id, region.name, edition.locale, region.locales), [item], desk.site)
