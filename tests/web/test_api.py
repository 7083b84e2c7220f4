"""The API, on a real socket and a real database: it tells what is published, and agrees with its own description."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.core.result import Ok

from briefings.editorial.amend import withdraw
from briefings.editorial.publish import publish
from briefings.services import Services
from briefings.web.public.stored import LOOK_AGAIN
from briefings.web.serve import application
from tests.editorial.conftest import EAST, Newsroom
from tests.editorial.conftest import newsroom as newsroom
from tests.web.conftest import Stage

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST = "/api/v1/briefings"


@pytest.fixture
def api(stage: Stage, newsroom: Newsroom) -> Iterator[httpx.Client]:
    """Otherham's site with one approved briefing that is not published yet."""
    newsroom.ready()
    services = Services(newsroom.settings)
    newsroom.opened.append(services)
    stage.app = application(services)
    with httpx.Client(base_url=stage.url, timeout=10) as client:
        yield client


def seen_by_the_site() -> None:
    """Wait until the site has looked again whether anything changed."""
    time.sleep(LOOK_AGAIN * 1.2)


def test_a_briefing_is_told_from_its_publication_to_its_withdrawal_and_no_longer(
    api: httpx.Client, newsroom: Newsroom
) -> None:
    before = [api.get(LIST).json()["total"], api.get(f"{LIST}/{EAST}").status_code]

    publish(newsroom.desk, [EAST], newsroom.clock)
    seen_by_the_site()
    meanwhile = [api.get(LIST).json()["total"], api.get(f"{LIST}/{EAST}").status_code]
    listed = api.get(LIST, params={"locale": "ar"}).json()
    whole = api.get(f"{LIST}/{EAST}", params={"locale": "ar"}).json()
    withdraw(newsroom.desk, EAST, "A mistake.", newsroom.clock)
    seen_by_the_site()
    after = [api.get(LIST).json()["total"], api.get(f"{LIST}/{EAST}").status_code]

    assert before == after == [0, 404]
    assert meanwhile == [1, 200]
    assert [item["briefing"] for item in listed["briefings"]] == [EAST]
    assert listed["briefings"][0]["url"] == whole["url"] == f"https://otherham.example/ar/{EAST}/"
    assert "ar" in whole["languages"]
    assert whole["edition"]["locale"] == "ar"
    assert not whole["corrected"]


def test_a_search_finds_what_holds_its_words_and_is_kept_by_nobody(api: httpx.Client, newsroom: Newsroom) -> None:
    publish(newsroom.desk, [EAST], newsroom.clock)
    seen_by_the_site()
    title = api.get(LIST).json()["briefings"][0]["title"]["text"]

    found = api.get(LIST, params={"q": title.split()[0], "ward": newsroom.desk.content.places.regions["east"].wards[0]})
    missed = api.get(LIST, params={"q": "zzyzx"})

    assert (found.json()["total"], missed.json()["total"]) == (1, 0)
    assert found.headers["cache-control"] == "no-store"


def test_who_has_an_answer_gets_304_until_something_is_published(api: httpx.Client, newsroom: Newsroom) -> None:
    known = {"if-none-match": api.get(LIST).headers["etag"]}

    same = api.get(LIST, headers=known)
    publish(newsroom.desk, [EAST], newsroom.clock)
    seen_by_the_site()
    changed = api.get(LIST, headers=known)

    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)
    assert {same.headers["access-control-allow-origin"], changed.headers["access-control-allow-origin"]} == {"*"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{LIST}?locale=xx", 400),
        (f"{LIST}?region=moon", 400),
        (f"{LIST}?ward=E00000000", 400),
        (f"{LIST}?region=west&ward=E05099901", 404),
        (f"{LIST}?page=0", 400),
        (f"{LIST}?page=%D9%A1", 400),
        (f"{LIST}?q={'a' * 401}", 400),
        (f"{LIST}/east/nothing", 404),
        (f"{LIST}/east/%00", 404),
        ("/api/v2/anything", 404),
    ],
)
def test_every_error_has_one_shape_and_says_what_is_wrong(api: httpx.Client, path: str, status: int) -> None:
    answer = api.get(path)

    assert answer.status_code == answer.json()["error"]["status"] == status
    assert answer.json()["error"]["message"]
    assert answer.headers["content-type"] == "application/json"


def test_writing_is_refused_in_the_same_shape(api: httpx.Client) -> None:
    answer = api.post(LIST, json={})

    assert (answer.status_code, answer.json()["error"]["status"]) == (405, 405)
    assert "GET" in answer.headers["allow"]


def test_the_description_is_openapi_and_names_the_boroughs_own_languages(api: httpx.Client) -> None:
    described = api.get("/api/openapi.json").json()

    validate(described)
    parameters = described["paths"][LIST]["get"]["parameters"]
    assert parameters[0]["schema"]["enum"] == ["en-GB", "ar", "lt", "pl"]


def test_whatever_is_asked_the_answer_is_as_described(api: httpx.Client, newsroom: Newsroom) -> None:
    publish(newsroom.desk, [EAST], newsroom.clock)
    described = api.get("/api/openapi.json").json()
    described["servers"] = [{"url": str(api.base_url)}]
    schema = schemathesis.openapi.from_dict(described)
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    seen: list[int] = []

    @settings(
        max_examples=25, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def ask(data: Any) -> None:
        for operation in operations:
            case = data.draw(operation.as_strategy())
            answer = case.call(base_url=str(api.base_url))
            assert answer.status_code < 500
            case.validate_response(answer)
            seen.append(answer.status_code)

    ask()

    assert len(operations) == 3
    assert 200 in seen
