"""After publishing: feeds, corrections, withdrawals and unsubscribing, over HTTP as readers and mail programs do."""

from __future__ import annotations

import re
from email.message import Message
from itertools import product

import feedparser
import httpx
import pytest

from tests.acceptance.borough import CHANNELS, write_briefing
from tests.acceptance.command import Installation, decoded, everything, kill, parsed, posts, recipients, until
from tests.acceptance.conftest import EAST, SHIPPED, Scene
from tests.acceptance.holding_sink import HoldingSink
from tests.acceptance.site_addresses import KINDS

ON_TIME = ("--now", "2026-11-20T09:00")
EAST_LOCALES = ("en-GB", "ar", "lt", "pl")
PAGE = f"/en-GB/{EAST}/"
SECOND = "east/2026-11-21-second"


def feed_ids(site: httpx.Client, place: str) -> dict[str, list[str]]:
    """Return address -> ids of a place's feeds; every one is well-formed and in the language it says."""
    found = {}
    for locale, kind in product(EAST_LOCALES, ("atom", "rss")):
        feed = feedparser.parse(site.get(f"/feeds/{place}/{locale}.{kind}").content)
        assert not feed.bozo, feed.bozo_exception
        found[f"{place}/{locale}.{kind}"] = [entry.id for entry in feed.entries]
    for locale in EAST_LOCALES:
        found[f"{place}/{locale}.json"] = [
            item["id"] for item in site.get(f"/feeds/{place}/{locale}.json").json()["items"]
        ]
    return found


def with_x(scene: Scene) -> Installation:
    (scene.installation.root / "content" / "channels.yaml").write_text(CHANNELS)
    scene.installation.run("approve", EAST, "--by", "A second person", *ON_TIME)  # freezes the posts too
    return scene.installation


