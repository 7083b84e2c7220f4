"""Tables, as SQLAlchemy Core describes them. Times are stored in UTC: see `Moment`."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from briefings.store.schema import Moment, metadata, partial

revisions = Table(
    "revisions",
    metadata,
    Column("briefing", String(200), primary_key=True),
    Column("revision", String(40), primary_key=True),
    Column("region", String(80), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("author", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("publish_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("prepared_at", Moment, nullable=False),
    Column("content", Text, nullable=False),
)
"""Every revision that was ever prepared, whole (`content` is JSON): files change, what went out does not."""

segments = Table(
    "segments",
    metadata,
    Column("briefing", String(200), primary_key=True),
    Column("revision", String(40), primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("section", String(80), nullable=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("origin", String(80), nullable=False),
    Column("problems", JSON, nullable=False),
    Column("earlier", Text, nullable=False, server_default=""),
)

memory = Table(
    "memory",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("locale", String(35), nullable=False),
    Column("source_locale", String(35), nullable=False),
    Column("source_hash", String(32), nullable=False),
    Column("target_hash", String(32), nullable=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("origin", String(20), nullable=False),
    Column("author", Text, nullable=False),
    Column("version", String(120), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("reviewed_at", Moment),
    UniqueConstraint("locale", "source_locale", "source_hash", "target_hash"),
)
"""The translation memory: every text that was ever translated, by whom or what, and who has looked at it.

