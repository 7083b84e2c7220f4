"""Pages that say that something went wrong: what happened and what to do, in every language, without the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import html5lib
import httpx
import pytest
from lxml import html

from briefings.model.language import direction
from briefings.rendering.site import Site
from briefings.services import Services
from briefings.settings import Settings
from briefings.store.engine import migrate
from briefings.subscribers.tokens import TokenPurpose, Tokens
from briefings.web.app import create_app
from briefings.web.guard.bucket import TokenBucket
from briefings.web.guard.connections import CROWDED
from briefings.web.guard.requests import CROWDED_S, Pace
from briefings.web.public.error_words import ERRORS
from briefings.web.refusals import TRY_AGAIN_S
from briefings.web.serve import application
from tests.acceptance.command import until
from tests.conftest import missing
from tests.postgres import HURRIED, cluster, installed
from tests.rendering.editions import LOCALES, TEMPLATES, sample_briefing
from tests.web.conftest import Stage
from tests.web.published import MemorySite
from tests.web.test_connections import Served

FORM = f"/{{}}/respond/{sample_briefing().id}"
WITHDRAWN = replace(sample_briefing(), slug="2026-11-02-withdrawn", images=())
SENT = {"content-type": "application/x-www-form-urlencoded"}
FAULT = "a fault of ours at /srv/briefings, of ana@example.org"
Ask = Callable[[httpx.Client, str], httpx.Response]
ASKED: dict[int, Ask] = {
    400: lambda web, locale: web.post(FORM.format(locale), content=b"&".join([b"a=1"] * 500), headers=SENT),
    403: lambda web, locale: web.post(FORM.format(locale), headers={"sec-fetch-site": "cross-site"}),
    404: lambda web, locale: web.get(f"/{locale}/nowhere/"),
    405: lambda web, locale: web.put(f"/{locale}/"),
    410: lambda web, locale: web.get(f"/{locale}/{WITHDRAWN.id}/"),
    413: lambda web, locale: web.post(FORM.format(locale), data={"message": "a" * 70_000}),
    414: lambda web, locale: web.get(f"/{locale}/?{'a' * 9000}"),
    415: lambda web, locale: web.post(FORM.format(locale), content=b"{}"),
    429: lambda web, locale: [web.get(f"/{locale}/", headers={"x-forwarded-for": "203.0.113.9"}) for _ in "12"][1],
    500: lambda web, locale: web.get(f"/{locale}/riverside/"),
    503: lambda web, locale: web.get(f"/{locale}/", headers={"x-test": "crowded"}),
}


class Broken(MemorySite):
    """A site whose lists of regions have a fault."""

    def published(self, locale: str, region: str | None = None, *rest: object, **options: object) -> list[object]:  # type: ignore[override]
        if region is not None:
            raise RuntimeError(FAULT)
        return []


@pytest.fixture
def web(stage: Stage, site: Site) -> Iterator[httpx.Client]:
    """A site on which everything can go wrong; one of its two briefings is withdrawn."""
    source = Broken(site)
    source.publish(sample_briefing())
    source.publish(WITHDRAWN)
    source.withdraw(WITHDRAWN.id, WITHDRAWN.publish_at)
    pace = Pace(TokenBucket(1, 60.0), TokenBucket(1, 60.0), (ip_network("127.0.0.0/8"),), lambda: 100.0)
    app = create_app(source, site, TEMPLATES, pace=pace)

    async def sometimes_crowded(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        if (b"x-test", b"crowded") in scope["headers"]:
            scope["extensions"] = {CROWDED: {}}
        await app(scope, receive, send)

    stage.app = sometimes_crowded
    with httpx.Client(base_url=stage.url, timeout=10) as client:
        yield client


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("status", ASKED)
def test_every_error_says_what_happened_and_what_to_do_in_the_readers_language(
    web: httpx.Client, status: int, locale: str
) -> None:
    answer = ASKED[status](web, locale)

    html5lib.HTMLParser(strict=True).parse(answer.text)
    page = html.fromstring(answer.text)
    main = page.xpath("//main")[0]
    assert answer.status_code == status
    assert (page.get("lang"), page.get("dir")) == (locale, direction(locale))
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert main.xpath(".//a/@href") == [f"/{locale}/"]
    assert len(main.xpath("./h1")) == 1
    assert len([line for line in main.xpath("./p[not(a)]") if line.text_content().strip()]) in (1, 2)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    if status != 410:  # that one is a page like others, until it is published again
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("status", ASKED)
def test_only_what_passes_by_itself_says_when_to_ask_again(web: httpx.Client, status: int) -> None:
    answer = ASKED[status](web, "ta")

    expected = {429: "61", 503: str(CROWDED_S)}
    assert answer.headers.get("retry-after") == expected.get(status)
    assert (answer.headers.get("allow") is not None) == (status == 405)


def test_errors_that_are_not_alike_do_not_sound_alike(web: httpx.Client) -> None:
    said = {
        status: " ".join(html.fromstring(ask(web, "en-GB").text).xpath("//main//text()"))
        for status, ask in ASKED.items()
    }

    assert len(set(said.values())) == len(said) - 1, said
    assert said[400] == said[415], "both could not be read"
    assert set(ERRORS) == set(ASKED) - {410} | {408}


def test_a_fault_of_ours_is_told_without_what_it_was(web: httpx.Client) -> None:
    answers = [ASKED[500](web, "ur"), web.get("/ur/riverside/", headers={"accept": "application/json"})]

    for answer in answers:
        told = answer.text + str(answer.headers)
        assert answer.status_code == 500
        assert [word for word in (*FAULT.split(), "Traceback", "RuntimeError", ".py") if word in told.split()] == []


def test_where_no_address_says_it_the_browser_says_the_language(web: httpx.Client) -> None:
    answers = [web.get(path, headers={"accept-language": "ta"}) for path in ("/no/where", "/u/x/y", "/favicon.png")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert {html.fromstring(answer.text).get("lang") for answer in answers} == {"ta"}


def test_who_finds_no_room_is_told_so_in_their_language_and_when_to_come_back(source: MemorySite, site: Site) -> None:
    with Served(create_app(source, site, TEMPLATES), limit_concurrency=3) as served:
        waiting = [served.connection() for _ in range(3)]
        with served.connection() as late:
            late.sendall(b"GET /ur/ HTTP/1.1\r\nHost: a\r\n\r\n")
            crowded = _all(late)
        for connection in waiting:
            connection.close()

    head, _, body = crowded.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert f"retry-after: {CROWDED_S}".encode() in head.lower()
    assert b"connection: close" in head.lower()
    assert html.fromstring(body.decode()).get("lang") == "ur"


def _all(connection) -> bytes:  # type: ignore[no-untyped-def]
    read = b""
    while data := connection.recv(65536):
        read += data
    return read


STORED = (
    *("/ur/", "/ur/north/", "/ur/ward/E05013882/", "/ur/archive?q=101", "/ur/subscribe", "/feeds/north/ur.atom"),
    *("/u/{unsubscribe}", "/ur/preferences/{preferences}", "/ur/confirm/{confirm}", "/ur/respond/north/2026-11-20-x"),
    *("/calendar/north/ur.ics", "/sitemap.xml", "/api/v1/briefings", "/alerts/north/2026-11-20-x.cap"),
)
"""Addresses that cannot be answered without the store."""


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_without_the_database_every_page_says_so_and_looks_like_one_of_ours(
    stage: Stage, tmp_path: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as running:
        url = f"sqlite:///{tmp_path / 'briefings.db'}"
        if database == "postgresql":
            binaries = installed() or missing("PostgreSQL is not installed")
            assert binaries is not None
            url = running.enter_context(cluster(binaries, HURRIED))
        services = Services(Settings(_env_file=None, data_dir=tmp_path, database_url=url))  # type: ignore[call-arg]
        migrate(services.engine)
        stage.app = application(services)
        web = httpx.Client(base_url=stage.url, timeout=20, headers={"accept-language": "ur"}, trust_env=False)
        tokens = Tokens(services.desk.secret)
        names = {purpose.name.lower(): tokens.token(purpose, 1) for purpose in TokenPurpose}
        paths = [path.format(**names) for path in STORED]
        before = {path: web.get(path).status_code for path in paths}
        sign_up = {"email": "ana@example.org", "region": "north", "language": "ur"}
    if database == "sqlite":
        services.engine.dispose()
        for file in tmp_path.glob("briefings.db*"):
            file.unlink()
        (tmp_path / "briefings.db").mkdir()

    until(lambda: web.get("/ur/").status_code != 200, "the site does not look whether anything has changed")
    answers = {path: web.get(path) for path in paths} | {"form": web.post("/ur/subscribe", data=sign_up)}
    style = web.get(html.fromstring(answers["/ur/"].text).xpath("//link[@rel='stylesheet']/@href")[0])

    assert set(before.values()) <= {200, 404}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 503} == {}
    for path, answer in answers.items():
        assert answer.headers["retry-after"] == str(TRY_AGAIN_S)
        for word in ("sqlite", "pg8000", "SELECT", "Error", "127.0.0.1", str(tmp_path), "ana@"):
            assert word not in answer.text.replace("/ur/", ""), path
        if not path.startswith("/api"):
            assert html.fromstring(answer.text).get("lang") == "ur"
    assert answers["/api/v1/briefings"].json()["error"]["status"] == 503
    assert style.status_code == 200
    assert "site.no_database" in caplog.text
    assert "ana@" not in caplog.text
    web.close()
    services.engine.dispose()
