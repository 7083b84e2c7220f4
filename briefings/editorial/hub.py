"""Telling the hub: which feeds a briefing changes is noted with the change, and told until the hub has heard it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from briefings.delivery.pings import Ping, due_pings, forget_pings, note_pings, put_pings_off
from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.log import event
from briefings.model.channel import SITE
from briefings.model.errors import Permanent, Transient
from briefings.rendering.site import BOROUGH
from briefings.store.engine import reading, said, writing

FEEDS = [channel for channel in SITE if channel.is_feed]
IN_ONE_GO = 20.0
"""Seconds, by the wall clock, after which the rest is left for the next run."""


def note_changed_feeds(desk: Desk, connection: Connection, briefing: str, now: datetime) -> None:
    """Note that all feeds which carry a briefing have changed; nothing where there is no hub."""
    if not desk.hub:
        return
    places = desk.content.places
    row = records.publication(connection, briefing)
    region = places.regions.get(row.region) if row is not None else None
    carried = [(BOROUGH, places.locales)]
    if region is not None:
        carried += [(place, region.locales) for place in (region.id, *(f"ward/{ward}" for ward in region.wards))]
    topics = (desk.site.feed_url(place, tag, kind) for place, locales in carried for tag in locales for kind in FEEDS)
    note_pings(connection, topics, now)


def tell_hub(desk: Desk, clock: Callable[[], datetime], within: float = IN_ONE_GO) -> int:
    """Tell the hub of the feeds that have changed; return of how many it was told.

    Never raises for a hub: what it did not take is told again by a later run, after a minute, then ever more.
    """
    if not desk.hub:
        return 0
    from briefings.delivery.hub import CALL, Hub  # an HTTP client, which most senders never need

    hub, end = Hub(desk.hub), time.monotonic() + within - CALL
    told: list[Ping] = []
    refused: list[Ping] = []
    trouble = ""
    with reading(desk.engine) as connection:
        waiting = due_pings(connection, clock())
    for ping in waiting:
        if time.monotonic() > end:
            break
        try:
            hub.tell(ping.topic)
            told.append(ping)
        except Permanent as error:  # of this feed: the hub may well take the others
            refused.append(ping)
            event("hub.refused", topic=ping.topic, reason=str(error))
        except Transient as error:
            trouble = str(error)
            break
    if waiting:
        _settle(desk, told + refused, trouble, clock())
        event("hub.told", feeds=len(told), left=len(waiting) - len(told) - len(refused), reason=trouble)
    return len(told)


def _settle(desk: Desk, done: list[Ping], trouble: str, now: datetime) -> None:
    with writing(desk.engine) as connection:
        forget_pings(connection, done)
        given_up = put_pings_off(connection, now) if trouble else 0
    if given_up:
        event("hub.given_up", feeds=given_up, reason=trouble)


@contextmanager
def telling_hub(desk: Desk, clock: Callable[[], datetime]) -> Iterator[None]:
    """Tell the hub beside something that may take long, which neither waits for the hub nor fails with it."""
    if not desk.hub:
        yield
        return

    def tell() -> None:
        try:
            tell_hub(desk, clock)
        except SQLAlchemyError as error:
            event("hub.trouble", reason=said(error))

    thread = threading.Thread(target=tell, name="telling the hub", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(IN_ONE_GO)
