"""The pages under /sandbox/, over HTTP without a socket."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import anyio
import httpx
import pytest
import tweepy
from starlette.applications import Starlette

from briefings.rendering.templates import environment
from briefings.sandbox.run import StandIns
from briefings.web.sandbox import sandbox_routes

TEMPLATES = Path(__file__).parents[2] / "templates"
Get = Callable[..., httpx.Response]


@pytest.fixture
def get(tmp_path: Path) -> Get:
    app = Starlette(routes=sandbox_routes(tmp_path, environment([TEMPLATES])))

    def fetch(path: str, method: str = "GET", **more: object) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://borough.example") as client:
                return await client.request(method, path, **more)  # type: ignore[arg-type]

        return anyio.run(ask)

    return fetch


@pytest.fixture
def mail(stand_ins: StandIns) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Briefings <news@borough.example>"
    message["To"] = "amina@example.org"
    message["Subject"] = "محلے کی خبریں"
    message["List-Id"] = "<north.ur.borough.example>"
    message.set_content("پولیس <b>101</b>")
    message.add_alternative('<html dir="rtl"><body><p>پولیس</p><script>alert(1)</script></body></html>', subtype="html")
    message["Content-Language"] = "ur"
    with smtplib.SMTP("127.0.0.1", stand_ins.smtp_port) as smtp:
        smtp.send_message(message)
    return message


def test_every_page_says_that_nobody_was_reached(get: Get, mail: EmailMessage) -> None:
    paths = ["/", "/mail/", "/mail/1/", "/mail/1/text", "/mail/1/headers", "/mail/1/source", "/x/", "/mail/99/"]

    pages = [get(f"/sandbox{path}") for path in paths]

    assert [page.status_code for page in pages] == [200] * 7 + [404]
    assert all("nothing here reached a real person" in page.text for page in pages)
    assert all("script-src" not in p.headers["content-security-policy"] for p in pages)
    assert all("<script" not in page.text for page in pages)


def test_pages_work_before_anything_was_caught(get: Get) -> None:
    assert "No mail has been caught" in get("/sandbox/mail/").text
    assert "Nothing has been posted" in get("/sandbox/x/").text
    assert get("/sandbox/mail.json").json() == {"count": 0, "mail": []}


def test_a_mail_is_shown_in_its_language_and_direction(get: Get, mail: EmailMessage) -> None:
    page = get("/sandbox/mail/1/text").text

    assert '<span lang="ur" dir="rtl">محلے کی خبریں</span>' in page
    assert '<pre class="text" lang="ur" dir="rtl" tabindex="0">پولیس &lt;b&gt;101&lt;/b&gt;' in page


def test_a_mails_html_is_framed_where_it_can_run_nothing(get: Get, mail: EmailMessage) -> None:
    frame = get("/sandbox/mail/1/").text
    body = get("/sandbox/mail/1/body")

    assert '<iframe class="body" sandbox="" ' in frame
    assert body.headers["content-security-policy"].startswith("sandbox; default-src 'none'; img-src 'self' data:")
    assert "<p>پولیس</p>" in body.text


def test_the_source_is_downloaded_as_it_was_received(get: Get, mail: EmailMessage, stand_ins: StandIns) -> None:
    answer = get("/sandbox/mail/1.eml")

    assert answer.content == stand_ins.caught.list()[0].raw
    assert answer.headers["content-type"] == "message/rfc822"


def test_mail_is_filtered_by_language_and_searched(get: Get, mail: EmailMessage) -> None:
    found = get("/sandbox/mail/?locale=ur&q=AMINA").text
    none = get("/sandbox/mail/?locale=ro").text

    assert "/sandbox/mail/1/" in found
    assert "No mail like that" in none
    assert get("/sandbox/mail/?page=junk").status_code == 200


def test_mail_is_given_as_data(get: Get, mail: EmailMessage) -> None:
    (entry,) = get("/sandbox/mail.json").json()["mail"]

    assert (entry["id"], entry["to"], entry["locale"]) == (1, "amina@example.org", "ur")
    assert (entry["subject"], entry["list"]) == ("محلے کی خبریں", "<north.ur.borough.example>")


def test_threads_images_and_mentions_are_shown(
    get: Get, client: tweepy.Client, stand_ins: StandIns, png: bytes
) -> None:
    media = stand_ins.x.timeline.add_medium(png, "image/png", datetime.now(UTC))
    stand_ins.x.timeline.describe(media.id, "A path with lamps")
    words = "اس ہفتے پولیس نے کیا کیا https://borough.example/ur/"
    first = client.create_tweet(text=words, media_ids=[str(media.id)]).data["id"]
    client.create_tweet(text="دوسرا حصہ ہے", in_reply_to_tweet_id=first)

    answer = get(
        "/sandbox/x/mentions", "POST", data={"username": "@ana", "text": "Thank you <b>all</b>", "reply_to": first}
    )
    page = get("/sandbox/x/").text

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sandbox/x/#p")
    assert (
        '<p class="words" lang="ur" dir="rtl">اس ہفتے پولیس نے کیا کیا <bdi dir="ltr"><a href="https://borough' in page
    )
    assert 'alt="A path with lamps"' in page
    assert page.index('<ol class="thread">') < page.index("دوسرا حصہ ہے") < page.index("Thank you")
    assert "Thank you &lt;b&gt;all&lt;/b&gt;" in page
    assert get(f"/sandbox/x/media/{media.id}").content == png
    assert [m["author"] for m in get("/sandbox/x.json").json()["mentions"]] == ["ana"]


def test_a_mention_that_cannot_be_is_explained(get: Get) -> None:
    long = get("/sandbox/x/mentions", "POST", data={"username": "ana", "text": "a" * 300})
    lost = get("/sandbox/x/mentions", "POST", data={"username": "ana", "text": "a", "reply_to": "9" * 19})
    foreign = get("/sandbox/x/mentions", "POST", data={"username": "a"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert "X would refuse this message: too long." in get(long.headers["location"]).text
    assert "unknown+reply" in lost.headers["location"]
    assert foreign.status_code == 403
