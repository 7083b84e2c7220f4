"""Eligibility: everybody who follows a region or one of its wards, once, and nobody else."""

from __future__ import annotations

from sqlalchemy import Engine, insert, literal, select

from briefings.delivery.ledger import Ledger
from briefings.delivery.plan import Job
from briefings.model.channel import Channel
from briefings.model.place import Places
from briefings.store.engine import reading, writing
from briefings.store.people import subscribers
from briefings.store.tables import deliveries, publications
from briefings.subscribers.eligibility import eligible_query
from briefings.subscribers.register import Register
from briefings.subscribers.suppression import SuppressionReason

from .conftest import NOW, wish


def eligible(engine: Engine, places: Places, region: str) -> list[str]:
    query = eligible_query(places, region, NOW).subquery()
    with reading(engine) as connection:
        return sorted(
            connection.scalars(
                select(subscribers.c.email).join_from(query, subscribers, query.c.id == subscribers.c.id)
            )
        )


def test_followers_of_a_region_or_of_its_wards_are_eligible_once(
    register: Register, engine: Engine, places: Places
) -> None:
    register.add(wish("region@example.org", ("north",)), NOW)
    register.add(wish("ward@example.org", (), ("W2",)), NOW)
    register.add(wish("all@example.org", ("north", "south"), ("W1", "W2")), NOW)
    register.add(wish("elsewhere@example.org", ("south",), ("W3", "W9")), NOW)

    north, south = eligible(engine, places, "north"), eligible(engine, places, "south")

    assert north == ["all@example.org", "region@example.org", "ward@example.org"]
    assert south == ["all@example.org", "elsewhere@example.org"]


def test_pending_ended_and_suppressed_people_are_not_eligible(
    register: Register, engine: Engine, places: Places
) -> None:
    register.add(wish("stays@example.org"), NOW)
    register.add(wish("pending@example.org", confirmed_at=None), NOW)
    register.add(wish("ended@example.org"), NOW)
    register.add(wish("bounced@example.org"), NOW)

    register.unsubscribe("ended@example.org", "one-click", NOW)
    register.suppress("Bounced@example.org", SuppressionReason.BOUNCED, NOW)

    assert eligible(engine, places, "north") == ["stays@example.org"]


def test_an_unknown_region_has_nobody(register: Register, engine: Engine, places: Places) -> None:
    register.add(wish(), NOW)

    nobody = eligible(engine, places, "east")

    assert nobody == []


def test_the_query_gives_id_locale_and_format_and_can_be_inserted_from(
    register: Register, engine: Engine, places: Places
) -> None:
    subscriber, _ = register.add(wish(), NOW)
    people = eligible_query(places, "north", NOW).subquery()
    columns = ["briefing", "revision", "locale", "channel", "destination", "subscriber_id", "purpose", "state"]
    rows = select(
        literal("north/x"), literal("r"), people.c.locale, people.c.format, literal("subscriber:1"), people.c.id,
        literal("briefing"), literal("queued"), literal(0), literal(""), literal(""),
        literal(NOW, deliveries.c.changed_at.type),
    )  # fmt: skip

    with writing(engine) as connection:
        connection.execute(
            insert(deliveries).from_select([*columns, "attempts", "detail", "remote_id", "changed_at"], rows)
        )
        (row,) = connection.execute(select(deliveries)).all()

    assert (row.subscriber_id, row.locale, row.channel) == (subscriber.id, "ro", "html")


def claimed(engine: Engine, places: Places, region: str = "north") -> list[int]:
    """Claim and mark the queued rows, as a sender does; return whose may go out."""
    job = Job("north/x", "r", region, ("ro",), "en-GB", wards=places.regions[region].wards)
    published = {
        "briefing": job.briefing, "revision": job.revision, "region": region, "severity": "routine", "wards": [],
        "published_at": NOW, "updated_at": NOW, "correction": False,
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(publications).values(published))
    ledger = Ledger(engine, "a sender")
    rows = ledger.claim(job, Channel.EMAIL, 100, NOW)
    may = ledger.turn((), rows, job, NOW).may
    ledger.close()
    return [row.subscriber_id for row in rows if row.id in may]


def queue(engine: Engine, *subscriber_ids: int) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(deliveries),
            [
                {
                    "briefing": "north/x", "revision": "r", "locale": "ro", "channel": "email", "state": "queued",
                    "destination": f"subscriber:{each}", "subscriber_id": each, "purpose": "briefing",
                    "changed_at": NOW,
                }
                for each in subscriber_ids
            ],
        )  # fmt: skip


def test_who_leaves_between_planning_and_claiming_is_not_claimed(
    register: Register, engine: Engine, places: Places
) -> None:
    stays, _ = register.add(wish("stays@example.org"), NOW)
    leaves, _ = register.add(wish("leaves@example.org"), NOW)
    queue(engine, stays.id, leaves.id, 999)

    register.unsubscribe(leaves.id, "one-click", NOW)

    assert claimed(engine, places) == [stays.id]


def test_who_moves_away_between_planning_and_claiming_is_not_claimed(
    register: Register, engine: Engine, places: Places
) -> None:
    stays, _ = register.add(wish("stays@example.org", (), ("W1",)), NOW)
    moves, _ = register.add(wish("moves@example.org"), NOW)
    queue(engine, stays.id, moves.id)

    register.add(wish("moves@example.org", ("south",)), NOW)

    assert claimed(engine, places, "north") == [stays.id]
