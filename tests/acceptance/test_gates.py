"""Who may let a briefing out, when, and to whom: closed unless it is opened."""

from __future__ import annotations

from collections.abc import Callable

from tests.acceptance.borough import CONTACTS, write_briefing
from tests.acceptance.command import everything, recipients
from tests.acceptance.conftest import EARLY, EAST, Scene

ON_TIME = ("--now", "2026-11-20T09:00")


def test_without_an_approval_nothing_goes_out(scene: Scene, follow: Callable[..., None]) -> None:
    installation = scene.installation
    follow(("one@example.org", "en-GB", "east", ""))
    write_briefing(installation.root, EAST)

    unprepared = installation.run("publish", EAST, *ON_TIME, code=1)
    unprepared_approval = installation.run("approve", EAST, "--by", "Somebody", code=1)
    installation.run("prepare")
    unapproved = installation.run("publish", EAST, *ON_TIME, code=1)
    due = installation.run("publish", "--due", *ON_TIME)

    assert f"run 'briefings prepare {EAST}'" in unprepared.err
    assert f"run 'briefings prepare {EAST}'" in unprepared_approval.err
    assert f"{EAST} is not approved in its present text" in unapproved.err
    assert "nothing is due" in due.out
    assert everything(scene.stand_ins) == []


def test_the_author_cannot_approve_what_is_urgent_however_they_spell_their_name(scene: Scene) -> None:
    installation = scene.installation
    write_briefing(installation.root, EAST, severity="urgent", author="Ann  Otherham")
    installation.run("prepare")

    refused = installation.run("approve", EAST, "--by", " ANN\u00a0otherham.", code=1)
    unapproved = installation.run("publish", EAST, *ON_TIME, code=1)
    installation.run("approve", EAST, "--by", "Bea Otherham")
    installation.run("publish", EAST, *ON_TIME)

    assert f"{EAST} is urgent: somebody other than its author (Ann Otherham) must approve it" in refused.err
    assert "not approved" in unapproved.err
    assert installation.status(EAST)["state"] == "published"


def test_a_change_after_the_approval_needs_a_new_one(east: Scene) -> None:
    installation = east.installation
    write_briefing(installation.root, EAST, title="Changed behind the approver's back")

    changed = installation.run("publish", EAST, *ON_TIME, code=1)
    changed_due = installation.run("publish", "--due", *ON_TIME, code=1)
    installation.run("prepare")
    prepared = installation.run("publish", EAST, *ON_TIME, code=1)
    before = everything(east.stand_ins)
    installation.run("approve", EAST, "--by", "A second person")
    installation.run("publish", EAST, *ON_TIME)

    assert "has changed" in changed.err
    assert "has changed" in changed_due.err
    assert "not approved in its present text" in prepared.err
    assert before == []
    subjects = {mail.subject for mail in everything(east.stand_ins)}
    assert len(subjects) == 1
    assert "Changed behind the approver's back" in subjects.pop()


def test_a_publish_time_missed_by_more_than_six_hours_is_reported_once_and_then_left_to_a_person(east: Scene) -> None:
    installation = east.installation

    first = installation.run("publish", "--due", "--now", "2026-11-20T15:01", code=1)
    second = installation.run("publish", "--due", "--now", "2026-11-20T15:06")
    before = everything(east.stand_ins)
    by_hand = installation.run("publish", EAST, "--now", "2026-11-20T15:10")

    assert f"{EAST}: missed: it was due at 2026-11-20 09:00" in first.err
    assert "nothing is due" in second.out
    assert second.err == ""
    assert before == []
    assert [row.state for row in installation.rows("SELECT state FROM slots")] == ["missed"]
    assert set(recipients(everything(east.stand_ins)).values()) == {1}
    assert "3 sent now" not in by_hand.err


def test_a_publish_time_missed_by_up_to_six_hours_still_runs(east: Scene) -> None:
    late = east.installation.run("publish", "--due", "--now", "2026-11-20T15:00")

    assert "sent now" in late.out
    assert len(everything(east.stand_ins)) == 3
    assert [row.state for row in east.installation.rows("SELECT state FROM slots")] == ["run"]


def test_what_has_expired_is_refused_and_what_expires_while_it_waits_is_not_sent(
    scene: Scene, follow: Callable[..., None]
) -> None:
    installation = scene.installation
    follow(("one@example.org", "en-GB", "east", ""))
    write_briefing(installation.root, EAST, expires="2026-11-20 12:00")
    installation.prepare_and_approve(EAST)

    expired = installation.run("publish", EAST, "--now", "2026-11-20T12:00", code=1)
    unreachable = installation.having(SMTP_URL="smtp://127.0.0.1:1").run(
        "publish", EAST, "--now", "2026-11-20T11:00", code=1
    )
    later = installation.run("deliver", "--now", "2026-11-20T12:00")

    assert "has expired" in expired.err
    assert "left unsettled: 1 queued" in unreachable.err
    assert installation.states(EAST) == {"expired": 1}
    assert "nothing new to send" in later.out
    assert everything(scene.stand_ins) == []


def test_in_allow_list_mode_only_those_on_the_list_are_mailed(east: Scene) -> None:
    mode = {"DELIVERY_MODE": "allow-list", "SECRET_KEY": "a key only for this test"}
    allowed = east.installation.having(
        **mode, SMTP_URL=east.stand_ins.smtp_url, ALLOW_LIST="TWO@example.org, @elsewhere.example"
    )

    done = allowed.run("publish", EAST, *ON_TIME)

    assert recipients(everything(east.stand_ins)) == {"two@example.org": 1}
    assert allowed.status(EAST)["channels"]["email"]["suppressed"] == 2
    assert "suppressed" in done.out


def test_the_sandbox_refuses_to_mail_another_machine(east: Scene) -> None:
    elsewhere = east.installation.having(SMTP_URL="smtp://192.0.2.1:25")

    refused = elsewhere.run("publish", EAST, *ON_TIME, code=1)

    assert "BRIEFINGS_SMTP_URL names 192.0.2.1" in refused.err
    assert east.installation.states(EAST) == {"queued": 3}


def test_a_wrong_file_is_refused_by_name_and_stops_no_other(east: Scene) -> None:
    installation = east.installation
    write_briefing(installation.root, "west/2026-11-20-wrong", severity="panic", extra=CONTACTS)

    wrong = installation.run("approve", "west/2026-11-20-wrong", "--by", "B", "--now", EARLY, code=1)
    both = installation.run("publish", "west/2026-11-20-wrong", EAST, *ON_TIME, code=1)

    assert "west/2026-11-20-wrong.md:6: severity 'panic' is not one of" in wrong.err
    assert "west/2026-11-20-wrong cannot be read" in both.err
    assert len(everything(east.stand_ins)) == 3
