"""XLIFF from other tools: versions, prefixes, inline codes, segments and states, each as its tool writes it."""

from __future__ import annotations

import pytest

from briefings.model.edition import SegmentState
from briefings.model.errors import InvalidInput
from briefings.translation.exchange import xliff
from briefings.translation.exchange.units import Unit
from tests.translation.exchange.material import sample

TODO, DONE, REVIEWED, FINAL = (
    SegmentState.INITIAL,
    SegmentState.TRANSLATED,
    SegmentState.REVIEWED,
    SegmentState.FINAL,
)

OMEGAT = sample("omegat.xlf")

TRADOS = sample("trados.sdlxliff")

MEMOQ = sample("memoq.mqxliff")

TWO = sample("segments-2.0.xlf")


def read(text: str, locale: str) -> list[Unit]:
    found, problems = xliff.read(text.encode(), "a.xlf", locale, "en-GB")
    assert problems == []
    return found


def problems_of(text: str, locale: str) -> list[str]:
    return [str(problem) for problem in xliff.read(text.encode(), "a.xlf", locale, "en-GB")[1]]


def test_a_file_of_omegat_is_read() -> None:
    first, coded, nothing, marked = read(OMEGAT, "ro")

    assert (first.source, first.target) == ("Call 101 & say <where>.", "Sunați la 101 & spuneți <unde>.")
    assert (first.state, first.line, first.note) == (DONE, 8, "Short")
    assert (coded.source, coded.target) == ("See {place}!", "Vedeți {place}!")
    assert (nothing.source, nothing.target, nothing.state) == ("Nothing", "", TODO)
    assert (marked.source, marked.target) == ("A word", "Un *cuvânt*")


@pytest.mark.parametrize(
    ("conf", "state"), [("Draft", TODO), ("Translated", DONE), ("ApprovedTranslation", REVIEWED), ("", TODO)]
)
def test_a_file_of_trados_is_as_far_as_its_last_segment(conf: str, state: SegmentState) -> None:
    (unit,) = read(TRADOS.replace("CONF", conf), "pt-PT")

    assert (unit.source, unit.target) == ("Lock your bike. Call 101.", "Prenda a bicicleta. Ligue 101.")
    assert unit.state is state


@pytest.mark.parametrize(
    ("status", "state"), [("ManuallyConfirmed", DONE), ("Proofread", REVIEWED), ("Pretranslated", TODO)]
)
def test_a_file_of_memoq_is_read(status: str, state: SegmentState) -> None:
    (unit,) = read(MEMOQ.replace("STATUS", status), "ta")

    assert (unit.source, unit.target, unit.state) == ("Park", "பூங்கா", state)


@pytest.mark.parametrize(
    ("attributes", "state"),
    [
        ("", DONE),
        ('state="new"', TODO),
        ('state="needs-translation"', TODO),
        ('state="needs-review-translation"', DONE),
        ('state="translated"', DONE),
        ('state="signed-off"', REVIEWED),
        ('state="final"', FINAL),
        ('state-qualifier="mt-suggestion"', TODO),
        ('state="x-mine"', DONE),
    ],
)
def test_the_states_of_xliff_1_become_ours(attributes: str, state: SegmentState) -> None:
    (unit,) = read(MEMOQ.replace(' mq:status="STATUS"', "").replace("<target ", f"<target {attributes} "), "ta")

    assert unit.state is state


def test_segments_are_joined_in_the_order_of_the_target_and_are_as_far_as_the_last_of_them() -> None:
    (unit,) = read(TWO, "es")

    assert unit.source == "**Stop.** {n} bikes\x01"
    assert unit.target == "{n} bicicletas\x01 **Pare.**"
    assert (unit.state, unit.note, unit.line) == (REVIEWED, "for the translator", 2)


@pytest.mark.parametrize(("state", "expected"), [("", TODO), ('state="initial"', TODO), ('state="translated"', DONE)])
def test_a_segment_is_finished_only_where_its_state_says_so(state: str, expected: SegmentState) -> None:
    (unit,) = read(TWO.replace('state="reviewed"', state), "es")

    assert unit.state is expected


def test_a_changed_translation_loses_what_was_said_of_the_old_one_and_keeps_its_state() -> None:
    unit = Unit("Call 101.", "Llame al 101.", FINAL, author="Ana", reviewer="Ion", version="3")
    sent = xliff.write([unit], "es", "en-GB").decode()

    (lowered,) = read(sent.replace('state="final"', 'state="translated"'), "es")
    (changed,) = read(sent.replace("Llame", "Llamen"), "es")

    assert (lowered.state, lowered.author) == (DONE, "Ana")
    assert (changed.state, changed.author, changed.reviewer) == (FINAL, "", "")


def test_a_machine_text_that_a_person_marked_translated_is_no_machine_text() -> None:
    sent = xliff.write([Unit("Park", "Parque", SegmentState.MACHINE, origin="engine")], "es", "en-GB").decode()

    (unit,) = read(sent.replace('state="initial"', 'state="translated"'), "es")

    assert (unit.state, unit.origin) == (DONE, "")


@pytest.mark.parametrize(
    ("text", "locale", "said"),
    [
        (TWO.replace("<x:source> </x:source>", ""), "es", "a.xlf:2: a segment without <source>"),
        (TWO.replace('state="final"', 'state="done"'), "es", "a.xlf:2: its state 'done' is none of initial,"),
        (TWO.replace('hex="0001"', 'hex="xyz"'), "es", "a.xlf:2: 'xyz' is no character"),
        (TWO.replace("Pare.", "").replace("**", ""), "es", "a.xlf:2: only some of its segments have a translation"),
        (MEMOQ.replace("<target ", '<target state="odd" '), "ta", "a.xlf:3: its state 'odd' is none of XLIFF 1.2"),
        (OMEGAT.replace("<source>Nothing</source>", ""), "ro", "a.xlf:18: a <trans-unit> without <source>"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_named_and_the_others_go_on(text: str, locale: str, said: str) -> None:
    (problem,) = problems_of(text, locale)

    assert said in problem


@pytest.mark.parametrize(("ending", "encoding"), [("\r\n", "utf-8-sig"), ("\r", "utf-8"), ("\n", "utf-16")])
def test_line_ends_and_encodings_change_nothing(ending: str, encoding: str) -> None:
    data = OMEGAT.replace("UTF-8", encoding.replace("-sig", "")).replace("\n", ending).encode(encoding)

    found, _ = xliff.read(data, "a.xlf", "ro", "en-GB")

    assert found == read(OMEGAT, "ro")


@pytest.mark.parametrize(
    ("text", "locale", "said"),
    [
        (OMEGAT, "bg", "a.xlf:4: is a translation into ro-RO, not bg"),
        (TRADOS.replace("pt-PT", "pt-BR"), "pt-PT", "a.xlf:3: is a translation into pt-BR, not pt-PT"),
        (TWO.replace('srcLang="en"', 'srcLang="de"'), "es", "a.xlf:1: is a translation from de, and"),
        (TWO.replace('version="2.0"', 'version="3.0"'), "es", "a.xlf:1: not XLIFF 1.2 or 2.x"),
    ],
)
def test_a_file_of_another_language_pair_or_version_is_refused_in_one_line(text: str, locale: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        xliff.read(text.encode(), "a.xlf", locale, "en-GB")

    assert str(refused.value).startswith(said)
    assert len(refused.value.problems) == 1
