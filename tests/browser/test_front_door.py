"""The residents' door in Chromium: by keyboard alone, without JavaScript, on a small phone, in three scripts."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page

from briefings.model.language import direction
from tests.browser.conftest import LOCALES, Look, Opener

pytestmark = pytest.mark.browser

MOST_STEPS = 120


def tab_to(page: Page, selector: str) -> None:
    """Go on with the Tab key until what a selector names has the focus, and is seen to have it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style == "solid", f"the focus on {selector} is not seen"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def press(page: Page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def letter_to(look: Look, email: str) -> str:
    """Return the path of the link to confirm in the letter to an address, once it is there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        caught: list[dict[str, Any]] = look.page.request.get(f"{look.url}/sandbox/mail.json").json()["mail"]
        for mail in caught:
            if email in str(mail["to"]):
                body = look.page.request.get(f"{look.url}/sandbox/mail/{mail['id']}/body").text()
                found = re.search(r"/[\w-]+/confirm/[0-9a-f]{48}", body)
                if found:
                    return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no letter to {email}")


def good(look: Look, locale: str, status: int = 200) -> None:
    """Check what every page of the walk must be: in its language, whole on every screen, legible, and quiet."""
    assert (look.root("lang"), look.root("dir")) == (locale, direction(locale))
    assert look.audit() == {}
    look.page.set_viewport_size({"width": 320, "height": 800})
    unforeseen = [text for text in look.complaints if f"status of {status}" not in text]
    assert unforeseen == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_whole_way_by_keyboard_without_javascript_on_a_small_phone(look: Opener, locale: str) -> None:
    email = f"walk.{locale.lower()}@example.org"
    walk = look(320, javascript=False).at(f"/{locale}/subscribe")
    page = walk.page
    good(walk, locale)

    tab_to(page, "#email")
    page.keyboard.type(email)
    tab_to(page, "#region-south")
    page.keyboard.press("Space")
    press(page, "main form button[type=submit]")
    good(walk, locale)
    walk.at(letter_to(walk, email))
    good(walk, locale)
    press(page, "main form button[type=submit]")
    good(walk, locale)
    press(page, 'main a.button[href*="/preferences/"]')
    good(walk, locale)
    checked_before = page.locator("input[type=checkbox]:checked").evaluate_all("boxes => boxes.map((b) => b.value)")
    tab_to(page, "#region-north")
    page.keyboard.press("Space")
    press(page, "button[value=choose]")
    good(walk, locale)
    checked_after = page.locator("input[type=checkbox]:checked").evaluate_all("boxes => boxes.map((b) => b.value)")
    tab_to(page, "#pause-14")
    page.keyboard.press("Space")
    press(page, "button[value=pause]")
    good(walk, locale)
    press(page, "button[value=resume]")
    press(page, "button[value=leave]")
    good(walk, locale)
    press(page, "button[value=back]")
    good(walk, locale)

    assert checked_before == ["south"]
    assert sorted(checked_after) == ["north", "south"]
    assert page.locator(f'main a[href="/{locale}/preferences"]').count() == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_a_form_with_mistakes_and_its_wards_fit_every_screen(look: Opener, locale: str) -> None:
    form = look(320, javascript=False).at(f"/{locale}/subscribe?ward=E05013896")

    form.page.locator("#email").fill("not an address")
    form.page.locator("main form button[type=submit]").click()
    form.page.wait_for_selector("[role=alert]")

    good(form, locale, status=422)
    summary = form.page.locator("[role=alert] a")
    assert summary.count() == 1
    summary.click()
    assert form.page.evaluate("document.querySelector(':target').id") == "email"
    assert form.page.locator("#ward-E05013896").is_visible()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", ["preferences", "confirm/wrong", "preferences/wrong"])
def test_the_pages_beside_the_way_fit_every_screen(look: Opener, locale: str, page: str) -> None:
    status = 404 if "wrong" in page else 200

    shown = look(320, javascript=False).at(f"/{locale}/{page}", status)

    good(shown, locale, status)


def test_the_field_that_catches_programs_is_not_reached_by_keyboard_nor_seen(look: Opener) -> None:
    page = look(320, javascript=False).at("/ur/subscribe").page

    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || ''"))

    box = page.locator("#website").bounding_box()
    assert "email" in reached
    assert "website" not in reached
    assert box is None or box["x"] >= 320 or box["x"] + box["width"] <= 0


def test_who_opens_the_unsubscribe_link_can_take_a_break_instead(look: Opener) -> None:
    shown = look(320, javascript=False).at("/ur/subscribe?region=south")
    page = shown.page
    page.locator("#email").fill("break@example.org")
    press(page, "main form button[type=submit]")
    shown.at(letter_to(shown, "break@example.org"))
    press(page, "main form button[type=submit]")
    press(page, 'main a.button[href*="/preferences/"]')
    press(page, "button[value=leave]")
    link = str(page.locator("main form").first.get_attribute("action"))
    press(page, "button[value=back]")

    shown.at(link)
    press(page, "button[value=pause]")

    good(shown, "ur")
    assert page.locator("main h1").is_visible()
    assert page.locator("main button").count() == 0
