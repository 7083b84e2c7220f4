"""1,000 residents: everybody gets each of their briefings once, in their own language, and the books balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from briefings.sandbox.caught import CaughtSummary
from briefings.sandbox.run import StandIns
from briefings.settings import CHECKOUT
from tests.acceptance.command import Installation, everything, posts, recipients
from tests.acceptance.conftest import EARLY, NORTH, SHIPPED

pytestmark = pytest.mark.slow

LOCALES = {"en-GB", "ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta"}
WHEN = ("--now", "2026-11-20T16:31")


@dataclass(frozen=True)
class Aftermath:
    """All four briefings were published with one command."""

    installation: Installation
    stand_ins: StandIns
    expected: dict[str, dict[str, str]]
    mails: list[CaughtSummary]


@pytest.fixture(scope="module")
def aftermath(shipped_ready: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    installation = shipped_ready.copy(tmp_path_factory.mktemp("thousand"))
    with installation.stand_ins() as stand_ins:
        expected = expected_mails(installation.subscribers())
        for briefing in set(SHIPPED) - {NORTH}:
            installation.run("approve", briefing, "--by", "A second person", "--now", EARLY)
        installation.run("publish", *SHIPPED, *WHEN)
        yield Aftermath(installation, stand_ins, expected, everything(stand_ins)[::-1])


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


def test_everybody_gets_one_mail_for_each_briefing_they_follow_and_in_their_own_language(aftermath: Aftermath) -> None:
    mails = iter(aftermath.mails)  # briefings go out one after the other, in the order that was named

    caught = {briefing: [next(mails, None) for _ in people] for briefing, people in aftermath.expected.items()}

    for briefing, people in aftermath.expected.items():
        got = [(mail.rcpt_to, mail.locale, mail.to) for mail in caught[briefing] if mail is not None]
        assert sorted(got) == sorted(((email,), locale, email) for email, locale in people.items())
    assert next(mails, None) is None
    assert {mail.locale for mail in aftermath.mails} == LOCALES


def test_the_books_balance_in_every_language_of_every_briefing(aftermath: Aftermath) -> None:
    standings = aftermath.installation.run("status", "--json").json

    assert {standing["briefing"] for standing in standings} == set(SHIPPED)
    for standing in standings:
        people = aftermath.expected[standing["briefing"]]
        by_locale = Counter(people.values())
        assert standing["eligible"] == len(people) == sum(standing["channels"]["email"].values())
        assert standing["channels"]["email"]["sent"] == len(people)
        for locale, entry in standing["locales"].items():
            assert entry["ready"]
            assert sum(entry["email"].values()) == by_locale[locale]


def test_a_second_publish_sends_nothing_again_and_says_so(aftermath: Aftermath) -> None:
    timeline = posts(aftermath.stand_ins)

    named = aftermath.installation.run("publish", *SHIPPED, *WHEN)
    due = aftermath.installation.run("publish", "--due", *WHEN)

    assert named.out.count("nothing new to send") == len(SHIPPED)
    assert "nothing is due" in due.out
    assert everything(aftermath.stand_ins)[::-1] == aftermath.mails
    assert posts(aftermath.stand_ins) == timeline
    assert len(recipients(aftermath.mails)) > 990
