"""The X stand-in, spoken to by tweepy."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
import tweepy

from briefings.sandbox import x
from briefings.sandbox.run import StandIns
from briefings.sandbox.x import XStandIn
from briefings.sandbox.x_timeline import ACCOUNT
from tests.sandbox.conftest import client_of


def post(client: tweepy.Client, text: str, **more: object) -> str:
    return str(client.create_tweet(text=text, **more).data["id"])


def upload(client: tweepy.Client, content: bytes, **form: str) -> requests.Response:
    auth = tweepy.OAuth1UserHandler(*(getattr(client, name) for name in SECRETS)).apply_auth()
    files = {"media": ("picture.png", content, "image/png")}
    session: requests.Session = client.session
    return session.post("https://api.x.com/2/media/upload", files=files, data=form, auth=auth)


SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


def test_a_post_appears_in_the_timeline(client: tweepy.Client) -> None:
    me = client.get_me(user_auth=True).data
    id = post(client, "Poliția a fost prezentă în parc")

    timeline = client.get_users_tweets(me.id, user_auth=True, tweet_fields=["lang", "created_at", "author_id"])

    assert (me.id, me.username) == (ACCOUNT.id, "sandbox")
    assert [(str(t.id), t.text, t.lang) for t in timeline.data] == [(id, "Poliția a fost prezentă în parc", "ro")]
    assert timeline.data[0].author_id == ACCOUNT.id
    assert timeline.meta["newest_id"] == timeline.meta["oldest_id"] == id


def test_links_come_back_as_short_addresses_that_can_be_expanded(client: tweepy.Client) -> None:
    address = "https://borough.example/ro/north/2026-11-20-parks/"
    id = post(client, f"Parks & paths: {address}.")

    shown = client.get_tweet(id, user_auth=True, tweet_fields=["entities"]).data

    (url,) = shown.entities["urls"]
    assert shown.text == f"Parks &amp; paths: {url['url']}."
    assert url["expanded_url"] == address
    assert shown.text[url["start"] : url["end"]] == url["url"]


def test_the_same_text_twice_is_a_duplicate_until_it_is_deleted(client: tweepy.Client) -> None:
    id = post(client, "Same words")

    with pytest.raises(tweepy.Forbidden, match="duplicate content") as caught:
        post(client, "Same words ")
    assert caught.value.response.json()["status"] == 403
    assert client.delete_tweet(id).data == {"deleted": True}
    assert post(client, "Same words") != id


def test_a_thread_hangs_together(client: tweepy.Client) -> None:
    first = post(client, "One")
    second = post(client, "Two", in_reply_to_tweet_id=first)
    third = post(client, "Three", in_reply_to_tweet_id=second)

    fields = ["conversation_id", "referenced_tweets", "in_reply_to_user_id"]
    shown = client.get_tweet(third, user_auth=True, tweet_fields=fields).data
    alone = client.get_users_tweets(ACCOUNT.id, user_auth=True, exclude=["replies"]).data

    assert str(shown.conversation_id) == first
    assert [(r.type, str(r.id)) for r in shown.referenced_tweets] == [("replied_to", second)]
    assert [str(t.id) for t in alone] == [first]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"text": "ok", "in_reply_to_tweet_id": 12345}, "deleted or not visible"),
        ({"text": "ok", "media_ids": [12345]}, "media IDs are invalid"),
        ({"text": "ok", "media_ids": ["99999999999999999999999"]}, "media IDs are invalid"),
        ({"text": "a" * 281}, "too long"),
        ({"text": "字" * 141}, "too long"),
        ({"text": "  "}, "must have text"),
    ],
)
def test_what_x_refuses_is_refused(client: tweepy.Client, wanted: dict[str, object], words: str) -> None:
    with pytest.raises(tweepy.BadRequest, match=words):
        client.create_tweet(**wanted)

    assert client.get_users_tweets(ACCOUNT.id, user_auth=True).data is None


def test_an_image_keeps_its_bytes_and_its_alt_text(client: tweepy.Client, stand_ins: StandIns, png: bytes) -> None:
    media = upload(client, png, media_category="tweet_image").json()["data"]
    auth = tweepy.OAuth1UserHandler(*(getattr(client, name) for name in SECRETS)).apply_auth()
    alt = {"id": media["id"], "metadata": {"alt_text": {"text": "باغ کا راستہ"}}}
    described = client.session.post("https://api.x.com/2/media/metadata", json=alt, auth=auth)
    id = post(client, "With a picture", media_ids=[media["id"]])

    shown = client.get_tweet(id, user_auth=True, expansions="attachments.media_keys", tweet_fields=["attachments"])

    kept = stand_ins.x.timeline.medium(int(media["id"]))
    assert kept is not None
    assert (kept.content, kept.mime, kept.alt) == (png, "image/png", "باغ کا راستہ")
    assert described.json()["data"]["associated_metadata"]["alt_text"]["text"] == "باغ کا راستہ"
    assert shown.data.attachments == {"media_keys": [media["media_key"]]}
    assert shown.includes["media"][0].alt_text == "باغ کا راستہ"


def test_what_is_no_image_or_too_large_is_refused(client: tweepy.Client, png: bytes) -> None:
    answers = [
        upload(client, b"<svg/>", media_category="tweet_image"),
        upload(client, png),
        upload(client, png + bytes(x.BODY_LIMIT), media_category="tweet_image"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 413]


def test_a_mention_by_a_resident_is_collected(client: tweepy.Client, stand_ins: StandIns) -> None:
    id = post(client, "What should we look at next?")
    for text, reply in (("Lampioanele de pe strada noastră nu merg", None), ("The park", id)):
        body = {"username": "ana", "name": "Ana", "text": text, "in_reply_to_tweet_id": reply}
        requests.post(f"{stand_ins.x_url}/sandbox/mentions", json=body, timeout=10).raise_for_status()

    found = client.get_users_mentions(ACCOUNT.id, user_auth=True, expansions="author_id", tweet_fields=["lang"])
    later = client.get_users_mentions(ACCOUNT.id, user_auth=True, since_id=found.data[1].id)

    assert [t.text for t in found.data] == ["The park", "@sandbox Lampioanele de pe strada noastră nu merg"]
    assert [user.username for user in found.includes["users"]] == ["ana"]
    assert [t.text for t in later.data] == ["The park"]
    with pytest.raises(tweepy.Forbidden):
        client.delete_tweet(found.data[0].id)


def test_the_timeline_comes_in_pages(client: tweepy.Client) -> None:
    ids = [post(client, f"Post {number}") for number in range(12)]

    pages = list(tweepy.Paginator(client.get_users_tweets, ACCOUNT.id, max_results=5, user_auth=True))

    assert [len(page.data) for page in pages] == [5, 5, 2]
    assert [str(t.id) for page in pages for t in page.data] == ids[::-1]
    with pytest.raises(tweepy.BadRequest):
        client.get_users_tweets(ACCOUNT.id, max_results=4, user_auth=True)


def test_the_timeline_outlives_the_stand_in(tmp_path: Path) -> None:
    with StandIns(tmp_path) as first:
        id = post(client_of(first.x_url), "Still here")

    with StandIns(tmp_path) as second:
        kept = client_of(second.x_url).get_tweet(id, user_auth=True).data

    assert kept.text == "Still here"


@pytest.mark.parametrize("secret", SECRETS)
def test_a_wrong_credential_is_refused(stand_ins: StandIns, secret: str) -> None:
    stranger = client_of(stand_ins.x_url, **{secret: "wrong"})

    with pytest.raises(tweepy.Unauthorized):
        stranger.create_tweet(text="Hello")
    assert stand_ins.x.timeline.count_conversations() == 0


@pytest.mark.parametrize(
    "header",
    ["", "Bearer abc", "OAuth", "OAuth nonsense", 'OAuth oauth_token="a", oauth_token="b"', 'OAuth oauth_nonce="a"'],
)
def test_a_missing_or_malformed_signature_is_refused(stand_ins: StandIns, header: str) -> None:
    answer = requests.post(
        f"{stand_ins.x_url}/2/tweets", json={"text": "Hello"}, headers={"Authorization": header}, timeout=10
    )

    assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")


def test_calls_beyond_the_rate_limit_are_told_when_to_come_back(stand_ins: StandIns, client: tweepy.Client) -> None:
    stand_ins.x.limit = 2
    texts = ["One", "Two"]
    for text in texts:
        post(client, text)

    with pytest.raises(tweepy.TooManyRequests) as caught:
        post(client, "Three")
    headers = caught.value.response.headers
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("2", "0")
    assert 0 < int(headers["x-rate-limit-reset"]) - stand_ins.x.clock() <= x.WINDOW_S
    assert len(client.get_users_tweets(ACCOUNT.id, user_auth=True).data) == 2


def test_a_connection_cut_after_acceptance_leaves_the_post(stand_ins: StandIns, client: tweepy.Client) -> None:
    stand_ins.x.fail_next("after-accept", "before-accept", 503)

    for text in ("Kept", "Lost"):
        with pytest.raises(requests.ConnectionError):
            post(client, text)
    with pytest.raises(tweepy.TwitterServerError):
        post(client, "Refused")
    post(client, "Well")

    assert [t.text for t in client.get_users_tweets(ACCOUNT.id, user_auth=True).data] == ["Well", "Kept"]


def test_faults_can_be_ordered_over_http(stand_ins: StandIns, client: tweepy.Client) -> None:
    address = f"{stand_ins.x_url}/sandbox/faults"
    requests.post(address, json={"faults": [429]}, timeout=10).raise_for_status()

    with pytest.raises(tweepy.TooManyRequests):
        post(client, "Hello")
    assert requests.post(address, json={"faults": ["nonsense"]}, timeout=10).status_code == 400


def test_bodies_that_are_no_json_objects_are_refused(tmp_path: Path, client: tweepy.Client) -> None:
    auth = tweepy.OAuth1UserHandler(*(getattr(client, name) for name in SECRETS)).apply_auth()
    bodies = [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"text": 1}',
        b'{"text": "a", "reply": []}',
        b'{"media": {"media_ids": "1"}}',
    ]

    answers = [client.session.post("https://api.x.com/2/tweets", data=body, auth=auth) for body in bodies]

    assert [answer.status_code for answer in answers] == [400] * 5 + [201, 400]


def test_an_unknown_address_is_answered_in_json(stand_ins: StandIns) -> None:
    answer = requests.get(f"{stand_ins.x_url}/3/nothing", timeout=10)

    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_a_new_window_opens_when_the_old_one_ends(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    stand_in = XStandIn(tmp_path / "x.db", limit=1, clock=lambda: now)
    window = stand_in._window("POST /2/tweets")
    window.remaining = 0

    now += x.WINDOW_S

    assert stand_in._window("POST /2/tweets").remaining == 1
