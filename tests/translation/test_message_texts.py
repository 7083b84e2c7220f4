"""Urgent messages in other languages: whole, with the same facts, and trusted only as far as somebody signed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from briefings.content.message_text import fill, pieces
from briefings.model.briefing import Message, Severity
from briefings.model.edition import Segment, SegmentState
from briefings.model.message import PHRASES, MessageTemplate, Slot, SlotType
from briefings.model.person import DEMO_REVIEWER
from briefings.settings import CHECKOUT
from briefings.translation.catalogs import Catalogs
from briefings.translation.checks import check_segment
from briefings.translation.editions import build_edition
from briefings.translation.message_texts import SignOff, SignOffs, digest_of, kind_texts, message_segments
from briefings.translation.resources import LanguageResources
from briefings.translation.segments import source_texts
from tests.translation.messages import LOCALES, NOW, TEMPLATES, briefing_of, filled, spoilt

SHIPPED = Catalogs([CHECKOUT / "locales"])
AVOID = briefing_of(filled(TEMPLATES.kinds["avoid-area"], optional=True))
LINES_DOWN = briefing_of(filled(TEMPLATES.kinds["phone-lines-down"], optional=True))


def signed(*kinds: str, locale: str = "ro", catalogs: Catalogs = SHIPPED, by: str = "Ana Pop") -> SignOffs:
    texts = kind_texts(TEMPLATES, locale, catalogs)
    return {(k, texts[k].digest): SignOff(k, locale, texts[k].digest, by, NOW) for k in kinds}


def states(segments: dict[str, Segment]) -> set[SegmentState]:
    return {segment.state for segment in segments.values()}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", TEMPLATES.kinds)
def test_every_kind_is_whole_in_every_language_and_says_the_same(kind: str, locale: str) -> None:
    for optional in (True, False):
        briefing = briefing_of(filled(TEMPLATES.kinds[kind], optional=optional))

        segments = message_segments(briefing, TEMPLATES, locale, SHIPPED, {})

        assert list(segments) == list(source_texts(briefing))
        assert states(segments) == {SegmentState.TRANSLATED}
        for segment in segments.values():
            found = check_segment(segment.source, segment.target, locale)
            assert [f.message for f in found if f.blocks] == [], segment
            assert "{" not in segment.target


def test_dates_are_written_as_the_language_does_and_names_and_numbers_stay() -> None:
    romanian = message_segments(AVOID, TEMPLATES, "ro", SHIPPED, {})
    bulgarian = message_segments(AVOID, TEMPLATES, "bg", SHIPPED, {})

    assert "vineri, 20 noiembrie 2026, 15:45" in romanian["section/0/1"].target
    assert "петък, 20 ноември 2026\u202fг., 15:45." in bulgarian["section/0/1"].target
    assert all("Hoe Street, between Forest Road and Church Hill" in s["title"].target for s in (romanian, bulgarian))


def test_a_date_that_ends_in_a_stop_gets_no_second_one() -> None:
    slots = {"on": Slot("on", SlotType.DAY)}
    template = MessageTemplate("test", "On {on}.", "", (), slots)

    text = fill("На {on}.", template, Message("test", (("on", ("2026-11-20",)),)), "bg", markdown=False)

    assert text == "На петък, 20 ноември 2026\u202fг."


def test_text_that_nobody_has_signed_is_no_more_than_a_draft() -> None:
    segments = message_segments(AVOID, TEMPLATES, "ro", SHIPPED, {})

    assert states(segments) == {SegmentState.TRANSLATED}
    assert not SegmentState.TRANSLATED.is_enough_for(Severity.URGENT)


def test_a_message_with_phrases_needs_both_sign_offs_and_one_without_only_its_own() -> None:
    kind_only = message_segments(AVOID, TEMPLATES, "ro", SHIPPED, signed("avoid-area"))
    both = message_segments(AVOID, TEMPLATES, "ro", SHIPPED, signed("avoid-area", PHRASES))
    without = message_segments(LINES_DOWN, TEMPLATES, "ro", SHIPPED, signed("phone-lines-down"))

    assert states(kind_only) == {SegmentState.TRANSLATED}
    assert states(both) == states(without) == {SegmentState.FINAL}
    assert all(segment.is_reviewed for segment in both.values())


def test_what_the_demo_reviewer_signed_goes_out_and_still_counts_as_unreviewed() -> None:
    segments = message_segments(LINES_DOWN, TEMPLATES, "ro", SHIPPED, signed("phone-lines-down", by=DEMO_REVIEWER))

    assert states(segments) == {SegmentState.FINAL}
    assert not any(segment.is_reviewed for segment in segments.values())


def test_one_word_changed_in_the_translation_or_in_the_english_undoes_the_sign_off(tmp_path: Path) -> None:
    before = signed("phone-lines-down")
    [word] = [s.target for s in message_segments(LINES_DOWN, TEMPLATES, "ro", SHIPPED, {}).values() if s.key == "title"]
    changed = spoilt(tmp_path, "ro", {word.partition(":")[0]: "Numărul nu merge"})
    template = TEMPLATES.kinds["phone-lines-down"]
    english = replace(TEMPLATES, kinds={"phone-lines-down": replace(template, summary=template.summary + " Now.")})

    segments = message_segments(LINES_DOWN, TEMPLATES, "ro", changed, before)

    assert states(segments) == {SegmentState.TRANSLATED}
    digests = {digest_of("phone-lines-down", t, "ro", c) for t, c in ((TEMPLATES, SHIPPED), (TEMPLATES, changed))}
    assert len(digests | {digest_of("phone-lines-down", english, "ro", SHIPPED)}) == 3
    assert all(len(digest) == 32 for digest in digests)


def test_a_text_that_is_missing_or_fuzzy_is_not_there_and_its_kind_cannot_count_as_signed(tmp_path: Path) -> None:
    template = TEMPLATES.kinds["phone-lines-down"]
    entry = f'msgid "{template.summary}"'
    fuzzy = spoilt(tmp_path / "fuzzy", "ro", {entry: f"#, fuzzy\n{entry}"})
    missing = spoilt(tmp_path / "missing", "ro", {entry: 'msgid "Something else"'})

    found = [
        message_segments(LINES_DOWN, TEMPLATES, "ro", catalogs, signed("phone-lines-down", catalogs=catalogs))
        for catalogs in (fuzzy, missing)
    ]

    for segments in found:
        assert segments["summary"].state is SegmentState.INITIAL
        assert segments["summary"].target == ""
        assert segments["title"].state is SegmentState.TRANSLATED


def test_a_fact_that_the_translation_changes_blocks_its_text_with_the_token_named(tmp_path: Path) -> None:
    appeal = briefing_of(filled(TEMPLATES.kinds["appeal"], optional=False))
    catalogs = spoilt(tmp_path, "ro", {"Crimestoppers, la 0800 555 111": "Crimestoppers, la 0800 555 112"})
    resources = LanguageResources(
        "en-GB", catalogs, messages=lambda b, tag: message_segments(b, TEMPLATES, tag, catalogs, {})
    )

    edition, blocked = build_edition(appeal, "ro", resources)

    [wrong] = [segment for segment in edition.segments.values() if segment.problems]
    assert wrong.state is SegmentState.INITIAL
    assert "0800 555 111" in wrong.problems[0]
    assert [(one.key, one.locale) for one in blocked] == [(wrong.key, "ro")]
    assert "0800 555 111" in str(blocked[0].problem)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", ["CAD 4321/20NOV26", "1 May 2026 at 3pm, 7 Friday Street", "Seven, not 8 {0}"])
def test_what_stands_in_a_name_is_never_taken_for_a_fact_that_changed(locale: str, name: str) -> None:
    template = TEMPLATES.kinds["appeal"]
    briefing = briefing_of(filled(template, optional=True, reference=name, place=name))

    segments = message_segments(briefing, TEMPLATES, locale, SHIPPED, {})

    assert states(segments) == {SegmentState.TRANSLATED}
    assert name in segments["title"].target


def test_a_briefing_written_with_an_earlier_template_is_not_shown_with_the_words_of_the_new_one() -> None:
    template = TEMPLATES.kinds["avoid-area"]
    newer = replace(
        TEMPLATES, kinds={**TEMPLATES.kinds, "avoid-area": replace(template, title=TEMPLATES.kinds["appeal"].title)}
    )

    segments = message_segments(AVOID, newer, "ro", SHIPPED, {})

    assert segments["title"].state is SegmentState.INITIAL
    assert segments["title"].source == AVOID.title


def test_the_same_code_fills_english_and_translations() -> None:
    template = TEMPLATES.kinds["avoid-area"]
    message = filled(template, optional=True)

    english = {
        piece.key: fill(piece.pattern, template, message, "en-GB", markdown=piece.is_markdown)
        for piece in pieces(template, message, TEMPLATES.phrases)
    }

    assert english == source_texts(briefing_of(message))
