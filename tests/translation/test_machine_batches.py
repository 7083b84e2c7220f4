"""Answers that pass one by one and are wrong beside each other: nothing of them is kept, and one line says why."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping

import pytest

from briefings.translation.engines.libretranslate import LibreTranslateEngine
from briefings.translation.machine import ATTEMPTS, Draft, Drafting, Task
from tests.contracts.vendors import VENDORS, Fault
from tests.translation.scripted_engine import Answer, ScriptedEngine, drafting, right, run

ROMANIAN = {
    "Fewer thefts this week": "Mai puține furturi",
    "Officers walked between the market and the station every evening this week.":
        "Polițiștii au patrulat între piață și gară în fiecare seară din această săptămână.",
    "Lock your doors at night.": "Încuiați ușile noaptea.",
    "What should we do next in your street?": "Ce ar trebui să facem în continuare pe strada dumneavoastră?",
    "Young people": "Tineri",
    "If you saw something, tell us: it is never too late, and you need not give your name.":
        "Dacă ați văzut ceva, spuneți-ne: nu este niciodată prea târziu și nu trebuie să vă dați numele.",
    "We meet again in the library next month.": "Ne întâlnim din nou la bibliotecă luna viitoare.",
}  # fmt: skip
SOURCES = list(ROMANIAN)
SORRY = "Vă rugăm să încercați din nou mai târziu."


def answers(words: Mapping[str, str], change: Callable[[list[str]], list[str]] = list) -> Answer:
    return lambda request: change([words[text] for text in request.texts])


def engine(*scripts: Answer, name: str = "first", batch_size: int = 50) -> ScriptedEngine:
    return ScriptedEngine(name, *scripts, batch_size=batch_size, writes_its_language=True)


def test_right_answers_are_all_kept() -> None:
    kept, report = run(engine(answers(ROMANIAN)), texts=SOURCES, locale="ro")

    assert {draft.source: draft.target for draft in kept} == ROMANIAN
    assert report.troubles == ()


def test_one_sentence_for_every_text_is_no_translation_of_any() -> None:
    sorry = engine(lambda request: [SORRY] * len(request.texts))

    kept, report = run(sorry, engine(answers(ROMANIAN), name="second"), texts=SOURCES, locale="ro")

    assert report.drafted == {"second": 7}
    assert report.troubles == ("first: gave the same answer to 7 of 7 texts: 7 texts not translated",)
    assert SORRY not in {draft.target for draft in kept}


def test_an_engine_that_says_one_thing_batch_after_batch_is_stopped() -> None:
    sorry = engine(lambda request: ["{0}: " * (text.count("{")) + SORRY for text in request.texts], batch_size=3)
    texts = [f"{one} {other}" for one in SOURCES for other in ("Thank you.", "Please read this again and again.")]

    kept, report = run(sorry, texts=texts, locale="ro")

    assert kept == []
    assert len(sorry.calls) == ATTEMPTS
    assert report.troubles == ("first: gave the same answer to 3 of 3 texts: stopped for this run; 14 texts left",)


def test_one_answer_for_two_texts_is_kept_for_neither() -> None:
    one, other = SOURCES[6], SOURCES[3]

    kept, report = run(engine(answers(ROMANIAN | {other: ROMANIAN[one]})), texts=SOURCES, locale="ro")

    assert set(report.left) == {one, other}
    assert len(kept) == 5
    assert report.troubles == ("first: 2 texts refused: the same answer came back for different texts (2 times)",)


def test_texts_that_are_nearly_the_same_and_short_ones_may_share_an_answer() -> None:
    texts = {
        "cars": "coches",
        "vehicles": "coches",
        "A van with a camera will stand near the market from Monday.": "Una furgoneta estará en el mercado el lunes.",
        "From Monday, a van with a camera stands near the market.": "Una furgoneta estará en el mercado el lunes.",
    }

    kept, report = run(engine(answers(texts)), texts=list(texts))

    assert {draft.source: draft.target for draft in kept} == texts
    assert report.troubles == ()


def test_what_was_said_for_one_text_is_not_believed_for_another_in_a_later_call() -> None:
    one, other = SOURCES[6], SOURCES[3]

    kept, report = run(engine(answers({one: ROMANIAN[one], other: ROMANIAN[one]}), batch_size=1),
                       texts=[one, other], locale="ro")  # fmt: skip

    assert [draft.source for draft in kept] == [one]
    assert report.troubles == ("first: 1 text refused: came back with what belongs to another text",)


@pytest.mark.parametrize(
    "change",
    [lambda made: made[::-1], lambda made: made[1:] + made[:1], lambda made: made[-1:] + made[:-1]],
    ids=["backwards", "a row up", "a row down"],
)
def test_right_answers_in_the_wrong_order_are_kept_for_no_text(change: Callable[[list[str]], list[str]]) -> None:
    kept, report = run(engine(answers(ROMANIAN, change)), texts=SOURCES, locale="ro")

    assert kept == []
    assert report.troubles == ("first: answered in the wrong order: 7 texts not translated",)


def test_where_long_texts_are_in_another_language_short_ones_are_not_believed_either() -> None:
    kept, report = run(engine(answers(ROMANIAN)), texts=SOURCES, locale="pl")

    assert kept == []
    assert "came back in the wrong language (ro) (7 times)" in report.troubles[0]


def test_short_texts_of_a_later_call_are_not_believed_after_long_ones_in_another_language() -> None:
    texts = [*(text for text in SOURCES if len(text) > 30), "Young people"]

    kept, report = run(engine(answers(ROMANIAN), batch_size=len(texts) - 1), texts=texts, locale="tr")

    assert kept == []
    assert report.left == tuple(texts)


def test_one_text_in_another_language_does_not_take_the_others_with_it() -> None:
    stray = {SOURCES[1]: "Funkcjonariusze patrolowali teren między targiem a stacją każdego wieczoru."}

    kept, report = run(engine(answers(ROMANIAN | stray)), texts=SOURCES, locale="ro")

    assert len(kept) == 6
    assert report.troubles == ("first: 1 text refused: came back in the wrong language (pl)",)


def test_a_server_that_answers_backwards_is_found_out_by_lengths_and_placeholders() -> None:
    texts = [*SOURCES, "Call 101.", "See [our page](https://example.org) or call 0800 555 111 and ask for the panel."]
    kept: list[Draft] = []
    with VENDORS["libretranslate"]().running() as vendor:
        vendor.faults = [Fault(change=lambda made: made[::-1])]
        remote = LibreTranslateEngine(vendor.url, "the-key", 5.0)
        run_of_one = Drafting([remote], clock=time.monotonic, sleep=time.sleep, random=random.Random(1))
        report = run_of_one.draft(Task(texts, "en-GB", "es", 60), kept.extend)

    assert kept == []
    assert report.troubles == ("libretranslate: answered in the wrong order: 9 texts not translated",)


def test_a_text_is_not_sent_again_to_an_engine_whose_answer_a_person_rejected() -> None:
    first, second = engine(answers(ROMANIAN)), engine(answers({SOURCES[0]: "Furturi mai rare"}), name="second")
    kept: list[Draft] = []
    task = Task(SOURCES, "en-GB", "ro", 60, rejected={SOURCES[0]: [(ROMANIAN[SOURCES[0]], "first")]})

    report = drafting(first, second).draft(task, kept.extend)

    assert SOURCES[0] not in first.calls[0].texts
    assert report.drafted == {"first": 6, "second": 1}
    assert report.troubles == ("first: a person rejected its translation: 1 text not translated",)


def test_a_translation_that_a_person_rejected_is_refused_from_any_engine() -> None:
    texts = SOURCES[:2]
    kept: list[Draft] = []
    task = Task(texts, "en-GB", "ro", 60, rejected={texts[0]: [(f" {ROMANIAN[texts[0]]}", "")]})

    report = drafting(engine(answers(ROMANIAN))).draft(task, kept.extend)

    assert [draft.source for draft in kept] == texts[1:]
    assert report.troubles == ("first: 1 text refused: a person rejected this very translation",)


def test_an_engine_whose_every_answer_was_rejected_is_not_asked() -> None:
    silent = ScriptedEngine()
    task = Task(["Lock it."], "en-GB", "es", 60, rejected={"Lock it.": [("Ciérrelo.", "first")]})

    report = drafting(silent, ScriptedEngine("second", right)).draft(task, lambda drafts: None)

    assert silent.calls == []
    assert report.drafted == {"second": 1}
