"""A person's own pages on a real socket: everything by a signed link, and nothing by looking at it."""

from __future__ import annotations

from datetime import date

import httpx
import pytest
from lxml import html

from briefings.residents.asking import Asking
from briefings.subscribers.subscriber import Choices, Format, Frequency
from briefings.subscribers.tokens import TokenPurpose
from tests.web.residents_site import WORDS, Residents

CHOICES = {"region": "hillside", "ward": "E05999901", "language": "bg", "frequency": "monthly", "format": "large-print"}


def test_the_page_says_what_somebody_gets_and_why_and_does_not_show_the_whole_address(
    door: httpx.Client, residents: Residents
) -> None:
    _, token = residents.subscribed()

    answer = door.get(f"/ur/preferences/{token}")

    page = html.fromstring(answer.text)
    assert (answer.status_code, page.get("dir")) == (200, "rtl")
    assert "a…@example.org" in answer.text
    assert "ana@example.org" not in answer.text
    assert page.xpath("string(//blockquote)") == WORDS
    assert page.xpath("//input[@checked]/@value") == ["riverside", "weekly", "html"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert {a for a in page.xpath("//nav//a/@href") if token in a} == {
        f"/{locale}/preferences/{token}" for locale in ("en-GB", "ur", "ta", "bg")
    }


def test_choices_are_changed_as_often_as_the_form_comes(door: httpx.Client, residents: Residents) -> None:
    subscriber, token = residents.subscribed()

    answers = [door.post(f"/ur/preferences/{token}", data={**CHOICES, "action": "choose"}) for _ in range(2)]

    found = residents.register.get(subscriber.id)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert html.fromstring(answers[0].text).xpath("//*[@role='status']")
    assert found is not None
    assert found.choices == Choices("bg", ("hillside",), ("E05999901",), Frequency.MONTHLY, Format.LARGE_PRINT)


def test_choices_without_an_area_change_nothing(door: httpx.Client, residents: Residents) -> None:
    subscriber, token = residents.subscribed()

    answer = door.post(f"/ur/preferences/{token}", data={"language": "bg", "action": "choose"})

    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("//*[@role='alert']//a/@href") == ["#region-riverside"]
    assert residents.register.get(subscriber.id) == subscriber


@pytest.mark.parametrize(
    ("fields", "until"),
    [({"pause": "14"}, date(2026, 12, 4)), ({"until": "2027-01-31"}, date(2027, 1, 31))],
)
def test_a_break_lasts_until_its_day_and_can_be_ended(
    door: httpx.Client, residents: Residents, fields: dict[str, str], until: date
) -> None:
    _, token = residents.subscribed()

    paused = door.post(f"/ur/preferences/{token}", data={**fields, "action": "pause"})
    kept = residents.own.person(token)
    door.post(f"/ur/preferences/{token}", data={"action": "resume"})
    after = residents.own.person(token)

    assert paused.status_code == 200
    assert kept is not None
    assert after is not None
    assert (kept.paused_until, after.paused_until) == (until, None)


@pytest.mark.parametrize(
    "fields", [{}, {"pause": "9999"}, {"until": "2026-11-20"}, {"until": "2028-01-01"}, {"until": "soon"}]
)
def test_a_break_that_cannot_be_is_asked_for_again(
    door: httpx.Client, residents: Residents, fields: dict[str, str]
) -> None:
    _, token = residents.subscribed()

    answer = door.post(f"/ur/preferences/{token}", data={**fields, "action": "pause"})

    person = residents.own.person(token)
    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("//*[@role='alert']//a/@href") == ["#until"]
    assert html.fromstring(answer.text).xpath("//input[@type='date']/@value") == [
        fields["until"] if fields.get("until", "").startswith("20") else ""
    ]
    assert person is not None
    assert person.paused_until is None


def test_who_is_away_already_and_gives_a_wrong_day_can_mend_it(door: httpx.Client, residents: Residents) -> None:
    _, token = residents.subscribed()
    door.post(f"/ur/preferences/{token}", data={"action": "pause", "pause": "14"})

    page = html.fromstring(door.post(f"/ur/preferences/{token}", data={"action": "pause", "until": "soon"}).text)

    person = residents.own.person(token)
    assert page.xpath("//*[@role='alert']//a/@href") == ["#until"]
    assert len(page.xpath("//*[@id='until']")) == 1
    assert person is not None
    assert person.paused_until == date(2026, 12, 4), "the break that was chosen before stays"


def test_another_address_is_used_once_its_owner_presses_the_button(door: httpx.Client, residents: Residents) -> None:
    subscriber, token = residents.subscribed()
    door.post(f"/ur/preferences/{token}", data={"action": "move", "email": "new@example.org"})
    letter = residents.letter()

    before = residents.register.get(subscriber.id)
    shown = door.get(f"/ur/confirm/{letter}")
    done = door.post(f"/ur/confirm/{letter}")

    after = residents.register.get(subscriber.id)
    assert len(residents.asked(Asking.MOVE)) == 1
    assert (shown.status_code, done.status_code) == (200, 200)
    assert before is not None
    assert after is not None
    assert (before.email, after.email) == ("ana@example.org", "new@example.org")


def test_an_address_that_another_reader_has_gets_the_same_answer_as_a_free_one(
    door: httpx.Client, residents: Residents
) -> None:
    _, token = residents.subscribed()
    residents.subscribed("taken@example.org")
    path = f"/ur/preferences/{token}"

    free = door.post(path, data={"action": "move", "email": "free@example.org"})
    taken = door.post(path, data={"action": "move", "email": "taken@example.org"})
    no_address = door.post(path, data={"action": "move", "email": "nobody"})

    assert (free.status_code, free.content) == (taken.status_code, taken.content)
    assert no_address.status_code == 422


def test_all_that_is_held_comes_as_a_file_and_is_stored_nowhere_on_the_way(
    door: httpx.Client, residents: Residents
) -> None:
    _, token = residents.subscribed()

    answer = door.get(f"/ur/preferences/{token}/download")

    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["address"] == "ana@example.org"
    assert answer.json()["consents"][0]["words"] == WORDS


def test_erasing_asks_first_and_leaves_nobody(door: httpx.Client, residents: Residents) -> None:
    subscriber, token = residents.subscribed()
    path = f"/ur/preferences/{token}/erase"

    asked = door.get(path)
    before = residents.register.get(subscriber.id)
    done, again = door.post(path), door.post(path)

    assert before == subscriber
    assert html.fromstring(asked.text).xpath("//form[@method='post']//button")
    assert (done.status_code, again.status_code) == (200, 404)
    assert residents.own.person(token) is None
    assert door.get(f"/ur/preferences/{token}").status_code == 404


def test_who_left_from_here_may_still_fetch_or_erase_their_data(door: httpx.Client, residents: Residents) -> None:
    subscriber, token = residents.subscribed()

    left = door.post(f"/ur/preferences/{token}", data={"action": "leave"})
    later = door.get(f"/ur/preferences/{token}")

    found = residents.register.get(subscriber.id)
    links = html.fromstring(later.text).xpath("//main//a/@href")
    unsubscribe = residents.tokens.token(TokenPurpose.UNSUBSCRIBE, subscriber.id)
    assert left.status_code == later.status_code == 200
    assert found is not None
    assert not found.is_active
    assert {f"/ur/preferences/{token}/download", f"/ur/preferences/{token}/erase"} <= set(links)
    assert set(html.fromstring(later.text).xpath("//form/@action")) == {f"/u/{unsubscribe}"}
    assert door.get(f"/ur/preferences/{token}/download").json()["left"]


def test_an_action_that_there_is_not_is_refused(door: httpx.Client, residents: Residents) -> None:
    _, token = residents.subscribed()

    answer = door.post(f"/ur/preferences/{token}", data={"action": "grant"})

    assert answer.status_code == 400
