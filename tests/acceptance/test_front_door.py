"""The residents' door through `briefings serve`: forms, letters by real SMTP, links, and what looking never does."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from lxml import html

from tests.acceptance.command import Installation, decoded, everything, parsed, until, with_public_url
from tests.acceptance.conftest import Scene

FORM = {"email": "zofia@example.org", "ward": "E05099902", "language": "pl", "frequency": "immediate", "format": "html"}


@pytest.fixture
def web(scene: Scene) -> Iterator[httpx.Client]:
    with scene.installation.serving() as client:
        yield client


def letters(scene: Scene, number: int) -> list[str]:
    """Return the texts of the letters, oldest first, once there are as many."""
    until(lambda: len(everything(scene.stand_ins)) >= number, f"{number} letters did not come")
    mails = sorted(everything(scene.stand_ins), key=lambda mail: mail.id)
    return [decoded(parsed(scene.stand_ins, mail)) for mail in mails]


def link(letter: str, page: str) -> str:
    """Return the path of a link to a page that a letter holds."""
    found = re.search(rf"/[\w-]+/{page}/[0-9a-f]{{48}}", letter)
    assert found is not None, letter
    return found[0]


def active(installation: Installation) -> list[tuple[str, str]]:
    rows = installation.rows(
        "SELECT email, locale FROM subscribers WHERE confirmed_at IS NOT NULL AND ended_at IS NULL"
    )
    return [tuple(row) for row in rows]


def dump(installation: Installation) -> list[str]:
    with closing(sqlite3.connect(installation.data_dir / "briefings.db")) as database:
        return list(database.iterdump())


@pytest.mark.slow
def test_a_resident_signs_up_confirms_changes_leaves_and_comes_back_in_their_own_language(
    scene: Scene, web: httpx.Client
) -> None:
    asked = web.post("/pl/subscribe", data=FORM)
    (letter,) = letters(scene, 1)
    before = active(scene.installation)
    confirm = link(letter, "confirm")
    shown = web.get(confirm)
    confirmed = html.fromstring(web.post(confirm).text)
    (own,) = [path for path in confirmed.xpath("//main//a/@href") if "/preferences/" in path]
    changed = web.post(own, data={"region": "west", "language": "lt", "action": "choose"})
    after = active(scene.installation)
    left = html.fromstring(web.post(own, data={"action": "leave"}).text)
    (unsubscribe,) = set(left.xpath("//form/@action"))
    gone = active(scene.installation)
    back = web.post(str(unsubscribe), data={"action": "back"})

    assert asked.status_code == 200
    assert confirm.startswith("/pl/")
    assert before == []
    assert html.fromstring(shown.text).get("lang") == "pl"
    assert changed.status_code == 200
    assert after == [("zofia@example.org", "lt")]
    assert gone == []
    assert back.status_code == 200
    assert active(scene.installation) == [("zofia@example.org", "lt")]
    actions = scene.installation.rows("SELECT action, source, words FROM consents ORDER BY id")
    assert [row.action for row in actions] == ["given", "withdrawn", "given"]
    assert actions[0].words


@pytest.mark.slow
def test_a_site_that_is_served_alone_in_the_sandbox_shows_its_letters(tmp_path: Path, otherham: Path) -> None:
    installation = with_public_url(Installation(tmp_path / "data", otherham))

    with installation.serving() as web:
        asked = web.post("/pl/subscribe", data=FORM)
        until(lambda: "zofia@example.org" in web.get("/sandbox/").text, "the letter was not caught")

    assert asked.status_code == 200


@pytest.mark.slow
def test_the_token_that_mail_providers_see_never_leads_to_what_only_the_person_may_see(
    scene: Scene, web: httpx.Client
) -> None:
    web.post("/pl/subscribe", data=FORM)
    confirmed = html.fromstring(web.post(link(letters(scene, 1)[0], "confirm")).text)
    (own,) = [path for path in confirmed.xpath("//main//a/@href") if "/preferences/" in path]
    left = html.fromstring(web.post(own, data={"action": "leave"}).text)
    (unsubscribe,) = set(left.xpath("//form/@action"))
    steps = ["back", "back", "pause", "reason", "back", "choose", "download", "erase"]

    answers = [web.get(str(unsubscribe)), *(web.post(str(unsubscribe), data={"action": step}) for step in steps)]

    secrets = (own.rpartition("/")[2], "zofia")
    assert {answer.status_code for answer in answers} == {200}
    assert [secret for secret in secrets for answer in answers if secret in answer.text] == []
    assert web.get(str(unsubscribe).replace("/u/", "/pl/preferences/")).status_code == 404


@pytest.mark.slow
def test_ten_thousand_posts_for_one_address_are_answered_and_bring_one_mail(scene: Scene, web: httpx.Client) -> None:
    bodies = {
        (answer.status_code, answer.content) for _ in range(10_000) for answer in [web.post("/pl/subscribe", data=FORM)]
    }
    letters(scene, 1)
    other = web.post("/pl/subscribe", data={**FORM, "email": "last@example.org"})
    letters(scene, 2)  # whatever was to come for the first address has come before this one

    assert [status for status, _ in bodies] == [200]
    assert other.status_code == 200
    recipients = [recipient for mail in everything(scene.stand_ins) for recipient in mail.rcpt_to]
    assert sorted(recipients) == ["last@example.org", "zofia@example.org"]


@pytest.mark.slow
def test_a_thousand_looks_at_every_link_change_nothing(scene: Scene, web: httpx.Client) -> None:
    web.post("/pl/subscribe", data=FORM)
    confirmed = html.fromstring(web.post(link(letters(scene, 1)[0], "confirm")).text)
    (own,) = [path for path in confirmed.xpath("//main//a/@href") if "/preferences/" in path]
    left = html.fromstring(web.post(own, data={"action": "leave"}).text)
    (unsubscribe,) = set(left.xpath("//form/@action"))
    web.post(str(unsubscribe), data={"action": "back"})
    web.post("/pl/subscribe", data={**FORM, "email": "other@example.org"})
    waiting = link(letters(scene, 2)[1], "confirm")
    paths = [waiting, own, f"{own}/download", f"{own}/erase", str(unsubscribe)]
    before = dump(scene.installation)

    answers = {
        (method, path): {web.request(method, f"{path}?action=leave&pause=14").status_code for _ in range(number)}
        for path in paths
        for method, number in (("GET", 500), ("HEAD", 300), ("OPTIONS", 200))
    }

    assert {(method, *found) for (method, _), found in answers.items()} == {
        ("GET", 200), ("HEAD", 200), ("OPTIONS", 405),
    }  # fmt: skip
    assert dump(scene.installation) == before
    assert active(scene.installation) == [("zofia@example.org", "pl")]


def holding(folder: Path, address: str) -> list[str]:
    """Return the files below a folder whose bytes have an address, but for the catcher's: those were delivered."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("caught.")]
    return sorted(path.name for path in files if address.encode() in path.read_bytes().lower())


@pytest.mark.slow
def test_who_erases_themself_on_the_site_is_in_no_file_of_the_installation(scene: Scene, web: httpx.Client) -> None:
    refused = scene.installation.data_dir.parent / "list.csv"
    refused.write_text("email,locale,regions,wards,frequency,format,confirmed_at,source\nzofia@example.org,xx,,,,,,\n")
    scene.installation.run("subscribers", "import", str(refused), code=None)
    web.post("/pl/subscribe", data=FORM)
    confirmed = html.fromstring(web.post(link(letters(scene, 1)[0], "confirm")).text)
    (own,) = [path for path in confirmed.xpath("//main//a/@href") if "/preferences/" in path]
    before = holding(scene.installation.data_dir, "zofia@example.org")

    erased = web.post(f"{own}/erase")

    assert erased.status_code == 200
    assert any(name.endswith(".csv") for name in before)
    assert any(name.startswith("briefings.db") for name in before)
    assert holding(scene.installation.data_dir, "zofia@example.org") == []
    assert web.get(own).status_code == 404
