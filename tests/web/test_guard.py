"""What the site refuses before it looks: forms of other sites, floods, and more than anybody needs to send."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import httpx
import pytest
from lxml import html

from briefings.rendering.site import Site
from briefings.web.app import create_app
from briefings.web.guard.bucket import TokenBucket
from briefings.web.guard.requests import Pace
from tests.rendering.editions import TEMPLATES, sample_briefing
from tests.web.conftest import Stage
from tests.web.published import TOKEN, MemorySite

FORM = f"/ur/respond/{sample_briefing().id}"


@pytest.fixture
def paced(stage: Stage, source: MemorySite, site: Site) -> Iterator[httpx.Client]:
    """The site behind a proxy on this machine, with a pace that is soon used up."""
    pace = Pace(TokenBucket(5, 60.0), TokenBucket(2, 60.0), (ip_network("127.0.0.0/8"),), lambda: 100.0)
    stage.app = create_app(source, site, TEMPLATES, pace=pace)
    with httpx.Client(base_url=stage.url, timeout=10) as client:
        yield client


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_that_another_site_sends_is_refused_in_the_readers_language(
    web: httpx.Client, source: MemorySite, headers: dict[str, str]
) -> None:
    answer = web.post(FORM, data={"option": "1"}, headers=headers)

    assert answer.status_code == 403
    assert html.fromstring(answer.text).get("lang") == "ur"
    assert source.responses == []


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin"}, {"origin": "null"}, {"origin": "self"}])
def test_our_own_forms_are_taken_from_new_and_old_browsers(
    web: httpx.Client, source: MemorySite, headers: dict[str, str]
) -> None:
    own = {name: str(web.base_url).rstrip("/") if value == "self" else value for name, value in headers.items()}

    answer = web.post(FORM, data={"option": "1"}, headers=own)

    assert answer.status_code == 200
    assert len(source.responses) == 1


def test_one_click_comes_from_anywhere(web: httpx.Client, source: MemorySite) -> None:
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://mail.example"}

    answer = web.post(f"/u/{TOKEN}", data={"List-Unsubscribe": "One-Click"}, headers=foreign)

    assert answer.status_code == 200
    assert source.unsubscribed == [TOKEN]


def test_what_is_too_large_or_too_long_is_refused(web: httpx.Client) -> None:
    large = web.post(FORM, content=b"message=" + b"a" * 70_000, headers={"content-type": "text/plain"})
    long = web.get("/en-GB/?" + "a" * 9000)

    assert (large.status_code, long.status_code) == (413, 414)


def test_one_network_that_asks_too_often_waits_and_others_do_not(paced: httpx.Client) -> None:
    answers = [paced.get("/en-GB/", headers={"x-forwarded-for": "198.51.100.7"}) for _ in range(6)]

    other = paced.get("/en-GB/", headers={"x-forwarded-for": "198.51.100.8"})

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "13"
    assert other.status_code == 200


def test_forms_have_a_pace_of_their_own_by_ipv6_network(paced: httpx.Client) -> None:
    statuses = [
        paced.post(FORM, data={"option": "1"}, headers={"x-forwarded-for": f"2001:db8:1:2::{host}"}).status_code
        for host in (1, 2, 3)
    ]

    assert statuses == [200, 200, 429]


def test_this_machine_itself_is_never_slowed_down(web: httpx.Client) -> None:
    statuses = {web.get("/en-GB/").status_code for _ in range(700)}

    assert statuses == {200}


def test_every_answer_has_the_headers_that_protect_readers(web: httpx.Client) -> None:
    answers = [web.get("/en-GB/"), web.get("/nowhere"), web.post(FORM, headers={"sec-fetch-site": "cross-site"})]

    for answer in answers:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/en-GB/", "/u/x", "/", "/feeds/borough/en-GB.atom"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_methods_that_no_route_takes_are_refused(web: httpx.Client, path: str, method: str) -> None:
    answer = web.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("path", ["/en-GB/riverside/%00/", "/respond/%1f", "/u/a%0d%0aset-cookie:%20a=b", "/%7f"])
def test_an_address_with_a_control_character_leads_nowhere(web: httpx.Client, path: str) -> None:
    answer = web.get(path)

    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_a_body_that_announces_no_length_is_cut_off_as_well(web: httpx.Client, source: MemorySite) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(70):
            yield b"message=" + b"a" * 1016

    answers = [
        web.post(path, content=endless(), headers={"content-type": "application/x-www-form-urlencoded"})
        for path in (FORM, f"/u/{TOKEN}")
    ]

    # An unsubscribe link needs nothing of its body: RFC 8058 wants it to work whatever comes along.
    assert [answer.status_code for answer in answers] == [413, 200]
    assert source.responses == []


def test_other_sites_may_show_feeds_and_pictures_and_nothing_else(web: httpx.Client) -> None:
    paths = {"/feeds/borough/ur.atom": "cross-origin", "/static/site.css": "cross-origin", "/ur/": "same-origin"}

    found = {path: web.get(path).headers["cross-origin-resource-policy"] for path in paths}

    assert found == paths


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/en-GB/", {"if-modified-since": "Mon, 01 Jan 99999999999 00:00:00 GMT"}),
        ("/en-GB/", {"if-modified-since": "Mon, 01 Jan 2020 00:00:00 +99999999999999"}),
        ("/en-GB/", {"if-none-match": ',,W/"", *x'}),
        ("/", {"accept-language": "ur;q=nan, ;;;, ta;q=1e999, *;q=-1"}),
        ("/", {"x-forwarded-for": "999.1.1.1, ::zz, [, ]"}),
        ("/", {"content-length": "0", "content-type": "\xff"}),
    ],
)
def test_headers_that_mean_nothing_are_no_reason_to_fail(web: httpx.Client, path: str, headers: dict[str, str]) -> None:
    answer = web.get(path, headers={name: value.encode("latin-1") for name, value in headers.items()})

    assert answer.status_code == 200
