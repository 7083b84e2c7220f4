"""The register: joining, choosing, leaving, coming back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, func, select

from briefings.model.errors import Refused
from briefings.model.place import Places
from briefings.store.engine import reading
from briefings.store.people import subscribers, suppressions
from briefings.subscribers.consent import ConsentAction
from briefings.subscribers.enrol import Outcome
from briefings.subscribers.register import Counts, Register
from briefings.subscribers.subscriber import Choices, Format, Frequency
from briefings.subscribers.suppression import SuppressionReason

from .conftest import NOW, SECRET, wish

LATER = NOW + timedelta(days=1)


def test_a_new_subscriber_is_kept_with_choices_and_consent(register: Register) -> None:
    enrolment = replace(wish(), choices=Choices("pt_pt", ("south",), ("W1",), Frequency.MONTHLY, Format.LARGE_PRINT))

    subscriber, outcome = register.add(enrolment, NOW)

    (consent,) = register.consents(subscriber.id)
    assert outcome is Outcome.ADDED
    assert subscriber == register.get(subscriber.id) == register.find(" ANA@example.ORG ")
    assert subscriber.choices == Choices("pt-PT", ("south",), ("W1",), Frequency.MONTHLY, Format.LARGE_PRINT)
    assert (consent.action, consent.at, consent.source) == (ConsentAction.GIVEN, NOW, "web form")
    assert (consent.words, consent.locale) == ("Yes, email me.", "pt-PT")


def test_subscribing_twice_changes_the_choices_and_makes_no_second_row(register: Register) -> None:
    first, _ = register.add(wish(), NOW)

    second, outcome = register.add(wish("Ana@Example.org", ("south",), ("W3",), confirmed_at=None), LATER)
    third, again = register.add(wish(regions=("south",), wards=("W3",), confirmed_at=LATER), LATER)

    assert (outcome, again) == (Outcome.UPDATED, Outcome.UNCHANGED)
    assert first.id == second.id == third.id
    assert third.choices.regions == ("south",)
    assert third.confirmed_at == NOW
    assert register.count() == Counts(1, 0, 0)
    assert len(register.consents(first.id)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"locale": "xx"}, "locale"),
        ({"locale": "de"}, "locale"),
        ({"regions": ("east",)}, "regions"),
        ({"regions": ("bob@example.org",)}, "regions"),
        ({"regions": (), "wards": ("W7",)}, "wards"),
        ({"regions": ()}, "regions and wards"),
        ({"confirmed_at": NOW + timedelta(seconds=1)}, "confirmed_at"),
    ],
)
def test_what_may_not_be_stored_is_refused_with_its_field(
    register: Register, change: dict[str, object], field: str
) -> None:
    enrolment = wish(**change)  # type: ignore[arg-type]

    with pytest.raises(Refused, match=f"^{field} ") as refusal:
        register.add(enrolment, NOW)

    assert "@example" not in str(refusal.value).replace("name@example.org", "")
    assert register.count() == Counts(0, 0, 0)


@pytest.mark.parametrize("source", ["", "=HYPERLINK(1)", "@x", "two\nlines", "x" * 121])
def test_a_confirmed_enrolment_needs_a_plain_source(register: Register, source: str) -> None:
    enrolment = replace(wish(), source=source)

    with pytest.raises(Refused, match=r"^source "):
        register.add(enrolment, NOW)

    assert register.count() == Counts(0, 0, 0)


def test_a_sign_up_counts_only_once_it_is_confirmed(register: Register) -> None:
    pending, _ = register.add(wish(confirmed_at=None), NOW)

    confirmed = register.confirm(pending.id, "link in email", "Confirm", LATER)
    again = register.confirm(pending.id, "link in email", "Confirm", LATER + timedelta(days=1))

    actions = [consent.action for consent in register.consents(pending.id)]
    assert not pending.is_active
    assert confirmed is not None
    assert confirmed == again
    assert confirmed.confirmed_at == LATER
    assert actions == [ConsentAction.REQUESTED, ConsentAction.GIVEN]


def test_unsubscribing_ends_suppresses_and_is_recorded_once(register: Register, engine: Engine) -> None:
    subscriber, _ = register.add(wish(), NOW)

    ended = register.unsubscribe("ANA@example.org", "one-click", LATER)
    again = register.unsubscribe(subscriber.id, "by phone", LATER + timedelta(days=1))

    with reading(engine) as connection:
        assert register.suppressions.is_suppressed(connection, "ana@EXAMPLE.org")
        assert connection.scalar(select(func.count()).select_from(suppressions)) == 1
    assert ended is not None
    assert ended == again
    assert (ended.ended_at, ended.end_reason) == (LATER, "one-click")
    assert [consent.action for consent in register.consents(subscriber.id)] == ["given", "withdrawn"]


@pytest.mark.parametrize("who", [99, "nobody@example.org", "garbage"])
def test_unsubscribing_somebody_unknown_says_so(register: Register, who: int | str) -> None:
    before = register.count()

    ended = register.unsubscribe(who, "one-click", NOW)

    assert ended is None
    assert register.count() == before


def test_somebody_who_unsubscribed_is_not_put_back_by_others(register: Register) -> None:
    subscriber, _ = register.add(wish(), NOW)
    register.unsubscribe(subscriber.id, "one-click", LATER)

    with pytest.raises(Refused, match="only the person can come back"):
        register.add(wish(confirmed_at=LATER), LATER)

    assert register.count() == Counts(0, 0, 1)


def test_somebody_who_unsubscribed_comes_back_with_consent_of_their_own(register: Register, engine: Engine) -> None:
    subscriber, _ = register.add(wish(), NOW)
    register.unsubscribe(subscriber.id, "one-click", LATER)

    back, outcome = register.add(wish(confirmed_at=LATER), LATER, own_wish=True)

    with reading(engine) as connection:
        assert not register.suppressions.is_suppressed(connection, back.email)
    assert outcome is Outcome.RESUBSCRIBED
    assert back.id == subscriber.id
    assert back.is_active
    assert back.end_reason == ""
    assert [consent.action for consent in register.consents(back.id)].count(ConsentAction.GIVEN) == 2


def test_the_suppression_stays_until_the_one_who_comes_back_has_confirmed(register: Register, engine: Engine) -> None:
    subscriber, _ = register.add(wish(), NOW)
    register.unsubscribe(subscriber.id, "one-click", LATER)
    back, _ = register.add(wish(confirmed_at=None), LATER, own_wish=True)

    with reading(engine) as connection:
        suppressed_before = register.suppressions.is_suppressed(connection, back.email)
    confirmed = register.confirm(back.id, "link in email", "Confirm", LATER)

    with reading(engine) as connection:
        assert not register.suppressions.is_suppressed(connection, back.email)
    assert suppressed_before
    assert not back.is_active
    assert confirmed is not None
    assert confirmed.is_active


def test_a_complaint_outweighs_an_unsubscribe_and_a_form_does_not_undo_it(register: Register) -> None:
    subscriber, _ = register.add(wish(), NOW)
    register.unsubscribe(subscriber.id, "one-click", LATER)
    register.suppress(subscriber.email, SuppressionReason.COMPLAINED, LATER)

    with pytest.raises(Refused, match="complained"):
        register.add(wish(confirmed_at=LATER), LATER, own_wish=True)

    assert register.count() == Counts(0, 0, 1)


def test_after_lifting_an_old_consent_still_does_not_count(register: Register) -> None:
    register.add(wish(), NOW)
    register.suppress("ana@example.org", SuppressionReason.BOUNCED, LATER)
    lifted = register.lift("Ana@example.org")

    with pytest.raises(Refused, match="a new consent is needed"):
        register.add(wish(confirmed_at=NOW), LATER)
    _, outcome = register.add(wish(confirmed_at=LATER + timedelta(days=1)), LATER + timedelta(days=2))

    assert lifted
    assert not register.lift("ana@example.org")
    assert outcome is Outcome.RESUBSCRIBED


def test_a_suppressed_address_leaves_no_trace_of_itself(register: Register, engine: Engine) -> None:
    register.suppress("someone@example.org", SuppressionReason.BLOCKED, NOW)

    with reading(engine) as connection:
        rows = connection.execute(select(suppressions)).all()
        other = Register(engine, register.places, b"another secret key of ours").suppressions

        assert "someone" not in str(rows)
        assert other.address_hash("someone@example.org") != rows[0].address_hash


def test_times_come_back_aware_whatever_zone_they_were_given_in(register: Register) -> None:
    plus_two = datetime(2026, 4, 17, 10, 30, tzinfo=timezone(timedelta(hours=2)))

    subscriber, _ = register.add(wish(confirmed_at=plus_two), NOW)

    assert subscriber.confirmed_at == plus_two
    assert subscriber.confirmed_at.utcoffset() == timedelta(0)


def test_many_at_once_make_one_row_and_leaving_wins_over_importing(register: Register) -> None:
    leaving, _ = register.add(wish("leaving@example.org"), NOW)

    def join(number: int) -> None:
        if number == 5:
            register.unsubscribe(leaving.id, "one-click", NOW)
        register.enrol_batch([wish("new@example.org"), wish("leaving@example.org", ("south",))], NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(join, range(16)))

    new, gone = register.find("new@example.org"), register.get(leaving.id)
    assert register.count() == Counts(1, 0, 1)
    assert new is not None
    assert gone is not None
    assert len(register.consents(new.id)) == 1
    assert gone.ended_at == NOW


def test_choices_can_be_replaced_but_not_for_somebody_who_left(register: Register) -> None:
    subscriber, _ = register.add(wish(), NOW)
    choices = Choices("ur", (), ("W3",), format=Format.TEXT)

    chosen = register.choose(subscriber.id, choices)
    register.unsubscribe(subscriber.id, "one-click", LATER)

    assert chosen is not None
    assert chosen.choices == choices
    assert register.choose(subscriber.id, choices) is None


def test_whatever_happens_nobody_who_may_be_mailed_is_suppressed(
    places: Places, tmp_path_factory: pytest.TempPathFactory, empty_database: bytes
) -> None:
    from briefings.store.engine import open_engine
    from briefings.subscribers.eligibility import may_be_mailed

    emails = st.sampled_from(["a@example.org", "B@example.org", "b@EXAMPLE.org"])

    class AnyOrder(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            path = tmp_path_factory.mktemp("any") / "any.sqlite"
            path.write_bytes(empty_database)
            self.engine = open_engine(f"sqlite:///{path}")
            self.register = Register(self.engine, places, SECRET)
            self.now = NOW

        @rule(email=emails, own_wish=st.booleans(), confirmed=st.booleans())
        def add(self, email: str, own_wish: bool, confirmed: bool) -> None:
            self.now += timedelta(hours=1)
            try:
                self.register.add(
                    wish(email, confirmed_at=self.now if confirmed else None), self.now, own_wish=own_wish
                )
            except Refused:
                return

        @rule(email=emails)
        def confirm(self, email: str) -> None:
            self.now += timedelta(hours=1)
            subscriber = self.register.find(email)
            if subscriber is not None:
                try:
                    self.register.confirm(subscriber.id, "link", "Confirm", self.now)
                except Refused:
                    return

        @rule(email=emails)
        def unsubscribe(self, email: str) -> None:
            self.now += timedelta(hours=1)
            self.register.unsubscribe(email, "one-click", self.now)

        @rule(email=emails, reason=st.sampled_from(SuppressionReason))
        def suppress(self, email: str, reason: SuppressionReason) -> None:
            self.now += timedelta(hours=1)
            self.register.suppress(email, reason, self.now)

        @rule(email=emails)
        def lift(self, email: str) -> None:
            self.register.lift(email)

        @invariant()
        def nobody_active_is_suppressed(self) -> None:
            with reading(self.engine) as connection:
                mailed = list(connection.scalars(select(subscribers.c.email).where(may_be_mailed(self.now))))
                assert self.register.suppressions.reasons(connection, mailed) == {}

        def teardown(self) -> None:
            self.engine.dispose()

    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
