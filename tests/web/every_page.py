"""Every page of a served site: those that links lead to, and those that only forms, mails and mistakes lead to."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

MOST_PAGES = 3000
NOT_PAGES = ("/sandbox/", "/feeds/", "/calendar/", "/media/", "/static/", "/api/")
"""What links may lead to that is no page for residents."""
AREA = re.compile(r"^(E\d{8}|\d{4}-\d\d-\d\d-.*|[0-9a-f]{48})$")
"""A part of an address that says which one of many: a ward, a briefing, a token."""


@dataclass(frozen=True)
class Shown:
    """A page as it was answered. `locale` is the one it should be in."""

    name: str
    locale: str
    answer: httpx.Response

    @property
    def is_html(self) -> bool:
        return self.answer.headers.get("content-type", "").startswith("text/html")


def linked(client: httpx.Client, start: str = "/") -> Iterator[Shown]:
    """Follow every link of the site from its first page, as a search engine does; yield each page once."""
    waiting, known = deque([start]), {start}
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        first = path.split("/")[1]
        yield Shown(path, first, answer)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in html.fromstring(answer.text).xpath("//a/@href | //form/@action"):
            found = urlsplit(urljoin(str(answer.url), link))
            if found.scheme not in ("http", "https") or found.netloc != answer.url.netloc.decode():
                continue
            target = found.path + (f"?{found.query}" if found.query else "")
            if target not in known and not target.startswith(NOT_PAGES):
                assert len(known) < MOST_PAGES, f"the site leads on for ever: {target}"
                known.add(target)
                waiting.append(target)


def kind(path: str) -> str:
    """Return a path without what says which one of many it is: pages of one kind come from one template."""
    bare, _, query = path.partition("?")
    parts = ["*" if AREA.match(part) else part for part in bare.split("/")]
    return "/".join(parts) + ("?" + "&".join(part.partition("=")[0] for part in query.split("&")) if query else "")


def mistaken(client: httpx.Client, locale: str, question: str) -> Iterator[Shown]:
    """Yield what the site says to mistakes and misuse; `question` is the path of a form in this locale."""
    asks: Mapping[str, Callable[[], httpx.Response]] = {
        "not found": lambda: client.get(f"/{locale}/nowhere/"),
        "no such address": lambda: client.get("/xx/a/b/c/d"),
        "no such ward": lambda: client.get(f"/{locale}/ward/E99999999/"),
        "nothing found": lambda: client.get(f"/{locale}/archive?q=qqqqq"),
        "old unsubscribe link": lambda: client.get(f"/u/{'a' * 40}"),
        "old link to confirm": lambda: client.get(f"/{locale}/confirm/{'a' * 40}"),
        "old link to preferences": lambda: client.get(f"/{locale}/preferences/{'a' * 40}"),
        "an empty answer": lambda: client.post(question, data={"option": ""}),
        "an empty sign-up": lambda: client.post(f"/{locale}/subscribe", data={"x": "y"}),
        "an empty wish for a link": lambda: client.post(f"/{locale}/preferences", data={"email": "@"}),
        "no form": lambda: client.post(question, content=b"{}", headers={"content-type": "application/json"}),
        "another site's form": lambda: client.post(question, headers={"sec-fetch-site": "cross-site"}),
        "too large": lambda: client.post(question, data={"message": "a" * 70_000}),
        "too long": lambda: client.get(f"/{locale}/?{'a' * 9000}"),
        "another method": lambda: client.put(f"/{locale}/"),
        "too many fields": lambda: client.post(question, data={f"a{n}": "1" for n in range(200)}),
    }
    client.headers["accept-language"] = locale
    for name, ask in asks.items():
        yield Shown(name, locale, ask())


def walked(
    client: httpx.Client, locale: str, email: str, area: Mapping[str, str], letter: Callable[[str], str]
) -> Iterator[Shown]:
    """Walk through the door as one resident; yield each page on the way.

    `area` are the fields that choose one, and `letter` gives the path of the link that was mailed to an address.
    """
    client.headers["accept-language"] = locale
    choices = {**area, "language": locale, "frequency": "weekly", "format": "text"}

    def at(name: str, answer: httpx.Response) -> Shown:
        return Shown(name, locale, answer)

    def first(page: Shown, what: str) -> str:
        paths = [str(path) for path in html.fromstring(page.answer.text).xpath(what)]
        return next(path for path in paths if "/preferences/" in path or "/u/" in path)

    yield at("look in your mail", client.post(f"/{locale}/subscribe", data={**choices, "email": email}))
    confirm = letter(email)
    yield at("confirm", client.get(confirm))
    yield (confirmed := at("confirmed", client.post(confirm)))
    yield at("confirmed again", client.post(confirm))
    own = first(confirmed, "//main//a/@href")
    yield at("own page", client.get(own))
    yield at("choices saved", client.post(own, data={**choices, "action": "choose"}))
    yield at("choices refused", client.post(own, data={"action": "choose"}))
    yield at("paused", client.post(own, data={"action": "pause", "pause": "14"}))
    yield at("pause refused", client.post(own, data={"action": "pause", "until": "yesterday"}))
    yield at("resumed", client.post(own, data={"action": "resume"}))
    yield at("moving", client.post(own, data={"action": "move", "email": f"new.{email}"}))
    yield at("move refused", client.post(own, data={"action": "move", "email": "nowhere"}))
    yield at("nothing meant", client.post(own, data={"action": "dance"}))
    move = letter(f"new.{email}")
    yield at("confirm a move", client.get(move))
    yield at("moved", client.post(move))
    yield at("link is on its way", client.post(f"/{locale}/preferences", data={"email": f"new.{email}"}))
    yield (gone := at("left on the own page", client.post(own, data={"action": "leave"})))
    leave = first(gone, "//form/@action")
    yield at("came back", client.post(leave, data={"action": "back"}))
    yield at("leaving", client.get(leave))
    yield at("a break instead", client.post(leave, data={"action": "pause"}))
    yield at("left with one click", client.post(leave, data={"List-Unsubscribe": "One-Click"}))
    yield at("left with one click again", client.post(leave, data={"List-Unsubscribe": "One-Click"}))
    yield at("said why", client.post(leave, data={"reason": "language"}))
    yield at("own page of one who has left", client.get(own))
    yield at("about to erase", client.get(f"{own}/erase"))
    yield at("erased", client.post(f"{own}/erase"))
    yield at("own page of one who is erased", client.get(own))
