"""Editions: what is ready goes out, what is not falls back, and a changed fact blocks its text and no other."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from briefings.content.loader import load_content
from briefings.model.briefing import Briefing
from briefings.model.edition import Edition
from briefings.model.language import catalog_name
from briefings.settings import CHECKOUT
from briefings.translation.catalog_files import content_template, merged, write_catalog
from briefings.translation.catalogs import Catalogs, read_catalog
from briefings.translation.checks import check_segment
from briefings.translation.editions import build_edition
from briefings.translation.engines.pseudo import pseudo
from briefings.translation.resources import LanguageResources
from briefings.translation.segments import source_texts

LOCALES = ("ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
CONTENT = load_content(CHECKOUT)
NORTH = CONTENT.briefings["north/2026-11-20-car-crime-and-park-safety"]


def shipped(locale: str) -> Path:
    return CHECKOUT / "locales" / catalog_name(locale) / "LC_MESSAGES" / "content.po"


def edition(folder: Path, locale: str, briefing: Briefing = NORTH) -> tuple[Edition, list[str]]:
    built, blocked = build_edition(briefing, locale, LanguageResources("en-GB", Catalogs([folder])))
    return built, [str(one.problem) for one in blocked]


def in_translations(catalog: str, old: str, new: str) -> str:
    """Change a text where it is translated, not in the English beside it."""
    lines = catalog.split("\n")
    return "\n".join(line.replace(old, new) if line.startswith("msgstr") else line for line in lines)


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "locales", tmp_path / "locales")
    return tmp_path / "locales"


@pytest.mark.parametrize("locale", LOCALES)
def test_any_figure_changed_in_any_entry_is_found(locale: str) -> None:
    entries = read_catalog(shipped(locale), locale).singular

    missed = []
    for source, target in entries.items():
        for digit in re.finditer(r"\d", target):
            other = str((int(digit[0]) + 1) % 10)
            changed = target[: digit.start()] + other + target[digit.end() :]
            findings = check_segment(source, changed, locale)
            if not any(finding.blocks and finding.token for finding in findings):
                missed.append((source, changed))

    assert sum(1 for target in entries.values() if re.search(r"\d", target)) >= 40
    assert missed == []


@pytest.mark.parametrize("locale", LOCALES)
def test_any_address_changed_in_any_entry_is_found(locale: str) -> None:
    entries = read_catalog(shipped(locale), locale).singular

    missed = [
        source
        for source, target in entries.items()
        for address in re.findall(r"https?://[^\s)]+", target)
        if not any(f.blocks for f in check_segment(source, target.replace(address, address + "x", 1), locale))
    ]

    assert missed == []


@pytest.mark.parametrize(
    ("locale", "old", "new", "token"), [("ur", "61016", "61061", "61016"), ("ta", "18:00", "19:00", "6pm")]
)
def test_a_changed_fact_blocks_its_section_in_its_locale_only(
    locales: Path, locale: str, old: str, new: str, token: str
) -> None:
    path = locales / catalog_name(locale) / "LC_MESSAGES" / "content.po"
    path.write_text(in_translations(path.read_text(encoding="utf-8"), old, new), encoding="utf-8")

    spoiled, blocked = edition(locales, locale)

    assert blocked
    assert any(token in line or old in line for line in blocked), blocked
    assert all(line.startswith(f"{path}:") for line in blocked)
    assert spoiled.unready_sections
    assert not spoiled.untranslated
    assert all(edition(locales, other)[0].ready for other in LOCALES if other != locale)


def test_what_falls_back_is_the_whole_section_in_its_true_language(locales: Path) -> None:
    path = locales / "pl" / "LC_MESSAGES" / "content.po"
    catalog = merged(path, content_template([NORTH]), "pl")
    catalog.get(source_texts(NORTH)["section/2/1"]).string = ""
    write_catalog(path, catalog)

    polish, blocked = edition(locales, "pl")

    assert blocked == []
    assert polish.unready_sections == {"section/2"}
    assert {polish.phrase(f"section/2/{key}").locale for key in ("heading", "0", "1")} == {"en-GB"}
    assert polish.phrase("section/1/0").locale == "pl"


def test_text_marked_fuzzy_does_not_go_out(locales: Path) -> None:
    path = locales / "it" / "LC_MESSAGES" / "content.po"
    entry = f'msgid "{NORTH.title}"'
    path.write_text(path.read_text(encoding="utf-8").replace(entry, f"#, fuzzy\n{entry}"), encoding="utf-8")

    italian, _ = edition(locales, "it")

    assert italian.unready_sections == {"head"}


def test_a_locale_without_a_catalog_falls_back_whole(tmp_path: Path) -> None:
    lithuanian, blocked = edition(tmp_path, "lt")

    assert blocked == []
    assert lithuanian.untranslated
    assert lithuanian.phrase("title").locale == "en-GB"


def test_the_nearest_catalog_wins_and_the_shipped_one_fills_its_gaps(tmp_path: Path) -> None:
    path = tmp_path / "es" / "LC_MESSAGES" / "content.po"
    own = merged(path, content_template([NORTH]), "es")
    own.get(NORTH.title).string = "Nuestro propio título"
    write_catalog(path, own)

    built, _ = build_edition(NORTH, "es", LanguageResources("en-GB", Catalogs([tmp_path, CHECKOUT / "locales"])))

    assert built.phrase("title").text == "Nuestro propio título"
    assert built.ready


@pytest.mark.parametrize("briefing", CONTENT.briefings.values(), ids=lambda briefing: briefing.id)
def test_the_pseudo_engine_changes_letters_and_keeps_every_fact(briefing: Briefing) -> None:
    for text in source_texts(briefing).values():
        assert [f for f in check_segment(text, pseudo(text, "lt"), "lt") if f.blocks] == []
        assert pseudo(text, "lt") != text
