"""Signing up on a real socket: what the form takes, what it says, and that nobody learns who reads our briefings."""

from __future__ import annotations

from random import Random
from time import perf_counter

import httpx
import pytest
from lxml import html

from briefings.residents.asking import Asking
from briefings.subscribers.suppression import SuppressionReason
from briefings.web.public.choosing import consent_words
from tests.rendering.editions import PLACES
from tests.residents.test_same_time import ks_probability
from tests.web.conftest import Stage
from tests.web.published import MemorySite
from tests.web.residents_site import Residents

FORM = {"email": "ana@example.org", "region": "riverside", "language": "ta", "frequency": "weekly", "format": "text"}

KNOWN = {"EX4 1PL": ("E05999901",), "EX4 1": ("E05999901", "E05999902")}


def errors(answer: httpx.Response) -> list[str]:
    return [str(link) for link in html.fromstring(answer.text).xpath("//*[@role='alert']//a/@href")]


def test_a_sign_up_is_kept_with_its_choices_and_the_words_that_were_shown(
    door: httpx.Client, residents: Residents
) -> None:
    form = html.fromstring(door.get("/ur/subscribe").text)

    answer = door.post("/ur/subscribe", data={**FORM, "ward": "E05999903"})

    (asked,) = residents.asked()
    shown = form.xpath("string(//p[@class='consent'])")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert asked["email"] == "ana@example.org"
    assert asked["choices"] == {
        "locale": "ta", "regions": ["riverside"], "wards": ["E05999903"], "frequency": "weekly", "format": "text",
    }  # fmt: skip
    assert asked["words"] == shown == consent_words(residents.site.interface("ur"), PLACES)


@pytest.mark.parametrize(("query", "ticked"), [("region=hillside", ["hillside"]), ("ward=E05999902", ["E05999902"])])
def test_a_link_ticks_the_area_that_it_names(door: httpx.Client, query: str, ticked: list[str]) -> None:
    form = html.fromstring(door.get(f"/ur/subscribe?{query}&region=nowhere").text)

    assert form.xpath("//input[@type='checkbox'][@checked]/@value") == ticked
    assert form.xpath("//select/option[@selected]/@value") == ["ur"]


