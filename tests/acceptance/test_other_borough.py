"""Another borough: its own places and languages, two of them with no catalog at all, and nothing of the first one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.borough import TITLE, place_otherham, write_briefing
from tests.acceptance.command import Installation, decoded, everything, parsed, posts, recipients, with_public_url
from tests.acceptance.conftest import EAST, Scene, subscribe_all, with_stand_ins
from tests.acceptance.site_addresses import addresses

WEST = "west/2026-11-20-harbour-steps"
REGIONS = {"east": (("en-GB", "ar", "lt", "pl"), "E05099901"), "west": (("en-GB", "lt"), "E05099903")}
FOREIGN = re.compile(r"waltham|walthamforest|E09000031|E050138|E050139|chingford|leyton", re.IGNORECASE)
NOTE = "This part has not been translated into {} yet. It is shown in English."
PEOPLE = (
    ("arabic@example.org", "ar", "east;west", ""),
    ("lithuanian@example.org", "lt", "", "E05099901;E05099903"),
    ("lithuanian2@example.org", "lt", "east", ""),
    ("polish@example.org", "pl", "east", ""),
    ("english@example.org", "en-GB", "", "E05099902"),
)


@pytest.fixture(params=["without channels.yaml", "with X"], scope="module")
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Both briefings went out; once with the channels that are used without a file, once with X."""
    folder = tmp_path_factory.mktemp("other")
    root = place_otherham(folder / "otherham", channels=request.param == "with X")
    write_briefing(root, EAST, severity="important")
    write_briefing(root, WEST, title="Lights repaired on Harbour Steps")
    for scene in with_stand_ins(with_public_url(Installation(folder / "data", root))):
        subscribe_all(scene.installation, PEOPLE)
        scene.installation.prepare_and_approve(EAST, WEST)
        scene.installation.run("publish", "--due", "--now", "2026-11-20T09:00")
        yield scene


def test_everybody_gets_their_mail_and_who_reads_a_language_without_a_catalog_is_told_so_honestly(
    published: Scene,
) -> None:
    stand_ins = published.stand_ins

    counted = recipients(everything(stand_ins))
    mails = {mail.rcpt_to[0]: decoded(parsed(stand_ins, mail)) for mail in everything(stand_ins)}

    assert counted == {
        "arabic@example.org": 2, "lithuanian@example.org": 2, "lithuanian2@example.org": 1,
        "polish@example.org": 1, "english@example.org": 1,
    }  # fmt: skip
    for address, language in (("arabic@example.org", "العربية"), ("lithuanian2@example.org", "Lietuvių")):
        assert NOTE.format(language) in mails[address]
        assert "Residents told us about 14 bicycles" in mails[address]
    assert 'lang="en-GB"' in mails["arabic@example.org"]
    assert "has not been translated" not in mails["english@example.org"]


def test_nothing_that_is_sent_or_shown_names_the_first_borough(published: Scene) -> None:
    installation, stand_ins = published.installation, published.stand_ins
    shown = {f"mail {mail.id}": decoded(parsed(stand_ins, mail)) for mail in everything(stand_ins)}
    shown |= {f"post {number}": text for number, text in enumerate(posts(stand_ins))}

    with installation.serving() as site:
        homes = zip((EAST, WEST), REGIONS.values(), strict=True)
        pages = [f"/{locale}/{briefing}/" for briefing, (locales, _) in homes for locale in locales]
        forms = [f"/{locale}/respond/{EAST}" for locale in REGIONS["east"][0]]
        for address in (*addresses(REGIONS), *pages, *forms, "/lt/nowhere/"):
            answer = site.get(address)
            assert answer.status_code == (404 if "nowhere" in address else 200), address
            shown[address] = f"{answer.headers}\n{answer.text}"

    assert [where for where, text in shown.items() if FOREIGN.search(text)] == []
    assert all(TITLE in shown[f"/{locale}/{EAST}/"] for locale in REGIONS["east"][0])
    assert any("Otherham" in text for text in shown.values())


def test_posts_go_out_only_where_the_borough_has_an_account(published: Scene) -> None:
    states = published.installation.states(EAST, "x")

    timeline = posts(published.stand_ins)

    assert bool(timeline) == bool(states) == (published.installation.root / "content" / "channels.yaml").exists()
    assert set(states) <= {"sent"}
