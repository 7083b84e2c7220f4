"""Before publish_at nothing is sent, and no address of the site shows a byte of the briefing."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from briefings.content.loader import load_content
from briefings.model.language import catalog_name
from briefings.settings import CHECKOUT
from briefings.translation.segments import source_texts
from tests.acceptance.command import everything, posts
from tests.acceptance.conftest import EARLY, NORTH, SHIPPED, Scene
from tests.acceptance.site_addresses import addresses

pytestmark = pytest.mark.slow

CENTRAL = SHIPPED[1]
BEFORE = "2026-11-20T08:59"


def titles(text: str) -> set[str]:
    """Return a title in every language that has it."""
    found = {text}
    for locale in yaml.safe_load((CHECKOUT / "content" / "places.yaml").read_text())["locales"]:
        path = CHECKOUT / "locales" / catalog_name(locale) / "LC_MESSAGES" / "content.po"
        if path.is_file():
            entry = read_po(path.open("rb")).get(text)
            found |= {str(entry.string)} if entry and entry.string else set()
    return found


def test_an_approved_briefing_is_not_sent_before_its_time(shipped_to_few: Scene) -> None:
    installation, stand_ins = shipped_to_few.installation, shipped_to_few.stand_ins

    due = installation.run("publish", "--due", "--now", BEFORE)
    named = installation.run("publish", NORTH, "--now", BEFORE, code=1)
    delivered = installation.run("deliver", "--now", BEFORE)

    assert "nothing is due" in due.out
    assert named.err.splitlines() == [f"{NORTH} may not go out before 2026-11-20 09:00 (publish_at)"]
    assert "nothing" in delivered.out
    assert (everything(stand_ins), posts(stand_ins)) == ([], [])
    assert installation.status(NORTH)["state"] == "approved"


def test_no_address_shows_a_byte_of_an_embargoed_briefing_while_another_is_public(shipped_to_few: Scene) -> None:
    installation = shipped_to_few.installation
    content = load_content(CHECKOUT)
    briefing = content.briefings[CENTRAL]
    installation.run("approve", CENTRAL, "--by", "A second person", "--now", EARLY)
    installation.run("publish", NORTH, "--now", "2026-11-20T09:00")
    own = {text for text in source_texts(briefing).values() if len(text) > 20}
    own -= set(source_texts(content.briefings[NORTH]).values())
    secrets = {briefing.slug, *titles(briefing.title)} | own
    regions = {"central": (content.places.locales, content.places.regions["central"].wards[0])}
    image = f"/media/{briefing.images[0].digest[:32]}{Path(briefing.images[0].src).suffix}"
    shown: dict[str, str] = {}

    with installation.serving() as site:
        for address in addresses(regions):
            answer = site.get(address)
            assert answer.status_code == 200, address
            shown[address] = f"{answer.headers}\n{answer.text}"
        for locale in content.places.locales:
            for address in (f"/{locale}/{CENTRAL}/", f"/{locale}/respond/{CENTRAL}", image):
                answer = site.get(address)
                assert answer.status_code == 404, address
                shown[address] = answer.text.replace(CENTRAL, "")
        never_was = site.get("/en-GB/central/2026-11-20-nothing-of-the-kind/")
        embargoed = site.get(f"/en-GB/{CENTRAL}/")

    assert [(where, secret) for where, text in shown.items() for secret in secrets if secret in text] == []
    assert len(secrets) > 30
    assert briefing.slug not in shown["/en-GB/central/"]
    assert content.briefings[NORTH].title in shown["/en-GB/"]
    assert content.briefings[NORTH].title in shown["/feeds/borough/en-GB.rss"]
    assert embargoed.content == never_was.content
    assert {**embargoed.headers, "date": ""} == {**never_was.headers, "date": ""}
