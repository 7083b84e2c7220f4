"""Answers that are no page that was asked for: what happened, what to do, and the way home, in the reader's language.

They ask nothing of the store: they are what is left when it does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from briefings.log import logger
from briefings.store.engine import is_out_of_reach, said
from briefings.web.public.api import JSON, OPEN
from briefings.web.public.api_shapes import error_json
from briefings.web.public.negotiation import best_locale
from briefings.web.public.pages import Pages

TRY_AGAIN_S = 30
"""Seconds after which it is worth asking again, where the store did not answer (RFC 9110, 10.2.3)."""
ALWAYS = {"cache-control": "no-store", "x-robots-tag": "noindex"}


class Refusals:
    """Makes the answer of an error. `headers` are those of every answer of the site."""

    def __init__(self, pages: Pages, headers: Mapping[str, str]) -> None:
        self._pages = pages
        self._headers = headers
        self._kept: dict[tuple[str, int], bytes] = {}

    def answer(self, request: Request, error: Exception) -> Response:
        """Answer an HTTPException with its status, and anything else with 500: nothing of its text is told."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        # of an unforeseen error the server ends the connection: who would ask again over it is told
        own = (error.headers if isinstance(error, HTTPException) else {"connection": "close"}) or {}
        # All headers here too: an unforeseen error is answered outside of the middleware.
        headers = {**self._headers, **own, **ALWAYS}
        first = request.scope["path"].lstrip("/").partition("/")[0]
        if first == "api":
            message = error.detail if isinstance(error, HTTPException) else HTTPStatus(status).phrase
            return Response(error_json(status, message), status, {**headers, **OPEN}, JSON)
        locales = self._pages.site.places.locales
        locale = first if first in locales else best_locale(request.headers.get("accept-language", ""), locales)
        return HTMLResponse(self._page(locale, status), status, headers)

    def of_store(self, request: Request, error: Exception) -> Response:
        """Answer 503 where the database is out of reach for now; any other fault of it goes on as it came."""
        if not isinstance(error, SQLAlchemyError) or not is_out_of_reach(error):
            raise error
        logger.error("site.no_database reason=%r", said(error))
        return self.answer(request, HTTPException(503, headers={"retry-after": str(TRY_AGAIN_S)}))

    def _page(self, locale: str, status: int) -> bytes:
        """Keep each page once it was made: a flood that is refused is to cost little."""
        page = self._kept.get((locale, status))
        if page is None:
            page = self._kept[locale, status] = self._pages.error(locale, status)
        return page
