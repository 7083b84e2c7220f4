"""Newsletters: what falls back, what is urgent, corrected or withdrawn, is said and not hidden."""

from __future__ import annotations

from briefings.model.briefing import Severity
from briefings.model.delivery import Purpose
from briefings.model.edition import SegmentState
from briefings.model.slots import UNSUBSCRIBE_URL_SLOT
from briefings.rendering.email import render_email
from briefings.rendering.notes import fallback_note
from tests.rendering.editions import (
    EVERYTHING,
    TEMPLATES,
    edition_of,
    sample_briefing,
    sample_edition,
)
from tests.rendering.mails import SITE, parsed, plain_words, rendered, words


def test_an_untranslated_section_stands_in_its_own_language_after_a_note() -> None:
    edition = sample_edition("ur", ("section/1",))
    note = fallback_note(SITE.interface("ur"), edition)

    mail = render_email(edition, SITE, TEMPLATES)

    english = [e for e in parsed(mail.html).iter("div") if e.get("lang") == "en-GB"]
    assert [(e.get("dir"), e.get("style")) for e in english] == [("ltr", "text-align:left")]
    assert "What we did" in "".join(english[0].itertext())
    assert words(mail.html).count(note) == 1
    assert words(mail.html).index(note) < words(mail.html).index("What we did")
    assert plain_words(mail.text).index(note) < plain_words(mail.text).index("What we did")


def test_untranslated_events_that_follow_each_other_share_one_note() -> None:
    edition = sample_edition("bg", ("event/0", "event/1"))
    note = fallback_note(SITE.interface("bg"), edition)

    mail = render_email(edition, SITE, TEMPLATES)

    assert words(mail.html).count(note) == 1
    assert plain_words(mail.text).count(note) == 1


def test_a_wholly_untranslated_edition_says_so_once_at_the_top() -> None:
    edition = sample_edition("ta", (EVERYTHING,))
    note = fallback_note(SITE.interface("ta"), edition)

    mail = render_email(edition, SITE, TEMPLATES)

    assert words(mail.html).count(note) == 1
    assert plain_words(mail.text).count(note) == 1
    assert plain_words(mail.text).index(note) < plain_words(mail.text).index("Phone thefts down")


def test_a_locale_without_any_catalog_is_honest_english() -> None:
    edition = edition_of(sample_briefing(), "ar")

    mail = render_email(edition, SITE, TEMPLATES)

    document = parsed(mail.html)
    assert (document.get("lang"), document.get("dir")) == ("en-GB", "ltr")
    assert "has not been translated into العربية yet" in words(mail.html)


def test_machine_translation_is_labelled_near_the_top() -> None:
    edition = edition_of(sample_briefing(), "bg", state=SegmentState.MACHINE)
    label = SITE.interface("bg").t("Translated by machine. No person has checked this translation yet.")

    mail = render_email(edition, SITE, TEMPLATES)

    title = edition.phrase("title").text
    assert words(mail.html).index(label) < words(mail.html).index(title)
    assert plain_words(mail.text).index(label) < plain_words(mail.text).index(title)


def test_urgent_mail_says_so_in_the_subject_and_on_a_badge() -> None:
    edition = sample_edition(severity=Severity.URGENT)

    mail = render_email(edition, SITE, TEMPLATES)

    assert mail.subject == "Urgent: Phone thefts down, evening patrols continue"
    assert "badge-urgent" in mail.html
    assert "\nUrgent\n" in mail.text


def test_a_correction_says_that_it_replaces_the_earlier_mail_and_why() -> None:
    mail = rendered(purpose=Purpose.CORRECTION, note="The time of the meeting was wrong.")

    shown = (words(mail.html), plain_words(mail.text))

    assert mail.subject.startswith("Correction: ")
    for part in shown:
        assert "This email replaces the earlier one. The time of the meeting was wrong." in part
        assert "Officers made 9 arrests" in part


def test_a_withdrawal_repeats_nothing_of_the_briefing_but_its_title() -> None:
    mail = rendered("ur", purpose=Purpose.WITHDRAWAL, note="The figures were wrong.")

    edition = sample_edition("ur")
    for part in (words(mail.html), plain_words(mail.text), mail.preheader):
        told = [key for key, segment in edition.segments.items() if len(segment.target) > 20 and segment.target in part]
        assert set(told) <= {"title"}
    assert "The figures were wrong." in words(mail.html)
    assert "The figures were wrong." in mail.text
    assert mail.html.count(UNSUBSCRIBE_URL_SLOT) == 1
