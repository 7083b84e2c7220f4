"""Anything that can be sent to the site: whatever the bytes, nobody gets an answer that says the fault is ours."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.acceptance.borough import place_otherham, write_briefing
from tests.acceptance.command import Installation, with_public_url
from tests.acceptance.conftest import EAST, EASTERNERS, subscribe_all, with_stand_ins
from tests.conftest import create_database

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
NAMES = (
    *("email", "region", "ward", "postcode", "language", "frequency", "format", "website", "step", "proof", "action"),
    *("pause", "until", "option", "message", "reason", "List-Unsubscribe", "q", "page", "x\x00y", ""),
)
VALUES = (
    *(
        "ana@example.org",
        "east",
        "E05099901",
        "pl",
        "weekly",
        "html",
        "choose",
        "pause",
        "move",
        "back",
        "resume",
        "14",
    ),
    *(
        "0",
        "-1",
        "9" * 5000,
        "2026-12-24",
        "9999-12-31",
        "0001-01-01",
        "24:61",
        "\x00",
        "\ud7ff\uffff",
        "İ",
        "a" * 9000,
    ),
    *(
        "%",
        "'; DROP TABLE subscribers; --",
        '"x" OR NEAR(',
        "*",
        "<script>",
        "../../etc",
        "{{ 7 * 7 }}",
        "{name}",
        "1e999",
    ),
)
TIMES = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

values = st.sampled_from(VALUES) | st.text(max_size=60)
fields = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=12)
parts = st.binary(max_size=12).map(quote_from_bytes) | st.sampled_from(("pl", "east", "ward", "subscribe", "x" * 3000))
header_values = st.binary(max_size=40).map(
    lambda raw: bytes(byte for byte in raw if byte >= 32 and byte != 127).strip()
)


METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY", "x")
HEADERS = (
    *("accept-language", "if-none-match", "if-modified-since", "range", "content-type", "origin", "sec-fetch-site"),
    *("x-forwarded-for", "forwarded", "accept", "accept-encoding", "cookie", "referer", "te", "expect"),
)
SECRET = "a secret of the tests, thirty-two"


@dataclass(frozen=True)
class Open:
    """A served site. `forms` are paths that take a form."""

    web: httpx.Client
    forms: tuple[str, ...]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Otherham with a published briefing and those who follow it, on both databases."""
    folder = tmp_path_factory.mktemp("anything")
    environment = {"SECRET_KEY": SECRET}
    if request.param == "postgresql":
        template = request.getfixturevalue("postgres_template")
        environment["DATABASE_URL"] = create_database(request.getfixturevalue("postgres_url"), template)
    installation = with_public_url(Installation(folder / "data", place_otherham(folder / "otherham"), environment))
    subscribe_all(installation, EASTERNERS)
    write_briefing(installation.root, EAST)
    installation.prepare_and_approve(EAST)
    tokens = Tokens(SECRET.encode())
    own = tokens.token(TokenPurpose.PREFERENCES, 1)
    forms = (
        *(
            "/pl/subscribe",
            "/ar/preferences",
            f"/pl/respond/{EAST}",
            f"/pl/preferences/{own}",
            f"/ar/preferences/{own}",
        ),
        *(
            f"/u/{tokens.token(TokenPurpose.UNSUBSCRIBE, 1)}",
            f"/u/{own}",
            f"/pl/confirm/{own}",
            f"/xx/preferences/{own}/erase",
        ),
        *("/sandbox/x/mentions", "/pl/archive", "/", f"/pl/preferences/{'a' * 40}", "/pl/preferences/x"),
    )
    with _staged(installation):
        installation.run("publish", EAST, "--now", "2026-11-20T09:05")
        with installation.serving() as client:
            yield Open(client, forms)


@contextmanager
def _staged(installation: Installation) -> Iterator[object]:
    yield from with_stand_ins(installation)


@TIMES
@given(data=st.data())
def test_whatever_a_form_holds_it_is_answered(site: Open, data: st.DataObject) -> None:
    path, form = data.draw(st.sampled_from(site.forms)), data.draw(fields)

    answers = [
        site.web.post(path, content=urlencode(form, errors="surrogatepass").encode(), headers={"content-type": FORM}),
        site.web.get(path, params=form),
    ]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


@TIMES
@given(body=st.binary(max_size=300), data=st.data())
def test_whatever_a_body_is_it_is_answered(site: Open, body: bytes, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(site.forms))
    kind = data.draw(
        st.sampled_from((FORM, f"{FORM};charset=utf-16", "multipart/form-data; boundary=x", "application/json", ""))
    )

    answer = site.web.post(
        path, content=body * data.draw(st.sampled_from((1, 1, 1, 400))), headers={"content-type": kind}
    )

    assert answer.status_code < 500


@TIMES
@given(address=st.lists(parts, max_size=5), query=fields, method=st.sampled_from(METHODS))
def test_whatever_an_address_is_it_is_answered(
    site: Open, address: list[str], query: list[tuple[str, str]], method: str
) -> None:
    whole = f"{site.web.base_url}/{'/'.join(address)}?{urlencode(query, errors='surrogatepass')}"

    answer = site.web.request(method, whole)

    assert answer.status_code < 500


@TIMES
@given(headers=st.dictionaries(st.sampled_from(HEADERS), header_values, max_size=6), data=st.data())
def test_whatever_headers_say_the_request_is_answered(
    site: Open, headers: dict[str, bytes], data: st.DataObject
) -> None:
    path = data.draw(
        st.sampled_from((*site.forms, "/pl/", f"/pl/{EAST}/", "/feeds/east/pl.atom", "/calendar/east/pl.ics"))
    )

    answers = [site.web.request(method, path, headers=headers) for method in ("GET", "POST")]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


@settings(TIMES, max_examples=60)
@given(
    sent=st.binary(max_size=200)
    | st.binary(max_size=50).map(lambda tail: b"POST /pl/subscribe HTTP/1.1\r\nHost: a\r\n" + tail)
)
def test_whatever_bytes_come_the_site_goes_on(site: Open, sent: bytes) -> None:
    with closing(socket.create_connection((site.web.base_url.host, site.web.base_url.port), timeout=10)) as connection:
        connection.sendall(sent)

    assert site.web.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/pl/archive?page=" + "9" * 5000,
        "/pl/archive?q=" + "%22%27%28%29%2A%3A-%5E",
        "/pl/archive?q=AND%20OR%20NOT%20NEAR&region=nowhere&page=0",
        "/sandbox/mail/" + "9" * 30 + "/",
        "/sandbox/x/media/" + "9" * 30,
        "/sandbox/mail/?page=99999999",
        "/calendar/ward/E05099901/.ics",
        "/feeds/ward/%00/pl.atom",
        "/media/" + "a" * 32 + ".png",
        "/pl/east/" + "%ff" * 50 + "/",
        "//evil.example/",
        "//evil.example/pl",
        "/pl//evil.example",
        "/pl/%2F%2Fevil.example",
    ],
)
def test_addresses_that_were_found_to_be_awkward_are_answered_and_lead_to_no_other_site(site: Open, path: str) -> None:
    base = str(site.web.base_url).rstrip("/")

    answer = httpx.get(base + path, trust_env=False)

    assert answer.status_code < 500
    assert not answer.headers.get("location", "/").startswith(("//", "http", "/\\"))
