"""The documents hold together: links lead somewhere, pictures show what is there, examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from briefings.settings import CHECKOUT
from tests.docs.pages import PAGES, anchors, blocks, links, read, sections, table_rows

EVERY_TEXT = (*PAGES, *(CHECKOUT / name for name in (".env.example", "LICENSE", "Makefile", "pyproject.toml")))
PUBLIC_HOSTS = {"127.0.0.1", "keepachangelog.com", "semver.org"}


def shown(page: Path) -> str:
    return str(page.relative_to(CHECKOUT))


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_every_document_is_reached_from_the_list_of_documents() -> None:
    index = CHECKOUT / "docs" / "README.md"

    reached = {(index.parent / link).resolve() for link in links(index)}

    assert {page for page in PAGES if page.parent != CHECKOUT} - {index} <= reached


def test_the_two_commands_of_the_readme_are_in_the_makefile() -> None:
    makefile = read("Makefile")
    named = re.findall(r"^make (\w+)", "\n".join(blocks(read("README.md"), "sh")), re.MULTILINE)

    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE))

    assert {"run", "test"} <= set(named) <= targets


def test_the_commands_of_contributing_are_in_the_makefile() -> None:
    named = set(re.findall(r"`make (\w+)", read("CONTRIBUTING.md")))

    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.MULTILINE))

    assert named <= targets


def test_the_picture_of_the_rooms_names_every_folder() -> None:
    picture = blocks(sections(read("ARCHITECTURE.md"), "## ")["The rooms, in the order the data flows"], "text")[0]
    folders = {
        folder.name
        for folder in (CHECKOUT / "briefings").rglob("*/")
        if folder.is_dir() and "__pycache__" not in folder.parts
    }

    named = set(re.findall(r"(\w+)/", picture))

    assert folders <= named


def test_the_picture_of_the_rooms_names_nothing_that_is_not_there() -> None:
    picture = blocks(sections(read("ARCHITECTURE.md"), "## ")["The rooms, in the order the data flows"], "text")[0]
    inside = picture.partition("\nbriefings/")[2].partition("\ntests/")[0]

    named = re.findall(r"^ +(\w+)(/|\.py)", inside, re.MULTILINE)

    present = {path.name for path in (CHECKOUT / "briefings").rglob("*")}
    assert [name for name, end in named if (name if end == "/" else name + end) not in present] == []


def test_modules_that_documents_name_are_there() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r"`(?:briefings/)?((?:\w+/)+\w+\.py)`", text))

    missing = {
        name for name in named if not any((root / name).is_file() for root in (CHECKOUT, CHECKOUT / "briefings"))
    }

    assert missing == set()


def test_every_word_of_the_glossary_has_a_meaning_and_a_source() -> None:
    rows = list(table_rows(read("GLOSSARY.md")))

    incomplete = [cells for cells in rows if len(cells) != 3 or not all(cells)]

    assert len(rows) > 40
    assert incomplete == []


def test_the_words_of_the_glossary_stand_once() -> None:
    words = [cells[0] for cells in table_rows(read("GLOSSARY.md"))]

    assert len(words) == len(set(words))


def test_the_states_of_a_delivery_are_all_in_the_picture() -> None:
    from briefings.model.delivery import DeliveryState

    picture = sections(read("ARCHITECTURE.md"), "## ")["The ledger"]

    assert [state for state in DeliveryState if state not in picture] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", EVERY_TEXT, ids=shown)
def test_no_document_names_the_folders_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    named = re.findall(r"(?:^|[\s`'\"(=])(/(?:home|root|Users|work|mnt|opt|srv|tmp)/\S*)", text, re.MULTILINE)

    assert named == []


@pytest.mark.parametrize("page", EVERY_TEXT, ids=shown)
def test_documents_name_public_hosts_only(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    hosts = set(re.findall(r"https?://(?:[^/@\s]*@)?([\w.-]*\w)", text))

    assert hosts <= PUBLIC_HOSTS


def test_the_lock_names_no_host() -> None:
    assert "://" not in read("requirements.lock")
