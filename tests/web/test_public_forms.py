"""What residents can do: stop the mail, and answer. Looking never changes anything."""

from __future__ import annotations

import httpx
import pytest
from lxml import html

from tests.rendering.editions import sample_briefing
from tests.web.published import TOKEN, MemorySite

BRIEFING = sample_briefing()
FORM = f"/ur/respond/{BRIEFING.id}"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("path", [f"/u/{TOKEN}", f"/u/{TOKEN}/", f"{FORM}?option=1&message=x"])
def test_only_post_changes_anything(web: httpx.Client, source: MemorySite, method: str, path: str) -> None:
    web.request(method, path)

    assert source.unsubscribed == []
    assert source.responses == []


def test_the_unsubscribe_link_shows_a_button_in_the_subscribers_language(web: httpx.Client) -> None:
    answer = web.get(f"/u/{TOKEN}")

    root = html.fromstring(answer.text)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (root.get("lang"), root.get("dir")) == ("ur", "rtl")
    assert root.xpath("//form[@method='post'][not(@action)]//button/@value") == ["One-Click"]


def test_one_click_unsubscribes_without_redirect_or_cookie_and_as_often_as_it_comes(
    web: httpx.Client, source: MemorySite
) -> None:
    one_click = {"List-Unsubscribe": "One-Click"}

    first = web.post(f"/u/{TOKEN}", data=one_click)
    second = web.post(f"/u/{TOKEN}", data=one_click)
    as_multipart = web.post(f"/u/{TOKEN}", files={"List-Unsubscribe": (None, "One-Click")})

    assert [first.status_code, second.status_code, as_multipart.status_code] == [200, 200, 200]
    assert source.unsubscribed == [TOKEN] * 3
    assert "set-cookie" not in first.headers


def test_who_left_may_say_why_and_may_come_back_at_once(web: httpx.Client, source: MemorySite) -> None:
    left = html.fromstring(web.post(f"/u/{TOKEN}", data={"List-Unsubscribe": "One-Click"}).text)

    thanked = web.post(f"/u/{TOKEN}", data={"action": "reason", "reason": "too-many"})
    unknown = web.post(f"/u/{TOKEN}", data={"action": "reason", "reason": "<b>"})
    back = web.post(f"/u/{TOKEN}", data={"action": "back"})

    assert left.xpath("//input[@name='reason']/@value") == [
        "too-many",
        "not-relevant",
        "language",
        "moved-away",
        "other",
    ]
    assert (thanked.status_code, unknown.status_code, back.status_code) == (200, 200, 200)
    assert source.leavings == ["too-many"]
    assert html.fromstring(back.text).xpath("//main//a/@href") == ["/ur/preferences"]
    assert source.unsubscribed == []


def test_who_wants_to_leave_is_offered_a_break_and_gets_one_by_its_button_alone(
    web: httpx.Client, source: MemorySite
) -> None:
    asked = html.fromstring(web.get(f"/u/{TOKEN}").text)

    paused = web.post(f"/u/{TOKEN}", data={"action": "pause"})

    assert asked.xpath("//form[button or .//button[@value='pause']]/@action") == [f"/u/{TOKEN}"]
    assert "/ur/preferences" in asked.xpath("//main//a/@href")
    assert paused.status_code == 200
    assert source.pauses == [30]
    assert source.unsubscribed == []


@pytest.mark.parametrize("token", ["wrong", TOKEN.upper() + "x", "%00", "a" * 5000])
def test_a_wrong_token_is_explained_and_changes_nothing(web: httpx.Client, source: MemorySite, token: str) -> None:
    shown = web.get(f"/u/{token}", headers={"accept-language": "bg"})
    posted = web.post(f"/u/{token}", headers={"accept-language": "bg"})

    assert shown.status_code == posted.status_code == 404
    assert html.fromstring(shown.text).get("lang") == "bg"
    assert source.unsubscribed == []


def test_a_link_from_a_mail_chooses_an_option_and_sends_nothing(web: httpx.Client, source: MemorySite) -> None:
    root = html.fromstring(web.get(f"{FORM}?option=1").text)

    assert root.xpath("//input[@type='radio'][@checked]/@value") == ["1"]
    assert len(root.xpath("//input[@type='radio']")) == 3
    assert root.xpath("string(//label[@for='option0'])") == "گلیوں کی روشنی"
    assert source.responses == []


def test_an_answer_is_kept_as_it_was_written(web: httpx.Client, source: MemorySite) -> None:
    message = "نئی بتیاں\r\nشکریہ 💡 <b>"

    answer = web.post(FORM, data={"option": "2", "message": message})

    assert answer.status_code == 200
    assert html.fromstring(answer.text).get("lang") == "ur"
    assert source.responses == [(BRIEFING.id, "ur", 2, "نئی بتیاں\nشکریہ 💡 <b>")]


@pytest.mark.parametrize("fields", [{}, {"option": "3"}, {"option": "-1", "message": "  "}, {"option": "²"}])
def test_an_empty_answer_is_asked_for_again(web: httpx.Client, source: MemorySite, fields: dict[str, str]) -> None:
    content = {"content-type": "application/x-www-form-urlencoded"}

    answer = web.post(FORM, data=fields, headers=content)

    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("//*[@role='alert']")
    assert source.responses == []


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"message=" + b"a" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 500), 400),
        ("application/x-www-form-urlencoded", b"message=\xff", 400),
        ("application/json", b"{}", 415),
        ("", b"", 415),
    ],
)
def test_what_is_no_form_of_ours_is_refused(
    web: httpx.Client, source: MemorySite, content_type: str, body: bytes, status: int
) -> None:
    answer = web.post(FORM, content=body, headers={"content-type": content_type})

    assert answer.status_code == status
    assert source.responses == []


def test_a_withdrawn_briefing_takes_no_answers(web: httpx.Client, source: MemorySite) -> None:
    source.withdraw(BRIEFING.id, BRIEFING.publish_at)

    answer = web.post(FORM, data={"option": "1"})

    assert answer.status_code == 404
    assert source.responses == []
