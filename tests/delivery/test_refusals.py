"""What a mailing does with refusals over real SMTP: domains are paused, a breaker trips, a server is left to cool."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from briefings.delivery import holds
from briefings.delivery.breaker import FEWEST
from briefings.delivery.holds import BREAKER, briefing_scope, domain_scope, lift
from briefings.delivery.plan import Job
from briefings.store.engine import reading, writing
from tests.delivery.ledger_rows import JOB, NOW, add_people, plan, rows, states
from tests.delivery.refusing_server import RefusingServer
from tests.delivery.test_mailing import URGENT, mail

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def people(domain: str, count: int) -> list[str]:
    return [f"p{number}@{domain}" for number in range(count)]


def standing(engine: Engine) -> list[holds.Hold]:
    with reading(engine) as connection:
        return holds.active(connection, NOW)


def by_domain(server: RefusingServer) -> Counter[str]:
    return Counter(address.rpartition("@")[2] for address in server.taken)


def test_a_domain_that_refuses_us_by_policy_is_left_alone_and_the_others_get_theirs(engine: Engine) -> None:
    add_people(engine, *people("strict.example", 30), *people("kind.example", 30))
    plan(engine)

    with RefusingServer(lambda address: "550 5.7.1 blocked" if "strict" in address else "") as server:
        mail(engine, server.port)
        again = mail(engine, server.port)
        asked = sum(n for address, n in server.asked.items() if "strict" in address)
        server.at_rcpt = lambda address: ""
        mail(engine, server.port, now=NOW + timedelta(hours=3))

    assert [hold.scope for hold in standing(engine)] == [domain_scope("strict.example")]
    assert "5.7.1 blocked" in standing(engine)[0].reason
    assert again.counts == {}
    assert asked <= 4, "only what was on its way when the first refusal came"
    assert states(engine) == {"sent": 60}, "nobody is failed or suppressed for what was about us"
    assert by_domain(server) == {"strict.example": 30, "kind.example": 30}


def test_a_domain_that_refuses_us_again_is_left_alone_for_longer(engine: Engine) -> None:
    add_people(engine, *people("strict.example", 3))
    plan(engine)

    with RefusingServer(lambda address: "550 5.7.1 blocked") as server:
        for hours in (0, 2, 6):
            mail(engine, server.port, now=NOW + timedelta(hours=hours))

    with reading(engine) as connection:
        made = holds.made(connection, domain_scope("strict.example"), NOW)
    assert [one.until - one.made_at for one in reversed(made)] == [timedelta(hours=n) for n in (1, 2, 4)]


@pytest.mark.parametrize("when", ["at_rcpt", "at_dot"])
def test_a_mailing_that_is_refused_by_more_than_five_in_a_hundred_stops_until_a_person_lets_it_go_on(
    engine: Engine, when: str
) -> None:
    add_people(engine, *people("example.org", 300))
    plan(engine)

    def refuse(address: str) -> str:
        return "550 5.1.1 no such mailbox" if int(address[1:].partition("@")[0]) % 3 == 0 else ""

    with RefusingServer(**{when: refuse}) as server:
        report = mail(engine, server.port)
        stopped = states(engine)
        second = mail(engine, server.port)
        untouched = states(engine)
        setattr(server, when, lambda address: "")
        with writing(engine) as connection:
            assert lift(connection, briefing_scope(JOB.briefing), "A person", NOW + timedelta(seconds=1)) == 1
        mail(engine, server.port, now=NOW + timedelta(minutes=1))

    assert "refused for good, more than 5%" in report.stopped
    assert FEWEST <= stopped["failed"] <= FEWEST + 3
    assert stopped["queued"] > 200
    assert f"held by {BREAKER}" in second.stopped
    assert untouched["sent"] == stopped["sent"]
    assert untouched["failed"] <= stopped["failed"] + 2, "who was announced before the hold was seen"
    assert states(engine) == {"sent": 300 - untouched["failed"], "failed": untouched["failed"]}


def test_a_few_who_do_not_exist_stop_nothing_and_are_named_for_suppression(engine: Engine) -> None:
    add_people(engine, "gone@example.org", *people("example.org", 20))
    plan(engine)

    with RefusingServer(lambda address: "550 5.1.1 no" if address.startswith("gone") else "") as server:
        report = mail(engine, server.port)

    assert report.stopped == ""
    assert report.unknown == [row.id for row in rows(engine) if row.state == "failed"]
    assert states(engine) == {"sent": 20, "failed": 1}


def test_an_urgent_mailing_is_not_stopped_by_the_breaker(engine: Engine) -> None:
    add_people(engine, *people("example.org", 60))
    plan(engine)

    with RefusingServer(lambda address: "550 5.1.1 no" if int(address[1:].partition("@")[0]) % 2 else "") as server:
        mail(engine, server.port, URGENT)

    assert states(engine) == {"sent": 30, "failed": 30}


def test_a_server_that_says_421_now_and_then_gets_everything_in_one_run(engine: Engine) -> None:
    add_people(engine, *people("example.org", 40))
    plan(engine)

    def busy(address: str) -> str:
        is_first = server.asked[address] == 1
        return "421 4.3.2 busy, come back" if is_first and address.startswith(("p7@", "p20@")) else ""

    with RefusingServer(busy) as server:
        report = mail(engine, server.port)

    assert report.stopped == ""
    assert states(engine) == {"sent": 40}
    assert set(server.taken.values()) == {1}


def test_one_message_that_a_server_never_takes_is_put_off_and_holds_up_nobody(engine: Engine) -> None:
    add_people(engine, *people("example.org", 20))
    plan(engine)

    with RefusingServer(lambda address: "421 4.3.2 not you" if address.startswith("p5@") else "") as server:
        mail(engine, server.port)

    assert states(engine) == {"sent": 19, "deferred": 1}
    assert 1 <= server.asked["p5@example.org"] <= 7


def test_a_pause_of_a_domain_that_is_made_while_mail_goes_out_is_kept(engine: Engine) -> None:
    add_people(engine, *people("a.example", 30), *people("b.example", 30))
    plan(engine)
    paused = 0

    def pause_at_once(address: str) -> str:
        nonlocal paused
        if not paused:
            with writing(engine) as connection:
                holds.hold(connection, domain_scope("b.example"), "a person's wish", "A person", NOW)
            paused = len([one for one in server.taken if one.endswith("@b.example")]) + 1
        return ""

    with RefusingServer(at_dot=pause_at_once) as server:
        mail(engine, server.port)

    assert by_domain(server)["a.example"] == 30
    assert by_domain(server)["b.example"] <= 2, "what was marked when the pause came"
    assert states(engine)["queued"] >= 28


def test_who_has_moved_away_since_the_plan_is_not_mailed(engine: Engine) -> None:
    add_people(engine, *people("example.org", 3))
    plan(engine)
    elsewhere = Job("east/2026-11-20-a", "r1", "west", JOB.locales, JOB.source_locale)

    with RefusingServer() as server:
        mail(engine, server.port, elsewhere)

    assert states(engine) == {"suppressed": 3}
    assert {row.detail for row in rows(engine)} == {"no longer follows west"}
    assert not server.asked or not server.taken
