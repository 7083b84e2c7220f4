"""The archive: everything that is published, found by its words, newest first.

What can be searched is written in the transaction that publishes, corrects, withdraws or approves again, so that
nothing is found that is not public. `bring_up_to_date` makes good what is missing, such as all of it after an upgrade;
no feed has changed then, and no hub is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.hub import note_changed_feeds
from briefings.editorial.published import frozen
from briefings.editorial.search_words import joined_numbers, word_form, words_in
from briefings.editorial.snippets import snippet
from briefings.rendering.structured import StructuredEdition
from briefings.store.engine import reading, writing
from briefings.store.tables import public_changes, publications, searchable

MAX_WORDS = 12
"""Words of a query that count."""
MAX_QUERY = 400
"""Characters of a query that count."""
_BATCH = 5
"""Briefings made good in one transaction: for that long senders wait, who give up after some seconds."""


@dataclass(frozen=True)
class Found:
    """A published edition that was found. `locale` is its address's, `text_locale` the one its words are in.

    `snippet` is HTML: the words around the first match, with what matched in <mark>.
    """

    briefing: str
    region: str
    severity: str
    locale: str
    title: str
    text_locale: str
    snippet: Markup
    published_at: datetime


class Archive:
    """Searches what is published; safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(
        self, query: str, locale: str, *, region: str | None = None, limit: int = 20, offset: int = 0
    ) -> tuple[int, Sequence[Found]]:
        """Return how many editions hold all words of a query in one locale, and some of them, newest first.

        The last word may be the beginning of one. An empty query finds everything; there are no operators.
        """
        wanted = [word.form for word in words_in(query[:MAX_QUERY])][:MAX_WORDS]
        if query.strip() and not wanted:
            return 0, ()
        terms = [*(_tag(kind, value) for kind, value in (("l", locale), ("r", region)) if value), *wanted]
        is_sqlite = self._engine.dialect.name == "sqlite"
        match = _fts5(terms, bool(wanted)) if is_sqlite else _tsquery(terms, bool(wanted))
        holds = "search_words MATCH :match" if is_sqlite else "words @@ CAST(:match AS tsquery)"
        # by row number, which grows with time: neither database has to sort what it has found
        ids = f"SELECT rowid FROM search_words WHERE {holds} ORDER BY rowid DESC LIMIT :limit OFFSET :offset"  # noqa: S608
        with reading(self._engine) as connection:
            count = text(f"SELECT count(*) FROM search_words WHERE {holds}")  # noqa: S608
            total = connection.scalar(count, {"match": match}) or 0
            page = {"match": match, "limit": limit, "offset": offset}
            found_ids = list(connection.scalars(text(ids), page)) if offset < total else []
            rows = connection.execute(
                select(searchable, publications.c.region, publications.c.severity, publications.c.published_at)
                .join(publications, publications.c.briefing == searchable.c.briefing)
                .where(searchable.c.id.in_(found_ids), publications.c.withdrawn_at.is_(None))
                .order_by(searchable.c.id.desc())
            )
            return total, [
                Found(
                    row.briefing, row.region, row.severity, row.locale, row.title, row.text_locale,
                    snippet(row.text, wanted), row.published_at,
                )
                for row in rows
            ]  # fmt: skip


def note_change(desk: Desk, connection: Connection, briefing: str, now: datetime) -> None:
    """Bring what can be found of a briefing up to what is public of it, and count a change of the public site.

    The feeds that carry it are noted for the hub.
    """
    _mend(desk, connection, briefing)
    count_change(connection, now)
    note_changed_feeds(desk, connection, briefing, now)


def count_change(connection: Connection, now: datetime) -> None:
    counted = connection.execute(
        update(public_changes).where(public_changes.c.id == 1).values(number=public_changes.c.number + 1, at=now)
    )
    if counted.rowcount == 0:
        connection.execute(insert(public_changes).values(id=1, number=1, at=now))


def bring_up_to_date(desk: Desk, now: datetime) -> int:
    """Make good what cannot be found though it is public, and the other way round; return of how many briefings."""
    kept = select(searchable.c.briefing, searchable.c.revision, searchable.c.updated_at).distinct()
    with reading(desk.engine) as connection:
        public = {
            row.briefing: (row.revision, row.updated_at)
            for row in connection.execute(
                select(publications)
                .where(publications.c.withdrawn_at.is_(None))
                .order_by(publications.c.published_at, publications.c.briefing)
            )
        }
        known = {row.briefing: (row.revision, row.updated_at) for row in connection.execute(kept)}
    stale = [briefing for briefing, state in public.items() if known.get(briefing) != state]
    stale += [briefing for briefing in known if briefing not in public]
    for start in range(0, len(stale), _BATCH):
        with writing(desk.engine) as connection:
            for briefing in stale[start : start + _BATCH]:
                _mend(desk, connection, briefing)
            count_change(connection, now)
    return len(stale)


