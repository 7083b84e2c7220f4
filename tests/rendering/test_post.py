"""Editions as threads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefings.model.briefing import Briefing, Severity
from briefings.model.delivery import Purpose
from briefings.model.edition import SegmentState
from briefings.rendering.post import LIMIT, Post, compose_posts, fits, posts_from_json, posts_to_json, weighted_length
from briefings.sandbox import x_text
from tests.rendering.editions import (
    EVERYTHING,
    LOCALES,
    SOURCE,
    edition_of,
    sample_briefing,
    sample_edition,
    sample_site,
    translated,
)

SITE = sample_site()
NOTE = "This part has not been translated into"
LABEL = "This translation has not been checked by a native speaker yet."
MACHINE = "Translated by machine. No person has checked this translation yet."


def thread(briefing: Briefing, locale: str = SOURCE, purpose: Purpose = Purpose.BRIEFING) -> tuple[Post, ...]:
    return compose_posts(edition_of(briefing, locale), SITE, purpose=purpose)


def bare(text: str) -> str:
    return "".join(text.replace("…", "").split())


@pytest.mark.parametrize("locale", [*LOCALES, "ar"])
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("severity", Severity)
def test_no_post_exceeds_the_limit_by_either_reading_of_it(locale: str, purpose: Purpose, severity: Severity) -> None:
    posts = compose_posts(sample_edition(locale, severity=severity), SITE, purpose=purpose)

    assert all(weighted_length(post.text) <= LIMIT for post in posts)
    assert all(x_text.weighted_length(post.text) <= LIMIT for post in posts)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_post_has_title_place_summary_and_the_page_in_the_readers_language(locale: str) -> None:
    edition = sample_edition(locale)

    first = compose_posts(edition, SITE)[0]

    title, place, _, summary = first.text.split("\n")[:4]
    assert (title, place) == (edition.phrase("title").text, "Riverside, Exampleton")
    assert edition.phrase("summary").text.startswith(summary.removesuffix("…"))
    assert first.text.endswith(f"\n{SITE.page_url(edition.briefing.id, locale)}")
    assert first.locale == locale


def test_a_short_edition_is_one_post() -> None:
    briefing = replace(sample_briefing(), events=(), question=None)

    assert len(thread(briefing)) == 1


def test_events_and_question_follow_in_their_own_posts() -> None:
    _, events, question = compose_posts(sample_edition(), SITE)

    assert "Ward panel meeting\nThursday, 19 November 2026 · 18:30–20:00\nOld Mill Library, 12 Mill Road" in events.text
    assert "What should we work on next?\n– Street lighting\n– Speeding on Mill Road\n" in question.text
    assert question.text.endswith("/en-GB/respond/riverside/2026-11-06-evening-patrols")


def test_an_event_that_is_over_before_publishing_is_left_out() -> None:
    briefing = sample_briefing()
    late = replace(briefing, publish_at=briefing.events[0].end + timedelta(minutes=1))

    text = "".join(post.text for post in thread(late))

    assert "Ward panel meeting" not in text
    assert "Free phone marking" in text


def test_a_summary_that_is_too_long_goes_on_in_the_next_post() -> None:
    summary = "Officers walked the market every evening and spoke to the people who work there. " * 6

    posts = thread(replace(sample_briefing(), summary=summary, events=(), question=None))

    assert [post.text.split("\n")[-2][-1] for post in posts] == ["."] * 3
    assert bare(summary) in bare("".join("\n".join(post.text.split("\n")[:-1]) for post in posts))


def test_a_title_in_the_source_language_is_said_to_be_so_and_tagged_so() -> None:
    first, *others = compose_posts(sample_edition("ur", unready=("head",)), SITE)

    assert first.locale == SOURCE
    assert first.text.startswith("Phone thefts down")
    assert translated(f"{NOTE} {{language}} yet. It is shown in {{source_language}}.", "ur")[:10] in first.text
    assert {post.locale for post in others} == {"ur"}


def test_where_nothing_is_translated_one_note_is_enough() -> None:
    posts = compose_posts(sample_edition("ar", unready=(EVERYTHING,)), SITE)

    assert [NOTE in post.text for post in posts] == [True] + [False] * (len(posts) - 1)
    assert {post.locale for post in posts} == {SOURCE}


def test_languages_never_mix_in_one_post() -> None:
    posts = compose_posts(sample_edition("bg", unready=("event/0",)), SITE)

    english = [post for post in posts if post.locale == SOURCE]
    assert len(english) == 1
    assert "Thursday, 19 November" in english[0].text
    assert "21 ноември" not in english[0].text


def test_machine_text_is_labelled_before_it_is_read_and_unreviewed_text_after() -> None:
    machine = compose_posts(edition_of(sample_briefing(), "ta", state=SegmentState.MACHINE), SITE)
    unreviewed = compose_posts(edition_of(sample_briefing(), "ta"), SITE)
    reviewed = compose_posts(edition_of(sample_briefing(), "ta", reviewed=True), SITE)

    label = translated(LABEL, "ta")
    assert translated(MACHINE, "ta") in machine[0].text
    assert label in "\n".join(post.text for post in unreviewed)
    assert label not in "\n".join(post.text for post in reviewed)


def test_a_follow_up_is_one_post_that_is_labelled_too() -> None:
    (unreviewed,) = compose_posts(edition_of(sample_briefing(), "ta"), SITE, purpose=Purpose.FOLLOW_UP)
    (reviewed,) = compose_posts(edition_of(sample_briefing(), "ta", reviewed=True), SITE, purpose=Purpose.FOLLOW_UP)

    assert translated(LABEL, "ta") in unreviewed.text
    assert translated(LABEL, "ta") not in reviewed.text
    assert fits(unreviewed.text, LIMIT)


def test_urgent_posts_say_so_first_and_give_the_emergency_number_whole() -> None:
    posts = compose_posts(sample_edition(severity=Severity.URGENT), SITE)

    line = "Emergency: a crime is happening now or someone is in danger: 999"
    assert posts[0].text.startswith("Urgent: Phone thefts down")
    assert sum(line in post.text.split("\n") for post in posts) == 1


def test_a_correction_is_one_post_that_says_so() -> None:
    posts = thread(sample_briefing(Severity.URGENT), purpose=Purpose.CORRECTION)

    assert len(posts) == 1
    assert posts[0].text.startswith("Correction: Urgent: Phone thefts down")


def test_no_title_is_long_enough_to_cut_the_notice_of_a_withdrawal() -> None:
    posts = thread(replace(sample_briefing(), title="Phone thefts " * 60), purpose=Purpose.WITHDRAWAL)

    assert len(posts) == 1
    assert posts[0].text.startswith("We have withdrawn this briefing. Please do not rely on it.\n\nPhone thefts")
    assert posts[0].text.endswith("/en-GB/riverside/2026-11-06-evening-patrols/")
    assert posts[0].images == ()


def test_the_first_image_goes_with_the_first_post_and_its_description_is_cut_to_the_limit() -> None:
    image = sample_briefing().images[0]
    briefing = replace(sample_briefing(), images=(replace(image, alt="Two officers talk. " * 90),))

    first, *others = thread(briefing)

    assert first.images[0].digest == image.digest
    assert 900 < len(first.images[0].alt) <= 1000
    assert first.images[0].alt.endswith("…")
    assert not any(post.images for post in others)


def test_no_two_editions_share_a_post() -> None:
    posts = [post.text for locale in ("ar", "lt", SOURCE) for post in compose_posts(sample_edition(locale), SITE)]

    assert len(set(posts)) == len(posts)


def test_stored_posts_come_back_as_they_were() -> None:
    posts = compose_posts(sample_edition("ur"), SITE)

    assert posts_from_json(posts_to_json(posts)) == posts


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(min_size=1, max_size=400), st.text(max_size=1500).map("s".__add__), st.integers(100, 500))
def test_whatever_is_written_fits_and_is_told_in_order(title: str, summary: str, limit: int) -> None:
    briefing = replace(sample_briefing(), title=f"t{title}", summary=summary, events=(), question=None)
    edition = edition_of(briefing, SOURCE)

    posts = compose_posts(edition, SITE, limit)

    told = "".join("\n".join(post.text.split("\n")[:-1]) for post in posts)
    assert all(weighted_length(post.text) <= limit for post in posts)
    assert bare(told) == bare(printable(f"t{title}") + "Riverside, Exampleton" + printable(summary))


def printable(text: str) -> str:
    """Return what X would show of a text: composed letters, without control characters."""
    from unicodedata import normalize

    kept = (" " if c < " " or "\x7f" <= c <= "\x9f" or c in "\u2028\u2029\ufeff\ufffe\uffff" else c for c in text)
    return "".join(kept) if text.isascii() else normalize("NFC", "".join(kept))
