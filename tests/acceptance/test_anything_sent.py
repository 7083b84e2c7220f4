"""Anything that can be sent to the site: whatever the bytes, nobody gets an answer that says the fault is ours."""

from __future__ import annotations

import gzip
import re
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefings.subscribers.tokens import TokenPurpose, Tokens
from briefings.web.public.challenge import Challenge
from briefings.web.public.form_fields import Fields
from tests.acceptance.borough import place_otherham, write_briefing
from tests.acceptance.command import Installation, with_public_url
from tests.acceptance.conftest import EAST, EASTERNERS, subscribe_all, with_stand_ins
from tests.conftest import create_database

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
NAMES = (
    *("email", "region", "ward", "postcode", "language", "frequency", "format", "website", "step", "proof", "action"),
    *("pause", "until", "option", "message", "reason", "List-Unsubscribe", "q", "page", "x\x00y", ""),
    *("locale", "v", "erase", "\udc80", "region[]", "option" * 900),
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
        "\udc80",
        "E1 1AA",
        "e11",
        "٣",
        "²",
        "-0",
        "1" * 19,
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
PAGES = (
    *("/", "/pl/", "/ar", "/pl/east/", f"/ar/{EAST}/", f"/pl/{EAST}/large-print/", f"/ar/{EAST}/text/", "/pl/privacy"),
    *("/pl/archive", "/ar/archive?q=101&page=1&region=east", "/pl/ward/E05099901/", "/pl/nowhere/", "/pl/cookies"),
    *("/feeds/east/pl.atom", "/feeds/borough/ar.rss", "/feeds/ward/E05099901/pl.json", "/pl/accessibility"),
    *("/feeds/east/archive/2026-11/pl.atom", "/feeds/ward/E05099901/archive/2026-11/ar.rss", "/feeds/east/pl.xml"),
    *("/calendar/east/pl.ics", "/calendar/ward/E05099901/ar.ics", "/calendar/borough/pl.ics", "/sitemap.xml"),
    *("/alerts/east/2026-11-20-bicycle-thefts.cap", "/alerts/east/2026-11-20-bicycle-thefts/x.cap", "/sitemap-1.xml"),
    *("/api/v1/places", "/api/v1/briefings", f"/api/v1/briefings/{EAST}", "/api/openapi.json", "/api/v1/x"),
    *("/robots.txt", "/.well-known/security.txt", "/healthz", "/static/site.css", "/static/brand.svg", "/favicon.ico"),
    *(
        "/media/" + "a" * 32 + ".png",
        "/sandbox/",
        "/sandbox/mail/",
        "/sandbox/mail.json",
        "/sandbox/x/",
        "/pl/subscribe",
    ),
    *("/pl/preferences/{own}", "/pl/preferences/{own}/download", "/pl/preferences/{own}/erase", "/u/{leave}"),
    *("/pl/preferences", "/pl/confirm/{own}", f"/pl/respond/{EAST}?option=1", "/pl/east/2026-01-01-x/"),
)
"""Addresses of every route. None of them is asked by POST where that would erase somebody."""


@dataclass(frozen=True)
class Open:
    """A served site. `forms` are paths that take a form, `pages` those of everything else that it answers."""

    web: httpx.Client
    forms: tuple[str, ...]
    pages: tuple[str, ...]


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
    postcodes = folder / "postcodes.csv"
    postcodes.write_text("pcds,doterm,lad25cd,wd25cd\nE1 1AA,,E09099999,E05099901\nE1 1AB,,E09099999,E05099902\n")
    installation.run("postcodes", "import", str(postcodes))
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
            names = {"own": own, "leave": tokens.token(TokenPurpose.UNSUBSCRIBE, 2)}
            yield Open(client, forms, tuple(page.format(**names) for page in PAGES))


@contextmanager
def _staged(installation: Installation) -> Iterator[object]:
    yield from with_stand_ins(installation)


@TIMES
@given(data=st.data())
def test_whatever_a_form_holds_it_is_answered(site: Open, data: st.DataObject) -> None:
    path, form = data.draw(st.sampled_from(site.forms)), data.draw(fields)

    sent = urlencode(form, errors="surrogatepass")
    answers = [
        site.web.post(path, content=sent.encode(), headers={"content-type": FORM}),
        site.web.get(f"{path}?{sent}"[:9000]),
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


@TIMES
@given(query=fields, data=st.data())
def test_whatever_a_query_holds_it_is_answered(site: Open, query: list[tuple[str, str]], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(site.pages)).partition("?")[0]
    doubled = query + query[: data.draw(st.integers(0, 3))]

    answer = site.web.get(f"{site.web.base_url}{path}?{urlencode(doubled, errors='surrogatepass')}"[:9000])

    assert answer.status_code < 500


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "x"])
def test_every_address_answers_every_method_and_head_as_get(site: Open, method: str) -> None:
    for path in site.pages:
        asked = site.web.request(method, path)
        shown = site.web.get(path)

        assert shown.status_code < 500, path
        assert asked.status_code == (shown.status_code if method == "HEAD" else 405), (method, path)
        if method == "HEAD":
            assert asked.content == b""
            assert asked.headers.get("content-type") == shown.headers.get("content-type")
        elif method != "OPTIONS":
            assert asked.headers["allow"]


