"""A small published site, served by `briefings serve`, and Chromium to look at it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from briefings.settings import CHECKOUT
from briefings.subscribers.rows import COLUMNS
from tests.acceptance.command import Installation, with_public_url
from tests.conftest import missing

LOCALES = ("en-GB", "ur", "ta")
SOUTH = "south/2026-11-20-burglary-and-safer-streets"
URGENT = "central/2026-11-20-avoid-part-of-hoe-street"
NORTH = "north/2026-11-20-car-crime-and-park-safety"
AUDIT = Path(__file__).with_name("audit.js").read_text(encoding="utf-8")
SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (320, "light"),
    (320, "dark"),
    (1280, "dark"),
    (1280, "light"),
)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@dataclass(frozen=True)
class Published:
    """A served site. `mails` has the number of a caught mail by (locale, format)."""

    url: str
    mails: dict[tuple[str, str], int]
    unsubscribe_path: str
    preferences_path: str


@dataclass
class Look:
    """One page in a browser, and what the browser complained of since it was opened."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def at(self, path: str, status: int = 200) -> Look:
        answer = self.page.goto(self.url + path, wait_until="load")
        assert answer is not None
        assert answer.status == status
        return self

    def audit(self, frame: Frame | None = None) -> dict[str, list[str]]:
        """Return what is wrong with the page on small and large screens, by day and by night."""
        wrong: dict[str, list[str]] = {}
        for width, scheme in SCREENS:
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=scheme)
            found: dict[str, list[str]] = (frame or self.page).evaluate(AUDIT)
            wrong |= {f"{kind} ({width} px, {scheme})": problems for kind, problems in found.items() if problems}
        return wrong

    def root(self, name: str, frame: Frame | None = None) -> Any:
        return (frame or self.page).evaluate(f"document.documentElement.{name}")


Opener = Callable[..., Look]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The borough's own content, cut down to three languages and three briefings, one withdrawn, sent to six people."""
    folder = tmp_path_factory.mktemp("browser")
    content = folder / "root" / "content"
    shutil.copytree(CHECKOUT / "content", content, ignore=shutil.ignore_patterns("briefings"))
    places = content / "places.yaml"
    places.write_text(re.sub(r"(?m)^locales: .*$", f"locales: [{', '.join(LOCALES)}]", places.read_text()))
    audiences = content / "audiences.yaml"
    audiences.write_text(
        re.sub(r"(?m)^    locales: .*$", f"    locales: [{', '.join(LOCALES[1:])}]", audiences.read_text())
    )
    for briefing in (NORTH, SOUTH, URGENT):
        region = Path(briefing).parent
        shutil.copytree(CHECKOUT / "content" / "briefings" / region, content / "briefings" / region)
        for other in (content / "briefings" / region).glob("*.md"):
            if other.stem != Path(briefing).name:
                other.unlink()
    people = folder / "people.csv"
    rows = [
        f"{kind}.{locale.lower()}@example.org,{locale},south,,immediate,{kind},2026-11-01T10:00:00Z,paper"
        for locale in LOCALES
        for kind in ("html", "large-print")
    ]
    people.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")

    site = with_public_url(Installation(folder / "data", folder / "root"))
    site.run("subscribers", "import", str(people))
    site.sign_messages()
    site.prepare_and_approve(NORTH, SOUTH, URGENT)
    site.run("publish", NORTH, SOUTH, URGENT, "--now", "2026-11-20T16:35")
    site.run("withdraw", NORTH, "--reason", "A wrong place", "--now", "2026-11-20T16:40")
    with site.stand_ins(), site.serving() as client:
        caught = client.get("/sandbox/mail.json").json()["mail"]
        mails = {(mail["locale"], mail["to"].partition(".")[0]): mail["id"] for mail in caught}
        body = client.get(f"/sandbox/mail/{caught[0]['id']}/body").text
        token = re.search(r"/u/[\w.-]+", body)
        own = re.search(r"/[\w-]+/preferences/[\w.-]+", body)
        assert token is not None
        assert own is not None
        yield Published(str(client.base_url).rstrip("/"), mails, token[0], own[0])


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium for this folder's tests only: while Playwright runs, asyncio.run works nowhere in this process."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).is_file():
        missing("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Browser, published: Published) -> Iterator[Opener]:
    """Open a window, with JavaScript or without, of the width of a small phone or another one."""
    contexts = []

    def opened(width: int = 320, javascript: bool = True) -> Look:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=javascript)
        contexts.append(context)
        found = Look(context.new_page(), published.url)
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("requestfailed", lambda request: found.complaints.append(f"no answer: {request.url}"))
        return found

    yield opened
    for context in contexts:
        context.close()
