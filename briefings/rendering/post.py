"""An edition as posts on X: a thread whose first post says what matters and where the rest is."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from briefings.model.briefing import Severity
from briefings.model.delivery import Purpose
from briefings.model.edition import Edition, Phrase
from briefings.model.language import direction
from briefings.rendering.bidi import isolated_text
from briefings.rendering.notes import NATIONAL_ROUTES, fallback_note, reporting_routes, translation_label
from briefings.rendering.post_cut import cut, shortened
from briefings.rendering.post_length import LIMIT, fits, weighted_length
from briefings.rendering.site import Site

__all__ = ["LIMIT", "Post", "PostImage", "compose_posts", "fits", "posts_from_json", "posts_to_json", "weighted_length"]

ALT_LIMIT = 1000
_TOO_SHORT = 40
"""A beginning that weighs less than this is not worth the end of a post; it starts the next one."""

_BLANK = re.compile(r"[ \t\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]+")
"""Spaces that may be one, and characters that X refuses. No-break spaces stay."""


@dataclass(frozen=True)
class PostImage:
    """An image by the SHA-256 of its bytes, and what it shows, in words."""

    digest: str
    alt: str


@dataclass(frozen=True)
class Post:
    """`locale` is the language the text is truly in."""

    text: str
    locale: str
    images: tuple[PostImage, ...] = ()


@dataclass(frozen=True)
class _Block:
    """A paragraph of a thread. A block without locale may stand in a post of any language.

    Blocks of different languages or links never share a post. A `whole` block is not cut
    unless it is longer than a post.
    """

    text: str
    locale: str
    link: str
    gap: str = "\n\n"
    whole: bool = False


def compose_posts(
    edition: Edition, site: Site, limit: int = LIMIT, purpose: Purpose = Purpose.BRIEFING
) -> tuple[Post, ...]:
    """Return the posts of an edition, in order, each within `limit` by X's counting.

    Every post ends with a link, so each says where it belongs and none is the same in two editions
    (X refuses a text that it has already). Corrections, follow-ups and withdrawals are one post.
    """
    match purpose:
        case Purpose.BRIEFING:
            posts = _packed(_briefing(edition, site), edition.locale, limit)
        case Purpose.CORRECTION | Purpose.FOLLOW_UP:
            posts = _packed(_lead(edition, site, purpose), edition.locale, limit)[:1]
        case Purpose.WITHDRAWAL:
            return tuple(_packed(_withdrawal(edition, site), edition.locale, limit)[:1])
    first = Post(posts[0].text, posts[0].locale, _images(edition))
    return (first, *posts[1:])


def posts_to_json(posts: Iterable[Post]) -> str:
    """Return posts as the text that a stored rendering keeps."""
    return json.dumps([asdict(post) for post in posts], ensure_ascii=False)


def posts_from_json(text: str) -> tuple[Post, ...]:
    """Return the posts that `posts_to_json` wrote."""
    return tuple(
        Post(post["text"], post["locale"], tuple(PostImage(**image) for image in post["images"]))
        for post in json.loads(text)
    )


def _tidy(phrase: Phrase) -> str:
    """Return a phrase on one line, in the normal form X counts, with numbers safe in right-to-left text."""
    text = _BLANK.sub(" ", unicodedata.normalize("NFC", phrase.text)).strip()
    return isolated_text(text, direction(phrase.locale))


def _briefing(edition: Edition, site: Site) -> Iterator[_Block]:
    page = site.page_url(edition.briefing.id, edition.locale)
    yield from _lead(edition, site, Purpose.BRIEFING)
    emergency_route = NATIONAL_ROUTES[0]
    if edition.briefing.severity is Severity.URGENT and emergency_route in reporting_routes(edition.briefing):
        interface = site.interface(edition.locale_of("head"))
        emergency = f"{interface.t(emergency_route.when)}: {emergency_route.number}"
        yield _Block(isolated_text(emergency, interface.dir), edition.locale_of("head"), page, whole=True)
    if not _warns_first(edition) and (label := translation_label(site.interface(edition.locale), edition)):
        yield _Block(label, edition.locale, page, whole=True)
    yield from _events(edition, site, page)
    yield from _question(edition, site)


def _lead(edition: Edition, site: Site, purpose: Purpose) -> Iterator[_Block]:
    """Give title, place and summary; a warning about the language stands before the summary."""
    briefing, title = edition.briefing, edition.phrase("title")
    page = site.page_url(briefing.id, edition.locale)
    interface = site.interface(title.locale)
    marks = []
    if purpose is Purpose.CORRECTION:
        marks.append(interface.t("Correction"))
    if briefing.severity is Severity.URGENT:
        marks.append(interface.t("Urgent"))
    yield _Block(": ".join([*marks, _tidy(title)]), title.locale, page)
    if region := site.places.regions.get(briefing.region):
        yield _Block(f"{region.name}, {site.places.borough.name}", "", page, gap="\n", whole=True)
    # A follow-up has no second post to say it in.
    is_labelled = _warns_first(edition) or purpose is Purpose.FOLLOW_UP
    if note := _note(edition, site, "head"):
        yield _Block(note, "", page, whole=True)
    elif is_labelled and (label := translation_label(interface, edition)):
        yield _Block(label, "", page, whole=True)
    yield _Block(_tidy(edition.phrase("summary")), title.locale, page)


def _warns_first(edition: Edition) -> bool:
    """Say whether the label of the translation stands before the summary: where that may be a machine's."""
    return edition.has_machine_text and "head" not in edition.unready_sections


