"""Eligibility: whom a region's briefing may be mailed to, as SQL that others select by.

The ledger asks the same again for each mail, at the last moment: `IS_ACTIVE` and `FOLLOWS` in
`delivery/statements.py`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from briefings.model.place import Places
from briefings.store.people import follows, subscribers

REGION, WARD = "region", "ward"
"""The kinds of places that `follows` holds."""


def may_be_mailed(now: datetime) -> ColumnElement[bool]:
    """Return the condition on `subscribers`: confirmed, not ended (so not suppressed either), and not paused now."""
    is_not_paused = or_(subscribers.c.paused_until.is_(None), subscribers.c.paused_until <= now)
    return and_(subscribers.c.confirmed_at.is_not(None), subscribers.c.ended_at.is_(None), is_not_paused)


def follows_region(places: Places, region: str) -> ColumnElement[bool]:
    """Return the condition on `subscribers`: follows a region or any of its wards. Unknown region: nobody."""
    known = places.regions.get(region)
    if known is None:
        return false()
    place = or_(
        and_(follows.c.kind == REGION, follows.c.place == region),
        and_(follows.c.kind == WARD, follows.c.place.in_(known.wards)),
    )
    return subscribers.c.id.in_(select(follows.c.subscriber_id).where(place))


def eligible_query(places: Places, region: str, now: datetime) -> Select[tuple[int, str, str]]:
    """Select (id, locale, format) of everybody a briefing of this region goes to, each person once."""
    return select(subscribers.c.id, subscribers.c.locale, subscribers.c.format).where(
        may_be_mailed(now), follows_region(places, region)
    )
