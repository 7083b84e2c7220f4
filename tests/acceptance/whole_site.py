"""All that residents may see of one installation: every page, what mistakes lead to, a walk a language, all mail."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import httpx

from tests.acceptance.command import Installation, decoded, everything, parsed, until
from tests.acceptance.conftest import NORTH, SHIPPED, Scene, subscribe_all, with_stand_ins
from tests.web.every_page import Shown, linked, mistaken, walked

SOUTH = SHIPPED[3]
REASON = "A wrong place"
AFTERNOON = "2026-11-20T16:35"
LETTER = re.compile(r"/[\w-]+/confirm/[0-9a-f]{48}")


@dataclass
class Whole:
    """`mails` holds the text parts of mails by a name and a locale; a name ends with `(html)` or `(plain)`."""

    pages: list[Shown] = field(default_factory=list)
    mails: list[tuple[str, str, str]] = field(default_factory=list)


def whole_site(installation: Installation, locales: Sequence[str]) -> Whole:
    """Publish two prepared briefings, withdraw one; some of each language get mail, and somebody comes and goes."""
    with closing(sqlite3.connect(installation.data_dir / "briefings.db")) as database, database:
        database.execute("DELETE FROM subscribers")
    people = [(f"{n}{locale}@example.org", locale, "north;south", "") for locale in locales for n in "abc"]
    subscribe_all(installation, people)
    for briefing in (NORTH, SOUTH):
        installation.run("approve", briefing, "--by", "A second person", "--now", AFTERNOON)
    whole = Whole()
    with contextmanager(with_stand_ins)(installation) as scene:
        installation.run("publish", NORTH, SOUTH, "--now", AFTERNOON)
        installation.run("withdraw", SOUTH, "--reason", REASON, "--now", AFTERNOON)
        with installation.serving() as client:
            whole.pages += linked(client)
            for locale in locales:
                whole.pages.append(Shown("withdrawn", locale, client.get(f"/{locale}/{SOUTH}/")))
                whole.pages += mistaken(client, locale, f"/{locale}/respond/{NORTH}")
            with ThreadPoolExecutor(len(locales)) as residents:
                for walk in residents.map(lambda locale: _walk(scene, client.base_url, locale), locales):
                    whole.pages += walk
        for mail in everything(scene.stand_ins):
            for part in parsed(scene.stand_ins, mail).walk():
                if part.get_content_maintype() == "text":
                    text = part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8")  # type: ignore[union-attr]
                    whole.mails.append((f"{mail.subject} ({part.get_content_subtype()})", mail.locale, text))
    return whole


def _walk(scene: Scene, base: httpx.URL, locale: str) -> list[Shown]:
    with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        email = f"walk.{locale.lower()}@example.org"
        return list(walked(client, locale, email, {"region": "north"}, lambda to: _letter(scene, to)))


def _letter(scene: Scene, email: str) -> str:
    """Return the path of the link to confirm that was mailed to an address."""
    found: list[str] = []

    def has_come() -> bool:
        for mail in everything(scene.stand_ins):
            if email in mail.rcpt_to:
                found.extend(LETTER.findall(decoded(parsed(scene.stand_ins, mail))))
        return bool(found)

    until(has_come, f"no letter came to {email}")
    return found[0]