@settings(TIMES, max_examples=80)
@given(form=fields, data=st.data())
def test_however_a_form_is_packed_it_is_answered(site: Open, form: list[tuple[str, str]], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(site.forms))
    plain = urlencode(form, errors="surrogatepass").encode()
    coding = data.draw(st.sampled_from(("gzip", "deflate", "br", "identity", "x, gzip", "")))
    body = {"gzip": gzip.compress, "deflate": zlib.compress}.get(coding, bytes)(plain)

    answers = [
        site.web.post(path, content=body, headers={"content-type": FORM, "content-encoding": coding}),
        site.web.post(path, content=iter([plain[:7], b"", plain[7:]]), headers={"content-type": FORM}),
        site.web.post(path, files={"message": ("x\x00.txt", plain, "text/plain"), "email": (None, b"\xff")}),
        site.web.post(path, content=plain.decode("latin-1").encode("utf-16"), headers={"content-type": FORM}),
    ]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


@settings(TIMES, max_examples=80)
@given(form=fields, data=st.data())
def test_whatever_the_step_under_attack_brings_back_it_is_answered(
    site: Open, form: list[tuple[str, str]], data: st.DataObject
) -> None:
    known = Fields({_whole(name): [_whole(value)] for name, value in form})
    at = data.draw(st.sampled_from((0.0, 1e12, -1e12, time.monotonic() - 5)))
    step = dict(Challenge(SECRET.encode()).sealed(known, at))
    changed = data.draw(st.sampled_from(("", "step", "proof", "both")))
    for name in ("step", "proof"):
        if changed in (name, "both"):
            step[name] = data.draw(values)

    sent = urlencode([*step.items(), *step.items()], errors="surrogatepass").encode()
    paths = ("/pl/subscribe", "/ar/preferences")
    answers = [site.web.post(path, content=sent, headers={"content-type": FORM}) for path in paths]

    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


def _whole(text: str) -> str:
    """Return a text as a form's reader gives it: no half of a sign."""
    return text.encode("utf-8", "replace").decode()


RAW = {
    "a length of thousands of digits": b"POST /pl/subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 5000,
    "a length of twenty digits": b"POST /pl/subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 20,
    "a length below nothing": b"POST /pl/subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: -1",
    "two lengths": b"POST /pl/subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2",
    "a length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
    "an unknown coding": b"POST /pl/subscribe HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked",
    "a chunk of no size": b"POST /u/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    "the server itself": b"OPTIONS * HTTP/1.1\r\nHost: a",
    "get of the server itself": b"GET * HTTP/1.1\r\nHost: a",
    "a whole address": b"GET http://evil.example/pl/ HTTP/1.1\r\nHost: a",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a",
    "no host": b"GET /pl/ HTTP/1.1",
    "two hosts": b"GET /pl/ HTTP/1.1\r\nHost: a\r\nHost: b",
    "a strange host": b"GET /pl HTTP/1.1\r\nHost: \xff\xfe[::1:@/%00",
    "no path": b"GET ?q=1 HTTP/1.1\r\nHost: a",
    "half a sign": b"GET /pl/archive?q=%ED%A0%80%C3 HTTP/1.1\r\nHost: a",
    "half a sign in the path": b"GET /pl/%ED%A0%80/%C3/%00%0d%0a HTTP/1.1\r\nHost: a",
    "a percent alone": b"GET /%/%zz?%=% HTTP/1.1\r\nHost: a",
    "an old protocol": b"GET /pl/ HTTP/1.0",
    "another protocol": b"GET /pl/ HTTP/2.0\r\nHost: a",
    "an upgrade": b"GET /pl/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade",
    "a wait for leave": b"POST /pl/subscribe HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue",
}


@pytest.mark.parametrize("name", RAW)
def test_lines_that_no_browser_sends_are_answered_or_refused(site: Open, name: str) -> None:
    with closing(socket.create_connection((site.web.base_url.host, site.web.base_url.port), timeout=10)) as connection:
        connection.sendall(RAW[name] + b"\r\n\r\n")
        answer = connection.recv(65536)

    assert re.match(rb"HTTP/1\.1 (200|308|4\d\d|501) ", answer), answer[:80]
    assert b"Traceback" not in answer


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
