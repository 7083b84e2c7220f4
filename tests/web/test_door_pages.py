"""Every page of the door as a document: valid HTML, and no English that a translator was never given."""

from __future__ import annotations

from collections.abc import Iterator

import html5lib
import httpx
import pytest
from lxml import html

from tests.rendering.editions import sample_briefing
from tests.rendering.pseudo_locale import PSEUDO, not_translated, pseudo_site, seen_and_heard
from tests.web.conftest import Stage
from tests.web.published import MemorySite
from tests.web.residents_site import Residents

BRIEFING = sample_briefing()
FORM = {"email": "ana@example.org", "region": "riverside", "ward": "E05999903", "language": PSEUDO}


@pytest.fixture
def bracketed(stage: Stage, source: MemorySite, residents: Residents) -> Iterator[httpx.Client]:
    """The site in the locale of brackets, asked from somewhere else."""
    residents.site = pseudo_site()
    residents.find_wards = lambda postcode: ()
    stage.app = residents.app(source)
    elsewhere = {"x-forwarded-for": "203.0.113.7", "accept-language": PSEUDO}
    with httpx.Client(base_url=stage.url, timeout=10, headers=elsewhere) as client:
        yield client


def every_page(web: httpx.Client, residents: Residents) -> dict[str, httpx.Response]:
    """Walk through the door; return each page that somebody may see, by what it is."""
    door, choices = f"/{PSEUDO}/subscribe", f"/{PSEUDO}/preferences"
    pages = {
        "form": web.get(f"{door}?ward=E05999903"),
        "form with mistakes": web.post(door, data={"postcode": "EX9", "language": "", "frequency": "x", "format": "x"}),
        "look in your mail": web.post(door, data=FORM),
        "confirm": web.get(confirm := f"/{PSEUDO}/confirm/{residents.letter()}"),
        "ask for a link": web.get(choices),
        "ask for a link, wrongly": web.post(choices, data={"email": "x"}),
        "link is on its way": web.post(choices, data={"email": "ana@example.org"}),
        "unknown link": web.get(f"/{PSEUDO}/confirm/x"),
    }
    pages["confirmed"] = web.post(confirm)
    own = next(link for link in html.fromstring(pages["confirmed"].text).xpath("//main//a/@href") if "preferen" in link)
    pages["own page"] = web.get(own)
    pages["saved"] = web.post(own, data={**FORM, "action": "choose"})
    pages["paused"] = web.post(own, data={"pause": "14", "action": "pause"})
    pages["resumed"] = web.post(own, data={"action": "resume"})
    pages["wrong day"] = web.post(own, data={"action": "pause"})
    pages["moving"] = web.post(own, data={"email": "new@example.org", "action": "move"})
    move = f"/{PSEUDO}/confirm/{residents.letter()}"
    pages["confirm a move"] = web.get(move)
    pages["moved"] = web.post(move)
    pages["own page, moved"] = web.get(own)
    pages["erase"] = web.get(f"{own}/erase")
    pages["left"] = web.post(own, data={"action": "leave"})
    pages["erased"] = web.post(f"{own}/erase")
    return pages


def test_every_page_of_the_door_is_valid_html_and_says_nothing_in_english(
    bracketed: httpx.Client, residents: Residents
) -> None:
    pages = every_page(bracketed, residents)

    wrong = {}
    for name, page in pages.items():
        html5lib.HTMLParser(strict=True).parse(page.text)
        left = not_translated(seen_and_heard(page.text), BRIEFING)
        if left or html.fromstring(page.text).get("lang") != PSEUDO:
            wrong[name] = left
    assert wrong == {}
    assert {name: page.status_code for name, page in pages.items() if page.status_code != 200} == {
        "form with mistakes": 422, "ask for a link, wrongly": 422, "unknown link": 404, "wrong day": 422,
    }  # fmt: skip


def test_the_step_under_attack_is_valid_html_and_says_nothing_in_english(
    bracketed: httpx.Client, stage: Stage, source: MemorySite, residents: Residents
) -> None:
    residents.above = 0
    stage.app = residents.app(source)

    page = bracketed.post(f"/{PSEUDO}/subscribe", data=FORM)

    html5lib.HTMLParser(strict=True).parse(page.text)
    assert html.fromstring(page.text).xpath("//input[@name='proof']")
    assert not_translated(seen_and_heard(page.text), BRIEFING) == []
