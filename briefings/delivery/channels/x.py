"""X: threads of posts through tweepy (API v2, OAuth 1.0a), each post exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import unescape
from typing import Any, TypeVar

import requests
import tweepy

from briefings.delivery.deadline import DeadlineSession, was_sent
from briefings.delivery.recognise import is_this_post
from briefings.model.errors import OutsideError, Permanent, Transient, Uncertain
from briefings.rendering.post import Post, PostImage

LoadMedia = Callable[[str], tuple[bytes, str]]
"""Gives the bytes and media type of an image by its digest."""

OnPosted = Callable[[int, str], None]
"""Called with a post's place in its thread and its id, before the next one is sent."""

Answer = dict[str, Any]
T = TypeVar("T")

_TWEEPY_HOST = "https://api.twitter.com"
_PAGE = 100
_OWN_PAGES = 3
_MENTION_PAGES = 8
"""X gives no more than the newest 800 mentions."""

# X's status, our error, our words. Sources: docs.x.com, "Response codes and errors".
_WORDS: dict[int, tuple[type[OutsideError], str]] = {
    400: (Permanent, "X refused the request as wrong"),
    401: (Permanent, "X does not accept our keys; check the BRIEFINGS_X_ settings"),
    402: (Transient, "The X account has no credit left"),  # the same post goes out once it is topped up
    403: (Permanent, "X does not allow this; check that the app may write and the account is not locked"),
    404: (Permanent, "X does not know this account or post"),
    408: (Transient, "X took too long"),
    409: (Transient, "X was busy with the same thing"),
    413: (Permanent, "X refused the request as too large"),
    429: (Transient, "X takes no more calls for now"),
}


class _Duplicate(Permanent):
    """X has this text already."""


class _NotFound(Permanent):
    """X knows no such thing (any more)."""


@dataclass(frozen=True)
class Mention:
    """A post in which somebody names the account. `author` is their id; `lang` is X's guess, `und` for none."""

    id: str
    author: str
    text: str
    lang: str
    at: datetime
    conversation: str


