"""Corrections and withdrawals against real stand-ins: nothing wrong follows them, on no channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from briefings.editorial.amend import correct, withdraw
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import publish, publish_due
from briefings.model.errors import NotReady
from briefings.sandbox.x_timeline import ACCOUNT, Post
from briefings.web.public.stored import StoredSite
from tests.editorial.town import LAMPS, NOW, Town, town

WITH_X = "channels: [email, page, atom, x]\naccounts:\n  x: [{name: otherham}]\n"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as started:
        yield started


def later(hours: int) -> Callable[[], datetime]:
    return lambda: NOW + timedelta(hours=hours)


def posts(place: Town) -> tuple[Post, ...]:
    return place.stand_ins.x.timeline.posts(ACCOUNT.id, limit=100)


def test_what_was_put_off_is_not_sent_once_it_has_been_corrected(place: Town) -> None:
    place.subscribe("ann", "temp-fail")
    first = place.approve()
    publish(place.desk, [LAMPS], later(0))
    place.write("Body one.", "Body two.")
    place.approve()

    correct(place.desk, LAMPS, later(1))
    publish_due(place.desk, later(2))

    assert place.mail_to("ann") == ["Lamps in the park", "Correction: Lamps in the park"]
    assert place.states(first)["email"] == ["cancelled", "sent"]


def test_a_correction_may_not_go_out_before_its_time(place: Town) -> None:
    place.approve()
    publish(place.desk, [LAMPS], later(0))
    place.write("publish_at: 2026-11-20 09:00", "publish_at: 2027-06-01 09:00")
    place.approve()

    with pytest.raises(NotReady, match="may not go out before"):
        correct(place.desk, LAMPS, later(1))


def test_a_channel_switched_on_after_the_approval_waits_for_another(place: Town) -> None:
    place.subscribe("ann")
    place.approve()
    (place.root / "content" / "channels.yaml").write_text(WITH_X)
    place.reread()

    report = publish(place.desk, [LAMPS], later(0))

    assert "nothing was approved for the channel x" in report.refused[LAMPS]
    assert place.mail_to("ann") == []


def test_a_locale_added_after_the_approval_gets_what_was_approved(place: Town) -> None:
    place.approve()
    places = place.root / "content" / "places.yaml"
    places.write_text(places.read_text().replace("[en-GB, pl]", "[en-GB, pl, lt]"))
    place.reread()
    place.subscribe("jonas", locale="lt")

    report = publish(place.desk, [LAMPS], later(0))

    assert report.is_settled
    assert place.mail_to("jonas") == ["Lamps in the park"]


def test_a_sender_that_cannot_be_stops_the_mailing_and_fails_nobody(place: Town) -> None:
    place.subscribe("ann", "bob")
    revision = place.approve()
    place.services.settings.sender = "Safety Team safety@"

    report = publish(place.desk, [LAMPS], later(0))

    assert not report.is_settled
    assert place.states(revision)["email"] == ["queued", "queued"]


def test_preparing_again_changes_nothing_that_is_public(place: Town) -> None:
    place.approve()
    publish(place.desk, [LAMPS], later(0))
    catalog = place.root / "locales" / "pl" / "LC_MESSAGES" / "content.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(
        'msgid ""\nmsgstr ""\n"Language: pl\\n"\n\nmsgid "Where is it dark?"\nmsgstr "Gdzie jest ciemno?"\n'
    )
    place.reread()

    prepare(place.desk, [LAMPS], later(1)())

    question = StoredSite(place.desk, later(1)).question(LAMPS, "pl")
    assert question is not None
    assert (question.text, question.locale) == ("Where is it dark?", "en-GB")


def test_on_x_a_correction_answers_the_post_that_was_wrong_and_a_withdrawal_deletes_both(tmp_path: Path) -> None:
    with town(tmp_path, WITH_X) as place:
        place.approve()
        publish(place.desk, [LAMPS], later(0))
        wrong = {post.id for post in posts(place)}
        place.write("Body one.", "Body two.")
        place.approve()

        correct(place.desk, LAMPS, later(1))
        answers = [post for post in posts(place) if post.id not in wrong]
        withdraw(place.desk, LAMPS, "", later(2))

        assert len(answers) == 2
        assert {post.reply_to for post in answers} <= wrong
        assert posts(place) == ()


def test_posts_that_could_not_be_deleted_are_deleted_by_the_next_sweep(tmp_path: Path) -> None:
    with town(tmp_path, WITH_X) as place:
        place.approve()
        publish(place.desk, [LAMPS], later(0))
        place.stand_ins.x.fail_next(503, on="DELETE /2/tweets/{id}")
        first = withdraw(place.desk, LAMPS, "", later(1))

        report = publish_due(place.desk, later(2))

        assert "x" in first.trouble
        assert report.trouble == {}
        assert posts(place) == ()


def test_x_without_a_named_account_posts_with_the_keys_there_are(tmp_path: Path) -> None:
    with town(tmp_path, "channels: [email, x]\n") as place:
        revision = place.approve()

        publish(place.desk, [LAMPS], later(0))

        assert place.states(revision)["x"] == ["sent", "sent"]
        assert len(posts(place)) >= 2
