"""X's calls one by one: a request that may be answered goes in, X's answer comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from briefings.sandbox import x_answers as answers
from briefings.sandbox.form_data import MalformedForm, fields
from briefings.sandbox.x_timeline import ACCOUNT, ALT_LIMIT, Post, PostRefused, Reason, Timeline

IMAGE_LIMIT = 5 * 1024 * 1024
_IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


@dataclass(frozen=True)
class Call:
    request: Request
    body: bytes
    now: datetime

    def json(self) -> answers.Json:
        """Return the body as an object; an empty one where it is anything else."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def many(self, name: str) -> frozenset[str]:
        """Return a comma-separated query parameter's values."""
        return frozenset(self.request.query_params.get(name, "").split(","))


class InvalidCall(Exception):
    """The request is refused with status 400."""

    def __init__(self, message: str, **parameters: str) -> None:
        super().__init__(message)
        self.answer = answers.invalid(message, **parameters)


@dataclass(frozen=True)
class Calls:
    """What each call does to the timeline. They raise InvalidCall or PostRefused; `answer` turns both into JSON."""

    timeline: Timeline

    def create(self, call: Call) -> Response:
        wanted = call.json()
        text, reply, media = wanted.get("text", ""), wanted.get("reply") or {}, wanted.get("media") or {}
        if not isinstance(text, str) or not isinstance(reply, dict) or not isinstance(media, dict):
            raise InvalidCall("The body is not a Tweet.")
        media_ids = media.get("media_ids") or []
        if not isinstance(media_ids, list):
            raise InvalidCall("$.media.media_ids: string found, array expected")
        parent = _id(reply.get("in_reply_to_tweet_id"), Reason.UNKNOWN_REPLY) if reply else None
        images = tuple(_id(id, Reason.UNKNOWN_MEDIA) for id in media_ids)
        made = self.timeline.post(text, call.now, reply_to=parent, media=images)
        return JSONResponse({"data": answers.post(self.timeline, made)}, 201)

    def show(self, call: Call) -> Response:
        id = _path_id(call)
        shown = self.timeline.get(id)
        if shown is None:
            return JSONResponse(answers.not_found("tweet", str(id)))
        answer: answers.Json = {"data": answers.post(self.timeline, shown, call.many("tweet.fields"))}
        return JSONResponse(self._with_includes(answer, (shown,), call))

    def delete(self, call: Call) -> Response:
        id = _path_id(call)
        shown = self.timeline.get(id)
        if shown is not None and shown.is_mention:
            return JSONResponse(answers.problem(403, "Forbidden", "You are not authorized to delete this Tweet."), 403)
        if shown is None:
            return JSONResponse(answers.problem(404, "Not Found", f"Could not find tweet with id: [{id}]."), 404)
        self.timeline.delete(id)
        return JSONResponse({"data": {"deleted": True}})

    def me(self, call: Call) -> Response:
        return JSONResponse({"data": answers.user(ACCOUNT)})

    def posts(self, call: Call) -> Response:
        replies = "replies" not in call.many("exclude")

        def find(id: int, limit: int, since: int, before: int | None) -> tuple[Post, ...]:
            return self.timeline.posts(id, limit=limit, since=since, before=before, replies=replies)

        return self._page(call, find)

    def mentions(self, call: Call) -> Response:
        def find(id: int, limit: int, since: int, before: int | None) -> tuple[Post, ...]:
            return self.timeline.mentions(limit=limit, since=since, before=before) if id == ACCOUNT.id else ()

        return self._page(call, find)

    def _page(self, call: Call, find: Callable[[int, int, int, int | None], tuple[Post, ...]]) -> Response:
        query = call.request.query_params
        account = _path_id(call)
        if self.timeline.account(account) is None:
            return JSONResponse(answers.not_found("user", str(account)))
        limit = _number(query.get("max_results", "10"), "max_results")
        if not 5 <= limit <= 100:
            message = f"The `max_results` query parameter value [{limit}] is not between 5 and 100"
            raise InvalidCall(message, max_results=str(limit))
        since = _number(query.get("since_id", "0"), "since_id")
        before = min(
            _number(query.get("until_id", str(2**63 - 1)), "until_id"),
            _number(query.get("pagination_token", "s" + str(2**63 - 1)).removeprefix("s"), "pagination_token"),
        )
        found = find(account, limit + 1, since, before)
        shown = found[:limit]
        meta: answers.Json = {"result_count": len(shown)}
        if shown:
            meta |= {"newest_id": str(shown[0].id), "oldest_id": str(shown[-1].id)}
        if len(found) > limit:
            meta["next_token"] = f"s{shown[-1].id}"
        data = [answers.post(self.timeline, one, call.many("tweet.fields")) for one in shown]
        answer: answers.Json = {"data": data, "meta": meta} if data else {"meta": meta}
        return JSONResponse(self._with_includes(answer, shown, call))

    def _with_includes(self, answer: answers.Json, shown: tuple[Post, ...], call: Call) -> answers.Json:
        found = answers.includes(self.timeline, shown, call.many("expansions"))
        return answer | ({"includes": found} if found else {})

    def upload(self, call: Call) -> Response:
        try:
            form = fields(call.request.headers.get("content-type", ""), call.body)
        except MalformedForm as error:
            raise InvalidCall(f"The body could not be read: {error}.") from error
        if "media" not in form or "media_category" not in form:
            raise InvalidCall("media and media_category are required")
        content = form["media"].value
        mime = _image_type(content)
        if not mime or len(content) > IMAGE_LIMIT:
            raise InvalidCall("media type unrecognized." if not mime else "File size exceeds 5242880 bytes.")
        medium = self.timeline.add_medium(content, mime, call.now)
        data = {"id": str(medium.id), "media_key": f"3_{medium.id}", "size": len(content), "expires_after_secs": 86400}
        return JSONResponse({"data": data})

    def describe(self, call: Call) -> Response:
        wanted = call.json()
        try:
            alt = wanted["metadata"]["alt_text"]["text"]
        except (KeyError, TypeError):
            raise InvalidCall("metadata.alt_text.text is required") from None
        if not isinstance(alt, str) or len(alt) > ALT_LIMIT:
            raise InvalidCall(f"alt_text must be text of at most {ALT_LIMIT} characters")
        id = _id(wanted.get("id"), Reason.UNKNOWN_MEDIA)
        if not self.timeline.describe(id, alt):
            raise PostRefused(Reason.UNKNOWN_MEDIA)
        return JSONResponse({"data": {"id": str(id), "associated_metadata": {"alt_text": {"text": alt}}}})

    def mention(self, call: Call) -> Response:
        wanted = {name: str(value) for name, value in call.json().items() if value is not None}
        if not wanted.get("username") or not wanted.get("text"):
            raise InvalidCall("username and text are required")
        reply = wanted.get("in_reply_to_tweet_id")
        made = self.timeline.mention(
            wanted["username"].lstrip("@"),
            wanted["text"],
            call.now,
            name=wanted.get("name", ""),
            reply_to=_id(reply, Reason.UNKNOWN_REPLY) if reply else None,
        )
        return JSONResponse({"data": answers.post(self.timeline, made)}, 201)


def answer(handler: Callable[[Call], Response], call: Call) -> Response:
    try:
        return handler(call)
    except InvalidCall as error:
        return JSONResponse(error.answer, 400)
    except PostRefused as error:
        status, words = answers.REFUSED[error.reason]
        return JSONResponse(
            answers.problem(403, "Forbidden", words) if status == 403 else answers.invalid(words), status
        )


def _id(value: object, reason: Reason) -> int:
    text = str(value)
    if not text.isascii() or not text.isdigit() or int(text[:20]) >= 2**63:
        raise PostRefused(reason)
    return int(text)


def _path_id(call: Call) -> int:
    return _number(call.request.path_params["id"], "id")


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) >= 2**63:
        raise InvalidCall(f"The `{name}` query parameter value [{text}] is not valid", **{name: text})
    return int(text)


def _image_type(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for start, mime in _IMAGES.items() if content.startswith(start)), "")
