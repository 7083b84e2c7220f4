"""Answers: what each kind of refusal means for the recipient, their domain and us. Nobody pays for another's fault."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from briefings.delivery.answers import DOMAIN_PAUSE, FIRST_DELAY, MAX_ATTEMPTS, Judgement, enhanced_code, judge
from briefings.delivery.ledger import RESENT
from briefings.delivery.rows import Row
from briefings.model.delivery import DeliveryState
from briefings.model.errors import OutsideError, Permanent, Transient, Uncertain
from tests.delivery.ledger_rows import NOW


def judged(
    error: OutsideError, *, attempts: int = 0, detail: str = "", urgent: bool = False, seed: int = 1
) -> Judgement:
    row = Row(7, "b", "r", "ro", "email", "subscriber:3", "briefing", attempts, "", detail, 3, "ana@example.org")
    return judge(row, error, NOW, Random(seed), is_urgent=urgent)


@pytest.mark.parametrize(
    ("answer", "is_unknown"),
    [
        ("550 5.1.1 no such mailbox", True),
        ("550 5.1.2 no such domain", True),
        ("556 5.1.10 null MX", True),
        ("550 5.1.8 bad sender's address", False),
        ("550 5.2.1 mailbox disabled", False),
        ("552 5.3.4 too large", False),
        ("550 we do not like you", False),
    ],
)
def test_a_refusal_for_good_fails_the_row_and_only_an_unknown_mailbox_is_given_up(
    answer: str, is_unknown: bool
) -> None:
    found = judged(Permanent(answer))

    assert (found.result.state, found.result.detail) == (DeliveryState.FAILED, answer)
    assert found.is_hard
    assert found.is_unknown is is_unknown
    assert (found.refused_domain, found.is_the_servers) == (False, False)


def test_an_address_that_we_cannot_write_to_is_no_servers_hard_failure() -> None:
    found = judged(Permanent("the address is not of the form name@domain"))

    assert found.result.state is DeliveryState.FAILED
    assert not found.is_hard


@pytest.mark.parametrize("answer", ["550 5.7.1 blocked", "554 5.7.26 unauthenticated", "521 5.7.0 spam"])
def test_a_refusal_by_policy_pauses_the_domain_and_blames_nobody(answer: str) -> None:
    found = judged(Permanent(answer))

    assert found.result.state is DeliveryState.DEFERRED
    assert found.result.not_before is not None
    assert found.result.not_before >= NOW + DOMAIN_PAUSE
    assert found.refused_domain
    assert (found.is_hard, found.is_unknown) == (False, False)


@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "451 4.7.1 come back later", "452 4.2.2 mailbox full"])
def test_what_puts_one_recipient_off_says_nothing_about_the_server(answer: str) -> None:
    found = judged(Transient(answer))

    assert found.result.state is DeliveryState.DEFERRED
    assert found.was_put_off
    assert not found.is_the_servers


@pytest.mark.parametrize("answer", ["421 4.3.2 going down", "454 4.7.0 no TLS", "the connection broke"])
def test_what_else_is_not_now_is_the_servers(answer: str) -> None:
    found = judged(Transient(answer))

    assert found.result.state is DeliveryState.DEFERRED
    assert found.is_the_servers


def test_each_delay_is_twice_as_long_and_no_two_recipients_come_back_together() -> None:
    delays = []
    for attempts in range(MAX_ATTEMPTS - 1):
        some = [judged(Transient("450 4.2.0 x"), attempts=attempts, seed=seed).result.not_before for seed in range(40)]
        delays.append([(at - NOW) / FIRST_DELAY for at in some if at is not None])

    for attempts, factors in enumerate(delays):
        assert len(factors) == 40
        assert 0.75 * 2**attempts <= min(factors) < max(factors) <= 1.25 * 2**attempts
        assert len(set(factors)) > 30


@pytest.mark.parametrize("error", [Transient("450 4.2.0 later"), Permanent("550 5.7.1 blocked")])
def test_after_so_many_attempts_a_recipient_is_given_up(error: OutsideError) -> None:
    last, before = judged(error, attempts=MAX_ATTEMPTS - 1), judged(error, attempts=MAX_ATTEMPTS - 2)

    assert before.result.state is DeliveryState.DEFERRED
    assert last.result.state is DeliveryState.FAILED
    assert f"given up after {MAX_ATTEMPTS} attempts" in last.result.detail
    assert (last.is_hard, last.is_unknown) == (False, False)


def test_nobody_knows_is_held_when_routine_and_sent_once_more_when_urgent() -> None:
    error = Uncertain("no answer to the message's final dot")

    states = [
        judged(error).result.state,
        judged(error, urgent=True).result.state,
        judged(error, urgent=True, detail=RESENT).result.state,
    ]

    assert states == [DeliveryState.UNCERTAIN, DeliveryState.QUEUED, DeliveryState.UNCERTAIN]
    assert judged(error, urgent=True).result.detail == RESENT


def test_an_urgent_mail_that_was_sent_again_and_then_put_off_is_not_sent_a_third_time() -> None:
    lost, later = Uncertain("no answer to the message's final dot"), Transient("450 4.2.0 later")

    again = judged(lost, urgent=True).result
    put_off = judged(later, urgent=True, detail=again.detail).result
    twice = judged(later, urgent=True, detail=put_off.detail).result

    assert judged(later, urgent=True, detail=again.detail).was_put_off
    assert put_off.state is DeliveryState.DEFERRED
    assert "450 4.2.0" in put_off.detail
    assert twice.detail == put_off.detail
    assert judged(lost, urgent=True, detail=twice.detail).result.state is DeliveryState.UNCERTAIN


@pytest.mark.parametrize(
    ("detail", "code"),
    [("550 5.1.1 no", "5.1.1"), ("250 2.0.0 ok", "2.0.0"), ("550 no", ""), ("5.1.1", ""), ("556 5.1.10 x", "5.1.10")],
)
def test_the_enhanced_code_of_a_reply(detail: str, code: str) -> None:
    assert enhanced_code(detail) == code


def test_eight_attempts_span_the_better_part_of_a_day() -> None:
    whole = sum((FIRST_DELAY * 2**attempts for attempts in range(MAX_ATTEMPTS - 1)), timedelta())

    assert timedelta(hours=10) < whole < timedelta(days=1)