@pytest.mark.parametrize(
    ("wrong", "target"),
    [
        ({"email": ""}, "#email"),
        ({"email": "ana@@example"}, "#email"),
        ({"region": ""}, "#region-riverside"),
        ({"language": "xx"}, "#language"),
        ({"frequency": "hourly"}, "#frequency-immediate"),
        ({"format": "<b>"}, "#format-html"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_what_was_right_is_kept(
    door: httpx.Client, residents: Residents, wrong: dict[str, str], target: str
) -> None:
    answer = door.post("/ur/subscribe", data={**FORM, **wrong})

    page = html.fromstring(answer.text)
    (control,) = page.xpath(f"//*[@id='{target[1:]}']")
    described = control if control.get("aria-describedby") else control.xpath("ancestor::fieldset")[0]
    assert answer.status_code == 422
    assert errors(answer) == [target]
    assert any(page.xpath(f"//p[@class='error'][@id='{name}']") for name in described.get("aria-describedby").split())
    assert (page.xpath("//input[@id='email']/@value") == [FORM["email"]]) is (target != "#email")
    assert residents.asked() == []


def test_what_was_typed_comes_back_as_text_that_html_may_hold(door: httpx.Client) -> None:
    typed = '"><script>\x00\x01\x1b\x85\ufffe</script>'

    answer = door.post("/ur/subscribe", data={**FORM, "email": typed})

    assert html.fromstring(answer.text).xpath("//input[@id='email']/@value") == ['"><script></script>']
    assert b"<script" not in answer.content


def test_a_postcode_stands_for_its_ward_and_an_unknown_one_is_asked_for_again(
    stage: Stage, source: MemorySite, residents: Residents
) -> None:
    residents.find_wards = lambda postcode: KNOWN.get(postcode, ())
    stage.app = residents.app(source)
    alone = {name: value for name, value in FORM.items() if name != "region"}

    with httpx.Client(base_url=stage.url) as web:
        unknown = web.post("/ur/subscribe", data={**FORM, "postcode": "EX9 9XX"})
        known = web.post("/ur/subscribe", data={**alone, "postcode": "EX4 1PL"})

        part = web.post("/ur/subscribe", data={**alone, "email": "other@example.org", "postcode": "EX4 1"})

    assert errors(unknown) == errors(part) == ["#postcode"]
    assert known.status_code == 200
    assert [row["choices"]["wards"] for row in residents.asked()] == [["E05999901"]]  # type: ignore[index]


def test_the_field_that_nobody_sees_catches_programs_and_tells_them_nothing(
    door: httpx.Client, residents: Residents
) -> None:
    person = door.post("/ur/subscribe", data=FORM)

    program = door.post("/ur/subscribe", data={**FORM, "email": "bot@example.org", "website": "http://spam.example"})

    assert (program.status_code, program.content) == (person.status_code, person.content)
    assert [row["email"] for row in residents.asked()] == ["ana@example.org"]


def test_known_unknown_and_suppressed_addresses_get_the_same_answer_in_the_same_time(
    stage: Stage, source: MemorySite, residents: Residents
) -> None:
    stage.app = residents.app(source)
    found = []
    with httpx.Client(base_url=stage.url, timeout=30) as web:
        for trial in range(3):  # by chance alone one trial in a hundred fails; what differs fails in every one
            took: dict[bool, list[float]] = {True: [], False: []}
            bodies = set()
            for number in range(250):
                subscriber, _ = residents.subscribed(f"k{trial}-{number}@example.org")
                if number % 3 == 1:
                    residents.register.unsubscribe(subscriber.id, "one-click", residents.now)
                if number % 3 == 2:
                    residents.register.suppress(subscriber.email, SuppressionReason.COMPLAINED, residents.now)
            mixed = [(f"{kind}{trial}-{number}@example.org", kind == "k") for number in range(250) for kind in "ku"]
            Random(trial).shuffle(mixed)
            for email, is_known in mixed:
                began = perf_counter()
                answer = web.post("/ur/subscribe", data={**FORM, "email": email})
                took[is_known].append(perf_counter() - began)
                bodies.add((answer.status_code, answer.content))
            assert len(bodies) == 1
            found.append(ks_probability(took[True], took[False]))
            if found[-1] > 0.01:
                break

    assert found[-1] > 0.01, found


def test_a_network_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_touched(
    door: httpx.Client, residents: Residents
) -> None:
    sent = [door.post("/ur/subscribe", data={**FORM, "email": f"p{n}@example.org"}).status_code for n in range(60)]

    refused = door.post("/ur/subscribe", data=FORM)
    neighbour = door.post("/ur/subscribe", data=FORM, headers={"x-forwarded-for": "203.0.113.8"})
    residents.seconds += 3601
    later = door.post("/ur/subscribe", data=FORM)

    assert set(sent) == {200}
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3601
    assert html.fromstring(refused.text).get("lang") == "ur"
    assert (neighbour.status_code, later.status_code) == (200, 200)


def test_nobody_is_limited_by_network_where_no_proxy_was_named_and_all_come_from_this_machine(
    stage: Stage, source: MemorySite, residents: Residents
) -> None:
    stage.app = residents.app(source)

    with httpx.Client(base_url=stage.url) as web:
        answers = {web.post("/ur/subscribe", data=FORM).status_code for _ in range(200)}

    assert answers == {200}
    assert len(residents.asked()) == 1


def hidden(answer: httpx.Response) -> dict[str, str]:
    inputs = html.fromstring(answer.text).xpath("//form//input[@type='hidden']")
    return {field.get("name"): field.get("value") for field in inputs}


def flooded(residents: Residents, stage: Stage, source: MemorySite, door: httpx.Client) -> None:
    """Begin anew with a threshold of 5 forms, and send as many from other networks."""
    residents.above = 5
    stage.app = residents.app(source)
    for number in range(5):
        network = {"x-forwarded-for": f"198.51.100.{number}"}
        door.post("/ur/subscribe", data={**FORM, "email": f"b{number}@example.org"}, headers=network)


def test_under_attack_a_form_counts_after_a_wait_and_once(
    stage: Stage, source: MemorySite, residents: Residents, door: httpx.Client
) -> None:
    flooded(residents, stage, source, door)
    step = door.post("/ur/subscribe", data=FORM)

    early = door.post("/ur/subscribe", data=hidden(step))
    before = len(residents.asked())
    residents.seconds += 4
    done = door.post("/ur/subscribe", data=hidden(early))
    again = door.post("/ur/subscribe", data=hidden(step))

    assert [answer.status_code for answer in (step, early, done, again)] == [200] * 4
    assert hidden(early) == hidden(step)
    assert before == 5
    assert hidden(done) == {}
    assert "ana@example.org" in [row["email"] for row in residents.asked()]
    assert hidden(again)


def test_under_attack_a_step_that_was_forged_or_is_too_old_lets_nobody_in(
    stage: Stage, source: MemorySite, residents: Residents, door: httpx.Client
) -> None:
    flooded(residents, stage, source, door)
    step = hidden(door.post("/ur/subscribe", data=FORM))
    forged = {**step, "step": step["step"].replace("ana", "eve")}
    residents.seconds += 4

    door.post("/ur/subscribe", data=forged)
    residents.seconds += 897
    flooded_again = [door.post("/ur/subscribe", data={**FORM, "email": "no"}).status_code for _ in range(6)]
    late = door.post("/ur/subscribe", data=step)

    assert 422 in flooded_again
    assert hidden(late)
    assert len(residents.asked()) == 5


def test_when_the_attack_is_over_the_form_is_one_step_again(
    stage: Stage, source: MemorySite, residents: Residents, door: httpx.Client
) -> None:
    flooded(residents, stage, source, door)
    residents.seconds += 61

    answer = door.post("/ur/subscribe", data=FORM)

    assert hidden(answer) == {}
    assert len(residents.asked()) == 6


def test_a_link_to_the_preferences_is_asked_for_with_an_address_alone(door: httpx.Client, residents: Residents) -> None:
    wrong = door.post("/ta/preferences", data={"email": "nobody"})
    known = door.post("/ta/preferences", data={"email": residents.subscribed()[0].email})
    unknown = door.post("/ta/preferences", data={"email": "else@example.org"})

    assert (wrong.status_code, errors(wrong)) == (422, ["#email"])
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    assert {row["locale"] for row in residents.asked(Asking.LINK)} == {"ta"}


def test_the_button_of_the_letter_subscribes_and_pressing_it_twice_is_no_harm(
    door: httpx.Client, residents: Residents
) -> None:
    door.post("/ur/subscribe", data=FORM)
    path = f"/ta/confirm/{residents.letter()}"

    shown = door.get(path)
    before = residents.register.find("ana@example.org")
    first, second = door.post(path), door.post(path)

    page = html.fromstring(first.text)
    subscriber = residents.register.find("ana@example.org")
    assert "ana@example.org" not in shown.text
    assert before is None
    assert subscriber is not None
    assert subscriber.is_active
    assert (first.status_code, second.status_code) == (200, 200)
    assert page.xpath("//main//a[starts-with(@href, '/feeds/riverside/ta.')]")
    assert page.xpath("//main//a[@href='/ta/riverside/']")
    assert len([one for one in residents.register.consents(subscriber.id) if one.action == "given"]) == 1


@pytest.mark.parametrize("path", ["/ta/confirm/{}", "/ta/preferences/{}", "/ta/preferences/{}/erase"])
@pytest.mark.parametrize("token", ["a" * 48, "wrong", "a" * 4000, "%F0%9F%92%A1"])
def test_a_link_that_is_none_of_ours_is_explained_in_the_language_of_its_address(
    door: httpx.Client, path: str, token: str
) -> None:
    shown, posted = door.get(path.format(token)), door.post(path.format(token), data={"action": "leave"})

    page = html.fromstring(shown.text)
    assert shown.status_code == posted.status_code == 404
    assert page.get("lang") == "ta"
    assert {"/ta/preferences", "/ta/subscribe"} <= set(page.xpath("//main//a/@href"))
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"


def test_a_link_to_confirm_is_no_link_to_the_preferences_nor_the_other_way_round(
    door: httpx.Client, residents: Residents
) -> None:
    door.post("/ur/subscribe", data=FORM)
    letter, (_, own) = residents.letter(), residents.subscribed("other@example.org")

    answers = [door.post(f"/ta/preferences/{letter}", data={"action": "leave"}), door.post(f"/ta/confirm/{own}")]

    assert [answer.status_code for answer in answers] == [404, 404]
