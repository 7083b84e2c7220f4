"""Their own: what a link to the preferences lets its holder do, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from briefings.delivery.ledger import GONE, PAUSED, Ledger
from briefings.delivery.plan import Job, plan_email
from briefings.model.channel import Channel
from briefings.model.errors import Refused
from briefings.residents.own import CAME_BACK, UNDO_WITHIN, Own
from briefings.store.engine import reading, writing
from briefings.store.people import leavings
from briefings.store.tables import deliveries, publications
from briefings.subscribers.consent import ConsentAction
from briefings.subscribers.eligibility import eligible_query
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment, Format, Frequency
from briefings.subscribers.suppression import SuppressionReason
from briefings.subscribers.tokens import TokenPurpose, Tokens

from .conftest import NOW, SECRET, WORDS, preferences

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ana(register: Register) -> int:
    choices = Choices("ro", ("north",))
    subscriber, _ = register.add(Enrolment("ana@example.org", choices, "web form", WORDS, NOW), NOW)
    return subscriber.id


def test_a_person_sees_what_they_get_and_why(own: Own, ana: int) -> None:
    person = own.person(preferences(ana))

    assert person is not None
    assert (person.subscriber.email, person.since, person.paused_until) == ("ana@example.org", NOW, None)
    (given,) = person.consents
    assert (given.action, given.source, given.words) == (ConsentAction.GIVEN, "web form", WORDS)


ACTS: dict[str, Callable[[Own, str], object]] = {
    "person": lambda own, token: own.person(token),
    "choose": lambda own, token: own.choose(token, Choices("ur", ("south",))),
    "pause": lambda own, token: own.pause(token, date(2026, 5, 1), NOW),
    "leave": lambda own, token: own.leave(token, "other", NOW),
    "come_back": lambda own, token: own.come_back(token, NOW),
    "held": lambda own, token: own.held(token),
    "erase": lambda own, token: own.erase(token, NOW),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_token_that_is_not_for_this_does_nothing(own: Own, register: Register, ana: int, act: str) -> None:
    tokens = Tokens(SECRET)
    wrong = ["", "a" * 48, tokens.token(TokenPurpose.PREFERENCES, 99_999), tokens.token(TokenPurpose.CONFIRM, ana)]

    answers = [ACTS[act](own, token) for token in wrong]

    assert [bool(answer) for answer in answers] == [False] * 4
    after = register.get(ana)
    assert after is not None
    assert after.is_active
    assert after.choices == Choices("ro", ("north",))


def test_choices_are_replaced_and_wrong_ones_refused(own: Own, ana: int) -> None:
    wanted = Choices("ur", ("south",), ("W1",), Frequency.IMMEDIATE, Format.LARGE_PRINT)

    person = own.choose(preferences(ana), wanted)
    with pytest.raises(Refused, match="wards"):
        own.choose(preferences(ana), Choices("ur", (), ("W99",)))

    assert person is not None
    assert person.subscriber.choices == wanted


def eligible(engine: Engine, register: Register, moment: object) -> list[int]:
    with reading(engine) as connection:
        return [row.id for row in connection.execute(eligible_query(register.places, "north", moment))]  # type: ignore[arg-type]


def test_a_pause_ends_at_midnight_in_the_borough(own: Own, register: Register, engine: Engine, ana: int) -> None:
    person = own.pause(preferences(ana), date(2026, 5, 1), NOW)

    midnight = NOW.replace(month=4, day=30, hour=23, minute=0)  # 1 May 00:00 in British Summer Time
    before, after = eligible(engine, register, midnight - HOUR), eligible(engine, register, midnight)
    assert person is not None
    assert person.paused_until == date(2026, 5, 1)
    assert (before, after) == ([], [ana])


def test_a_pause_can_be_taken_back(own: Own, register: Register, engine: Engine, ana: int) -> None:
    own.pause(preferences(ana), date(2026, 5, 1), NOW)

    person = own.pause(preferences(ana), None, NOW)

    assert person is not None
    assert person.paused_until is None
    assert eligible(engine, register, NOW) == [ana]


@pytest.mark.parametrize("until", [date(2026, 4, 17), date(2026, 4, 1), date(2027, 4, 19), date(9999, 1, 1)])
def test_a_pause_must_end_within_a_year_from_tomorrow(own: Own, ana: int, until: date) -> None:
    with pytest.raises(Refused, match="until"):
        own.pause(preferences(ana), until, NOW)


@pytest.mark.parametrize("way", ["paused", "erased", "left"])
def test_rows_that_wait_are_settled_with_the_reason(
    own: Own, register: Register, engine: Engine, ana: int, way: str
) -> None:
    job = Job("north/x", "r", "north", ("ro",), "en-GB", wards=("W1", "W2"))
    published = {
        "briefing": "north/x", "revision": "r", "region": "north", "severity": "routine", "wards": [],
        "published_at": NOW, "updated_at": NOW, "correction": False,
    }  # fmt: skip
    with writing(engine) as connection:
        plan_email(connection, job, eligible_query(register.places, "north", NOW), NOW)
        connection.execute(publications.insert().values(**published))
    ledger = Ledger(engine, "me")
    claimed = ledger.claim(job, Channel.EMAIL, 10, NOW)

    if way == "paused":
        own.pause(preferences(ana), date(2026, 5, 1), NOW)
    elif way == "erased":
        own.erase(preferences(ana), NOW)
    else:
        own.leave(preferences(ana), "", NOW)
    turn = ledger.turn((), claimed, job, NOW + HOUR)
    ledger.close()

    assert len(claimed) == 1
    assert not turn.may
    with reading(engine) as connection:
        row = connection.execute(select(deliveries)).one()
    assert (row.state, row.detail) == ("suppressed", PAUSED if way == "paused" else GONE)


def test_leaving_counts_the_reason_without_the_person(own: Own, register: Register, engine: Engine, ana: int) -> None:
    first = own.leave(preferences(ana), "too-many", NOW)
    second = own.leave(preferences(ana), "language", NOW + HOUR)

    assert first is not None
    assert not first.subscriber.is_active
    assert second == first
    assert register.suppressions.address_hash("ana@example.org")
    with reading(engine) as connection:
        assert connection.execute(select(leavings)).all() == [("2026-04", "too-many", 1)]
        assert register.suppressions.reason(connection, "ana@example.org") is SuppressionReason.UNSUBSCRIBED
    assert "too-many" not in json.dumps(own.held(preferences(ana)))


def test_a_reason_that_is_none_of_ours_is_refused_and_nobody_leaves(own: Own, register: Register, ana: int) -> None:
    with pytest.raises(Refused, match="too-many"):
        own.leave(preferences(ana), "because of Bob", NOW)

    after = register.get(ana)
    assert after is not None
    assert after.is_active


@pytest.mark.parametrize("purpose", [TokenPurpose.PREFERENCES, TokenPurpose.UNSUBSCRIBE])
def test_leaving_can_be_undone_with_a_record(
    own: Own, register: Register, engine: Engine, ana: int, purpose: TokenPurpose
) -> None:
    register.unsubscribe(ana, "one-click", NOW)

    person = own.come_back(Tokens(SECRET).token(purpose, ana), NOW + HOUR)

    assert person is not None
    assert person.subscriber.is_active
    assert eligible(engine, register, NOW + HOUR) == [ana]
    assert [record.action for record in person.consents] == [
        ConsentAction.GIVEN, ConsentAction.WITHDRAWN, ConsentAction.GIVEN
    ]  # fmt: skip
    last = person.consents[-1]
    assert (last.source, last.words, last.at) == (CAME_BACK, WORDS, NOW + HOUR)
    with reading(engine) as connection:
        assert not register.suppressions.is_suppressed(connection, "ana@example.org")


def test_what_is_too_late_or_was_no_own_wish_cannot_be_undone(own: Own, register: Register, ana: int) -> None:
    token = preferences(ana)
    own.leave(token, "", NOW)
    late = own.come_back(token, NOW + UNDO_WITHIN + HOUR)
    register.suppress("ana@example.org", SuppressionReason.COMPLAINED, NOW + HOUR)
    complained = own.come_back(token, NOW + 2 * HOUR)

    assert late is None
    assert complained is None


def test_everything_held_is_told(own: Own, engine: Engine, register: Register, ana: int) -> None:
    job = Job("north/x", "r", "north", ("ro",), "en-GB")
    with writing(engine) as connection:
        plan_email(connection, job, eligible_query(register.places, "north", NOW), NOW)
    own.pause(preferences(ana), date(2026, 5, 1), NOW)

    found = json.loads(json.dumps(own.held(preferences(ana))))

    assert found["address"] == "ana@example.org"
    assert found["choices"] == {
        "language": "ro", "regions": ["north"], "wards": [], "frequency": "weekly", "format": "html"
    }  # fmt: skip
    assert found["signed_up"] == found["confirmed"] == "2026-04-17T09:00:00Z"
    assert found["paused_until"] == "2026-04-30T23:00:00Z"
    assert found["consents"] == [
        {"what": "given", "when": "2026-04-17T09:00:00Z", "where": "web form", "words": WORDS, "language": "ro"}
    ]
    (mail,) = found["deliveries"]
    assert (mail["briefing"], mail["state"], mail["language"]) == ("north/x", "queued", "ro")
