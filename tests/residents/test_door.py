"""The door: what is asked for is kept, and done when the owner of the address says so; nothing before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from briefings.model.errors import Refused
from briefings.residents.asking import VALID_FOR, Asking, Wish
from briefings.residents.door import Door
from briefings.subscribers.consent import MOVED, ConsentAction
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment
from briefings.subscribers.suppression import SuppressionReason

from .conftest import NOW, WORDS, posted, rows, wish

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def enrolled(register: Register, email: str) -> int:
    subscriber, _ = register.add(Enrolment(email, Choices("ro", ("north",)), "web form", WORDS, NOW), NOW)
    return subscriber.id


def test_a_wish_subscribes_nobody_until_it_is_confirmed(door: Door, register: Register, engine: Engine) -> None:
    door.subscribe(wish(), NOW)
    (token,) = posted(engine)

    before = register.find("ana@example.org")
    asked = door.asked(token, NOW + HOUR)
    subscriber = door.confirm(token, NOW + HOUR)

    assert before is None
    assert asked is not None
    assert (asked.kind, asked.locale, asked.address) == (Asking.SUBSCRIBE, "ro", "a…@example.org")
    assert asked.choices == Choices("ro", ("north",))
    assert subscriber is not None
    assert subscriber.is_active
    (record,) = register.consents(subscriber.id)
    assert (record.action, record.at, record.source, record.words) == (
        ConsentAction.GIVEN, NOW + HOUR, "web form", WORDS
    )  # fmt: skip


def test_confirming_twice_gives_the_same_answer_and_changes_nothing(
    door: Door, register: Register, engine: Engine
) -> None:
    door.subscribe(wish(), NOW)
    (token,) = posted(engine)
    first = door.confirm(token, NOW + HOUR)
    assert first is not None
    register.choose(first.id, Choices("ur", ("south",)))

    second = door.confirm(token, NOW + 2 * HOUR)
    asked = door.asked(token, NOW + 2 * HOUR)

    assert second is not None
    assert (second.id, second.choices) == (first.id, Choices("ur", ("south",)))
    assert len(register.consents(first.id)) == 1
    assert asked is not None
    assert asked.address == "a…@example.org"
    assert [row["email"] for row in rows(engine)] == [None]


def test_who_left_after_confirming_is_not_brought_back_by_the_same_link(
    door: Door, register: Register, engine: Engine
) -> None:
    door.subscribe(wish(), NOW)
    (token,) = posted(engine)
    subscriber = door.confirm(token, NOW + HOUR)
    assert subscriber is not None
    register.unsubscribe(subscriber.id, "one-click", NOW + 2 * HOUR)

    again = door.confirm(token, NOW + 3 * HOUR)

    assert again is not None
    assert not again.is_active


def test_many_who_confirm_at_once_subscribe_one_person_with_one_consent(
    door: Door, register: Register, engine: Engine
) -> None:
    door.subscribe(wish(), NOW)
    (token,) = posted(engine)

    with ThreadPoolExecutor(8) as people:
        found = list(people.map(lambda _: door.confirm(token, NOW + HOUR), range(16)))

    assert len({subscriber.id for subscriber in found if subscriber}) == 1
    assert None not in found
    assert register.count().active == 1
    assert found[0] is not None
    assert len(register.consents(found[0].id)) == 1


@pytest.mark.parametrize("token", ["", "x" * 48, "a" * 48, "ä" * 48])
def test_a_token_that_is_not_ours_does_nothing(door: Door, token: str) -> None:
    asked, confirmed = door.asked(token, NOW), door.confirm(token, NOW)

    assert asked is None
    assert confirmed is None


def test_a_link_is_good_for_seven_days(door: Door, engine: Engine) -> None:
    door.subscribe(wish(), NOW)
    (token,) = posted(engine)

    early, late = door.asked(token, NOW + VALID_FOR - HOUR), door.confirm(token, NOW + VALID_FOR + HOUR)

    assert early is not None
    assert late is None


def test_while_a_letter_is_out_nobody_changes_what_it_says(door: Door, engine: Engine) -> None:
    door.subscribe(wish("ana@example.org", "north"), NOW)
    (token,) = posted(engine)
    door.subscribe(Wish("ANA@example.org", Choices("ur", ("south",)), "Other words."), NOW + HOUR)

    subscriber = door.confirm(token, NOW + 2 * HOUR)

    assert len(rows(engine)) == 1
    assert subscriber is not None
    assert subscriber.choices == Choices("ro", ("north",))


def test_before_the_letter_the_last_wish_counts(door: Door, engine: Engine) -> None:
    door.subscribe(wish("ana@example.org", "north"), NOW)
    door.subscribe(wish("ana@example.org", "south", locale="ur"), NOW + timedelta(minutes=1))
    (token,) = posted(engine)

    subscriber = door.confirm(token, NOW + HOUR)

    assert subscriber is not None
    assert subscriber.choices == Choices("ur", ("south",))


def test_a_day_later_a_new_wish_begins_anew_and_the_old_link_ends(door: Door, engine: Engine) -> None:
    door.subscribe(wish("ana@example.org", "north"), NOW)
    (old,) = posted(engine)
    door.subscribe(wish("ana@example.org", "south"), NOW + DAY)
    (new,) = posted(engine, NOW + DAY)

    refused, subscriber = door.confirm(old, NOW + DAY + HOUR), door.confirm(new, NOW + DAY + HOUR)

    assert refused is None
    assert subscriber is not None
    assert subscriber.choices.regions == ("south",)


def test_confirming_lifts_an_unsubscribe_and_no_other_suppression(
    door: Door, register: Register, engine: Engine
) -> None:
    gone = enrolled(register, "gone@example.org")
    register.unsubscribe(gone, "one-click", NOW)
    register.suppress("bounced@example.org", SuppressionReason.BOUNCED, NOW)
    door.subscribe(wish("gone@example.org"), NOW)
    door.subscribe(wish("bounced@example.org"), NOW + timedelta(seconds=1))
    back, never = posted(engine)

    returned, refused = door.confirm(back, NOW + HOUR), door.confirm(never, NOW + HOUR)

    assert returned is not None
    assert (returned.id, returned.is_active) == (gone, True)
    assert refused is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (wish("no address"), "email"),
        (Wish("a@example.org", Choices("ro"), WORDS), "regions"),
        (Wish("a@example.org", Choices("ro", ("nowhere",)), WORDS), "regions"),
        (Wish("a@example.org", Choices("ro", (), ("W99",)), WORDS), "wards"),
        (Wish("a@example.org", Choices("xx", ("north",)), WORDS), "locale"),
        (Wish("a@example.org", Choices("ro", ("north",)), " "), "words"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_field(door: Door, engine: Engine, given: Wish, field: str) -> None:
    with pytest.raises(Refused) as refused:
        door.subscribe(given, NOW)

    assert str(refused.value).startswith(field)
    assert rows(engine) == []


def test_moving_keeps_the_person_and_tells_the_old_address(door: Door, register: Register, engine: Engine) -> None:
    ana = enrolled(register, "ana@example.org")
    door.move(ana, "ana@new.example", NOW)
    (token,) = posted(engine)
    before = register.get(ana)

    moved = door.confirm(token, NOW + HOUR)

    assert before is not None
    assert before.email == "ana@example.org"
    assert moved is not None
    assert (moved.id, moved.email, moved.is_active) == (ana, "ana@new.example", True)
    assert register.find("ana@example.org") is None
    assert [record.source for record in register.consents(ana)] == ["web form", MOVED]
    assert [(row["kind"], row["email"]) for row in rows(engine)] == [("move", None), ("notice", "ana@example.org")]


def test_moving_takes_over_an_address_where_nobody_is_mailed(door: Door, register: Register, engine: Engine) -> None:
    ana, before = enrolled(register, "ana@example.org"), enrolled(register, "ana@old.example")
    register.unsubscribe(before, "one-click", NOW)
    door.move(ana, "ana@old.example", NOW)
    (token,) = posted(engine)

    moved = door.confirm(token, NOW + HOUR)

    assert moved is not None
    assert moved.email == "ana@old.example"
    assert register.get(before) is None
    assert register.count().active == 1


def test_moving_merges_nobody_with_somebody_else(door: Door, register: Register, engine: Engine) -> None:
    ana, bo = enrolled(register, "ana@example.org"), enrolled(register, "bo@example.org")
    register.suppress("bad@example.org", SuppressionReason.COMPLAINED, NOW)
    door.move(ana, "bo@example.org", NOW)
    door.move(ana, "bad@example.org", NOW + timedelta(seconds=1))
    taken, suppressed = posted(engine)

    answers = door.confirm(taken, NOW + HOUR), door.confirm(suppressed, NOW + HOUR)

    assert answers == (None, None)
    assert [register.get(one).email for one in (ana, bo)] == ["ana@example.org", "bo@example.org"]  # type: ignore[union-attr]


def test_one_person_can_have_us_write_to_few_other_addresses_a_day(
    door: Door, register: Register, engine: Engine
) -> None:
    ana = enrolled(register, "ana@example.org")
    for number in range(3):
        door.move(ana, f"victim{number}@example.org", NOW)

    with pytest.raises(Refused, match="tomorrow"):
        door.move(ana, "victim3@example.org", NOW + HOUR)
    door.move(ana, "victim2@example.org", NOW + HOUR)
    door.move(ana, "victim3@example.org", NOW + DAY + HOUR)

    assert len(rows(engine)) == 4
