"""What the desk keeps: revisions, segments, approvals, frozen renderings, publications. Rows in, nouns out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Table, and_, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.content.files import MediaFile
from briefings.model.briefing import Briefing, Severity
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.model.person import DEMO_REVIEWER
from briefings.store.tables import approvals, media, media_uses, publications, renderings, revisions, segments

_BRIEFING = TypeAdapter(Briefing)


def upsert(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row, or bring the one with its primary key up to these values."""
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    keys = [column.name for column in table.primary_key]
    rest = {name: value for name, value in values.items() if name not in keys}
    statement = make(table).values(dict(values))
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row unless one with its primary key is there."""
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    connection.execute(make(table).values(dict(values)).on_conflict_do_nothing())


def save_prepared(connection: Connection, briefing: Briefing, editions: Sequence[Edition], now: datetime) -> None:
    """Keep a revision and the segments of its editions; what was kept of the same revision is replaced."""
    upsert(
        connection,
        revisions,
        {
            "briefing": briefing.id, "revision": briefing.revision, "region": briefing.region,
            "severity": str(briefing.severity), "author": briefing.author, "title": briefing.title,
            "publish_at": briefing.publish_at, "expires_at": briefing.expires, "prepared_at": now,
            "content": _BRIEFING.dump_json(briefing).decode(),
        },
    )  # fmt: skip
    connection.execute(delete(segments).where(_is(segments, briefing.id, briefing.revision)))
    rows = [
        {
            "briefing": briefing.id, "revision": briefing.revision, "locale": edition.locale, "key": segment.key,
            "section": segment.section, "source": segment.source, "target": segment.target,
            "state": str(segment.state), "origin": segment.origin, "problems": list(segment.problems),
            "earlier": segment.earlier,
        }
        for edition in editions
        for segment in edition.segments.values()
    ]  # fmt: skip
    if rows:
        connection.execute(insert(segments), rows)


def load_edition(connection: Connection, briefing: Briefing, locale: str, source_locale: str) -> Edition | None:
    """Return an edition as it was prepared; None where this revision was not prepared in this locale."""
    query = select(segments).where(_is(segments, briefing.id, briefing.revision), segments.c.locale == locale)
    kept = {row.key: _segment(row) for row in connection.execute(query)}
    reviewed = all(s.is_reviewed or s.state is SegmentState.INITIAL for s in kept.values())
    return Edition(briefing, locale, source_locale, kept, reviewed) if kept else None


def _segment(row: Row[Any]) -> Segment:
    return Segment(
        row.key, row.source, row.target, SegmentState(row.state), row.origin, tuple(row.problems or ()), row.earlier
    )


def earlier_segments(connection: Connection, briefing: Briefing) -> dict[str, list[Segment]]:
    """Return locale -> segments of the revision that was prepared last before the present text."""
    last = (
        select(revisions.c.revision)
        .where(revisions.c.briefing == briefing.id, revisions.c.revision != briefing.revision)
        .order_by(revisions.c.prepared_at.desc())
        .limit(1)
    )
    query = select(segments).where(segments.c.briefing == briefing.id, segments.c.revision == last.scalar_subquery())
    found: dict[str, list[Segment]] = {}
    for row in connection.execute(query):
        found.setdefault(row.locale, []).append(_segment(row))
    return found


def segment_counts(connection: Connection, briefing: str, revision: str) -> dict[str, list[Row[Any]]]:
    """Return locale -> rows of (section, state) of a revision's segments."""
    query = select(segments.c.locale, segments.c.section, segments.c.state).where(_is(segments, briefing, revision))
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.locale, []).append(row)
    return found


def revision_row(connection: Connection, briefing: str, revision: str) -> Row[Any] | None:
    return connection.execute(select(revisions).where(_is(revisions, briefing, revision))).one_or_none()


def urgent_briefings(connection: Connection) -> set[str]:
    """Return every briefing that is or was urgent in any revision."""
    return set(connection.scalars(select(revisions.c.briefing).where(revisions.c.severity == Severity.URGENT)))


def kept_briefing(connection: Connection, briefing: str, revision: str) -> Briefing | None:
    """Return a briefing as it was when this revision was prepared, whatever its file says now."""
    row = revision_row(connection, briefing, revision)
    return _BRIEFING.validate_json(row.content) if row is not None else None


def approval(connection: Connection, briefing: str, revision: str) -> Row[Any] | None:
    return connection.execute(select(approvals).where(_is(approvals, briefing, revision))).one_or_none()


def approved_revisions(connection: Connection) -> list[Row[Any]]:
    """Return every approved revision, oldest approval first: (briefing, revision, approved_at, ...)."""
    both = revisions.join(
        approvals,
        and_(approvals.c.briefing == revisions.c.briefing, approvals.c.revision == revisions.c.revision),
    )
    query = select(revisions, approvals.c.approved_at).select_from(both).order_by(approvals.c.approved_at)
    return list(connection.execute(query))


def publication(connection: Connection, briefing: str) -> Row[Any] | None:
    return connection.execute(select(publications).where(publications.c.briefing == briefing)).one_or_none()


def rendering_parts(connection: Connection, briefing: str, revision: str, channel: str) -> dict[str, dict[str, str]]:
    """Return locale -> parts of one channel's frozen renderings."""
    query = select(renderings.c.locale, renderings.c.parts).where(
        _is(renderings, briefing, revision), renderings.c.channel == channel
    )
    return {row.locale: dict(row.parts) for row in connection.execute(query)}


def rendered_locales(connection: Connection, briefing: str, revision: str) -> dict[str, tuple[str, ...]]:
    """Return channel -> the locales for which something is frozen: only that can be delivered."""
    query = select(renderings.c.channel, renderings.c.locale).where(_is(renderings, briefing, revision))
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(query.order_by(renderings.c.locale)):
        found[row.channel] = (*found.get(row.channel, ()), row.locale)
    return found


def frozen_readiness(connection: Connection, briefing: str, revision: str, channel: str) -> dict[str, bool]:
    """Return locale -> whether what is frozen for a channel was ready when it was frozen."""
    query = select(renderings.c.locale, renderings.c.ready).where(
        _is(renderings, briefing, revision), renderings.c.channel == channel
    )
    return {row.locale: row.ready for row in connection.execute(query.order_by(renderings.c.locale))}


def is_demonstration(connection: Connection, briefing: str, revision: str) -> bool:
    """Say whether a text of a revision, as it was prepared, was signed off by the demonstration only."""
    signed_so = select(segments.c.key).where(_is(segments, briefing, revision), segments.c.origin == DEMO_REVIEWER)
    return connection.execute(signed_so.limit(1)).first() is not None


def forget_demonstration(connection: Connection, briefing: str, revision: str) -> None:
    """Take back the approval of a text that was signed off by the demonstration only, unless it went out."""
    if is_demonstration(connection, briefing, revision) and publication(connection, briefing) is None:
        connection.execute(delete(approvals).where(_is(approvals, briefing, revision)))


def save_media(connection: Connection, briefing: Briefing, files: Mapping[str, MediaFile]) -> None:
    """Keep the bytes of a briefing's images, once each, and who uses them."""
    for image in briefing.images:
        file = files[image.digest]
        insert_once(connection, media, {"digest": file.digest, "media_type": file.media_type, "content": file.read()})
        use = {"briefing": briefing.id, "revision": briefing.revision, "src": image.src, "digest": image.digest}
        upsert(connection, media_uses, use)


def _is(table: Table, briefing: str, revision: str) -> Any:
    return and_(table.c.briefing == briefing, table.c.revision == revision)
