"""The deadline passes with one Urdu section missing: every channel says so, and catches up without a second mail."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import polib
import pytest

from tests.acceptance.command import decoded, everything, parsed, posts
from tests.acceptance.conftest import NORTH, Scene

ON_TIME, LATER = "2026-11-20T09:00", "2026-11-20T11:00"
ENGLISH = "They checked 140 parked cars."
URDU = "140 کھڑی"
NEW = "نیا: "
QUESTION = "Where should officers spend more time in January 2027?"
NOTE = "اس حصے کا ابھی"
IN_ENGLISH = re.compile(r'<(section|div)[^>]* lang="en-GB" dir="ltr"[^>]*>(?:(?!</\1>).)*' + ENGLISH, re.DOTALL)


def translate_anew(catalog: Path) -> None:
    """Give the rejected texts another translation: the very one that was rejected is refused."""
    entries = polib.pofile(str(catalog))
    for entry in entries:
        if any(f"{NORTH}#{part}/" in place for place, _ in entry.occurrences for part in ("section/1", "question")):
            entry.msgstr = f"{NEW}{entry.msgstr}"
    entries.save(str(catalog))


@pytest.mark.slow
def test_a_section_that_is_not_ready_goes_out_in_english_and_is_replaced_when_it_is(shipped_to_few: Scene) -> None:
    installation, stand_ins = shipped_to_few.installation, shipped_to_few.stand_ins
    installation.run("subscribers", "add", "urdu@example.org", "--locale", "ur", "--region", "north")
    whole = installation.data_dir.parent / "whole.po"
    installation.run("translations", "export", NORTH, "--locale", "ur", "--out", str(whole))
    rejected = ("--locale", "ur", "--section", "section/1", "--section", "question", "--reject", "--by", "Reviewer")
    installation.run("translations", "review", NORTH, *rejected)
    installation.prepare_and_approve(NORTH)

    installation.run("publish", NORTH, "--now", ON_TIME)

    mails = [mail for mail in everything(stand_ins) if "urdu@example.org" in mail.rcpt_to]
    assert len(mails) == 1
    mail = decoded(parsed(stand_ins, mails[0]))
    address = f"/ur/{NORTH}/"
    with installation.serving() as site:
        page = site.get(address).text
        feed = site.get("/feeds/north/ur.json").json()["items"][0]
        etag = site.get("/feeds/north/ur.atom").headers["etag"]
        for channel, carried in {"mail": mail, "page": page, "feed": feed["content_html"]}.items():
            text = " ".join(unescape(carried).split())
            assert bool(IN_ENGLISH.search(text)), f"{channel}: the section is not marked as English"
            assert (NOTE in text, URDU in text) == (True, False), channel
        asked = [post for post in posts(stand_ins) if "ur/respond/north" in post]
        assert [NOTE in post for post in asked if QUESTION in post] == [True]

        translate_anew(whole)
        installation.run("translations", "import", str(whole), "--locale", "ur", "--by", "Translator")
        installation.prepare_and_approve(NORTH, now=LATER)
        installation.run("publish", "--due", "--now", LATER)
        installation.run("publish", NORTH, "--now", LATER)

        after = site.get(address).text
        feed_after = site.get("/feeds/north/ur.json").json()["items"][0]
        assert URDU in after
        assert ENGLISH not in after
        assert NOTE not in after
        assert URDU in feed_after["content_html"]
        assert feed_after["id"] == feed["id"]
        assert site.get("/feeds/north/ur.atom", headers={"if-none-match": etag}).status_code == 200
    assert len([mail for mail in everything(stand_ins) if "urdu@example.org" in mail.rcpt_to]) == 1
