"""Retract: what a withdrawn briefing left on other people's sites is deleted there, until it is gone."""

from __future__ import annotations

from sqlalchemy import select, update

from briefings.editorial.desk import Desk
from briefings.log import event
from briefings.model.channel import Channel
from briefings.model.errors import BriefingsError
from briefings.store.engine import reading, writing
from briefings.store.tables import deliveries, publications

DELETED = "posted, and deleted after the withdrawal"


def retract_posts(desk: Desk) -> dict[str, str]:
    """Delete every post of withdrawn briefings; return, by briefing, why some are still there.

    Repeatable: what was deleted is noted in the ledger, what was not is tried again by the next sweep.
    """
    query = (
        select(deliveries.c.id, deliveries.c.briefing, deliveries.c.remote_id)
        .join(publications, publications.c.briefing == deliveries.c.briefing)
        .where(
            publications.c.withdrawn_at.is_not(None),
            deliveries.c.channel == str(Channel.X),
            deliveries.c.remote_id != "",
            deliveries.c.detail != DELETED,
        )
    )
    with reading(desk.engine) as connection:
        found = list(connection.execute(query))
    trouble: dict[str, str] = {}
    for row in found:
        try:
            desk.open_x().delete(row.remote_id.split(","))
        except BriefingsError as error:
            event("retract.failed", briefing=row.briefing, reason=str(error))
            trouble[row.briefing] = f"posts of the withdrawn briefing are still on X: {error}"
            continue
        with writing(desk.engine) as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(detail=DELETED))
    return trouble
