"""Every page and mail with an interface in brackets: what stands outside of them was never given to a translator."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from briefings.settings import CHECKOUT
from briefings.translation.engines.pseudo import pseudo
from briefings.translation.refresh import interface_template
from tests.acceptance.command import Installation, with_public_url
from tests.acceptance.conftest import EARLY, NORTH
from tests.acceptance.site_names import NAMES
from tests.acceptance.whole_site import SOUTH, Whole, whole_site
from tests.rendering.pseudo_locale import PSEUDO
from tests.web.foreign_words import latin_words, latin_words_of

pytestmark = pytest.mark.slow

_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
IN_ENGLISH = ("/sandbox/",)
"""Pages that are for the team only; no link of a resident's page is followed there."""


@pytest.fixture(scope="module")
def in_brackets(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The shipped borough in English and in a language whose every interface string stands in brackets."""
    folder = tmp_path_factory.mktemp("pseudo")
    installation = with_public_url(Installation(folder / "data", _borough(folder / "root")))
    installation.run("init", "--now", EARLY)
    installation.sign_messages()
    installation.run("prepare", NORTH, SOUTH, "--now", EARLY)
    return whole_site(installation, (PSEUDO,))


def _borough(root: Path) -> Path:
    shutil.copytree(CHECKOUT / "content", root / "content")
    places = root / "content" / "places.yaml"
    places.write_text(re.sub(r"(?m)^locales: .*$", f"locales: [en-GB, {PSEUDO}]", places.read_text()))
    audiences = root / "content" / "audiences.yaml"
    audiences.write_text(re.sub(r"(?m)^    locales: .*$", f"    locales: [{PSEUDO}]", audiences.read_text()))
    catalog = Catalog(locale=PSEUDO)
    for message in interface_template(CHECKOUT):
        if message.id:
            several = isinstance(message.id, tuple)
            catalog.add(message.id, tuple(map(pseudo, message.id)) if several else pseudo(message.id))
    file = root / "locales" / PSEUDO / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_po(stream, catalog)
    return root


def outside(text: str) -> str:
    """Return a text without what stands in brackets, and in brackets within those."""
    while (less := _BRACKETS.sub(" ", text)) != text:
        text = less
    return text


def test_no_page_holds_a_word_that_was_never_given_to_a_translator(in_brackets: Whole) -> None:
    pages = [page for page in in_brackets.pages if page.locale == PSEUDO and page.is_html]

    found = {page.name: words for page in pages if (words := latin_words(outside(page.answer.text), NAMES))}

    assert found == {}
    assert len({page.name for page in pages}) > 90
    assert [page.name for page in pages if page.answer.text.count("⟦") < 10] == [], "the interface is in brackets"


def test_no_mail_holds_a_word_that_was_never_given_to_a_translator(in_brackets: Whole) -> None:
    mails = [(name, text) for name, locale, text in in_brackets.mails if locale == PSEUDO]

    found = {
        name: words
        for name, text in mails
        if (words := (latin_words if name.endswith("(html)") else latin_words_of)(outside(text), NAMES))
    }

    assert found == {}
    assert len({outside(name) for name, _ in mails}) >= 6
    assert all("⟦" in text for _, text in mails)


def test_a_word_outside_of_brackets_is_found() -> None:
    page = '<html lang="bg"><p>⟦Ýôùr <b>E1</b> ⟦îš⟧⟧ Share <i lang="en-GB">so it is</i></p></html>'

    assert latin_words(outside(page), NAMES) == ["Share"]
