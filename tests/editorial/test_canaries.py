"""Canaries in the watch: what did not come back is named, wherever on the way it was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from briefings.editorial.amend import correct
from briefings.editorial.publish import publish
from briefings.editorial.watch import concerns
from briefings.store.engine import reading, writing
from briefings.store.people import follows, subscribers
from briefings.store.tables import deliveries, returns
from briefings.subscribers.canaries import place_canaries, remove_canaries
from briefings.subscribers.suppression import SuppressionReason
from tests.editorial.conftest import EAST, Newsroom

DOMAIN = "briefings.example"
NORMAL = "got no mail: look at the relay, the spam folder rules and the inbox"


@pytest.fixture
def staffed(newsroom: Newsroom) -> Newsroom:
    """The newsroom with canaries, a resident and a briefing of the east that is ready."""
    place_canaries(newsroom.desk.register, DOMAIN, newsroom.now)
    newsroom.follow("ann@example.org")
    newsroom.ready()
    return newsroom


def publish_east(newsroom: Newsroom) -> None:
    publish(newsroom.desk, [EAST], newsroom.clock)


def said(newsroom: Newsroom, is_wrong: bool = True) -> list[str]:
    found = concerns(newsroom.desk, newsroom.now)
    return [one.text for one in found if one.is_wrong is is_wrong and "canary" in one.text]


def missing(*locales: str, what: str = NORMAL) -> list[str]:
    return [f"{EAST}: the canary of east in {locale} {what}" for locale in locales]


def canary(locale: str, region: str = "east") -> str:
    return f"canary+{region}.{locale.lower()}@{DOMAIN}"


def canary_rows(newsroom: Newsroom) -> dict[str, Any]:
    """Return address -> the newest ledger row of each canary."""
    query = (
        select(subscribers.c.email, deliveries)
        .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
        .where(subscribers.c.email.startswith("canary+"))
        .order_by(deliveries.c.id)
    )
    with reading(newsroom.desk.engine) as connection:
        return {row.email: row for row in connection.execute(query)}


def arrive(newsroom: Newsroom, *addresses: str, kind: str = "canary") -> None:
    """Record that the mails to some canaries came to the inbox, as who reads it does."""
    rows = canary_rows(newsroom)
    with writing(newsroom.desk.engine) as connection:
        for address in addresses:
            id = rows[address].id
            connection.execute(
                insert(returns).values(
                    digest=f"{kind} {id}", kind=kind, delivery_id=id, status="", detail="", received_at=newsroom.now
                )
            )


def change(newsroom: Newsroom, address: str, **values: Any) -> None:
    row = deliveries.c.id == canary_rows(newsroom)[address].id
    with writing(newsroom.desk.engine) as connection:
        connection.execute(update(deliveries).where(row).values(**values))


def test_they_are_planned_and_mailed_as_residents_are(staffed: Newsroom) -> None:
    publish_east(staffed)

    got = {address for address, _ in staffed.mailed()}
    assert got == {"ann@example.org", *(canary(locale) for locale in ("en-GB", "ar", "lt", "pl"))}
    assert {address: row.locale for address, row in canary_rows(staffed).items()} == {
        canary(locale): locale for locale in ("en-GB", "ar", "lt", "pl")
    }


def test_one_whose_mail_did_not_come_within_a_quarter_of_an_hour_is_named(staffed: Newsroom) -> None:
    publish_east(staffed)
    arrive(staffed, canary("en-GB"), canary("ar"), canary("pl"))
    arrive(staffed, canary("lt"), kind="bounce")

    staffed.later(14)
    soon = said(staffed)
    staffed.later(2)
    later = said(staffed)
    arrive(staffed, canary("lt"))

    assert soon == []
    assert later == missing("lt")
    assert said(staffed) == []


def test_after_a_day_nobody_looks_for_it_any_more(staffed: Newsroom) -> None:
    publish_east(staffed)
    staffed.later(24 * 60)

    assert said(staffed) == []
    assert said(staffed, is_wrong=False) == []


def test_a_borough_without_canaries_or_that_removed_them_hears_nothing(newsroom: Newsroom) -> None:
    newsroom.follow("ann@example.org")
    newsroom.ready()
    publish_east(newsroom)
    newsroom.later(60)
    without = [*said(newsroom), *said(newsroom, is_wrong=False)]
    place_canaries(newsroom.desk.register, DOMAIN, newsroom.now)

    remove_canaries(newsroom.desk.register, newsroom.now)

    assert without == []
    assert [*said(newsroom), *said(newsroom, is_wrong=False)] == []


@pytest.mark.parametrize(
    ("state", "detail"),
    [("failed", "550 5.1.1 no such mailbox"), ("uncertain", "no answer"), ("deferred", "451 4.3.0 later")],
)
def test_one_that_failed_or_is_late_is_named_with_the_reason(staffed: Newsroom, state: str, detail: str) -> None:
    publish_east(staffed)
    arrive(staffed, canary("en-GB"), canary("ar"), canary("lt"))
    change(staffed, canary("pl"), state=state, detail=detail)
    staffed.later(16)
    named = said(staffed)

    arrive(staffed, canary("pl"))

    assert named == missing("pl", what=NORMAL.replace("mail:", f"mail ({state}: {detail}):"))
    assert said(staffed) == [], "it may have come all the same"


def test_one_that_is_tried_again_and_again_does_not_start_the_clock_anew(staffed: Newsroom) -> None:
    publish_east(staffed)
    arrive(staffed, canary("en-GB"), canary("ar"), canary("lt"))

    staffed.later(16)
    change(staffed, canary("pl"), state="deferred", detail="451 4.3.0 later", changed_at=staffed.now)

    assert len(said(staffed)) == 1


def test_one_that_was_left_out_of_the_plan_is_named_at_once(staffed: Newsroom) -> None:
    lost = staffed.desk.register.find(canary("ar"))
    assert lost is not None
    with writing(staffed.desk.engine) as connection:
        connection.execute(delete(follows).where(follows.c.subscriber_id == lost.id))

    publish_east(staffed)

    assert said(staffed) == missing(
        "ar", what="got no mail, for none was planned: look at what it follows, and report a fault"
    )


def test_one_that_was_added_after_the_publication_is_not_missed(newsroom: Newsroom) -> None:
    newsroom.follow("ann@example.org")
    newsroom.ready()
    publish_east(newsroom)
    newsroom.later(1)

    place_canaries(newsroom.desk.register, DOMAIN, newsroom.now)
    newsroom.later(60)

    assert said(newsroom) == []


def test_one_that_ended_is_wrong_for_a_day_and_listed_from_then_on(staffed: Newsroom) -> None:
    staffed.desk.register.suppress(canary("lt", "west"), SuppressionReason.BOUNCED, staffed.now)
    text = (
        f"the canary of west in lt is not mailed any more since {staffed.now:%Y-%m-%d %H:%M} UTC (bounced): "
        "look at the inbox, then run 'briefings subscribers canaries'"
    )

    at_once = said(staffed)
    staffed.now += timedelta(days=1, minutes=1)
    later = (said(staffed), said(staffed, is_wrong=False))
    place_canaries(staffed.desk.register, DOMAIN, staffed.now)

    assert at_once == [text]
    assert later == ([], [text])
    assert [*said(staffed), *said(staffed, is_wrong=False)] == []


def test_a_locale_that_is_offered_since_is_listed_as_having_none(staffed: Newsroom) -> None:
    places = staffed.settings.root / "content" / "places.yaml"
    places.write_text(places.read_text().replace("locales: [en-GB, ar, lt, pl]", "locales: [en-GB, ar, lt, pl, ro]"))

    listed = said(staffed, is_wrong=False)

    assert listed == ["the canary of east in ro is not there: run 'briefings subscribers canaries'"]


def test_a_correction_is_looked_for_as_well(staffed: Newsroom) -> None:
    publish_east(staffed)
    everyone = [canary(locale) for locale in ("en-GB", "ar", "lt", "pl")]
    arrive(staffed, *everyone)
    staffed.later(60)
    staffed.ready(title="Bicycle thefts near Mill Pond")
    correct(staffed.desk, EAST, staffed.clock)

    arrive(staffed, *everyone[:3])
    staffed.later(16)

    assert said(staffed) == missing("pl")


def test_a_rehearsal_with_an_allow_list_lists_them_and_alarms_nobody(staffed: Newsroom) -> None:
    publish_east(staffed)
    arrive(staffed, canary("en-GB"), canary("ar"), canary("lt"))
    change(staffed, canary("pl"), state="suppressed", detail="not on the allow-list")
    staffed.later(60)

    assert said(staffed) == []
    assert said(staffed, is_wrong=False) == missing("pl", what="was not mailed: not on the allow-list")
