"""The X channel against the stand-in that ships with the product."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from briefings.delivery.channels.x import XChannel
from briefings.model.errors import OutsideError, Permanent, Transient, Uncertain
from briefings.rendering.post import Post, PostImage, compose_posts
from briefings.sandbox.run import XServer
from briefings.sandbox.x import (
    ACCESS_TOKEN,
    ACCESS_TOKEN_SECRET,
    AFTER_ACCEPT,
    BEFORE_ACCEPT,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    XStandIn,
)
from briefings.sandbox.x_timeline import ACCOUNT
from tests.rendering.editions import LOCALES, sample_edition, sample_site

LINK = "https://briefings.exampleton.example/ro/riverside/2026-11-06-evening-patrols/"
THREAD = (
    Post(f"Poliția <a fost> & este în parc\n{LINK}", "ro"),
    Post(f"Întâlnire joi, 18:30–20:00\n{LINK}", "ro"),
    Post(f"Ce urmează?\n{LINK}", "ro"),
)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[XServer]:
    stand_in = XStandIn(tmp_path / "x.db")
    with XServer(stand_in) as server:
        yield server
    stand_in.close()


@pytest.fixture
def x(server: XServer) -> XStandIn:
    return server.stand_in


@pytest.fixture
def channel(server: XServer) -> XChannel:
    return channel_to(server)


def channel_to(server: XServer, secret: str = ACCESS_TOKEN_SECRET) -> XChannel:
    return XChannel(f"http://127.0.0.1:{server.port}", CONSUMER_KEY, CONSUMER_SECRET, ACCESS_TOKEN, secret, 5.0)


def picture(digest: str) -> tuple[bytes, str]:
    assert digest == "d1"
    return PICTURE, "image/png"


def texts(x: XStandIn) -> list[str]:
    """Return what is on the timeline, oldest first, as it was sent."""
    return [post.text for post in reversed(x.timeline.posts(ACCOUNT.id, limit=100))]


def failure_of(channel: XChannel) -> OutsideError:
    with pytest.raises(OutsideError) as caught:
        channel.publish_thread(THREAD, picture)
    return caught.value


def test_a_thread_stands_in_order_each_post_answering_the_one_before(x: XStandIn, channel: XChannel) -> None:
    ids = channel.publish_thread(THREAD, picture)

    shown = [x.timeline.get(int(id)) for id in ids]
    assert [post and post.text for post in shown] == [post.text for post in THREAD]
    assert [post and post.reply_to for post in shown] == [None, int(ids[0]), int(ids[1])]


@pytest.mark.parametrize("locale", LOCALES)
def test_x_takes_every_post_of_an_edition(x: XStandIn, channel: XChannel, locale: str) -> None:
    posts = compose_posts(sample_edition(locale), sample_site())

    channel.publish_thread(posts, lambda digest: (PICTURE, "image/png"))

    assert texts(x) == [post.text for post in posts]


def test_an_image_arrives_with_its_bytes_and_its_description(x: XStandIn, channel: XChannel) -> None:
    post = Post(THREAD[0].text, "ro", (PostImage("d1", "Doi polițiști în parc"),))

    ids = channel.publish_thread([post], picture)

    shown = x.timeline.get(int(ids[0]))
    assert shown is not None
    medium = x.timeline.medium(shown.media[0])
    assert medium is not None
    assert medium.content == PICTURE
    assert x.timeline.alt_of(shown.media[0]) == "Doi polițiști în parc"


def test_each_id_is_handed_over_before_the_next_post_is_sent(x: XStandIn, channel: XChannel) -> None:
    seen: list[tuple[int, str, int]] = []

    ids = channel.publish_thread(THREAD, picture, on_posted=lambda index, id: seen.append((index, id, len(texts(x)))))

    assert seen == [(0, ids[0], 1), (1, ids[1], 2), (2, ids[2], 3)]


def test_a_thread_goes_on_where_it_stopped(x: XStandIn, channel: XChannel) -> None:
    already = channel.publish_thread(THREAD[:1], picture)

    ids = channel.publish_thread(THREAD, picture, already=already)

    assert ids[0] == already[0]
    assert texts(x) == [post.text for post in THREAD]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_post_whose_answer_was_lost_is_found_and_not_sent_again(x: XStandIn, channel: XChannel, at: int) -> None:
    already = channel.publish_thread(THREAD[:at], picture)
    x.fail_next(AFTER_ACCEPT)

    ids = channel.publish_thread(THREAD, picture, already)

    assert len(ids) == 3
    assert texts(x) == [post.text for post in THREAD]


def test_a_lost_post_with_an_image_is_found_too(x: XStandIn, channel: XChannel) -> None:
    post = Post(THREAD[0].text, "ro", (PostImage("d1", "Parcul"),))
    x.fail_next(AFTER_ACCEPT)

    channel.publish_thread([post], picture)

    assert texts(x) == [post.text]


def test_a_post_that_never_arrived_is_sent_once_more(x: XStandIn, channel: XChannel) -> None:
    x.fail_next(BEFORE_ACCEPT)

    channel.publish_thread(THREAD, picture)

    assert texts(x) == [post.text for post in THREAD]


def test_a_post_that_never_arrives_is_tried_again_later(x: XStandIn, channel: XChannel) -> None:
    x.fail_next(BEFORE_ACCEPT, BEFORE_ACCEPT)

    assert isinstance(failure_of(channel), Transient)
    assert texts(x) == []


def test_it_is_uncertain_where_answer_and_timeline_are_lost(x: XStandIn, channel: XChannel) -> None:
    x.fail_next(AFTER_ACCEPT)
    x.fail_next(503, on="GET /2/users/{id}/tweets")

    assert isinstance(failure_of(channel), Uncertain)


def test_after_a_crash_the_timeline_tells_what_is_out(x: XStandIn, channel: XChannel) -> None:
    before = channel.publish_thread(THREAD[:2], picture)

    ids = channel.publish_thread(THREAD, picture, already=before[:1], attempted=True)

    assert ids[:2] == before
    assert texts(x) == [post.text for post in THREAD]


def test_a_text_that_x_has_already_counts_as_posted(x: XStandIn, channel: XChannel) -> None:
    before = channel.publish_thread(THREAD[:1], picture)

    assert channel.publish_thread(THREAD[:1], picture) == before
    assert len(texts(x)) == 1


def test_a_post_that_differs_only_in_its_link_is_another(x: XStandIn, channel: XChannel) -> None:
    other = Post(THREAD[0].text.replace("/ro/", "/ar/"), "ro")
    channel.publish_thread([other], picture)

    channel.publish_thread(THREAD[:1], picture, attempted=True)

    assert texts(x) == [other.text, THREAD[0].text]


def test_a_limit_says_when_to_come_again(x: XStandIn, channel: XChannel) -> None:
    x.fail_next(429)

    error = failure_of(channel)

    assert isinstance(error, Transient)
    assert error.retry_after is not None
    assert 800 < error.retry_after <= 900


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Permanent), (401, Permanent), (403, Permanent), (402, Transient), (500, Transient)]
)
def test_a_refusal_is_one_of_our_errors(x: XStandIn, channel: XChannel, status: int, kind: type[OutsideError]) -> None:
    x.fail_next(status)

    error = failure_of(channel)

    assert type(error) is kind
    assert f"({status})" in str(error)
    assert "Simulated" not in str(error)


def test_wrong_keys_are_permanent_and_never_named(server: XServer) -> None:
    secret = "a-secret-that-is-wrong"

    error = failure_of(channel_to(server, secret))

    assert isinstance(error, Permanent)
    assert not any(word in str(error) for word in (secret, CONSUMER_SECRET, ACCESS_TOKEN))


def test_an_earlier_try_stays_uncertain_where_the_timeline_is_closed(server: XServer) -> None:
    channel = channel_to(server, "wrong")

    with pytest.raises(Uncertain):
        channel.publish_thread(THREAD, picture, attempted=True)


def test_an_image_that_x_refuses_stops_the_post(x: XStandIn, channel: XChannel) -> None:
    post = Post("Text", "ro", (PostImage("d1", "alt"),))

    with pytest.raises(Permanent):
        channel.publish_thread([post], lambda digest: (b"not an image", "image/png"))
    assert texts(x) == []


def test_deleting_takes_a_thread_away_and_may_be_repeated(x: XStandIn, channel: XChannel) -> None:
    ids = channel.publish_thread(THREAD, picture)

    channel.delete(ids)
    channel.delete(ids)

    assert texts(x) == []


def test_mentions_come_oldest_first_and_only_new_ones(server: XServer, channel: XChannel) -> None:
    ids = channel.publish_thread(THREAD[:1], picture)
    for text in ("Strada & parcul sunt prea întunecate", "Mulțumim pentru că ați venit"):
        body = {"username": "ana", "text": f"@{ACCOUNT.username} {text}", "in_reply_to_tweet_id": ids[0]}
        say(server, body)

    everything = channel.mentions()
    newer = channel.mentions(since_id=everything[0].id)

    assert [mention.text.split(" ", 1)[1][:9] for mention in everything] == ["Strada & ", "Mulțumim "]
    assert [mention.id for mention in newer] == [everything[1].id]
    assert everything[0].lang == "ro"
    assert everything[0].conversation == ids[0]
    assert everything[0].author not in ("", str(ACCOUNT.id))
    assert everything[0].at.tzinfo is not None


def say(server: XServer, body: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{server.port}/sandbox/mentions"
    request = Request(address, json.dumps(body).encode(), {"content-type": "application/json"})
    with urlopen(request, timeout=5) as response:
        assert response.status == 201


def test_more_mentions_than_one_page_holds_are_all_read(server: XServer, channel: XChannel) -> None:
    for number in range(103):
        say(server, {"username": "ana", "text": f"@{ACCOUNT.username} numărul {number}"})

    found = channel.mentions()

    assert [mention.text.rpartition(" ")[2] for mention in found] == [str(number) for number in range(103)]
