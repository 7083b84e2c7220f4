"""axe-core (WCAG 2.2 AA and good practice) finds nothing on any page: by day and by night, both ways of writing."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tests.browser.conftest import LOCALES, SOUTH, URGENT, Opener, Published

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """() => axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations.map(
  (violation) => violation.id + ": " + violation.nodes.map((node) => node.target.join(" ")).join(", ")))"""

PAGES = {
    "home": "/{locale}/",
    "region": "/{locale}/south/",
    "ward": "/{locale}/ward/E05013882/",
    "archive": "/{locale}/archive",
    "search": "/{locale}/archive?q=101",
    "edition": f"/{{locale}}/{SOUTH}/",
    "urgent edition": f"/{{locale}}/{URGENT}/",
    "large print": f"/{{locale}}/{SOUTH}/large-print/",
    "easy read": f"/{{locale}}/{SOUTH}/easy-read/",
    "question": f"/{{locale}}/respond/{SOUTH}?option=1",
    "subscribe": "/{locale}/subscribe",
    "preferences": "/{locale}/preferences",
    "privacy": "/{locale}/privacy",
    "cookies": "/{locale}/cookies",
    "accessibility": "/{locale}/accessibility",
    "old link": "/{locale}/confirm/none",
    "languages": "/",
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_keeps_anybody_out(look: Opener, name: str, locale: str) -> None:
    status = 404 if name == "old link" else 200
    shown = look(width=320).at(PAGES[name].format(locale=locale), status)

    found = {}
    for width, scheme in ((320, "light"), (1280, "dark")):
        shown.page.set_viewport_size({"width": width, "height": 800})
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.evaluate(AXE)  # as the inspector does it: the page's own policy allows no script at all
        found[width, scheme] = shown.page.evaluate(RUN)

    assert {screen: violations for screen, violations in found.items() if violations} == {}


@pytest.mark.parametrize("page", ["unsubscribe", "preferences", "erase"])
def test_a_persons_own_pages_keep_nobody_out(look: Opener, published: Published, page: str) -> None:
    paths = {
        "unsubscribe": published.unsubscribe_path,
        "preferences": published.preferences_path,
        "erase": f"{published.preferences_path}/erase",
    }
    shown = look(width=320).at(paths[page])

    shown.page.evaluate(AXE)

    assert shown.page.evaluate(RUN) == []
