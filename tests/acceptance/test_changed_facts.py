"""`prepare` over a catalog in which one fact was changed: that text is blocked, everything else goes on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from briefings.content.loader import load_content
from briefings.model.language import catalog_name
from briefings.settings import CHECKOUT
from briefings.translation.catalog_files import content_template, write_catalog
from tests.acceptance.command import Installation

TEMPLATE = {message.id for message in content_template(load_content(CHECKOUT).briefings.values()) if message.id}

CHANGED = [
    ("ur", "999", "998"),
    ("ta", "0800 555 111", "0800 555 117"),
    ("ro", "https://crimestoppers-uk.org", "https://crimestoppers-uk.org.example"),
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


@pytest.mark.parametrize(("locale", "old", "new"), CHANGED)
def test_prepare_blocks_the_changed_text_names_the_token_and_goes_on_with_the_other_languages(
    tmp_path: Path, locale: str, old: str, new: str
) -> None:
    shutil.copytree(CHECKOUT / "content", tmp_path / "root" / "content")
    shutil.copytree(CHECKOUT / "locales", tmp_path / "root" / "locales")
    path = tmp_path / "root" / "locales" / catalog_name(locale) / "LC_MESSAGES" / "content.po"
    source = change_one_entry(path, locale, old, new)
    installation = Installation(tmp_path / "data", tmp_path / "root")
    installation.sign_messages()

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
