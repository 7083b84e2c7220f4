"""A public site held in memory, with the sample borough's briefings, for the tests of pages and feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from briefings.model.briefing import Briefing, Severity
from briefings.rendering.page import PageRendering, render_article, render_feed_content
from briefings.rendering.site import Site
from briefings.rendering.sitemap import PublicEdition
from briefings.web.public.source import (
    Change,
    Media,
    OpenQuestion,
    PublishedEdition,
    PublishedItem,
    Unsubscribed,
    Withdrawn,
)
from tests.rendering.editions import TEMPLATES, edition_of, sample_briefing, sample_site

TOKEN = "a" * 48
PICTURE = b"\xff\xd8\xff a picture"


@dataclass
class Publication:
    briefing: Briefing
    published_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None = None
    corrected: bool = False
    pages: dict[str, PageRendering] = field(default_factory=dict)
    contents: dict[str, PageRendering] = field(default_factory=dict)


class MemorySite:
    """What is in `publications` is public; nothing else is."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.publications: dict[str, Publication] = {}
        self.responses: list[tuple[str, str, int | None, str]] = []
        self.unsubscribed: list[str] = []
        self.leavings: list[str] = []
        self.pauses: list[int] = []
        self.changes = 0
        self.changed_at = datetime(2026, 11, 1, tzinfo=UTC)

    def publish(self, briefing: Briefing, at: datetime | None = None, corrects: bool = False) -> None:
        """Publish a briefing in all locales of its region; a correction keeps the first time."""
        at = at or briefing.publish_at
        known = self.publications.get(briefing.id)
        publication = Publication(briefing, known.published_at if known and corrects else at, at, corrected=corrects)
        for locale in self._site.locales_of(briefing):
            publication.pages[locale], publication.contents[locale] = _rendered(briefing, locale)
        self.publications[briefing.id] = publication
        self._note_change(at)

    def withdraw(self, briefing_id: str, at: datetime) -> None:
        self.publications[briefing_id].withdrawn_at = at
        self._note_change(at)

    def _note_change(self, at: datetime) -> None:
        self.changes += 1
        self.changed_at = max(self.changed_at, at)

    def change(self) -> Change:
        return Change(str(self.changes), self.changed_at)

    def published(
        self,
        locale: str,
        region: str | None = None,
        ward: str | None = None,
        limit: int | None = 50,
        within: tuple[datetime, datetime] | None = None,
        offset: int = 0,
    ) -> Sequence[PublishedItem]:
        live = self._live(region, ward)
        if within is not None:
            live = [p for p in live if within[0] <= p.published_at < within[1]]
        return [self._item(p, locale if locale in p.pages else "en-GB") for p in live[offset:][:limit]]

    def editions(self) -> Sequence[PublicEdition]:
        live = self._live(None, None)
        return [PublicEdition(p.briefing.id, p.briefing.region, p.updated_at, tuple(p.pages)) for p in live]

    def moments(self, region: str | None = None, ward: str | None = None) -> Sequence[datetime]:
        return [p.published_at for p in self._live(region, ward)]

    def _live(self, region: str | None, ward: str | None) -> list[Publication]:
        live = [p for p in self.publications.values() if p.withdrawn_at is None]
        if region is not None:
            live = [p for p in live if p.briefing.region == region]
        if ward is not None:
            live = [p for p in live if ward in self._site.wards_of(p.briefing)]
        return sorted(live, key=lambda p: p.published_at, reverse=True)

    def _item(self, publication: Publication, locale: str) -> PublishedItem:
        briefing = publication.briefing
        return PublishedItem(
            briefing=briefing.id,
            region=briefing.region,
            locale=locale,
            severity=briefing.severity,
            content=publication.contents[locale],
            published_at=publication.published_at,
            updated_at=publication.updated_at,
            locales=tuple(publication.pages),
            author=briefing.author,
            image=self._site.media_url(briefing.images[0]) if briefing.images else "",
        )

    def edition(self, region: str, slug: str, locale: str) -> PublishedEdition | Withdrawn | None:
        publication = self.publications.get(f"{region}/{slug}")
        if publication is None or locale not in publication.pages:
            return None
        if publication.withdrawn_at is not None:
            return Withdrawn(publication.withdrawn_at)
        return PublishedEdition(
            publication.briefing.id,
            region,
            locale,
            publication.pages[locale],
            publication.published_at,
            publication.updated_at,
            tuple(publication.pages),
            publication.corrected,
        )

    def media(self, digest: str) -> Media | None:
        live = [p for p in self.publications.values() if p.withdrawn_at is None]
        shown = any(image.digest.startswith(digest) for p in live for image in p.briefing.images)
        return Media(PICTURE, "image/jpeg") if shown else None

    def question(self, briefing: str, locale: str) -> OpenQuestion | None:
        publication = self.publications.get(briefing)
        if publication is None or publication.withdrawn_at or publication.briefing.question is None:
            return None
        edition = edition_of(publication.briefing, locale)
        text = edition.phrase("question/text")
        options = range(len(publication.briefing.question.options))
        return OpenQuestion(text.text, tuple(edition.phrase(f"question/option/{j}").text for j in options), text.locale)

    def record_response(self, briefing: str, locale: str, option: int | None, message: str) -> None:
        self.responses.append((briefing, locale, option, message))

    def unsubscribe_locale(self, token: str) -> str | None:
        return "ur" if token == TOKEN else None

    def unsubscribe(self, token: str) -> Unsubscribed:
        if token != TOKEN:
            return Unsubscribed.UNKNOWN
        self.unsubscribed.append(token)
        return Unsubscribed.DONE if len(self.unsubscribed) == 1 else Unsubscribed.ALREADY

    def note_leaving(self, reason: str) -> None:
        self.leavings.append(reason)

    def pause(self, token: str, duration: timedelta) -> date | None:
        if token != TOKEN:
            return None
        self.pauses.append(duration.days)
        return date(2026, 12, 24)

    def come_back(self, token: str) -> bool:
        if token not in self.unsubscribed:
            return False
        self.unsubscribed.clear()
        return True


@lru_cache
def _rendered(briefing: Briefing, locale: str) -> tuple[PageRendering, PageRendering]:
    edition, site = edition_of(briefing, locale), sample_site()
    return render_article(edition, site, TEMPLATES), render_feed_content(edition, site, TEMPLATES)


def other_briefing(number: int = 1, severity: Severity = Severity.URGENT) -> Briefing:
    """Return another briefing, of the region that has only two locales."""
    sample = sample_briefing(severity)
    slug = f"2026-11-0{number}-road-closed"
    published = sample.publish_at - timedelta(days=9 - number)
    return replace(sample, region="hillside", slug=slug, title="Common Road is closed", publish_at=published, images=())
