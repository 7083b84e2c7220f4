"""The public pages in Chromium: every page, on small and large screens, by day and by night."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator

from briefings.model.language import direction
from tests.browser.conftest import LOCALES, SOUTH, URGENT, Opener, Published

pytestmark = pytest.mark.browser

PAGES = {
    "home": ("/{locale}/", 200),
    "region": ("/{locale}/south/", 200),
    "ward": ("/{locale}/ward/E05013882/", 200),
    "archive": ("/{locale}/archive?q=101", 200),
    "accessibility": ("/{locale}/accessibility", 200),
    "privacy": ("/{locale}/privacy", 200),
    "edition": (f"/{{locale}}/{SOUTH}/", 200),
    "easy read": (f"/{{locale}}/{SOUTH}/easy-read/", 200),
    "large print": (f"/{{locale}}/{SOUTH}/large-print/", 200),
    "urgent edition": (f"/{{locale}}/{URGENT}/", 200),
    "question": (f"/{{locale}}/respond/{SOUTH}?option=1", 200),
    "not found": ("/{locale}/nowhere/", 404),
}


def place(element: Locator) -> dict[str, float]:
    found: dict[str, float] = element.evaluate("e => e.getBoundingClientRect().toJSON()")
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_screen_and_can_be_read(look: Opener, name: str, locale: str) -> None:
    path, status = PAGES[name]

    shown = look().at(path.format(locale=locale), status)

    assert (shown.root("lang"), shown.root("dir")) == (locale, direction(locale))
    assert shown.audit() == {}
    assert len(shown.complaints) == (1 if status == 404 else 0), shown.complaints


@pytest.mark.parametrize("locale", LOCALES)
def test_names_of_places_say_that_they_are_english(look: Opener, locale: str) -> None:
    home = look().at(f"/{locale}/")

    languages = home.page.evaluate(
        """() => [...document.querySelectorAll("bdi")]
            .filter((name) => ["Waltham Forest", "North", "Central", "South"].includes(name.textContent))
            .map((name) => name.closest("[lang]").lang)"""
    )

    assert len(languages) > 5
    assert set(languages) == {"en-GB"}


@pytest.mark.parametrize("locale", LOCALES)
def test_feed_readers_find_the_feed_of_the_page_in_its_language(look: Opener, locale: str) -> None:
    region = look().at(f"/{locale}/south/")

    links = region.page.locator(f'link[rel="alternate"][type="application/atom+xml"][hreflang="{locale}"]')
    feed = region.page.request.get(str(links.first.get_attribute("href")))

    assert feed.status == 200
    assert f'xml:lang="{locale}"' in feed.text()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_tab_reaches_a_link_past_the_head_of_the_page_and_shows_it(look: Opener, locale: str) -> None:
    page = look().at(f"/{locale}/{SOUTH}/").page
    skip = page.locator(".skip")
    before = place(skip)

    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")
    after = place(skip)
    page.keyboard.press("Enter")

    assert focused == "skip"
    assert before["bottom"] <= 0
    assert after["top"] >= 0
    assert after["left"] >= 0
    assert after["right"] <= 320
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_text_version_is_plain_text_that_fits_a_small_phone(look: Opener, locale: str) -> None:
    text = look().at(f"/{locale}/{SOUTH}/text/")

    assert text.page.evaluate("document.contentType") == "text/plain"
    assert "0800 555 111" in text.page.inner_text("body").replace("\u2066", "").replace("\u2069", "")
    assert text.complaints == []


@pytest.mark.parametrize("width", [320, 1280])
def test_large_print_is_half_as_large_again_and_prints_so(look: Opener, width: int) -> None:
    sizes = []

    for path in (f"/ur/{SOUTH}/", f"/ur/{SOUTH}/large-print/"):
        page = look(width).at(path).page
        on_screen = page.evaluate("parseFloat(getComputedStyle(document.querySelector('article p')).fontSize)")
        page.emulate_media(media="print")
        on_paper = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        sizes.append((on_screen, on_paper))

    (normal, paper), (large, large_paper) = sizes
    assert large / normal >= 1.45
    assert large_paper / paper >= 1.45


WORDS_IN_PIECES = """(blocks) => [...document.querySelectorAll(blocks)].flatMap((block) => {
  const style = getComputedStyle(block);
  const room = block.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const found = [];
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (const word of texts.currentNode.data.matchAll(/\\S+/gu)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, word.index);
      range.setEnd(texts.currentNode, word.index + word[0].length);
      const pieces = [...range.getClientRects()].filter((box) => box.width > 1);
      const lines = new Set(pieces.map((box) => Math.round(box.top))).size;
      const fits = pieces.reduce((sum, box) => sum + box.width, 0) <= room;
      if (lines > 1) found.push({ word: word[0], fits });
    }
  }
  return found;
})"""
"""Gives the words of some blocks that stand on two lines, and whether each would fit on one."""


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("briefing", [SOUTH, URGENT])
def test_in_large_print_on_a_small_phone_the_words_of_headings_are_whole(
    look: Opener, locale: str, briefing: str
) -> None:
    page = look().at(f"/{locale}/{briefing}/large-print/").page

    headings = page.evaluate(WORDS_IN_PIECES, "main :is(h1, h2)")
    elsewhere = page.evaluate(WORDS_IN_PIECES, "main :is(h3, p, li)")

    assert headings == []
    assert [found["word"] for found in elsewhere if found["fits"] and "/" not in found["word"]] == []


def test_in_easy_read_on_a_small_phone_no_long_word_leaves_its_full_stop_behind(look: Opener) -> None:
    page = look().at(f"/ta/{SOUTH}/easy-read/").page
    longest = "பழுதுபார்க்கப்பட்டுள்ளன."  # of the easy-read sentences that ship

    page.locator("article.easy-read section p").first.evaluate("(p, word) => { p.textContent = word }", longest)

    assert page.evaluate(WORDS_IN_PIECES, "article.easy-read section p") == []


def test_every_link_can_be_reached_by_keyboard_and_its_focus_is_seen(look: Opener) -> None:
    page = look(1280).at(f"/ur/{SOUTH}/").page
    reachable = page.locator("a[href], button, input, textarea").count()

    page.evaluate("document.body.focus()")
    outlines = []
    for _ in range(reachable):
        page.keyboard.press("Tab")
        outlines.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))

    assert set(outlines) == {"solid"}


def test_the_question_is_answered_without_javascript(look: Opener) -> None:
    form = look(javascript=False).at(f"/ur/{SOUTH}/")

    form.page.locator(f'a.button[href="/ur/respond/{SOUTH}"]').click()
    form.page.locator('label[for="option2"]').click()
    form.page.locator("#message").fill("شام کو اندھیرا ہوتا ہے۔ 17:30 کے بعد۔")
    form.page.locator("button[type=submit]").click()

    assert (form.root("lang"), form.root("dir")) == ("ur", "rtl")
    assert form.page.locator("form").count() == 0
    assert form.page.locator(f'main a[href="/ur/{SOUTH}/"]').count() == 1


def test_unsubscribing_asks_once_and_needs_no_javascript(look: Opener, published: Published) -> None:
    page = look(javascript=False).at(published.unsubscribe_path)

    before = page.audit()
    page.page.locator("button[name=List-Unsubscribe]").click()

    assert before == {}
    assert page.page.locator("button[name=List-Unsubscribe]").count() == 0
    assert page.page.locator("button[value=back]").count() == 1
    assert page.page.locator("main h1").is_visible()
    assert page.audit() == {}


@pytest.mark.parametrize("path", ["/en-GB/", "/ur/south/", f"/ta/{SOUTH}/", "/en-GB/ward/E05013882/"])
def test_on_paper_there_is_what_one_reads_and_nothing_to_press(look: Opener, path: str) -> None:
    page = look(800).at(path).page
    page.emulate_media(media="print")

    shown = page.evaluate(
        """() => [...document.querySelectorAll("nav, form, button, .button, .about, .share")]
            .concat([...document.querySelectorAll(".questions, .follow, .feeds")])
            .filter((element) => element.checkVisibility()).map((element) => element.className || element.tagName)"""
    )

    assert shown == []
    assert page.locator("main h1").is_visible()
    assert page.locator(".site-foot a[href^='tel:']").first.is_visible()