class XChannel:
    """One account on X. `timeout` is in seconds, for any one call as a whole.

    All methods raise Transient (with `retry_after` where X says), Permanent or Uncertain.
    """

    def __init__(
        self,
        api_url: str,
        consumer_key: str,
        consumer_secret: str,
        access_token: str,
        access_token_secret: str,
        timeout: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = (consumer_key, consumer_secret, access_token, access_token_secret)
        self._client = tweepy.Client(None, *self._keys, return_type=dict)
        self._client.session = DeadlineSession(api_url, _TWEEPY_HOST, timeout)
        self._clock = clock
        prefix = access_token.partition("-")[0]
        self._account = prefix if prefix.isdigit() else ""

    def publish_thread(
        self,
        posts: Sequence[Post],
        load_media: LoadMedia,
        already: Sequence[str] = (),
        on_posted: OnPosted | None = None,
        attempted: bool = False,
    ) -> list[str]:
        """Post a thread, each post in reply to the one before, and return all ids in order.

        `already` holds the ids of those that are out. `attempted` says that an earlier try ended in
        a way nobody knows: then, as after any lost answer, our timeline is read before anything is
        sent. The text is never varied, so X itself refuses a second one.
        """
        ids = list(already)
        look_first = attempted or bool(already)
        for index, post in enumerate(posts[len(ids) :], start=len(ids)):
            parent = ids[-1] if ids else ""
            found = self._found_before(post, parent) if look_first else None
            look_first = False
            ids.append(found or self._post(post, parent, load_media))
            if on_posted is not None:
                on_posted(index, ids[-1])
        return ids

    def delete(self, ids: Sequence[str]) -> None:
        """Delete posts, the last first, so that no reply is left alone. One that is gone is well."""
        for id in reversed(ids):
            try:
                self._repeatable(partial(self._client.delete_tweet, id))
            except _NotFound:
                continue

    def mentions(self, since_id: str = "") -> list[Mention]:
        """Return mentions newer than a post id, oldest first."""
        account = self._own_id()
        found = self._pages(
            _MENTION_PAGES,
            lambda token: self._client.get_users_mentions(
                account,
                user_auth=True,
                since_id=since_id or None,
                max_results=_PAGE,
                pagination_token=token,
                tweet_fields=["author_id", "conversation_id", "created_at", "lang"],
            ),
        )
        return self._repeatable(lambda: [_mention(one) for one in reversed(list(found))])

    def _post(self, post: Post, parent: str, load_media: LoadMedia) -> str:
        media = [self._upload(image, load_media) for image in post.images]
        lost = False
        for _ in range(2):
            try:
                return self._create(post.text, parent, media)
            except _Duplicate as error:
                found = self._found_after_loss(post, parent) if lost else self._found(post, parent)
                if found is None and lost:
                    raise Uncertain("X says it has this post, but our timeline does not show it yet") from error
                if found is None:
                    raise Permanent("X says it has this text already, elsewhere on our timeline") from error
                return found
            except Uncertain:
                lost = True
                if found := self._found_after_loss(post, parent):
                    return found
        raise Transient("X gave no answer twice, and the post is not on our timeline")

    def _create(self, text: str, parent: str, media: list[str]) -> str:
        def call() -> str:
            answer = self._client.create_tweet(text=text, in_reply_to_tweet_id=parent or None, media_ids=media or None)
            return str(answer["data"]["id"])

        return self._outside(call)

    def _upload(self, image: PostImage, load_media: LoadMedia) -> str:
        """Upload an image with its description. tweepy has only the v1.1 call, so this speaks v2 itself."""
        content, media_type = load_media(image.digest)
        suffix = media_type.rpartition("/")[2]

        def upload() -> str:
            response = self._client.session.request(
                "POST",
                f"{_TWEEPY_HOST}/2/media/upload",
                data={"media_category": "tweet_image", "media_type": media_type},
                files={"media": (f"image.{suffix}", content, media_type)},
                auth=tweepy.OAuth1UserHandler(*self._keys).apply_auth(),
            )
            if not response.ok:
                raise tweepy.HTTPException(response)
            return str(response.json()["data"]["id"])

        media = self._repeatable(upload)
        alt: Answer = {"id": media, "metadata": {"alt_text": {"text": image.alt}}}
        self._repeatable(lambda: self._client.request("POST", "/2/media/metadata", json=alt, user_auth=True))
        return media

    def _found_after_loss(self, post: Post, parent: str) -> str | None:
        """Look for a post whose answer was lost. Raises Uncertain where that cannot be found out."""
        try:
            return self._found(post, parent)
        except OutsideError as error:
            raise Uncertain(
                f"An answer of X was lost, and our timeline could not be read ({error}); look there before a new try"
            ) from error

    def _found_before(self, post: Post, parent: str) -> str | None:
        """Look for a post of an earlier try. A failure to look changes nothing, so that may be done again."""
        try:
            return self._found(post, parent)
        except Permanent as error:
            raise Uncertain(
                f"An earlier try may have got through, and our timeline is closed to us ({error})"
            ) from error

    def _found(self, post: Post, parent: str) -> str | None:
        account = self._own_id()
        own = self._pages(
            _OWN_PAGES,
            lambda token: self._client.get_users_tweets(
                account,
                user_auth=True,
                max_results=_PAGE,
                pagination_token=token,
                tweet_fields=["entities", "referenced_tweets"],
            ),
        )
        return next((one["id"] for one in own if is_this_post(one, post.text, parent)), None)

    def _own_id(self) -> str:
        """Return the account's id: the first part of an access token, or else as X says."""
        if not self._account:
            self._account = self._repeatable(lambda: str(self._client.get_me()["data"]["id"]))
        return self._account

    def _pages(self, most: int, page: Callable[[str | None], Answer]) -> Iterator[Answer]:
        token: str | None = None
        for _ in range(most):
            found, token = self._repeatable(partial(_read, page, token))
            yield from found
            if token is None:
                return

    def _repeatable(self, call: Callable[[], T]) -> T:
        """Make a call that may be made again without harm: a lost answer is only a failure."""
        try:
            return self._outside(call)
        except Uncertain as error:
            raise Transient("X gave no answer") from error

    def _outside(self, call: Callable[[], T]) -> T:
        """Make a call and turn what can go wrong into our errors."""
        try:
            return call()
        except tweepy.HTTPException as error:
            raise self._ours(error) from error
        except requests.RequestException as error:
            if was_sent(error):
                raise Uncertain("The answer of X was lost") from error
            raise Transient("X could not be reached") from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Uncertain("The answer of X could not be understood") from error  # not JSON, or not of that shape

    def _ours(self, error: tweepy.HTTPException) -> OutsideError:
        status = int(error.response.status_code)
        said = " ".join(str(message) for message in error.api_messages).lower()
        if status == 403 and "duplicate" in said:
            return _Duplicate("X has this text already")
        if status == 404:
            return _NotFound(f"{_WORDS[404][1]} (404)")
        kind, words = _WORDS.get(status, (Permanent, "X refused the request"))
        if status >= 500:
            kind, words = Transient, "X has a fault of its own"
        if kind is Transient:
            wait = self._retry_after(error.response) if status == 429 else None
            return Transient(f"{words} ({status})", wait)
        return kind(f"{words} ({status})")

    def _retry_after(self, response: requests.Response) -> float | None:
        """Return the seconds until the limits that are used up are lifted, where X names any."""
        times = []
        for limit in ("x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"):
            reset = response.headers.get(f"{limit}-reset", "")
            if reset.isdigit() and response.headers.get(f"{limit}-remaining", "0") == "0":
                times.append(float(reset))
        return max(max(times) - self._clock(), 1.0) if times else None


def _read(page: Callable[[str | None], Answer], token: str | None) -> tuple[list[Answer], str | None]:
    """Read one page; an account that X does not show is an error in an answer of status 200."""
    answer = page(token)
    if "data" not in answer and answer.get("errors"):
        raise _NotFound(_WORDS[404][1])
    posts = [{**one, "id": str(one["id"]), "text": str(one["text"])} for one in answer.get("data") or []]
    return posts, answer.get("meta", {}).get("next_token")


def _mention(one: Answer) -> Mention:
    return Mention(
        id=one["id"],
        author=str(one["author_id"]),
        text=unescape(one["text"]),
        lang=str(one.get("lang") or "und"),
        at=datetime.fromisoformat(str(one["created_at"])).astimezone(UTC),
        conversation=str(one.get("conversation_id") or one["id"]),
    )
