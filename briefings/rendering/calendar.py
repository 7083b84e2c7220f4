"""Calendars of events (RFC 5545; RFC 7986 for what a calendar says of itself), for `webcal:` subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vText

from briefings.rendering.feed import EPOCH
from briefings.rendering.site import Site
from briefings.rendering.structured import StructuredEdition, ToldEvent

REFRESH = timedelta(hours=6)
"""So often a calendar program is asked to look again (RFC 7986, 5.7)."""


@dataclass(frozen=True)
class Dated:
    """An event of a published edition, and when that was published and last changed.

    `number` is the event's own through all corrections of its briefing; -1: nothing was corrected, it is as in the
    edition. `is_off`: a correction took it out; then only its name and time are told.
    """

    edition: StructuredEdition
    event: ToldEvent
    published_at: datetime
    updated_at: datetime
    number: int = -1
    is_off: bool = False

    @property
    def lasting(self) -> int:
        return self.event.number if self.number < 0 else self.number


def render_calendar(name: str, locale: str, url: str, dated: Sequence[Dated], site: Site) -> bytes:
    """Render events as a calendar for readers of one locale; `url` is the page that it belongs to.

    An event keeps its UID in every language and through corrections, which raise its SEQUENCE (RFC 5545, 3.8.7.4); one
    that a correction took out is shown as cancelled. Of a briefing that was withdrawn nothing is told any more: its
    events leave the calendars that follow this one.
    """
    interface = site.interface(locale)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Community safety briefings//{site.places.borough.code}//{interface.lang}")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _text(name, interface.lang))
    calendar.add("x-wr-calname", _text(name, ""))
    calendar.add("x-wr-timezone", site.places.borough.timezone)
    calendar.add("url", url)
    refresh = vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", refresh)
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add_component(_timezone(dated, site))  # one component at least must be in it (RFC 5545, 3.6)
    for item in sorted(dated, key=lambda item: (item.event.start, item.edition.briefing, item.lasting)):
        calendar.add_component(_event(item, site))
    rendered: bytes = calendar.to_ical()
    return rendered


def _timezone(dated: Sequence[Dated], site: Site) -> Timezone:
    """Describe the borough's zone by its changes, from the year before the first event to the year after the last.

    Onsets are wall times as the clock showed them before it was changed (RFC 5545, 3.6.5).
    """
    zone = site.places.borough.zone
    moments = [moment for item in dated for moment in (item.event.start, item.event.end)] or [EPOCH]
    begin = datetime(min(moments).year - 1, 1, 1, tzinfo=UTC)
    described = Timezone()
    described.add("tzid", zone.key)
    changes = [begin, *_changes(zone, begin, datetime(max(moments).year + 2, 1, 1, tzinfo=UTC))]
    for change in changes:
        before, after = (change - timedelta(seconds=1)).astimezone(zone), change.astimezone(zone)
        observance = TimezoneDaylight() if after.dst() else TimezoneStandard()
        observance.add("dtstart", (change + (before.utcoffset() or timedelta())).replace(tzinfo=None))
        observance.add("tzoffsetfrom", before.utcoffset())
        observance.add("tzoffsetto", after.utcoffset())
        observance.add("tzname", after.tzname())
        described.add_component(observance)
    return described


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments, in UTC and to the minute, at which a zone's offset changes."""
    day = timedelta(days=1)
    while begin < end:
        earlier, later = begin, begin + day
        if earlier.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            while later - earlier > timedelta(minutes=1):
                middle = earlier + (later - earlier) / 2
                middle = middle.replace(second=0, microsecond=0)
                same = middle.astimezone(zone).utcoffset() == earlier.astimezone(zone).utcoffset()
                earlier, later = (middle, later) if same else (earlier, middle)
            yield later
        begin += day


def _event(item: Dated, site: Site) -> Event:
    edition, told = item.edition, item.event
    zone = site.places.borough.zone
    event = Event()
    event.add("uid", f"{edition.briefing.replace('/', '.')}.{item.lasting}@{urlsplit(site.public_url).hostname}")
    event.add("dtstamp", item.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("created", item.published_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", item.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", max(0, int((item.updated_at - item.published_at).total_seconds())))
    event.add("dtstart", told.start.astimezone(zone))
    event.add("dtend", told.end.astimezone(zone))
    event.add("summary", _text(told.title.text, told.title.locale))
    event.add("description", _text(edition.title.text, edition.title.locale))
    if not item.is_off:
        event.add("location", _text(_place(told, site), site.places.borough.source_locale))
    event.add("url", site.page_url(edition.briefing, edition.locale))
    event.add("status", "CANCELLED" if item.is_off else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _place(told: ToldEvent, site: Site) -> str:
    ward = site.places.wards.get(told.ward)
    return f"{told.place} ({ward.name})" if ward else told.place


def _text(text: str, language: str) -> vText:
    value = vText(text)
    if language:
        value.params["LANGUAGE"] = language
    return value