def _mend(desk: Desk, connection: Connection, briefing: str) -> None:
    """Write again what can be found of a briefing."""
    row = records.publication(connection, briefing)
    if row is None or row.withdrawn_at is not None:
        _forget(connection, briefing)
        return
    for locale in records.rendered_locales(connection, briefing, row.revision).get("page", ()):
        edition = frozen(desk, connection, briefing, row.revision, locale)
        if edition is not None:
            _keep(connection, edition, locale, row.updated_at)


def searched_text(edition: StructuredEdition) -> str:
    """Return all that an edition says, as one text."""
    parts = [edition.summary.text]
    for section in edition.sections:
        parts += [section.heading.text, section.text]
    for event in edition.events:
        parts += [event.title.text, event.place]
    for action in edition.actions:
        parts += [action.said.text, action.did.text]
    for contact in edition.contacts:
        parts += [contact.name.text, contact.phone, contact.email]
    if edition.question is not None:
        parts += [edition.question.text.text, *(option.text for option in edition.question.options)]
    return " ".join(" ".join(parts).replace("\u2066", "").replace("\u2068", "").replace("\u2069", "").split())


def _keep(connection: Connection, edition: StructuredEdition, locale: str, updated_at: datetime) -> None:
    said = searched_text(edition)
    values = {
        "briefing": edition.briefing, "locale": locale, "revision": edition.revision, "updated_at": updated_at,
        "title": edition.title.text, "text_locale": edition.title.locale, "text": said,
    }  # fmt: skip
    where = (searchable.c.briefing == edition.briefing) & (searchable.c.locale == locale)
    row_id = connection.scalar(select(searchable.c.id).where(where))
    if row_id is None:
        row_id = connection.execute(insert(searchable).values(values).returning(searchable.c.id)).scalar_one()
    else:
        connection.execute(update(searchable).where(searchable.c.id == row_id).values(values))
        connection.execute(text("DELETE FROM search_words WHERE rowid = :id"), {"id": row_id})
    tags = [_tag("l", locale), _tag("r", edition.region)]
    whole = f"{edition.title.text} {said}"
    forms = sorted({*(word.form for word in words_in(whole)), *joined_numbers(whole)}) + tags
    if connection.dialect.name == "sqlite":
        add = "INSERT INTO search_words (rowid, words) VALUES (:id, :words)"
        connection.execute(text(add), {"id": row_id, "words": " ".join(_ascii(form) for form in forms)})
    else:
        add = "INSERT INTO search_words (rowid, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"
        quoted = ",".join('"' + form.replace("\\", "\\\\").replace('"', '\\"') + '"' for form in forms)
        connection.execute(text(add), {"id": row_id, "words": "{" + quoted + "}"})


def _forget(connection: Connection, briefing: str) -> None:
    ids = list(connection.scalars(select(searchable.c.id).where(searchable.c.briefing == briefing)))
    for row_id in ids:
        connection.execute(text("DELETE FROM search_words WHERE rowid = :id"), {"id": row_id})
    connection.execute(delete(searchable).where(searchable.c.id.in_(ids)))


def _tag(kind: str, value: str) -> str:
    """Return a word that stands for a locale or a region, and in no text: it holds a private character."""
    letters = "".join(word_form(part) for part in value.replace("_", "-").split("-"))
    return f"\ue000{kind}{letters}"


def _fts5(terms: Sequence[str], has_words: bool) -> str:
    quoted = [f'"{_ascii(term)}"' for term in terms]
    return " ".join(quoted) + ("*" if has_words else "")


def _ascii(form: str) -> str:
    """Return a form as FTS5 keeps it: in ASCII, whatever SQLite's tables know of its script. Beginnings stay such."""
    return "".join(letter if letter.isascii() else f"u{ord(letter):x}v" for letter in form)


def _tsquery(terms: Sequence[str], has_words: bool) -> str:
    return " & ".join(f"'{term}'" for term in terms) + (":*" if has_words else "")