@pytest.mark.slow
def test_every_feed_of_the_shipped_content_is_well_formed_and_answers_304(shipped_to_few: Scene) -> None:
    installation = shipped_to_few.installation
    installation.run("publish", SHIPPED[2], *ON_TIME)
    places = ("north", "borough", "ward/E05013885")
    locales = ("en-GB", "ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
    faults: list[str] = []

    with installation.serving() as site:
        for place, locale, kind in product(places, locales, KINDS):
            address = f"/feeds/{place}/{locale}.{kind}"
            first = site.get(address)
            again = site.get(address, headers={"if-none-match": first.headers["etag"]})
            parsed_feed = feedparser.parse(first.content) if kind != "json" else None
            entries = first.json()["items"] if parsed_feed is None else parsed_feed.entries
            if parsed_feed is not None and (parsed_feed.bozo or parsed_feed.feed.language != locale):
                faults.append(f"{address}: {parsed_feed.get('bozo_exception')} {parsed_feed.feed.get('language')}")
            if len(entries) != 1 or again.status_code != 304 or again.content:
                faults.append(f"{address}: {len(entries)} entries, then {again.status_code}")

    assert faults == []


def test_a_correction_reaches_exactly_those_who_got_the_old_text_and_keeps_every_id(east: Scene) -> None:
    installation, stand_ins = with_x(east), east.stand_ins
    installation.run("subscribers", "add", "never@example.org", "--locale", "pl", "--region", "west")
    installation.run("publish", EAST, *ON_TIME)
    installation.run("subscribers", "add", "late@example.org", "--locale", "pl", "--region", "east")
    got = recipients(everything(stand_ins))
    first_posts = posts(stand_ins)

    with installation.serving() as site:
        ids = feed_ids(site, "east") | feed_ids(site, "borough")
        etag = site.get("/feeds/east/lt.atom").headers["etag"]
        write_briefing(installation.root, EAST, title="Bicycle thefts near Mill Pond, not Quarry Lane")
        unapproved = installation.run("correct", EAST, *ON_TIME, code=1)
        installation.prepare_and_approve(EAST, now="2026-11-20T10:00")
        installation.run("correct", EAST, "--now", "2026-11-20T10:00")
        again = installation.run("correct", EAST, "--now", "2026-11-20T10:05")
        until(lambda: "Mill Pond, not Quarry" in site.get(PAGE).text, "the page was not corrected")
        changed = site.get("/feeds/east/lt.atom", headers={"if-none-match": etag})
        corrected_ids = feed_ids(site, "east") | feed_ids(site, "borough")

    corrections = [mail for mail in everything(stand_ins) if "Mill Pond, not Quarry" in mail.subject]
    assert "is not approved in its present text" in unapproved.err
    assert recipients(corrections) == got == {"one@example.org": 1, "two@example.org": 1, "three@example.org": 1}
    assert recipients(everything(stand_ins)) == got + got
    assert "nothing new to send" in again.out
    assert corrected_ids == ids
    assert all(len(each) == 1 for each in ids.values())
    assert changed.status_code == 200
    assert len(posts(stand_ins)) == len(first_posts) + len(EAST_LOCALES)
    standing = installation.status(EAST)
    assert standing["eligible"] == standing["channels"]["email"]["sent"] == 3


def test_a_withdrawal_takes_everything_back_and_tells_exactly_those_who_got_it(east: Scene) -> None:
    installation, stand_ins = with_x(east), east.stand_ins
    installation.run("publish", EAST, *ON_TIME)
    installation.run("subscribers", "add", "late@example.org", "--locale", "pl", "--region", "east")
    got, before = recipients(everything(stand_ins)), {mail.id for mail in everything(stand_ins)}
    posted = len(posts(stand_ins))

    with installation.serving() as site:
        public = [site.get(PAGE).status_code, len(feed_ids(site, "east")["east/ar.atom"])]
        (installation.root / "content" / "briefings" / f"{EAST}.md").unlink()
        installation.run("withdraw", EAST, "--reason", "A street was named wrongly.", "--now", "2026-11-20T10:00")
        until(lambda: site.get(PAGE).status_code == 410, "the page is still there")
        gone = [site.get(f"/{locale}/{EAST}/") for locale in EAST_LOCALES]
        feeds = feed_ids(site, "east") | feed_ids(site, "borough")
        listed = [site.get(address).text for address in ("/en-GB/", "/en-GB/east/", "/sitemap.xml")]
    again = installation.run("withdraw", EAST, "--now", "2026-11-20T10:05")
    refused = installation.run("publish", EAST, "--now", "2026-11-20T10:10", code=1)

    notices = [mail for mail in everything(stand_ins) if mail.id not in before]
    assert public == [200, 1]
    assert [(page.status_code, "Quarry Lane" in page.text) for page in gone] == [(410, False)] * len(EAST_LOCALES)
    assert not any(feeds.values())
    assert not any(EAST in text or "Quarry Lane" in text for text in listed)
    assert (posted > 0, posts(stand_ins)) == (True, [])
    assert recipients(notices) == got
    texts = [decoded(parsed(stand_ins, mail)) for mail in notices]
    assert all("A street was named wrongly." in text and "14 bicycles" not in text for text in texts)
    assert "nothing new to send" in again.out
    assert "was withdrawn" in refused.err
    assert installation.status(EAST)["state"] == "withdrawn"


def unsubscribe_address(message: Message) -> str:
    """Return the address that a mail program posts to (RFC 8058)."""
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search(r"<(https?://[^>]+)>", message["List-Unsubscribe"])
    assert found is not None
    return found[1]


def test_one_click_unsubscribes_and_the_next_briefing_leaves_that_person_out(east: Scene) -> None:
    installation, stand_ins = east.installation, east.stand_ins
    installation.run("publish", EAST, *ON_TIME)
    mail = next(mail for mail in everything(stand_ins) if mail.rcpt_to == ("two@example.org",))
    address = unsubscribe_address(parsed(stand_ins, mail))

    with installation.serving() as site:
        looked = [site.get(address).status_code for _ in range(3)]
        still_there = len(installation.subscribers())
        clicked = site.post(address, data={"List-Unsubscribe": "One-Click"})
        clicked_again = site.post(address, data={"List-Unsubscribe": "One-Click"})
        forged = site.post(address[:-6] + "aaaaaa", data={"List-Unsubscribe": "One-Click"})
    write_briefing(installation.root, SECOND, title="Second", publish_at="2026-11-21 09:00")
    installation.prepare_and_approve(SECOND)
    installation.run("publish", SECOND, "--now", "2026-11-21T09:00")

    assert address.startswith(installation.environment["PUBLIC_URL"])
    assert (looked, still_there) == ([200, 200, 200], 3)
    assert (clicked.status_code, clicked_again.status_code, forged.status_code) == (200, 200, 404)
    assert recipients(everything(stand_ins)) == {"one@example.org": 2, "three@example.org": 2, "two@example.org": 1}
    assert installation.status(SECOND)["eligible"] == 2


def test_who_unsubscribes_while_a_mailing_runs_is_suppressed(east: Scene) -> None:
    with HoldingSink(answers=0) as sink:
        installation = east.installation.having(SMTP_URL=f"smtp://127.0.0.1:{sink.port}", SMTP_CONNECTIONS="1")
        process = installation.start("publish", EAST, *ON_TIME)
        try:
            until(lambda: len(sink.mails) == 1, "nothing was mailed")
            installation.run("subscribers", "unsubscribe", "three@example.org")
            sink.release()
            _, err = process.communicate(timeout=60)
        finally:
            if process.poll() is None:
                kill(process)

    assert process.returncode == 0, err
    assert sink.recipients == ["one@example.org", "two@example.org"]
    standing = installation.status(EAST)
    assert standing["channels"]["email"] | {"sent": 2, "suppressed": 1} == standing["channels"]["email"]
    assert standing["eligible"] == sum(standing["channels"]["email"].values()) == 3
