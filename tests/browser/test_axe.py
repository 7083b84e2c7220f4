"""axe-core (WCAG 2.2 AA and good practice) finds nothing on any page: by day and by night, both ways of writing."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Route

from briefings.services import Services
from briefings.settings import Settings
from briefings.web.public.error_words import ERRORS
from briefings.web.public.pages import Pages
from tests.browser.conftest import LOCALES, NORTH, SCREENS, SOUTH, URGENT, Look, Opener, Published
from tests.browser.test_front_door import letter_to

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = '{resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}'
RUN = f"""() => axe.run(document, {RULES}).then((found) => found.violations.map(
  (violation) => violation.id + ": " + violation.nodes.map((node) => node.target.join(" ")).join(", ")))"""

PAGES = {
    "home": ("/{locale}/", 200),
    "region": ("/{locale}/south/", 200),
    "ward": ("/{locale}/ward/E05013882/", 200),
    "archive": ("/{locale}/archive", 200),
    "search": ("/{locale}/archive?q=101", 200),
    "edition": (f"/{{locale}}/{SOUTH}/", 200),
    "urgent edition": (f"/{{locale}}/{URGENT}/", 200),
    "large print": (f"/{{locale}}/{SOUTH}/large-print/", 200),
    "easy read": (f"/{{locale}}/{SOUTH}/easy-read/", 200),
    "question": (f"/{{locale}}/respond/{SOUTH}?option=1", 200),
    "subscribe": ("/{locale}/subscribe", 200),
    "preferences": ("/{locale}/preferences", 200),
    "privacy": ("/{locale}/privacy", 200),
    "cookies": ("/{locale}/cookies", 200),
    "accessibility": ("/{locale}/accessibility", 200),
    "old link": ("/{locale}/confirm/none", 404),
    "languages": ("/", 200),
    "not found": ("/{locale}/nowhere/", 404),
    "withdrawn": (f"/{{locale}}/{NORTH}/", 410),
    "too long an address": (f"/{{locale}}/?{'a' * 9000}", 414),
    "old unsubscribe link": ("/u/none", 404),
    "nothing found": ("/{locale}/archive?q=qqqqq", 200),
    "sign-up for a ward": ("/{locale}/subscribe?ward=E05013882", 200),
}


def barriers(look: Look) -> dict[str, list[str]]:
    """Return what keeps somebody out of the page that is shown, by screen."""
    found: dict[str, list[str]] = {}
    for width, scheme in SCREENS:
        look.page.set_viewport_size({"width": width, "height": 800})
        look.page.emulate_media(color_scheme=scheme)
        look.page.evaluate(AXE)  # as the inspector does it: the page's own policy allows no script at all
        if violations := look.page.evaluate(RUN):
            found[f"{look.page.url} ({width} px, {scheme})"] = violations
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_no_page_keeps_anybody_out(look: Opener, locale: str) -> None:
    shown = look(width=320)

    found = {}
    for path, status in PAGES.values():
        shown.complaints.clear()
        found |= barriers(shown.at(path.format(locale=locale), status))
        # of every page that is none, a browser says so in its console
        assert len(shown.complaints) == (status != 200), shown.complaints

    assert found == {}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_page_about_an_error_keeps_anybody_out(
    look: Opener, published: Published, tmp_path: Path, locale: str
) -> None:
    """Some of them no browser is ever shown by this site while it is well, so they are handed to it."""
    services = Services(Settings(_env_file=None, data_dir=tmp_path, public_url=published.url))  # type: ignore[call-arg]
    pages = Pages(services.desk.site, services.desk.templates)
    shown = look(width=320)

    found = {}
    for status in ERRORS:
        shown.page.route(f"**/error-{status}", _handing(pages.error(locale, status)))
        found |= barriers(shown.at(f"/error-{status}"))
        assert shown.root("lang") == locale
        assert shown.page.evaluate("document.styleSheets.length") == 1
    services.engine.dispose()

    assert found == {}
    assert len(ERRORS) > 9


def _handing(body: bytes) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=body, content_type="text/html")


@pytest.mark.parametrize("locale", LOCALES)
def test_no_step_of_the_whole_way_keeps_anybody_out(look: Opener, locale: str) -> None:
    email = f"axe.{locale.lower()}@example.org"
    walk = look(320).at(f"/{locale}/subscribe")
    page, found, steps = walk.page, {}, 0

    def pressed(button: str) -> None:
        nonlocal steps
        with page.expect_navigation():
            page.locator(button).first.click()
        steps += 1
        found.update(barriers(walk))

    pressed("main form button[type=submit]")  # with mistakes
    page.locator("#email").fill(email)
    page.locator("#region-south").check()
    pressed("main form button[type=submit]")
    walk.at(letter_to(walk, email))
    found |= barriers(walk)
    pressed("main form button[type=submit]")
    pressed('main a.button[href*="/preferences/"]')
    own = page.url.removeprefix(walk.url)
    for action in ("choose", "pause", "move"):  # the latter two with mistakes
        pressed(f"button[value={action}]")
    page.locator("#pause-14").check()
    for action in ("pause", "resume", "leave"):
        pressed(f"button[value={action}]")
    leaving = str(page.locator("main form").first.get_attribute("action"))
    pressed("main form button[name=reason], main form:has([name=reason]) button")
    walk.at(leaving)
    found |= barriers(walk)
    for action in ("pause", "back"):
        walk.at(leaving)
        if page.locator(f"button[value={action}]").count():
            pressed(f"button[value={action}]")
    walk.at(f"{own}/erase")
    found |= barriers(walk)
    pressed("main form button")

    assert found == {}
    assert steps >= 12
    assert walk.root("lang") == locale


def test_the_inspector_finds_what_is_wrong(look: Opener) -> None:
    """A proof that cannot fail is none."""
    shown = look().at("/ur/")

    shown.page.evaluate("document.querySelectorAll('main p').forEach((p) => { p.style.color = '#888' })")
    shown.page.evaluate("document.documentElement.lang = ''")

    said = " ".join(text for violations in barriers(shown).values() for text in violations)
    assert "color-contrast" in said
    assert "html-has-lang" in said


@pytest.mark.parametrize("page", ["unsubscribe", "preferences", "erase"])
def test_a_persons_own_pages_keep_nobody_out(look: Opener, published: Published, page: str) -> None:
    paths = {
        "unsubscribe": published.unsubscribe_path,
        "preferences": published.preferences_path,
        "erase": f"{published.preferences_path}/erase",
    }

    shown = look(width=320).at(paths[page])

    assert barriers(shown) == {}
