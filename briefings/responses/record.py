"""Responses in: answers from the site's form and mentions on X, each kept once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.store.engine import reading, writing
from briefings.store.tables import deliveries, responses

if TYPE_CHECKING:
    from briefings.delivery.channels.x import Mention

FORM, X = "form", "x"
MAX_MESSAGE = 5000
"""Characters of a message that are kept; the form says so too."""


def record_answer(engine: Engine, briefing: str, locale: str, choice: int | None, message: str, now: datetime) -> None:
    """Keep what somebody answered on a briefing's form. Nothing tells who it was."""
    row = {
        "briefing": briefing, "source": FORM, "remote_id": secrets.token_hex(16), "locale": locale,
        "choice": choice, "message": message[:MAX_MESSAGE], "received_at": now,
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(responses).values(row))


def record_mentions(engine: Engine, mentions: Iterable[Mention], now: datetime) -> int:
    """Keep mentions that are not kept yet, with the briefing whose thread they answer; return how many were new."""
    new = 0
    with writing(engine) as connection:
        make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
        for mention in mentions:
            thread = select(deliveries.c.briefing).where(
                deliveries.c.channel == X, deliveries.c.remote_id.like(f"{mention.conversation}%")
            )
            row = {
                "briefing": connection.scalar(thread.limit(1)) or "", "source": X, "remote_id": mention.id,
                "locale": mention.lang, "choice": None, "message": mention.text[:MAX_MESSAGE],
                "received_at": mention.at,
            }  # fmt: skip
            statement = make(responses).values(row).on_conflict_do_nothing().returning(responses.c.id)
            new += connection.scalar(statement) is not None
    return new


def newest_mention(engine: Engine) -> str:
    """Return the id of the newest mention that is kept; empty for none."""
    query = select(responses.c.remote_id).where(responses.c.source == X)
    with reading(engine) as connection:
        return max(connection.scalars(query), key=int, default="")


def kept_responses(engine: Engine, briefing: str | None = None) -> list[dict[str, Any]]:
    """Return responses as plain values, oldest first: of one briefing, or all."""
    query = select(responses).order_by(responses.c.received_at, responses.c.id)
    if briefing is not None:
        query = query.where(responses.c.briefing == briefing)
    names = ("briefing", "source", "locale", "choice", "message", "received_at")
    with reading(engine) as connection:
        return [{name: getattr(row, name) for name in names} for row in connection.execute(query)]
