"""Late translations: pages and feeds change to them; a second mail goes out only where it matters, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from briefings.editorial.approve import approve
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import publish, publish_due
from briefings.editorial.review import review
from briefings.editorial.status import status
from briefings.editorial.watch import concerns
from briefings.model.edition import SegmentState
from briefings.store.engine import reading
from briefings.store.tables import renderings
from briefings.translation.memory import Entry, Origin
from tests.editorial.test_review import POLISH
from tests.editorial.town import LAMPS, NOW, Town
from tests.editorial.town import town as a_town

CHANNELS = "channels: [email, page, atom, rss, json, x]\naccounts: {x: [{name: otherham}]}\n"
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path, CHANNELS) as place:
        yield place


def translate(town: Town, *but: str) -> None:
    entries = [
        Entry(source, target, SegmentState.TRANSLATED, Origin.PERSON, "Ola", NOW)
        for source, target in POLISH.items()
        if source not in but
    ]
    town.desk.memory.put("pl", entries)


def publish_with_one_text_missing(town: Town, severity: str, missing: str = "Body one.") -> str:
    town.write("severity: routine", f"severity: {severity}")
    town.subscribe("pole", locale="pl")
    town.subscribe("reader")
    translate(town, missing)
    prepare(town.desk, [LAMPS], NOW)
    revision = approve(town.desk, LAMPS, "Editor", NOW)
    assert publish(town.desk, [LAMPS], lambda: NOW).is_settled
    return revision


def finish_the_translation(town: Town) -> None:
    translate(town)
    town.reread()
    prepare(town.desk, [LAMPS], LATER)


def page(town: Town) -> str:
    query = select(renderings.c.parts).where(renderings.c.locale == "pl", renderings.c.channel == "page")
    with reading(town.services.engine) as connection:
        return str(connection.scalar(query)["article_html"])


def test_a_routine_briefing_changes_on_the_page_and_nobody_is_mailed_again(town: Town) -> None:
    revision = publish_with_one_text_missing(town, "routine")
    before = page(town)

    finish_the_translation(town)
    approve(town.desk, LAMPS, "Editor", LATER)
    publish_due(town.desk, lambda: LATER)
    publish(town.desk, [LAMPS], lambda: LATER)

    assert "Body one." in before
    assert "Treść pierwsza." in page(town)
    assert "Body one." not in page(town)
    assert town.mail_to("pole") == ["Lampy w parku"]
    assert town.states(revision)["email"] == ["sent", "sent"]
    assert status(town.desk, LAMPS)["follow_up"].get("sent", 0) == 0


@pytest.mark.parametrize("command", ["due", "named"])
def test_of_an_important_briefing_those_who_got_it_untranslated_get_one_follow_up(town: Town, command: str) -> None:
    revision = publish_with_one_text_missing(town, "important")
    finish_the_translation(town)

    unapproved = publish_due(town.desk, lambda: LATER)
    approve(town.desk, LAMPS, "Editor", LATER)
    for _ in range(2):
        report = (
            publish_due(town.desk, lambda: LATER) if command == "due" else publish(town.desk, [LAMPS], lambda: LATER)
        )
    approve(town.desk, LAMPS, "Editor", LATER)
    publish_due(town.desk, lambda: LATER)

    assert unapproved.delivered == []
    assert report.is_settled
    assert town.mail_to("pole") == ["Lampy w parku", "Lampy w parku"]
    assert town.mail_to("reader") == ["Lamps in the park"]
    assert town.states(revision)["email"] == ["sent", "sent"]
    assert town.states(f"{revision}.follow-up") == {"email": ["sent"]}  # the post carries no section: it was whole
    assert status(town.desk, LAMPS)["follow_up"]["sent"] == 1
    assert status(town.desk, LAMPS)["eligible"] == 2


def test_a_post_that_went_out_untranslated_is_followed_up_too(town: Town) -> None:
    revision = publish_with_one_text_missing(town, "important", "The lamps work again.")
    finish_the_translation(town)
    approve(town.desk, LAMPS, "Editor", LATER)

    publish_due(town.desk, lambda: LATER)

    assert town.states(f"{revision}.follow-up") == {"email": ["sent"], "x": ["sent"]}


EASY = "easy_read: [Lamps work., The park is light., Come and see.]\n"
POLISH_EASY = {
    "Lamps work.": "Lampy działają.",
    "The park is light.": "W parku jest jasno.",
    "Come and see.": "Zobacz.",
}


def test_what_no_mail_carries_neither_holds_a_follow_up_back_nor_makes_one(town: Town) -> None:
    town.write("severity: routine\n", f"severity: routine\n{EASY}")
    revision = publish_with_one_text_missing(town, "important")

    finish_the_translation(town)  # the easy-read text is still English
    approve(town.desk, LAMPS, "Editor", LATER)
    publish_due(town.desk, lambda: LATER)
    first = town.mail_to("pole")
    easy = [Entry(s, t, SegmentState.TRANSLATED, Origin.PERSON, "Ola", LATER) for s, t in POLISH_EASY.items()]
    town.desk.memory.put("pl", easy)
    town.reread()
    prepare(town.desk, [LAMPS], LATER)
    waiting = [concern.text for concern in concerns(town.desk, LATER)]
    approve(town.desk, LAMPS, "Editor", LATER)
    publish_due(town.desk, lambda: LATER)

    assert len(first) == 2
    assert town.mail_to("pole") == first
    assert town.states(f"{revision}.follow-up") == {"email": ["sent"]}
    assert not any("ready now" in text for text in waiting)  # mail and feed were whole


def test_a_page_never_becomes_less_translated_by_another_approval(town: Town) -> None:
    publish_with_one_text_missing(town, "routine")
    finish_the_translation(town)
    approve(town.desk, LAMPS, "Editor", LATER)
    rejected = review(town.desk, LAMPS, "pl", "Ada", SegmentState.INITIAL, LATER, ["section/0"])
    town.reread()
    prepare(town.desk, [LAMPS], LATER)

    approve(town.desk, LAMPS, "Editor", LATER)

    assert rejected.moved
    assert "Treść pierwsza." in page(town)
    assert status(town.desk, LAMPS)["locales"]["pl"]["ready"]


def test_no_follow_up_before_all_of_it_is_ready(town: Town) -> None:
    revision = publish_with_one_text_missing(town, "important")
    town.reread()

    prepare(town.desk, [LAMPS], LATER)
    approve(town.desk, LAMPS, "Editor", LATER)
    publish_due(town.desk, lambda: LATER)

    assert town.mail_to("pole") == ["Lampy w parku"]
    assert town.states(f"{revision}.follow-up") == {}


def test_who_unsubscribed_meanwhile_gets_no_follow_up(town: Town) -> None:
    revision = publish_with_one_text_missing(town, "important")
    finish_the_translation(town)
    approve(town.desk, LAMPS, "Editor", LATER)

    town.desk.register.unsubscribe(1, "unsubscribed", LATER)
    publish_due(town.desk, lambda: LATER)

    assert town.mail_to("pole") == ["Lampy w parku"]
    assert town.states(f"{revision}.follow-up")["email"] == ["suppressed"]


def test_a_correction_reaches_each_reader_once_after_a_follow_up(town: Town) -> None:
    from briefings.editorial.amend import correct

    publish_with_one_text_missing(town, "important")
    finish_the_translation(town)
    approve(town.desk, LAMPS, "Editor", LATER)
    publish_due(town.desk, lambda: LATER)
    town.write("The lamps work again.", "The lamps do not work yet.")
    prepare(town.desk, [LAMPS], LATER)
    approve(town.desk, LAMPS, "Editor", LATER)

    correct(town.desk, LAMPS, lambda: LATER)

    assert len(town.mail_to("pole")) == 3
    assert len(town.mail_to("reader")) == 2


def test_the_watch_names_what_has_become_ready_until_it_is_approved(town: Town) -> None:
    publish_with_one_text_missing(town, "routine")
    before = [concern.text for concern in concerns(town.desk, NOW)]
    finish_the_translation(town)

    waiting = [concern for concern in concerns(town.desk, LATER) if "ready now in pl" in concern.text]
    approve(town.desk, LAMPS, "Editor", LATER)
    after = [concern.text for concern in concerns(town.desk, LATER)]

    assert not any("ready now" in text for text in before + after)
    assert [concern.is_wrong for concern in waiting] == [False]
