"""1,000 residents: everybody gets each of their briefings once, in their own language, and the books balance."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
import yaml

from briefings.settings import CHECKOUT
from tests.acceptance.command import everything, posts, recipients
from tests.acceptance.conftest import SHIPPED, Scene

pytestmark = pytest.mark.slow


def expected_mails(people: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Work out briefing -> address -> locale from the exported list and places.yaml alone."""
    places = yaml.safe_load((CHECKOUT / "content" / "places.yaml").read_text())
    home = {ward: region for region, entry in places["regions"].items() for ward in entry["wards"]}
    expected: dict[str, dict[str, str]] = {briefing: {} for briefing in SHIPPED}
    for person in people:
        regions = set(filter(None, person["regions"].split(";")))
        regions |= {home[ward] for ward in filter(None, person["wards"].split(";"))}
        for briefing in SHIPPED:
            if briefing.partition("/")[0] in regions:
                expected[briefing][person["email"]] = person["locale"]
    return expected


def test_everybody_gets_one_mail_for_each_briefing_they_follow_and_in_their_own_language(shipped: Scene) -> None:
    installation, stand_ins = shipped.installation, shipped.stand_ins
    expected = expected_mails(installation.subscribers())
    caught: dict[str, dict[str, str]] = {}

    for briefing in SHIPPED:
        before = {mail.id for mail in everything(stand_ins)}
        installation.run("publish", briefing, "--now", "2026-11-20T16:31")
        new = [mail for mail in everything(stand_ins) if mail.id not in before]
        assert set(recipients(new).values()) == {1}
        caught[briefing] = {mail.rcpt_to[0]: mail.locale for mail in new}

    assert caught == expected
    assert len({locale for mails in caught.values() for locale in mails.values()}) == 11


def test_the_books_balance_and_a_second_publish_sends_nothing_again_and_says_so(shipped: Scene) -> None:
    installation, stand_ins = shipped.installation, shipped.stand_ins
    expected = expected_mails(installation.subscribers())
    due = ["publish", "--due", "--now", "2026-11-20T09:05"]

    installation.run(*due)
    installation.run("publish", SHIPPED[0], "--now", "2026-11-20T16:31")
    mails, timeline = everything(stand_ins), posts(stand_ins)
    again_due = installation.run(*due)
    again_named = installation.run("publish", *SHIPPED, "--now", "2026-11-20T16:32")

    assert recipients(mails) == sum((Counter(people) for people in map(list, expected.values())), Counter[str]())
    assert "nothing is due" in again_due.out
    assert again_named.out.count("nothing new to send") == len(SHIPPED)
    assert (everything(stand_ins), posts(stand_ins)) == (mails, timeline)
    for standing in installation.run("status", "--json").json:
        people = expected[standing["briefing"]]
        by_locale: defaultdict[str, int] = defaultdict(int, Counter(people.values()))
        assert standing["eligible"] == len(people) == sum(standing["channels"]["email"].values())
        assert standing["channels"]["email"]["sent"] == len(people)
        for locale, entry in standing["locales"].items():
            assert entry["ready"]
            assert sum(entry["email"].values()) == by_locale[locale]
