"""The hub is told of every feed that changed, until it has heard it; nothing waits for it or fails with it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from briefings.delivery.hub import Hub
from briefings.delivery.pings import due_pings, forget_pings, note_pings
from briefings.editorial.amend import correct, withdraw
from briefings.editorial.publish import publish, publish_due
from briefings.model.errors import Permanent, Transient
from briefings.store.engine import reading, writing
from briefings.store.tables import pings
from tests.editorial.conftest import EAST, WEST, Newsroom
from tests.editorial.hub_server import HubServer, hub_server


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as hub:
        yield hub


@pytest.fixture
def followed(newsroom: Newsroom, hub: HubServer) -> Newsroom:
    """A newsroom whose feeds are followed through a hub."""
    newsroom.settings = newsroom.settings.model_copy(update={"websub_hub": hub.url})
    return newsroom


def carrying(newsroom: Newsroom, region: str) -> set[str]:
    """Return the addresses of all feeds that carry what a region publishes."""
    places = newsroom.desk.content.places
    found = {("borough", tag) for tag in places.locales}
    found |= {(region, tag) for tag in places.regions[region].locales}
    found |= {(f"ward/{ward}", tag) for ward in places.regions[region].wards for tag in places.regions[region].locales}
    return {f"https://otherham.example/feeds/{place}/{tag}.{kind}" for place, tag in found for kind in KINDS}


KINDS = ("atom", "rss", "json")


def waiting(newsroom: Newsroom) -> int:
    with reading(newsroom.desk.engine) as connection:
        return connection.scalar(select(func.count()).select_from(pings)) or 0


def test_a_publish_a_correction_and_a_withdrawal_are_told_for_every_feed_that_carries_the_briefing(
    followed: Newsroom, hub: HubServer
) -> None:
    feeds = carrying(followed, "east")
    followed.ready()
    heard = []

    publish(followed.desk, [EAST], followed.clock)
    heard.append(sorted(hub.told))
    hub.told.clear()
    followed.ready(title="Put right")
    correct(followed.desk, EAST, followed.clock)
    heard.append(sorted(hub.told))
    hub.told.clear()
    withdraw(followed.desk, EAST, "", followed.clock)
    heard.append(sorted(hub.told))

    assert len(feeds) > len(KINDS)
    assert heard == [sorted(feeds)] * 3
    assert waiting(followed) == 0


def test_what_is_not_public_is_not_told(followed: Newsroom, hub: HubServer) -> None:
    followed.ready(publish_at="2026-11-27 09:00")

    report = publish(followed.desk, [EAST], followed.clock)
    publish_due(followed.desk, followed.clock)

    assert report.refused
    assert (hub.told, waiting(followed)) == ([], 0)


def test_a_hub_that_is_busy_stops_no_mail_and_is_told_later(followed: Newsroom, hub: HubServer) -> None:
    followed.follow("one@example.org")
    followed.ready()
    hub.status = 503

    report = publish(followed.desk, [EAST], followed.clock)
    tries = hub.tries
    publish_due(followed.desk, followed.clock)
    assert hub.tries == tries == 1, "a busy hub is left alone for a minute"
    hub.status = 204
    followed.later(2)
    publish_due(followed.desk, followed.clock)

    assert report.is_settled
    assert [address for address, _ in followed.mailed()] == ["one@example.org"]
    assert set(hub.told) == carrying(followed, "east")
    assert waiting(followed) == 0


def test_a_hub_that_never_answers_costs_a_publish_seconds_and_no_mail(followed: Newsroom, hub: HubServer) -> None:
    followed.follow("one@example.org")
    followed.ready()
    hub.drips = True

    begun = time.monotonic()
    report = publish(followed.desk, [EAST], followed.clock)

    assert time.monotonic() - begun < 15
    assert report.is_settled
    assert len(followed.mailed()) == 1
    assert waiting(followed) == len(carrying(followed, "east"))


def test_a_hub_that_stays_away_is_given_up_after_a_day(followed: Newsroom, hub: HubServer) -> None:
    followed.ready()
    hub.status = 500
    publish(followed.desk, [EAST], followed.clock)
    for _ in range(30):
        followed.later(60)
        publish_due(followed.desk, followed.clock)
    tries = hub.tries

    followed.later(60)
    publish_due(followed.desk, followed.clock)

    assert 20 <= tries <= 32
    assert hub.tries == tries
    assert waiting(followed) == 0


def test_a_feed_that_the_hub_refuses_does_not_keep_the_others_back(followed: Newsroom, hub: HubServer) -> None:
    followed.ready()
    hub.refused = "/borough/en-GB.atom"

    publish(followed.desk, [EAST], followed.clock)

    feeds = carrying(followed, "east")
    assert set(hub.told) == {url for url in feeds if not url.endswith(hub.refused)}
    assert (hub.tries, waiting(followed)) == (len(feeds), 0)


def test_a_feed_that_changes_while_the_hub_is_told_is_told_again(newsroom: Newsroom) -> None:
    engine, feed = newsroom.desk.engine, "https://otherham.example/feeds/east/en-GB.atom"
    with writing(engine) as connection:
        note_pings(connection, [feed], newsroom.now)
        read = due_pings(connection, newsroom.now)
    with writing(engine) as connection:
        note_pings(connection, [feed], newsroom.now)

    with writing(engine) as connection:
        forget_pings(connection, read)
        left = due_pings(connection, newsroom.now)

    assert [ping.topic for ping in left] == [feed]


def test_two_briefings_of_a_moment_tell_the_borough_feed_no_more_than_twice(followed: Newsroom, hub: HubServer) -> None:
    followed.ready(EAST)
    followed.ready(WEST)

    publish(followed.desk, [EAST, WEST], followed.clock)

    assert set(hub.told) == carrying(followed, "east") | carrying(followed, "west")
    assert hub.told.count("https://otherham.example/feeds/borough/en-GB.atom") <= 2


def test_without_a_hub_nothing_is_noted(newsroom: Newsroom) -> None:
    newsroom.ready()

    publish(newsroom.desk, [EAST], newsroom.clock)

    assert waiting(newsroom) == 0


@pytest.mark.parametrize(
    ("status", "error"),
    [(302, Permanent), (400, Permanent), (404, Permanent), (429, Transient), (500, Transient), (503, Transient)],
)
def test_the_answers_of_a_hub_become_our_errors(hub: HubServer, status: int, error: type[Exception]) -> None:
    hub.status = status

    with pytest.raises(error, match=str(status)):
        Hub(hub.url).tell("https://otherham.example/feeds/east/en-GB.atom")

    assert hub.tries == 1, "nobody is sent on to another address"


def test_a_hub_that_is_not_there_is_a_matter_of_time() -> None:
    with pytest.raises(Transient, match="no answer"):
        Hub("http://127.0.0.1:1/").tell("https://otherham.example/feeds/east/en-GB.atom")


def test_a_dripping_hub_is_left_when_its_time_is_up(hub: HubServer) -> None:
    hub.drips = True
    begun = time.monotonic()

    with pytest.raises(Transient):
        Hub(hub.url, seconds=0.5).tell("https://otherham.example/feeds/east/en-GB.atom")

    assert time.monotonic() - begun < 3
