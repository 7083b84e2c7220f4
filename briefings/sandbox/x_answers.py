"""The JSON of X's API v2: posts as it gives them back, and its problem documents.

https://docs.x.com/x-api/fundamentals/data-dictionary and .../response-codes-and-errors
"""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from briefings.sandbox.x_text import Link, links
from briefings.sandbox.x_timeline import ACCOUNT, Account, Post, Reason, Timeline

Json = dict[str, Any]
PROBLEMS = "https://api.twitter.com/2/problems/"

REFUSED: Mapping[Reason, tuple[int, str]] = {
    Reason.EMPTY: (400, "text: must have text or media"),
    Reason.TOO_LONG: (
        400,
        "Your Tweet text is too long. For more information on how Twitter determines text length see "
        "https://github.com/twitter/twitter-text.",
    ),
    Reason.DUPLICATE: (403, "You are not allowed to create a Tweet with duplicate content."),
    Reason.UNKNOWN_REPLY: (400, "You attempted to reply to a Tweet that is deleted or not visible to you."),
    Reason.UNKNOWN_MEDIA: (400, "Your media IDs are invalid."),
}
"""Status and words for each refusal. Clients tell refusals apart by the words, so these are X's own."""


def problem(status: int, title: str, detail: str) -> Json:
    return {"title": title, "type": "about:blank", "status": status, "detail": detail}


def invalid(message: str, **parameters: str) -> Json:
    return {
        "errors": [{"parameters": {name: [value] for name, value in parameters.items()}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }


def not_found(kind: str, id: str) -> Json:
    """Answer for a thing that is not there; X gives it with status 200."""
    error = {
        "value": id,
        "detail": f"Could not find {kind} with id: [{id}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": "id",
        "resource_id": id,
        "type": PROBLEMS + "resource-not-found",
    }
    return {"errors": [error]}


def user(account: Account) -> Json:
    return {"id": str(account.id), "name": account.name, "username": account.username}


def post(timeline: Timeline, shown: Post, fields: Collection[str] = ()) -> Json:
    """Return a post as X does: always its id and text, the other fields where they are asked for."""
    text, urls = _rewritten(shown)
    answer: Json = {"id": str(shown.id), "text": text, "edit_history_tweet_ids": [str(shown.id)]}
    parent = timeline.get(shown.reply_to) if shown.reply_to is not None else None
    optional: Json = {
        "author_id": str(shown.author),
        "created_at": shown.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conversation_id": str(shown.conversation),
        "lang": shown.lang,
    }
    if shown.reply_to is not None:
        optional["referenced_tweets"] = [{"type": "replied_to", "id": str(shown.reply_to)}]
    if parent:
        optional["in_reply_to_user_id"] = str(parent.author)
    if urls:
        optional["entities"] = {"urls": urls}
    if shown.media:
        optional["attachments"] = {"media_keys": [f"3_{id}" for id in shown.media]}
    return answer | {name: value for name, value in optional.items() if name in fields}


def includes(timeline: Timeline, shown: Sequence[Post], expansions: Collection[str]) -> Json:
    """Return the users and media that expansions ask for, each once."""
    found: Json = {}
    if "author_id" in expansions:
        accounts = [timeline.account(id) for id in dict.fromkeys(one.author for one in shown)]
        found["users"] = [user(account) for account in accounts if account]
    if "attachments.media_keys" in expansions:
        ids = dict.fromkeys(id for one in shown for id in one.media)
        found["media"] = [
            {"media_key": f"3_{id}", "type": "photo"} | ({"alt_text": alt} if (alt := timeline.alt_of(id)) else {})
            for id in ids
        ]
    return {name: values for name, values in found.items() if values}


def _rewritten(shown: Post) -> tuple[str, list[Json]]:
    """Return the text as X stores it: links as t.co addresses, `&<>` escaped, images as a last link."""
    pieces: list[str] = []
    urls: list[Json] = []
    length = position = 0

    def add(text: str) -> None:
        nonlocal length
        pieces.append(text)
        length += len(text)

    def add_link(link: Link, **more: str) -> None:
        display = link.expanded.partition("://")[2]
        short = display if len(display) <= 27 else display[:26] + "…"
        place = {"start": length, "end": length + len(link.short)}
        urls.append({**place, "url": link.short, "expanded_url": link.expanded, "display_url": short, **more})
        add(link.short)

    for link in links(shown.text):
        add(html.escape(shown.text[position : link.start], quote=False))
        add_link(link)
        position = link.end
    add(html.escape(shown.text[position:], quote=False))
    if shown.media:
        add(" " if shown.text else "")
        address = f"https://x.com/{ACCOUNT.username}/status/{shown.id}/photo/1"
        add_link(Link(0, 0, address), media_key=f"3_{shown.media[0]}")
    return "".join(pieces), urls
