"""Pages over the sandbox's stand-ins: every caught mail, and the X timeline. For the comms team, in English."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from briefings.model.language import direction, name_in
from briefings.sandbox.caught import Caught, CaughtMail, CaughtSummary
from briefings.sandbox.opened import open_mail
from briefings.sandbox.ports import caught_path, x_path
from briefings.sandbox.x_text import pieces
from briefings.sandbox.x_timeline import ACCOUNT, Post, PostRefused, Timeline

MAILS_A_PAGE = 50
CONVERSATIONS_A_PAGE = 20
FORM_LIMIT = 16 * 1024
LARGEST_ID = 2**63 - 1
"""SQLite's largest integer; a longer number is an error to it."""
TABS = ("html", "text", "headers", "source")
_SOURCE_SHOWN = 256 * 1024

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_MAIL_POLICY = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A mail runs nothing and calls nobody: it may show only its own styles and images of this site."""


def sandbox_routes(data_dir: Path, templates: Environment) -> list[BaseRoute]:
    """Return the routes under /sandbox/. `data_dir` is where the stand-ins keep their files."""
    pages = _Pages(data_dir, templates)
    routes = [
        Route("/", pages.index),
        Route("/sandbox.css", pages.stylesheet),
        Route("/mail/", pages.mails),
        Route("/mail.json", pages.mail_json),
        Route("/mail/{id:int}.eml", pages.mail_source),
        Route("/mail/{id:int}/body", pages.mail_body),
        Route("/mail/{id:int}/", pages.mail),
        Route("/mail/{id:int}/{tab}", pages.mail),
        Route("/x/", pages.timeline),
        Route("/x.json", pages.x_json),
        Route("/x/mentions", pages.add_mention, methods=["POST"]),
        Route("/x/media/{id:int}", pages.medium),
    ]
    return [Mount("/sandbox", routes=routes)]


class _Pages:
    """Each page opens the stores it shows and closes them: the stand-ins may run in another process."""

    def __init__(self, data_dir: Path, templates: Environment) -> None:
        self._caught = caught_path(data_dir)
        self._x = x_path(data_dir)
        self._templates = templates

    def index(self, request: Request) -> Response:
        with Caught(self._caught) as caught, Timeline(self._x) as timeline:
            return self._page(
                "index",
                section="",
                mails=caught.count(),
                mail_languages=caught.count_by_locale(),
                posts=timeline.count_by_language(),
                mentions=timeline.count_mentions(),
                newest=caught.summaries(per_page=5),
            )

    def stylesheet(self, request: Request) -> Response:
        style = self._templates.get_template("web/sandbox/sandbox.css").render()
        return Response(style, media_type="text/css", headers={"Cache-Control": "no-cache"})

    def mails(self, request: Request) -> Response:
        chosen, page = _chosen(request), _page_number(request)
        with Caught(self._caught) as caught:
            count = caught.count(**chosen)
            return self._page(
                "mails",
                section="mail",
                mails=caught.summaries(page, MAILS_A_PAGE, q=chosen["q"], locale=chosen["locale"]),
                languages=caught.count_by_locale(),
                count=count,
                chosen=chosen,
                **_paging("/sandbox/mail/", page, count, MAILS_A_PAGE, chosen),
            )

    def mail_json(self, request: Request) -> Response:
        chosen = _chosen(request)
        with Caught(self._caught) as caught:
            found = caught.summaries(per_page=-1, q=chosen["q"], locale=chosen["locale"])
        return JSONResponse({"count": len(found), "mail": [_mail_json(mail) for mail in found]})

    def mail(self, request: Request) -> Response:
        mail = self._mail_of(request)
        tab = request.path_params.get("tab", "html")
        if mail is None or tab not in TABS:
            return self._missing("There is no such mail. Perhaps the sandbox has been emptied.")
        shown = mail.raw[:_SOURCE_SHOWN].decode("utf-8", "replace") if tab == "source" else ""
        return self._page(
            "mail",
            section="mail",
            mail=mail,
            tab=tab,
            tabs=TABS,
            opened=open_mail(mail.raw),
            source=shown,
            cut=len(mail.raw) > _SOURCE_SHOWN,
        )

    def mail_body(self, request: Request) -> Response:
        mail = self._mail_of(request)
        if mail is None:
            return PlainTextResponse("There is no such mail.", 404)
        html = open_mail(mail.raw).html
        return HTMLResponse(html.encode("utf-8", "replace"), headers=_safe(_MAIL_POLICY))

    def mail_source(self, request: Request) -> Response:
        mail = self._mail_of(request)
        if mail is None:
            return PlainTextResponse("There is no such mail.", 404)
        name = f'attachment; filename="mail-{mail.id}.eml"'
        headers = {**_safe(_MAIL_POLICY), "Content-Disposition": name}
        return Response(mail.raw, media_type="message/rfc822", headers=headers)

    def timeline(self, request: Request) -> Response:
        page = _page_number(request)
        with Timeline(self._x) as timeline:
            conversations = timeline.conversations(page, CONVERSATIONS_A_PAGE)
            posts = [post for conversation in conversations for post in conversation]
            return self._page(
                "timeline",
                section="x",
                conversations=conversations,
                accounts={post.author: timeline.account(post.author) for post in posts},
                alts={id: timeline.alt_of(id) for post in posts for id in post.media},
                languages=timeline.count_by_language(),
                mentions=timeline.count_mentions(),
                reply_to=request.query_params.get("reply", ""),
                problem=request.query_params.get("problem", ""),
                **_paging("/sandbox/x/", page, timeline.count_conversations(), CONVERSATIONS_A_PAGE, {}),
            )

    def x_json(self, request: Request) -> Response:
        with Timeline(self._x) as timeline:
            posts = timeline.posts(ACCOUNT.id, limit=-1)
            mentions = timeline.mentions(limit=-1)
            return JSONResponse(
                {
                    "count": len(posts),
                    "posts": [_post_json(timeline, post) for post in posts],
                    "mentions": [_post_json(timeline, post) for post in mentions],
                }
            )

    async def add_mention(self, request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return PlainTextResponse("Mentions are posted from the sandbox's own page.", 403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM_LIMIT:
                return PlainTextResponse("The form is too long.", 413)
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        username = "".join(c for c in form.get("username", "") if c.isascii() and (c.isalnum() or c == "_"))[:15]
        text, reply = form.get("text", "").strip(), form.get("reply_to", "")
        problem = "" if username and text else "Give a name (letters and digits) and a message."
        fragment = "mention"
        if not problem:
            with Timeline(self._x) as timeline:
                parent = int(reply) if reply.isascii() and reply.isdigit() and len(reply) < 20 else None
                try:
                    fragment = f"p{timeline.mention(username, text, datetime.now(UTC), reply_to=parent).id}"
                except PostRefused as error:
                    problem = f"X would refuse this message: {error}."
        query = "?" + urlencode({"problem": problem}) if problem else ""
        return RedirectResponse(f"/sandbox/x/{query}#{fragment}", 303)

    def medium(self, request: Request) -> Response:
        with Timeline(self._x) as timeline:
            id = request.path_params["id"]
            medium = timeline.medium(id) if id <= LARGEST_ID else None
        if medium is None:
            return PlainTextResponse("There is no such image.", 404)
        return Response(medium.content, media_type=medium.mime, headers=_safe(_MAIL_POLICY))

    def _mail_of(self, request: Request) -> CaughtMail | None:
        with Caught(self._caught) as caught:
            id = request.path_params["id"]
            return caught.get(id) if id <= LARGEST_ID else None

    def _page(self, name: str, status: int = 200, **values: Any) -> Response:
        template = self._templates.get_template(f"web/sandbox/{name}.html")
        html = template.render(
            **values,
            account=ACCOUNT,
            direction=_direction,
            language=_language,
            tag=_tag,
            moment=_moment,
            pieces=pieces,
        )
        return HTMLResponse(html, status, headers=_safe(_PAGE_POLICY))

    def _missing(self, words: str) -> Response:
        return self._page("missing", 404, section="", words=words)


def _safe(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }


def _chosen(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip()[:200] for name in ("q", "locale")}


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _paging(path: str, page: int, count: int, per_page: int, chosen: dict[str, str]) -> dict[str, Any]:
    pages = max(-(-count // per_page), 1)

    def address(number: int) -> str:
        kept = {name: value for name, value in chosen.items() if value}
        return f"{path}?{urlencode({**kept, 'page': number})}"

    return {
        "page": page,
        "pages": pages,
        "previous": address(page - 1) if page > 1 else "",
        "next": address(page + 1) if page < pages else "",
    }


def _mail_json(mail: CaughtSummary) -> dict[str, Any]:
    return {
        "id": mail.id,
        "at": mail.at.isoformat(),
        "from": mail.sender,
        "to": mail.to,
        "subject": mail.subject,
        "locale": mail.locale,
        "list": mail.list_id,
        "mail_from": mail.mail_from,
        "rcpt_to": list(mail.rcpt_to),
        "size": mail.size,
    }


def _post_json(timeline: Timeline, post: Post) -> dict[str, Any]:
    account = timeline.account(post.author)
    return {
        "id": str(post.id),
        "at": post.at.isoformat(),
        "author": account.username if account else "",
        "text": post.text,
        "lang": post.lang,
        "reply_to": str(post.reply_to) if post.reply_to else None,
        "conversation": str(post.conversation),
        "media": [{"id": str(id), "alt": timeline.alt_of(id)} for id in post.media],
    }


def _tag(locale: str) -> str:
    """Return a tag fit for a `lang` attribute; empty (unknown) for anything else."""
    return locale if locale != "und" and locale.replace("-", "").isalnum() else ""


def _direction(locale: str) -> str:
    try:
        return direction(locale)
    except ValueError:
        return "auto"


def _language(locale: str) -> str:
    """Return a language's English name, for a reader of these pages."""
    try:
        return f"{name_in(locale, 'en')} ({locale})"
    except ValueError:
        return locale if _tag(locale) else "language not stated"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M:%S} UTC"
