"""Which months of a feed have an archive, and how its documents name each other (RFC 5005, section 4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from briefings.model.channel import Channel
from briefings.rendering.feed import EPOCH, render_feed
from briefings.rendering.feed_archive import HISTORY, Chapter, archived_months, chapter, month_of, span
from tests.rendering.editions import sample_site
from tests.rendering.test_feed import feed_of, item

LONDON = ZoneInfo("Europe/London")
SITE = sample_site()
NS = {"atom": "http://www.w3.org/2005/Atom", "fh": HISTORY}
MONTHS = ("2026-08", "2026-10")


def links(kind: Channel, here: Chapter) -> dict[str, list[str]]:
    root: Any = etree.fromstring(render_feed(kind, feed_of("ur"), [item("ur")], SITE, here))
    head = root if kind is Channel.ATOM else root.find("channel")
    found: dict[str, list[str]] = {}
    for link in head.findall("atom:link", NS):
        found.setdefault(link.get("rel"), []).append(link.get("href"))
    found["archive"] = ["yes"] * len(head.findall("fh:archive", NS))
    return found


def test_a_month_is_archived_when_a_newer_one_has_begun() -> None:
    moments = [datetime(2026, month, 6, 9, tzinfo=UTC) for month in (11, 8, 10, 8)]

    months = archived_months(moments, 50, LONDON)

    assert months == MONTHS
    assert archived_months(moments[:1], 50, LONDON) == archived_months([], 50, LONDON) == ()


def test_a_month_that_the_feed_cannot_hold_is_archived_before_it_ends() -> None:
    moments = [datetime(2026, 11, 1 + n, 9, tzinfo=UTC) for n in range(4)]

    assert archived_months(moments, 4, LONDON) == ()
    assert archived_months(moments, 3, LONDON) == ("2026-11",)


def test_months_begin_when_they_do_in_the_borough() -> None:
    late_in_june = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 of 1 July on the borough's clocks

    begin, end = span("2026-07", LONDON)

    assert month_of(late_in_june, LONDON) == "2026-07"
    assert (begin, end) == (datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 7, 31, 23, tzinfo=UTC))
    assert span("2026-12", LONDON)[1] == datetime(2027, 1, 1, tzinfo=UTC)


@given(
    st.lists(st.integers(0, 1095 * 24).map(lambda hours: EPOCH + timedelta(hours=hours)), max_size=80),
    st.integers(1, 12),
)
def test_feed_and_archives_together_hold_every_item(moments: list[datetime], room: int) -> None:
    months = archived_months(moments, room, LONDON)

    in_feed = sorted(moments, reverse=True)[:room]
    archived = [at for month in months for at in moments if span(month, LONDON)[0] <= at < span(month, LONDON)[1]]

    assert set(in_feed) | set(archived) == set(moments)
    assert len(archived) == sum(month_of(at, LONDON) in months for at in moments)


@pytest.mark.parametrize("kind", [Channel.ATOM, Channel.RSS])
def test_the_feed_leads_to_its_newest_archive_and_each_archive_to_its_neighbours(kind: Channel) -> None:
    def archive(month: str) -> str:
        return f"https://briefings.exampleton.example/feeds/riverside/archive/{month}/ur.{kind}"

    feed, newest, oldest = (links(kind, chapter(MONTHS, month)) for month in ("", "2026-10", "2026-08"))

    assert (feed["prev-archive"], feed["archive"]) == ([archive("2026-10")], [])
    assert not {"next-archive", "current"} & feed.keys()
    assert (newest["prev-archive"], newest["archive"]) == ([archive("2026-08")], ["yes"])
    assert (oldest["next-archive"], oldest["archive"]) == ([archive("2026-10")], ["yes"])
    assert "next-archive" not in newest
    assert "prev-archive" not in oldest
    assert newest["current"] == oldest["current"] == [SITE.feed_url("riverside", "ur", kind)]
    assert (feed["self"], newest["self"]) == ([SITE.feed_url("riverside", "ur", kind)], [archive("2026-10")])


@pytest.mark.parametrize("kind", [Channel.ATOM, Channel.RSS])
def test_an_archive_names_the_same_month_in_other_languages(kind: Channel) -> None:
    named = links(kind, chapter(MONTHS, "2026-08"))["alternate"]

    others = [url for url in named if "/feeds/" in url]

    assert others
    assert all("/archive/2026-08/" in url for url in others)


def test_an_archive_holds_all_of_its_month_however_much_that_is() -> None:
    items = [item(number=n, updated=item().published + timedelta(minutes=n)) for n in range(55)]

    root = etree.fromstring(render_feed(Channel.ATOM, feed_of("en-GB"), items, SITE, Chapter("2026-11")))

    assert len(root.findall("atom:entry", NS)) == 55
