"""What the public pages need to know. Nothing that is not published may come out of a source (embargo)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from briefings.model.briefing import Severity
from briefings.rendering.page import PageRendering
from briefings.rendering.sitemap import PublicEdition
from briefings.rendering.structured import ToldEvent


@dataclass(frozen=True)
class Change:
    """The state of all that is public. `token` differs after every publish, correction and withdrawal."""

    token: str
    at: datetime


@dataclass(frozen=True)
class PublishedItem:
    """A published edition in lists and feeds. `content` is its feed content, `image` a full address.

    `locale` is that of the edition, `content.locale` the one its title is truly in.
    """

    briefing: str
    region: str
    locale: str
    severity: Severity
    content: PageRendering
    published_at: datetime
    updated_at: datetime
    locales: tuple[str, ...]
    author: str = ""
    image: str = ""


@dataclass(frozen=True)
class PublishedEdition:
    """A published edition as a page. `corrected` is true where it replaced an earlier version.

    `image` is the full address of its first picture, `events` are those it tells of.
    """

    briefing: str
    region: str
    locale: str
    page: PageRendering
    published_at: datetime
    updated_at: datetime
    locales: tuple[str, ...]
    corrected: bool = False
    image: str = ""
    events: Sequence[ToldEvent] = ()
    severity: Severity = Severity.ROUTINE


@dataclass(frozen=True)
class Withdrawn:
    """Was public and is no longer; nothing of what it said is told."""

    at: datetime


@dataclass(frozen=True)
class Media:
    content: bytes
    media_type: str


@dataclass(frozen=True)
class OpenQuestion:
    """The question of a published briefing. `locale` is the one its text is truly in."""

    text: str
    options: tuple[str, ...]
    locale: str


class Unsubscribed(StrEnum):
    """What became of a wish to get no more mail."""

    DONE = "done"
    ALREADY = "already"
    UNKNOWN = "unknown"


class PublicSite(Protocol):
    """The published part of the store, and the two things residents can change in it.

    Apart from `change`, which every request calls on the event loop and which must take
    microseconds, methods are called in worker threads, several at a time.
    """

    def change(self) -> Change:
        """Return the state of what is public; any fixed one while nothing ever was."""

    def published(
        self,
        locale: str,
        region: str | None = None,
        ward: str | None = None,
        limit: int | None = 50,
        within: tuple[datetime, datetime] | None = None,
        offset: int = 0,
    ) -> Sequence[PublishedItem]:
        """Return published briefings, newest first: of a region, of a ward, or of all.

        Each in `locale`, or in the source locale where its region does not publish in that one.
        `within` asks for those published from one moment on and before another; `offset` newest ones are left out.
        """

    def editions(self) -> Sequence[PublicEdition]:
        """Return all that is published, newest first, without what it says."""

    def moments(self, region: str | None = None, ward: str | None = None) -> Sequence[datetime]:
        """Return when the briefings of a region, of a ward, or all of them were published."""

    def edition(self, region: str, slug: str, locale: str) -> PublishedEdition | Withdrawn | None:
        """Return an edition's page; None for what is not published, or not in this locale."""

    def media(self, digest: str) -> Media | None:
        """Return a file that a published briefing shows, by the first 32 digits of its SHA-256."""

    def question(self, briefing: str, locale: str) -> OpenQuestion | None:
        """Return the question of a published briefing; None where it is not public or asks nothing."""

    def record_response(self, briefing: str, locale: str, option: int | None, message: str) -> None:
        """Keep what a resident answered; at least one of option and message is given."""

    def unsubscribe_locale(self, token: str) -> str | None:
        """Return the locale of the person whom an unsubscribe token belongs to; changes nothing."""

    def unsubscribe(self, token: str) -> Unsubscribed:
        """End all mail to the person whom the token belongs to."""

    def note_leaving(self, reason: str) -> None:
        """Count why somebody left; nothing tells who it was."""

    def pause(self, token: str, duration: timedelta) -> Date | None:
        """Mail nothing for some days, and return the day on which mail begins again; None for who has left."""

    def come_back(self, token: str) -> bool:
        """Undo leaving; False where it cannot be undone.

        Nothing more comes of it: mail providers see this token, and it must not lead to what only the person may see.
        """