`origin` is person, import or engine; `author` names the person, the agency or the engine; `version` is
the engine's. The hashes (SHA-256, 32 hexadecimal digits) are of the texts, for look-up and uniqueness.
"""

sign_offs = Table(
    "sign_offs",
    metadata,
    Column("kind", String(80), primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("digest", String(32), primary_key=True),
    Column("reviewer", Text, nullable=False),
    Column("signed_at", Moment, nullable=False),
)
"""Who signed off a message template in one locale. `digest` is of its source and target texts: change
one, and nobody has signed it."""

engine_uses = Table(
    "engine_uses",
    metadata,
    Column("engine", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("characters", Integer, nullable=False),
)
"""How many characters of source text each engine was given on a day (UTC): the daily budget is read from here."""

approvals = Table(
    "approvals",
    metadata,
    Column("briefing", String(200), primary_key=True),
    Column("revision", String(40), primary_key=True),
    Column("approved_by", Text, nullable=False),
    Column("approved_at", Moment, nullable=False),
)

renderings = Table(
    "renderings",
    metadata,
    Column("briefing", String(200), primary_key=True),
    Column("revision", String(40), primary_key=True),
    Column("locale", String(35), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("parts", JSON, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("frozen_at", Moment, nullable=False),
)
"""Frozen at approval: what was approved is what is sent."""

publications = Table(
    "publications",
    metadata,
    Column("briefing", String(200), primary_key=True),
    Column("revision", String(40), nullable=False),
    Column("region", String(80), nullable=False),
    Column("severity", String(20), nullable=False),
    Column("wards", JSON, nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("withdrawn_at", Moment),
    Column("correction", Boolean, nullable=False),
    Index(None, "region", "published_at"),
    Index(None, "published_at"),
)
"""What the public may see, and in which revision. No row here, no byte outside (embargo)."""

public_changes = Table(
    "public_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)
"""One row: how often what the public sees has changed. The site looks here whether its kept answers are still right."""

pings = Table(
    "pings",
    metadata,
    Column("topic", String(500), primary_key=True),
    Column("changes", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
)
"""Feeds (by address) that have changed and of which the WebSub hub is not told yet. `changes` counts, so that a change
while the hub is told is not lost."""

searchable = Table(
    "searchable",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("briefing", String(200), nullable=False),
    Column("locale", String(35), nullable=False),
    Column("revision", String(40), nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("title", Text, nullable=False),
    Column("text_locale", String(35), nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("briefing", "locale"),
)
"""What is published, as plain text in each locale. Its words, in one form each, are in `search_words`: an FTS5 table
(SQLite) or one with a tsvector (PostgreSQL), row by row under the same number."""

media = Table(
    "media",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("media_type", String(80), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

media_uses = Table(
    "media_uses",
    metadata,
    Column("briefing", String(200), primary_key=True),
    Column("revision", String(40), primary_key=True),
    Column("src", Text, primary_key=True),
    Column("digest", String(64), ForeignKey("media.digest"), nullable=False),
)

slots = Table(
    "slots",
    metadata,
    Column("schedule", String(120), primary_key=True),
    Column("local_date", String(10), primary_key=True),
    Column("wall", String(5), primary_key=True),
    Column("zone", String(60), nullable=False),
    Column("briefing", String(200), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
"""One row for each planned publish that ran or was missed, as local date + wall time + zone."""

senders = Table(
    "senders",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("host", String(200), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("lapses_at", Moment, nullable=False),
)
"""Processes that deliver, each with a lease. One whose lease has lapsed, or whose row is gone, writes nothing."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("briefing", String(200), nullable=False),
    Column("revision", String(40), nullable=False),
    Column("locale", String(35), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("destination", String(300), nullable=False),
    Column("subscriber_id", Integer, index=True),
    Column("purpose", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("sender", String(40)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Moment),
    Column("detail", String(300), nullable=False, default=""),
    Column("remote_id", Text, nullable=False, default=""),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("briefing", "revision", "channel", "destination"),
    Column("waits", Boolean, Computed("state IN ('queued', 'deferred')")),
    Column("is_uncertain", Boolean, Computed("state = 'uncertain'")),
    partial("ix_deliveries_waiting", "waits", "briefing", "revision", "channel", "id"),
    partial("ix_deliveries_uncertain", "is_uncertain", "briefing"),
)
"""The ledger: one row per (edition revision, channel, destination), unique in the database.

`destination` is `subscriber:<id>`, an account name or a path on the site; never an address, so
that erasing a subscriber leaves nothing personal here.

No index is about a column that changes when a claimed row is marked, or recorded as sent: PostgreSQL then writes the
row's next version beside it and touches no index at all, which halves what a mail costs it.
"""

claims = Table(
    "claims",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender", String(40), nullable=False),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
)
"""From where to where in `deliveries` a sender took rows: every row that a sender holds lies in a claim of its own."""

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scope", String(300), nullable=False, index=True),
    Column("reason", String(300), nullable=False),
    Column("made_by", String(120), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("until", Moment),
    Column("lifted_at", Moment),
    Column("lifted_by", String(120), nullable=False, default=""),
)
"""What keeps deliveries back: `scope` is `all`, `briefing:<id>` or `domain:<name>`. Kept when lifted, as history."""

journals = Table(
    "journals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("generation", Integer, nullable=False),
)
"""How often each data folder has written to the ledger. The folder keeps the same number in a file: a
database that knows a smaller one was restored from an older copy."""

returns = Table(
    "returns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("delivery_id", Integer, index=True),
    Column("status", String(20), nullable=False),
    Column("detail", String(300), nullable=False),
    Column("received_at", Moment, nullable=False),
)
"""Mail that came back to a sender, each once (`digest` is SHA-256 of recipient and bytes): bounce, delay, complaint,
unsubscribe, canary, auto-reply, other. `status` is an enhanced status code (RFC 3463); no address is kept."""

responses = Table(
    "responses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("briefing", String(200), nullable=False, index=True),
    Column("source", String(20), nullable=False),
    Column("remote_id", String(120), nullable=False),
    Column("locale", String(35), nullable=False),
    Column("choice", Integer),
    Column("message", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    UniqueConstraint("source", "remote_id"),
)
"""What comes back: votes and messages, each once. `choice` is the index of a question's option.

`remote_id` is the id a channel gave it, or a random one for a form; nothing tells who wrote it.
"""

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("at", Moment, nullable=False),
)
"""When each kind of scheduled run last came to its end: the proof that the scheduler lives."""