def _events(edition: Edition, site: Site, page: str) -> Iterator[_Block]:
    """Give the events that are not over when the briefing is published."""
    heads: set[str] = set()
    for index, event in enumerate(edition.briefing.events):
        if event.end < edition.briefing.publish_at:
            continue
        title = edition.phrase(f"event/{index}/title")
        interface = site.interface(title.locale)
        span = isolated_text(interface.span(event.start, event.end), interface.dir)
        text = f"{_tidy(title)}\n{span}\n{_tidy(Phrase(event.place, edition.source_locale))}"
        if title.locale not in heads:
            text = _headed(text, _note(edition, site, f"event/{index}"), interface.t("Events"))
            heads.add(title.locale)
        yield _Block(text, title.locale, page, whole=True)


def _question(edition: Edition, site: Site) -> Iterator[_Block]:
    question = edition.briefing.question
    if question is None:
        return
    link = site.respond_url(edition.briefing.id, edition.locale)
    phrase = edition.phrase("question/text")
    heading = site.interface(phrase.locale).t("Tell us what you think")
    text = _headed(_tidy(phrase), _note(edition, site, "question"), heading)
    yield _Block(text, phrase.locale, link, whole=True)
    for index in range(len(question.options)):
        option = _tidy(edition.phrase(f"question/option/{index}"))
        yield _Block(f"– {option}", phrase.locale, link, gap="\n", whole=True)


def _headed(text: str, *heads: str) -> str:
    """Put headings over a text in one block, so that none is left alone at the end of a post."""
    return "\n\n".join([*filter(None, heads), text])


def _withdrawal(edition: Edition, site: Site) -> Iterator[_Block]:
    """Give the notice first, so that no title is long enough to cut it."""
    page = site.page_url(edition.briefing.id, edition.locale)
    reader = site.interface(edition.locale)
    notice = reader.t("We have withdrawn this briefing. Please do not rely on it.")
    yield _Block(notice, reader.shell, page, whole=True)
    yield _Block(_tidy(edition.phrase("title")), "", page)


def _note(edition: Edition, site: Site, section: str) -> str:
    """Return the fallback note of a section; where nothing is translated, only the head has one."""
    if section not in edition.unready_sections or (edition.untranslated and section != "head"):
        return ""
    return fallback_note(site.interface(edition.locale), edition)


def _images(edition: Edition) -> tuple[PostImage, ...]:
    image = next(iter(edition.briefing.images), None)
    if image is None or not image.digest:
        return ()
    alt = _BLANK.sub(" ", edition.phrase("image/0/alt").text).strip()
    return (PostImage(image.digest, shortened(alt, lambda text: len(text) <= ALT_LIMIT)),)


def _packed(blocks: Iterable[_Block], locale: str, limit: int) -> Sequence[Post]:
    """Fill posts with blocks, in order; `locale` is that of a post whose blocks have none."""
    posts: list[Post] = []
    draft = _Draft(limit)
    for block in blocks:
        if not draft.takes(block):
            posts.append(draft.post(locale))
            draft = _Draft(limit)
        rest = draft.add(block)
        while rest:
            posts.append(draft.post(locale))
            draft = _Draft(limit)
            rest = draft.add(block, rest)
    return [*posts, draft.post(locale)]


class _Draft:
    """A post in the making."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._body = self._link = self._locale = ""

    def takes(self, block: _Block) -> bool:
        same_language = not block.locale or not self._locale or block.locale == self._locale
        return not self._body or (same_language and block.link == self._link)

    def add(self, block: _Block, text: str = "") -> str:
        """Take as much of a block as fits, from its beginning or from `text` on; return what is left."""
        text = text or block.text
        before = self._body + block.gap if self._body else ""

        def room(part: str) -> bool:
            return fits(f"{before}{part}\n{block.link}", self._limit)

        head, rest = text, ""
        if not room(text):
            if self._body and block.whole:
                return text
            head, rest = cut(text, room, force=not self._body)
            if self._body and weighted_length(head) < _TOO_SHORT:
                return text
        self._body, self._link = before + head, block.link
        self._locale = self._locale or block.locale
        return rest

    def post(self, locale: str) -> Post:
        return Post(f"{self._body}\n{self._link}", self._locale or locale)
