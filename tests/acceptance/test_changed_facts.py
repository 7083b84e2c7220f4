"""One digit, phone number, time or address changed in any entry of any catalog: that text is blocked, the rest goes on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from briefings.content.loader import load_content
from briefings.model.language import catalog_name
from briefings.settings import CHECKOUT
from briefings.translation.catalogs import Catalogs, Messages, read_catalog
from briefings.translation.checks import Severity, check_segment
from briefings.translation.editions import build_edition
from briefings.translation.exchange import content_template, write_catalog
from tests.acceptance.command import Installation

LOCALES = ("ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
TEMPLATE = {message.id for message in content_template(load_content(CHECKOUT).briefings.values()) if message.id}

PHONE = re.compile(r"0800 555 111|18001 101|\b101\b|\b999\b|\b61016\b")
TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b")
ADDRESS = re.compile(r"(?:https?://|www\.)[\w./-]+\w|[\w.]+@[\w.]+\w")


def catalog_of(locale: str) -> Path:
    return CHECKOUT / "locales" / catalog_name(locale) / "LC_MESSAGES" / "content.po"


def complete(locale: str) -> Messages:
    """Return a locale's catalog; skip where translators are still at work on it."""
    messages = read_catalog(catalog_of(locale), locale)
    if missing := TEMPLATE - set(messages.singular):
        pytest.skip(f"{locale} lacks {len(missing)} texts")
    return messages


def next_digit(text: str, place: int) -> str:
    return f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"


def changes(text: str) -> Iterator[tuple[str, str]]:
    """Yield every small change of a fact: (what was changed, the changed text)."""
    for place, sign in enumerate(text):
        if sign.isdigit():
            yield f"digit {place}", next_digit(text, place)
    for found in PHONE.finditer(text):
        yield f"phone {found[0]}", text[: found.start()] + "020 7946 0111" + text[found.end() :]
    for found in TIME.finditer(text):
        yield f"time {found[0]}", text[: found.start()] + "4:44" + text[found.end() :]
    for found in ADDRESS.finditer(text):
        for place in (found.start() + len(found[0]) // 2, found.end() - 1):
            other = "x" if text[place] != "x" else "y"
            yield f"address {found[0]}", text[:place] + other + text[place + 1 :]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_change_of_a_fact_in_every_entry_is_found_and_names_what_is_missing(locale: str) -> None:
    messages = complete(locale)
    tried, missed = 0, []

    for source, target in messages.singular.items():
        for what, changed in changes(target):
            blocking = [f for f in check_segment(source, changed, locale) if f.severity is Severity.BLOCKS]
            tried += 1
            if not blocking or not all(finding.message for finding in blocking):
                missed.append(f"{what}: {changed}")

    assert missed == []
    assert tried > 300


CHANGED = [
    ("ur", "999", "998"),
    ("ta", "0800 555 111", "0800 555 117"),
    ("ro", "https://tfl.gov.uk", "https://tfl.gov.uk.example"),
    ("bg", "61016", "61061"),
]


def change_one_entry(path: Path, locale: str, old: str, new: str) -> str:
    """Change a fact in the first entry that has it; return the entry's source text."""
    with path.open("rb") as stream:
        catalog: Catalog = read_po(stream, locale=catalog_name(locale))
    message = next(m for m in catalog if m.id in TEMPLATE and old in str(m.string))
    message.string = str(message.string).replace(old, new, 1)
    write_catalog(path, catalog)
    return str(message.id)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_changed_entry_blocks_its_section_and_no_other(locale: str, tmp_path: Path) -> None:
    complete(locale)
    north = load_content(CHECKOUT).briefings["north/2026-11-20-car-crime-and-park-safety"]
    path = tmp_path / catalog_name(locale) / "LC_MESSAGES" / "content.po"
    path.parent.mkdir(parents=True)
    shutil.copy(catalog_of(locale), path)
    source = change_one_entry(path, locale, "0800 555 111", "0800 555 112")

    edition, blocked = build_edition(north, locale, "en-GB", Catalogs([tmp_path]))

    assert edition.unready_sections == {s.section for s in edition.segments.values() if s.source == source}
    assert {fault.locale for fault in blocked} == {locale}
    assert any("0800 555 111" in str(fault.problem) for fault in blocked)
    assert {fault.problem.line for fault in blocked} == {read_catalog(path, locale).lines[source]}


@pytest.mark.parametrize(("locale", "old", "new"), CHANGED)
def test_prepare_blocks_the_changed_text_names_the_token_and_goes_on_with_the_other_languages(
    tmp_path: Path, locale: str, old: str, new: str
) -> None:
    complete(locale)
    shutil.copytree(CHECKOUT / "content", tmp_path / "root" / "content")
    shutil.copytree(CHECKOUT / "locales", tmp_path / "root" / "locales")
    path = tmp_path / "root" / "locales" / catalog_name(locale) / "LC_MESSAGES" / "content.po"
    source = change_one_entry(path, locale, old, new)
    installation = Installation(tmp_path / "data", tmp_path / "root")

    finished = installation.run("prepare", "--json", code=1)

    blocked = finished.json["blocked"]
    affected = {fault["briefing"] for fault in blocked}
    assert {fault["locale"] for fault in blocked} == {locale}
    assert old in finished.err
    assert all(
        re.match(rf".*locales/{catalog_name(locale)}/LC_MESSAGES/content\.po:\d+: ", line)
        for line in finished.err.splitlines()
    )
    line = int(finished.err.split(":")[1])
    assert f'msgid "{source}"'.replace("\n", "\\n") in path.read_text().splitlines()[line - 1]
    for prepared in finished.json["prepared"]:
        for tag, edition in prepared["locales"].items():
            assert edition["ready"] == (tag != locale or prepared["briefing"] not in affected), (
                prepared["briefing"],
                tag,
            )
            assert len(edition["fallback"]) <= 1
