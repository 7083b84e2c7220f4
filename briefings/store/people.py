"""Tables of people: the register of subscribers, what they agreed to, what they ask for, and where postcodes lie."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from briefings.store.schema import Moment, metadata, partial

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("locale", String(35), nullable=False),
    Column("frequency", String(20), nullable=False),
    Column("format", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("ended_at", Moment),
    Column("end_reason", String(80)),
    Column("paused_until", Moment),
)
"""Who subscribes. An erased person's row stays without an address (`email` is `erased:<id>`): ids are never reused."""

follows = Table(
    "follows",
    metadata,
    Column("subscriber_id", Integer, ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("place", String(80), primary_key=True),
    Index(None, "kind", "place"),
)
"""Which regions (`kind` region) and wards (`kind` ward) a subscriber follows."""

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", Integer, ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("action", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("locale", String(35), nullable=False),
)
"""UK GDPR article 7(1): when, where and to which words a person agreed, and when they withdrew."""

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("reason", String(40), nullable=False),
    Column("at", Moment, nullable=False),
)
"""Addresses never to be mailed again, as keyed hashes: the address itself is not kept."""

askings = Table(
    "askings",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("address_hash", String(64), nullable=False, index=True),
    Column("email", String(320)),
    Column("subscriber_id", Integer, index=True),
    Column("locale", String(35), nullable=False),
    Column("choices", JSON(none_as_null=True)),
    Column("words", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("not_before", Moment),
    Column("looked_at", Moment, index=True),
    Column("letter", String(12), nullable=False),
    Column("confirmed_at", Moment),
    UniqueConstraint("kind", "address_hash"),
    partial("ix_askings_waiting", "looked_at IS NULL", "asked_at"),
)
"""What somebody asked for with an address they have not proven to be theirs yet: one row per (kind, address).

`id` is random, and never given again. `looked_at` is when the poster took it up, `letter` what it decided to send,
empty for nothing. `email` is forgotten once it is not needed; `subscriber_id` is whoever moves, or was confirmed.
"""

leavings = Table(
    "leavings",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("reason", String(20), primary_key=True),
    Column("number", Integer, nullable=False),
)
"""How many left in a month (UTC, `2026-11`) and why, where they said so: counted without the person."""

postcodes = Table(
    "postcodes",
    metadata,
    Column("postcode", String(8), primary_key=True),
    Column("ward", String(12), nullable=False),
)
"""Postcodes of the borough in capitals without a space, each with the GSS code of its ward."""
