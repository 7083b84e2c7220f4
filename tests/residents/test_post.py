"""The poster: one letter an address and day, to whom it may concern, over a real mail server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from briefings.delivery.compose import Letterhead
from briefings.delivery.endpoint import SmtpEndpoint
from briefings.delivery.holds import ALL, domain_scope, hold
from briefings.delivery.mailing import MailServer
from briefings.model.place import Places
from briefings.rendering.interface import Interface
from briefings.rendering.site import Site
from briefings.rendering.templates import environment
from briefings.residents.asking import VALID_FOR, Askings
from briefings.residents.door import Door
from briefings.residents.letters import Letters
from briefings.residents.own import Own
from briefings.residents.post import Poster, PosterThread
from briefings.residents.postbag import GIVE_UP_AFTER, Postbag
from briefings.settings import CHECKOUT
from briefings.store.engine import writing
from briefings.store.people import askings
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment
from briefings.subscribers.suppression import SuppressionReason
from briefings.translation.catalogs import Catalogs
from tests.acceptance.command import until

from .conftest import NOW, SECRET, WORDS, rows, wish
from .letterbox import Letterbox, letterbox

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SITE = "https://briefings.example"


@dataclass
class Office:
    """Makes posters that share a letterbox. `now` is what their clock shows."""

    register: Register
    places: Places
    box: Letterbox
    letters_per_hour: int = 2000
    may_mail: Callable[[str], bool] = lambda address: True
    port: int = 0

    def poster(self) -> Poster:
        catalogs = Catalogs([CHECKOUT / "locales"])
        site = Site(self.places, SITE, lambda locale: Interface(locale, catalogs, self.places.borough.zone))
        head = Letterhead('"Anytown" <news@briefings.example>', "briefings.example", SITE, "Anytown", SECRET)
        letters = Letters(Askings(self.register.engine, SECRET), head, site, environment([CHECKOUT / "templates"]))
        endpoint = SmtpEndpoint.parse(f"smtp://127.0.0.1:{self.port or self.box.port}")
        postbag = Postbag(self.register, self.may_mail, self.letters_per_hour)
        return Poster(postbag, lambda: letters, lambda: MailServer(endpoint, 4, 10.0, "briefings.example"))

    def run(self, now: datetime = NOW) -> dict[str, int]:
        return {outcome: n for outcome, n in self.poster().run(lambda: now).counts.items() if n}


@pytest.fixture
def office(register: Register, places: Places) -> Iterator[Office]:
    with letterbox() as box:
        yield Office(register, places, box)


def enrolled(register: Register, email: str, confirmed_at: datetime | None = NOW) -> int:
    choices = Choices("ro", ("north",))
    subscriber, _ = register.add(Enrolment(email, choices, "web form", WORDS, confirmed_at), NOW)
    return subscriber.id


def token_in(text: str, page: str) -> str:
    found = re.search(rf"{SITE}/[\w-]+/{page}/([0-9a-f]{{48}})", text)
    assert found, text
    return found[1]


def test_the_letter_has_what_was_asked_for_and_a_link_that_confirms_it(
    office: Office, door: Door, register: Register
) -> None:
    door.subscribe(wish("ana@example.org", "north", "south", locale="en-GB"), NOW)

    counts = office.run()
    mail, text, html = office.box.mail(), office.box.text(), office.box.html()
    subscriber = door.confirm(token_in(text, "confirm"), NOW + HOUR)

    assert counts == {"sent": 1}
    assert office.box.caught[0].mail_from == "<>"
    assert mail["To"] == "ana@example.org"
    assert mail["From"] == "Anytown <news@briefings.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@briefings.example>")
    assert mail["List-Unsubscribe"] is None
    for part in (text, html):
        assert "North" in part
        assert "South" in part
        assert "This link works until Friday, 24 April 2026 · 10:00." in part
        assert "Nothing happens unless it is confirmed." in part
        assert "Do not use email or social media for emergencies" in part
    assert token_in(html, "confirm") == token_in(text, "confirm")
    assert subscriber is not None
    assert subscriber.is_active


@pytest.mark.parametrize(("locale", "lang", "direction"), [("en-GB", "en-GB", "ltr"), ("ur", "ur", "rtl")])
def test_the_letter_is_in_the_language_of_whoever_asked(
    office: Office, door: Door, locale: str, lang: str, direction: str
) -> None:
    door.subscribe(wish(locale=locale), NOW)

    office.run()

    html = office.box.html()
    assert re.search(rf'<html[^>]*lang="{lang}"', html)
    assert re.search(rf'<html[^>]*dir="{direction}"', html)
    assert office.box.mail()["Content-Language"] == lang
    assert f"{SITE}/{locale}/confirm/" in html


def test_thousands_of_wishes_for_one_address_make_one_letter(office: Office, door: Door, engine: Engine) -> None:
    posters = [office.poster() for _ in range(4)]
    wishes = 2_000  # ten thousand are posted to the site, in the acceptance tests

    def ask(number: int) -> None:
        if number % 10 == 0:
            door.send_link("ana@example.org", "ro", NOW)
        door.subscribe(wish(), NOW + timedelta(milliseconds=number))
        if number % 100 == 0:
            posters[number // 100 % 4].run(lambda: NOW + MINUTE)

    with ThreadPoolExecutor(4) as people:
        list(people.map(ask, range(wishes)))
    office.run(NOW + HOUR)

    assert office.box.recipients == ["ana@example.org"]
    assert len(rows(engine)) == 2


def test_who_is_known_gets_a_link_to_their_preferences_instead(
    office: Office, door: Door, own: Own, register: Register
) -> None:
    ana = enrolled(register, "ana@example.org")
    door.subscribe(wish("ana@example.org", "south"), NOW)

    office.run()
    person = own.person(token_in(office.box.text(), "preferences"))

    assert person is not None
    assert person.subscriber.id == ana
    assert person.subscriber.choices.regions == ("north",)
    assert "confirm/" not in office.box.html()


def test_each_gets_the_letter_that_they_may_have(office: Office, door: Door, register: Register) -> None:
    enrolled(register, "active@example.org")
    enrolled(register, "pending@example.org", None)
    register.unsubscribe(enrolled(register, "left@example.org"), "one-click", NOW)
    for reason in (SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, SuppressionReason.BLOCKED):
        register.suppress(f"{reason}@example.org", reason, NOW)
    names = ("active", "pending", "left", "unknown", "bounced", "complained", "blocked")

    for name in names:
        door.send_link(f"{name}@example.org", "en-GB", NOW)
    links = office.run()
    linked, office.box.caught = office.box.recipients, []
    for name in names:
        door.subscribe(wish(f"{name}@example.org", locale="en-GB"), NOW + 2 * DAY)
    letters = office.run(NOW + 2 * DAY)

    assert links == {"sent": 1, "nothing to send": 6}
    assert linked == ["active@example.org"]
    assert letters == {"sent": 4, "nothing to send": 3}
    subjects = {office.box.caught[i].rcpt_tos[0]: office.box.mail(i)["Subject"] for i in range(4)}
    assert subjects == {
        "active@example.org": "You get our emails already",
        "pending@example.org": "Please confirm that you want our emails",
        "left@example.org": "Please confirm that you want our emails",
        "unknown@example.org": "Please confirm that you want our emails",
    }


def test_an_address_gets_one_letter_a_day_whatever_is_asked_for(office: Office, door: Door, register: Register) -> None:
    ana = enrolled(register, "ana@example.org")
    enrolled(register, "bo@example.org")

    door.send_link("bo@example.org", "ro", NOW)
    office.run()
    door.subscribe(wish("bo@example.org"), NOW + HOUR)
    door.move(ana, "bo@example.org", NOW + HOUR)
    same_day = office.run(NOW + HOUR)
    door.send_link("bo@example.org", "ro", NOW + DAY)
    next_day = office.run(NOW + DAY)

    assert same_day == {"nothing to send": 2}
    assert next_day == {"sent": 1}


def test_who_has_confirmed_may_ask_for_a_link_the_same_day(office: Office, door: Door) -> None:
    door.subscribe(wish(), NOW)
    office.run()
    door.confirm(token_in(office.box.text(), "confirm"), NOW + MINUTE)

    door.send_link("ana@example.org", "ro", NOW + HOUR)
    office.run(NOW + HOUR)

    assert token_in(office.box.text(1), "preferences")


def test_a_move_is_confirmed_at_the_new_address_and_told_to_the_old_one(
    office: Office, door: Door, register: Register, engine: Engine
) -> None:
    ana = enrolled(register, "ana@example.org")
    door.move(ana, "ana@new.example", NOW)

    office.run()
    door.confirm(token_in(office.box.text(), "confirm"), NOW + HOUR)
    office.run(NOW + HOUR)

    assert [envelope.rcpt_tos for envelope in office.box.caught] == [["ana@new.example"], ["ana@example.org"]]
    assert "/confirm/" not in office.box.text(1)
    assert "/preferences/" not in office.box.text(1)
    assert [row["email"] for row in rows(engine)] == [None, None]


def test_a_refused_letter_is_dropped_and_one_that_is_put_off_goes_later(
    office: Office, door: Door, engine: Engine
) -> None:
    office.box.refuses = {"no@example.org": "550 5.1.1 no such user", "later@example.org": "450 4.2.0 greylisted"}
    door.subscribe(wish("no@example.org"), NOW)
    door.subscribe(wish("later@example.org"), NOW)

    first = office.run()
    at_once = office.run(NOW + timedelta(seconds=1))
    office.box.refuses = {}
    second = office.run(NOW + 2 * MINUTE)

    assert first == {"refused": 1, "later": 1}
    assert at_once == {}
    assert second == {"sent": 1}
    assert office.box.recipients == ["later@example.org"]
    assert sorted(str(row["email"]) for row in rows(engine)) == ["None", "later@example.org"]


def test_while_the_mail_server_is_away_letters_wait_and_are_given_up_after_a_day(
    office: Office, door: Door, engine: Engine
) -> None:
    office.port = 1  # nobody listens there
    door.subscribe(wish("ana@example.org"), NOW)

    away = [office.run(NOW + minutes * MINUTE) for minutes in (0, 1, 3, 7)]
    given_up = office.run(NOW + GIVE_UP_AFTER)
    office.port = 0
    later = office.run(NOW + GIVE_UP_AFTER + HOUR)

    assert away == [{"later": 1}] * 4
    assert given_up == {"later": 1}
    assert later == {}
    assert [row["email"] for row in rows(engine)] == [None]


def test_a_letter_that_cannot_be_made_keeps_no_other_back(office: Office, door: Door, engine: Engine) -> None:
    addresses = [f"n{number}@example.org" for number in range(12)]
    for number, one in enumerate(addresses):
        door.subscribe(wish(one), NOW + number * timedelta(seconds=1))
    with writing(engine) as connection:  # as a later version may have written it
        broken = {"choices": {"locale": "ro", "regions": [], "wards": [], "frequency": "hourly", "format": "html"}}
        connection.execute(update(askings).where(askings.c.email == addresses[0]).values(broken))

    posted = office.poster().run(lambda: NOW + MINUTE)
    left = [row["email"] for row in rows(engine) if row["looked_at"] is None]

    assert dict(posted.counts) == {"nothing to send": 0, "sent": 11, "later": 1}
    assert posted.trouble == "a letter could not be made: ValueError"
    assert office.box.recipients == sorted(addresses[1:])
    assert left == addresses[:1]


def test_letters_over_the_limit_of_an_hour_wait_for_the_next(office: Office, door: Door) -> None:
    office.letters_per_hour = 3
    for number in range(5):
        door.subscribe(wish(f"n{number}@example.org"), NOW + number * timedelta(seconds=1))

    first, again, later = office.run(NOW + MINUTE), office.run(NOW + 2 * MINUTE), office.run(NOW + 2 * HOUR)

    assert first == {"sent": 3}
    assert again == {}
    assert later == {"sent": 2}
    assert len(set(office.box.recipients)) == 5


def test_who_is_not_on_the_allow_list_gets_nothing(office: Office, door: Door) -> None:
    office.may_mail = lambda address: address.endswith("@council.example")
    door.subscribe(wish("ana@example.org"), NOW)
    door.subscribe(wish("bo@council.example"), NOW)

    office.run()

    assert office.box.recipients == ["bo@council.example"]


def test_what_a_person_holds_back_waits(office: Office, door: Door, engine: Engine) -> None:
    door.subscribe(wish("ana@example.org"), NOW)
    door.subscribe(wish("bo@held.example"), NOW)
    with writing(engine) as connection:
        hold(connection, ALL, "a test", "Editor", NOW, NOW + MINUTE)
        hold(connection, domain_scope("held.example"), "a test", "Editor", NOW, NOW + HOUR)

    all_held, one_held, none_held = office.run(), office.run(NOW + 2 * MINUTE), office.run(NOW + 2 * HOUR)

    assert all_held == {}
    assert one_held == {"sent": 1}
    assert none_held == {"sent": 1}
    assert office.box.caught[0].rcpt_tos == ["ana@example.org"]


def test_a_letter_that_a_crash_may_have_lost_is_not_sent_twice(office: Office, door: Door, engine: Engine) -> None:
    door.subscribe(wish(), NOW)
    Postbag(office.register, office.may_mail, 10).mark(NOW)  # and then the power fails

    door.subscribe(wish(), NOW + HOUR)
    same_day = office.run(NOW + HOUR)
    door.subscribe(wish(), NOW + DAY)
    next_day = office.run(NOW + DAY)

    assert same_day == {}
    assert next_day == {"sent": 1}


def test_a_crash_loses_no_more_letters_than_are_in_the_air(office: Office, door: Door) -> None:
    addresses = {f"person{n}@example.org" for n in range(11)}
    for address in sorted(addresses):
        door.subscribe(wish(address), NOW)
    marked, _ = Postbag(office.register, office.may_mail, office.letters_per_hour).mark(NOW)  # and then it is killed
    lost = {one.row.email for one in marked}

    office.run()

    assert len(lost) == 4
    assert office.box.recipients == sorted(addresses - lost)


def test_what_nobody_confirms_is_forgotten_with_its_address(office: Office, door: Door, engine: Engine) -> None:
    door.subscribe(wish(), NOW)
    office.run()
    token = token_in(office.box.text(), "confirm")

    office.run(NOW + VALID_FOR - MINUTE)
    kept = rows(engine)
    office.run(NOW + VALID_FOR)

    assert len(kept) == 1
    assert rows(engine) == []
    assert door.confirm(token, NOW + VALID_FOR) is None


def test_the_thread_sends_what_comes_in_while_it_is_open(office: Office, door: Door) -> None:
    with PosterThread(office.poster(), lambda: NOW, every=0.02):
        door.subscribe(wish("ana@example.org"), NOW)
        until(lambda: office.box.recipients == ["ana@example.org"], "no letter came", 20)
        door.subscribe(wish("bo@example.org"), NOW)
        until(lambda: len(office.box.recipients) == 2, "no second letter came", 20)

    assert office.box.recipients == ["ana@example.org", "bo@example.org"]
