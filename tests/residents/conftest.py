"""A register of a town, on SQLite and on PostgreSQL, with its door."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, update

from briefings.model.place import Borough, Places, Region, Ward
from briefings.residents.asking import Askings, Wish
from briefings.residents.door import Door
from briefings.residents.own import Own
from briefings.store.engine import reading, writing
from briefings.store.people import askings
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices
from briefings.subscribers.tokens import TokenPurpose, Tokens

NOW = datetime(2026, 4, 17, 9, 0, tzinfo=UTC)
SECRET = b"a secret of the tests, thirty-two"
WORDS = "Yes, email me the briefings that I have chosen."


@pytest.fixture
def places() -> Places:
    wards = {code: Ward(code, name) for code, name in (("W1", "Hill"), ("W2", "Mill"), ("W3", "Quay"))}
    locales = ("en-GB", "ro", "ur")
    regions = {
        "north": Region("north", "North", ("W1", "W2"), locales),
        "south": Region("south", "South", ("W3",), locales),
    }
    return Places(Borough("B1", "Anytown", "Europe/London", "en-GB"), locales, regions, wards)


@pytest.fixture
def register(engine: Engine, places: Places) -> Register:
    return Register(engine, places, SECRET)


@pytest.fixture
def door(register: Register) -> Door:
    return Door(register, SECRET)


@pytest.fixture
def own(register: Register) -> Own:
    return Own(register, SECRET)


def wish(email: str = "ana@example.org", *regions: str, locale: str = "ro") -> Wish:
    return Wish(email, Choices(locale, regions or ("north",)), WORDS)


def preferences(subscriber_id: int) -> str:
    return Tokens(SECRET).token(TokenPurpose.PREFERENCES, subscriber_id)


def posted(engine: Engine, at: datetime = NOW, letter: str = "confirm") -> list[str]:
    """Mark what waits as mailed, as the poster does; return the tokens of the links, oldest asking first."""
    with writing(engine) as connection:
        ids = list(
            connection.scalars(select(askings.c.id).where(askings.c.looked_at.is_(None)).order_by(askings.c.asked_at))
        )
        connection.execute(update(askings).where(askings.c.id.in_(ids)).values(looked_at=at, letter=letter))
    return [Askings(engine, SECRET).token(one) for one in ids]


def rows(engine: Engine) -> list[dict[str, object]]:
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(select(askings).order_by(askings.c.asked_at))]
