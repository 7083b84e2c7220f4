"""Mails in Chromium, as the sandbox shows them: the right way round, with every number as it is dialled."""

from __future__ import annotations

import pytest

from briefings.model.language import direction
from tests.browser.conftest import LOCALES, SOUTH, Opener, Published

pytestmark = pytest.mark.browser

NUMBERS = ("0800 555 111", "18001 101")
LOAD_ALL_IMAGES = """() => Promise.allSettled([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode();
}))"""
GROUPS = """(number) => {
  // The left edge and the line of each group of digits, wherever a number is shown.
  const places = [], pattern = new RegExp(number.replaceAll(" ", "[ \\u00a0]"), "g");
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const found of texts.currentNode.data.matchAll(pattern)) {
      const groups = [...found[0].matchAll(/\\d+/g)].map((group) => {
        const range = document.createRange();
        range.setStart(texts.currentNode, found.index + group.index);
        range.setEnd(texts.currentNode, found.index + group.index + group[0].length);
        const box = range.getBoundingClientRect();
        return [Math.round(box.left), Math.round(box.top)];
      });
      places.push(groups);
    }
  }
  return places;
}"""


@pytest.mark.parametrize("kind", ["html", "large-print"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_mail_fits_every_screen_and_can_be_read(look: Opener, published: Published, locale: str, kind: str) -> None:
    number = published.mails[locale, kind]

    mail = look().at(f"/sandbox/mail/{number}/body")

    assert (mail.root("lang"), mail.root("dir")) == (locale, direction(locale))
    assert mail.audit() == {}
    assert mail.complaints == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_sandbox_shows_a_mail_in_its_own_direction(look: Opener, published: Published, locale: str) -> None:
    shown = look().at(f"/sandbox/mail/{published.mails[locale, 'html']}/")

    mail = shown.page.frames[1]

    assert (shown.root("lang"), shown.root("dir")) == ("en", "ltr")
    assert (shown.root("lang", mail), shown.root("dir", mail)) == (locale, direction(locale))
    assert mail.evaluate("getComputedStyle(document.querySelector('h1')).direction") == direction(locale)
    assert shown.audit(mail) == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_groups_of_a_number_stand_on_one_line_in_the_order_in_which_they_are_dialled(
    look: Opener, published: Published, locale: str
) -> None:
    shown = look()

    for path in (f"/sandbox/mail/{published.mails[locale, 'html']}/body", f"/{locale}/{SOUTH}/"):
        shown.at(path)
        for number in NUMBERS:
            places = shown.page.evaluate(GROUPS, number)

            assert len(places) >= 2, (path, number)
            for groups in places:
                assert [left for left, _ in groups] == sorted({left for left, _ in groups})
                assert len({top for _, top in groups}) == 1


@pytest.mark.parametrize("path", ["/sandbox/", "/sandbox/mail/", "/sandbox/mail/{ur}/headers", "/sandbox/x/"])
def test_a_page_of_the_sandbox_fits_every_screen_and_can_be_read(look: Opener, published: Published, path: str) -> None:
    address = path.format(ur=published.mails["ur", "html"])

    shown = look().at(address)
    shown.page.evaluate(LOAD_ALL_IMAGES)

    assert shown.audit() == {}
    assert shown.complaints == []


def test_text_in_no_language_is_called_unknown_and_not_english(look: Opener) -> None:
    timeline = look(1280).at("/sandbox/x/").page

    languages = timeline.locator(".chip").all_inner_texts()

    assert not [name for name in languages if "und" in name]
