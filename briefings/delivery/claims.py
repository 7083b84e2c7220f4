"""Claims: from where to where in the ledger each sender took rows, so that what it holds is found again.

A row says itself which sender holds it, in a column that changes with every mail. An index of that column would cost
PostgreSQL as much as all else it does for a mail; a claim is one row for hundreds of deliveries. Between its ends there
may be rows that the sender does not hold, or no longer. There is never a row that is held and lies in no claim of its
sender: both are written in one transaction, and a claim goes only in a statement that sees none of its rows held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Subquery, delete, select, true

from briefings.store.tables import claims, deliveries

FAR = 500
"""Rows that lie farther apart than this many are not put into one claim: all between the two would be looked at."""


def held(connection: Connection, *senders: str) -> Subquery:
    """Return the rows that senders have claimed or are sending, each once; of all senders, or of these."""
    between = deliveries.c.id.between(claims.c.first_id, claims.c.last_id)
    columns = (deliveries.c.id, deliveries.c.briefing, deliveries.c.revision, deliveries.c.channel, deliveries.c.sender)
    rows = select(*columns).where(between, deliveries.c.sender == claims.c.sender)
    if connection.dialect.name == "postgresql":
        # Claim by claim (the OFFSET sees to that): as an ordinary join it is taken for one that wants all deliveries.
        one = rows.correlate(claims).offset(0).lateral()
        rows = select(one).select_from(claims.join(one, true()))
    return (rows.where(claims.c.sender.in_(senders)) if senders else rows).distinct().subquery("held")


def held_ids(connection: Connection, senders: Sequence[str]) -> Sequence[int]:
    """Return the ids of what these senders hold. Whoever then changes such a row asks it once more whose it is."""
    return connection.scalars(select(held(connection, *senders).c.id)).all() if senders else ()


def stretches(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each stretch of ascending ids, none of them FAR from the next."""
    if not ids:
        return
    first = last = ids[0]
    for id in ids:
        if id - last > FAR:
            yield first, last
            first = id
        last = id
    yield first, last


def forget_done(connection: Connection) -> None:
    """Delete the claims of which nothing is held any more, whoever made them."""
    row = deliveries.alias()
    theirs = select(row.c.id).where(
        row.c.id.between(claims.c.first_id, claims.c.last_id), row.c.sender == claims.c.sender
    )  # fmt: skip
    connection.execute(delete(claims).where(~theirs.offset(0).exists()))  # claim by claim, as above
