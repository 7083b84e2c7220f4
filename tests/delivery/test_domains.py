"""Domains: a slow or refusing domain holds up nobody else, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from briefings.delivery.domains import FIRST_ROOM, MOST_ASIDE, Domains
from briefings.delivery.rows import Row

IDS = count(1)


def row(domain: str) -> Row:
    number = next(IDS)
    return Row(number, "b", "r", "ro", "email", f"subscriber:{number}", "briefing", 0, "", "", number, f"p@{domain}")


def rows(*domains: str) -> list[Row]:
    return [row(domain) for domain in domains]


def taken(domains: Domains, now: float = 0.0) -> Iterator[Row]:
    while (one := domains.take(now)) is not None:
        yield one


def test_rows_go_out_in_their_order_where_there_is_room() -> None:
    domains = Domains(most=8)
    given = rows("a.example", "b.example", "a.example", "c.example")
    domains.add(given)

    assert list(taken(domains)) == given
    assert len(domains) == 0


def test_a_domain_with_no_room_lets_the_others_pass_and_goes_first_when_it_has() -> None:
    domains = Domains(most=8)
    many, other = rows(*["slow.example"] * (FIRST_ROOM + 1)), row("b.example")
    domains.add([*many, other])

    first = list(taken(domains))
    domains.done(first[0], 0.1)

    assert first == [*many[:-1], other]
    assert list(taken(domains)) == [many[-1]]


def test_a_domain_that_is_quick_gets_more_room_up_to_the_most() -> None:
    domains = Domains(most=6)
    domains.add(rows(*["a.example"] * 40))

    for _ in range(20):
        domains.done(next(taken(domains)), 0.01)

    assert len(list(taken(domains))) == 6


def test_a_domain_that_is_slow_gets_less_room_down_to_one() -> None:
    domains = Domains(most=16)
    domains.add(rows(*["quick.example", "slow.example"] * 30))
    on_the_way = list(taken(domains))

    for one in on_the_way:
        domains.done(one, 5.0 if one.domain == "slow.example" else 0.01)
    again = list(taken(domains))

    assert [one.domain for one in again].count("slow.example") == 1
    assert [one.domain for one in again].count("quick.example") > FIRST_ROOM


def test_where_all_are_slow_nobody_is() -> None:
    domains = Domains(most=16)
    domains.add(rows(*["a.example"] * 100))

    for _ in range(30):
        domains.done(next(taken(domains)), 0.4)
    for _ in range(10):
        domains.done(next(taken(domains)), 1.0)

    assert len(list(taken(domains))) > FIRST_ROOM


def test_a_domain_that_puts_us_off_gets_less_room() -> None:
    domains = Domains(most=16)
    domains.add(rows(*["a.example"] * 10))

    domains.done(next(taken(domains)), 0.01, was_put_off=True)

    assert len(list(taken(domains))) == FIRST_ROOM // 2


def test_a_domain_of_which_many_wait_aside_is_named_until_they_are_fewer() -> None:
    domains = Domains(most=4)
    domains.add(rows(*["a.example"] * (MOST_ASIDE + 4), "b.example"))

    on_the_way = list(taken(domains))
    before = domains.crowded
    for one in on_the_way[:2]:
        domains.done(one, 0.01)
        next(taken(domains))

    assert before == ["a.example"]
    assert domains.crowded == []


def test_a_rate_for_each_domain_is_kept() -> None:
    domains = Domains(most=16, per_second=10)
    domains.add(rows(*["a.example"] * 100, "b.example"))
    began = 0

    for tenth in range(30):
        for one in taken(domains, 100 + tenth / 10):
            began += one.domain == "a.example"
            domains.done(one, 0.01)

    assert 29 <= began <= 41, "three seconds at ten a second, and at most one second's worth ahead"


def test_what_is_put_back_goes_first_and_does_not_count_as_on_its_way() -> None:
    domains = Domains(most=4)
    first, *others = rows(*["a.example"] * FIRST_ROOM)
    domains.add([first, *others])
    domains.put_back(next(taken(domains)))

    assert list(taken(domains)) == [first, *others]


def test_rows_of_a_domain_that_is_left_alone_are_taken_out_wherever_they_wait() -> None:
    domains = Domains(most=4)
    many, other = rows(*["a.example"] * 10), row("b.example")
    domains.add([*many, other])
    on_the_way = next(taken(domains))

    out = domains.without({"a.example"})

    assert sorted(one.id for one in out) == [one.id for one in many[1:]]
    assert list(taken(domains)) == [other]
    assert on_the_way == many[0]
