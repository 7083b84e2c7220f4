"""Engines that misbehave: nothing wrong is kept, one clear line says why, and the rest is done or left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine as Database

from briefings.model.errors import Permanent, Transient
from briefings.translation.breaker import Budget
from briefings.translation.engines import Request, TooManyRequests
from briefings.translation.engines.pseudo import pseudo
from briefings.translation.machine import ATTEMPTS, Draft, Report, Task
from tests.translation.scripted_engine import TEXTS, Clock, ScriptedEngine, drafting, raises, right, run, says


def test_a_healthy_engine_drafts_everything_once() -> None:
    engine = ScriptedEngine()

    kept, report = run(engine, texts=[*TEXTS, TEXTS[0], " "])

    assert [draft.source for draft in kept] == TEXTS
    assert all(draft.target == pseudo(draft.source, "es") for draft in kept)
    assert {(draft.engine, draft.version) for draft in kept} == {("first", "7")}
    assert report == Report({"first": 8}, (), ())


def test_no_fact_is_shown_to_an_engine() -> None:
    engine = ScriptedEngine()

    run(engine, texts=["Call 0800 555 111 or see [our page](https://example.org)."])

    assert engine.calls[0].texts == ["Call {0} or see {1}our page{2}."]


def test_an_engine_that_dies_half_way_keeps_its_half_and_the_next_does_the_rest() -> None:
    dying = ScriptedEngine("first", right, raises(Transient("could not be reached (ConnectError)")))
    clock = Clock()

    kept, report = run(dying, ScriptedEngine("second"), clock=clock)

    assert [draft.engine for draft in kept] == ["first"] * 4 + ["second"] * 4
    assert report.drafted == {"first": 4, "second": 4}
    assert report.troubles == ("first: could not be reached (ConnectError): stopped for this run; 4 texts left",)
    assert report.left == ()
    assert len(clock.waits) == ATTEMPTS - 1
    assert clock.waits == sorted(clock.waits)


def test_429_stops_an_engine_for_the_run() -> None:
    busy = ScriptedEngine("first", raises(TooManyRequests("answered 429 (too many requests)")))
    run_of_two = drafting(busy, ScriptedEngine("second"))
    kept: list[Draft] = []

    first = run_of_two.draft(Task(TEXTS, "en-GB", "es", 60), kept.extend)
    second = run_of_two.draft(Task(TEXTS, "en-GB", "ro", 60), kept.extend)

    assert len(busy.calls) == 1
    line = "first: answered 429 (too many requests): stopped for this run; 8 texts left"
    assert first.troubles == second.troubles == (line,)
    assert first.drafted == second.drafted == {"second": 8}


def test_a_short_pause_that_a_vendor_asks_for_is_kept() -> None:
    clock = Clock()
    busy = ScriptedEngine("first", raises(TooManyRequests("answered 429", 5.0)), right)

    kept, report = run(busy, clock=clock)

    assert clock.waits == [5.0]
    assert report == Report({"first": 8}, (), ())
    assert len(kept) == 8


def test_a_vendor_that_asks_for_a_pause_again_and_again_is_stopped() -> None:
    clock = Clock()
    busy = ScriptedEngine("first", raises(TooManyRequests("answered 429", 1.0)))

    kept, report = run(busy, clock=clock)

    assert kept == []
    assert len(busy.calls) == ATTEMPTS
    assert report.troubles == ("first: answered 429: stopped for this run; 8 texts left",)


@pytest.mark.parametrize(
    ("error", "calls"), [(Transient("answered 500"), ATTEMPTS), (Transient("answered 503", 3600.0), 1)]
)
def test_a_server_that_fails_is_stopped_and_what_it_had_is_left(error: Transient, calls: int) -> None:
    engine = ScriptedEngine("first", raises(error), batch_size=2)

    kept, report = run(engine)

    assert kept == []
    assert report == Report({}, (f"first: {error}: stopped for this run; 8 texts left",), tuple(TEXTS))
    assert len(engine.calls) == calls


def test_an_engine_that_refuses_batch_after_batch_is_stopped() -> None:
    engine = ScriptedEngine("first", raises(Permanent("answered 401 (the key is not accepted)")), batch_size=1)

    kept, report = run(engine)

    assert kept == []
    assert len(engine.calls) == ATTEMPTS
    assert report.troubles == ("first: answered 401 (the key is not accepted): stopped for this run; 8 texts left",)


def test_garbage_for_one_batch_loses_that_batch_only() -> None:
    engine = ScriptedEngine("first", raises(Permanent("answered something that is not JSON")), right)

    kept, report = run(engine)

    assert [draft.source for draft in kept] == TEXTS[4:]
    assert report.troubles == ("first: answered something that is not JSON: 4 texts not translated",)
    assert report.left == tuple(TEXTS[:4])


def test_half_of_the_texts_is_no_answer() -> None:
    engine = ScriptedEngine("first", lambda request: right(request)[::2])

    kept, report = run(engine)

    assert kept == []
    assert report.troubles == ("first: answered 2 of 4 texts: 8 texts not translated",)
    assert report.left == tuple(TEXTS)


def test_what_comes_after_the_deadline_is_thrown_away() -> None:
    clock = Clock()

    def late(request: Request) -> list[str]:
        clock.sleep(61)
        return right(request)

    slow = ScriptedEngine("first", right, late)

    kept, report = run(slow, ScriptedEngine("second"), clock=clock)

    assert [draft.source for draft in kept] == TEXTS[:4]
    assert report.left == tuple(TEXTS[4:])
    assert report.troubles == ("first: the time is up (60 seconds); 4 texts left",)


def test_an_engine_is_told_how_long_is_left() -> None:
    clock = Clock()

    def takes_20(request: Request) -> list[str]:
        clock.sleep(20)
        return right(request)

    engine = ScriptedEngine("first", takes_20)

    run(engine, clock=clock)

    assert [request.timeout for request in engine.calls] == [60, 40]


def test_a_crash_keeps_what_was_done_and_the_next_run_does_only_the_rest() -> None:
    class Crash(Exception):
        pass

    kept: list[Draft] = []
    with pytest.raises(Crash):
        drafting(ScriptedEngine("first", right, raises(Crash()))).draft(Task(TEXTS, "en-GB", "es", 60), kept.extend)
    done = {draft.source for draft in kept}
    healthy = ScriptedEngine()

    more, report = run(healthy, texts=[text for text in TEXTS if text not in done])

    assert len(done) == 4
    assert {draft.source for draft in more} == set(TEXTS) - done
    assert report.troubles == ()


def test_values_that_were_garbled_are_filled_in_by_us_once() -> None:
    def garbles(request: Request) -> list[str]:
        return [text.replace("6pm", "6").replace("17", "71") for text in right(request)]

    engine = ScriptedEngine("first", garbles)

    kept, report = run(engine, texts=["Come at 6pm on Tuesday 17 November to the park."])

    assert len(engine.calls) == 2
    assert engine.calls[1].texts == ["Come at {0} on {1} to the park."]
    assert "18:00" in kept[0].target
    assert "martes 17 de noviembre" in kept[0].target
    assert report == Report({"first": 1}, (), ())


def test_a_rule_based_engine_gets_glossary_terms_filled_in() -> None:
    engine = ScriptedEngine("first", garbles_values=True)
    kept: list[Draft] = []
    task = Task(["The ward panel meets at 7pm."], "en-GB", "es", 60, glossary=lambda text: {"ward panel": "reunión"})

    drafting(engine).draft(task, kept.extend)

    assert engine.calls[0].texts == ["The {0} meets at {1}."]
    assert "reunión" in kept[0].target


def test_only_an_engine_that_takes_a_glossary_is_given_one() -> None:
    with_glossary, without = ScriptedEngine("a", says(""), takes_glossary=True), ScriptedEngine("b")
    task = Task(TEXTS[:1], "en-GB", "es", 60, glossary=lambda text: {"park": "parque"})

    drafting(with_glossary, without).draft(task, lambda drafts: None)

    assert with_glossary.calls[0].glossary == {"park": "parque"}
    assert without.calls[0].glossary == {}


def test_a_language_that_no_engine_knows_is_said_once() -> None:
    kept, report = run(ScriptedEngine("a"), ScriptedEngine("b"), locale="xx")

    assert kept == []
    assert report.troubles == ("no engine translates en-GB to xx (asked: a, b)",)
    assert report.left == tuple(TEXTS)


def test_no_engines_is_no_trouble() -> None:
    _, report = run()

    assert report == Report({}, (), tuple(TEXTS))


def test_a_text_that_fits_no_call_is_named_and_the_others_go() -> None:
    engine = ScriptedEngine()

    kept, report = run(engine, texts=["word " * 2000, *TEXTS])

    assert len(kept) == 8
    assert report.troubles == ("first: too long for one call: 1 text not translated",)


DAY = datetime(2026, 11, 20, 23, tzinfo=UTC)


def test_the_daily_budget_is_kept_across_runs_and_begins_again_the_next_day(engine: Database) -> None:
    now = [DAY]
    budget = Budget(engine, 250, lambda: now[0])
    kept: list[Draft] = []
    first, second = ScriptedEngine("first"), ScriptedEngine("first")

    one = drafting(first, budget=budget).draft(Task(TEXTS, "en-GB", "es", 60), kept.extend)
    two = drafting(second, budget=budget).draft(Task(TEXTS, "en-GB", "ro", 60), kept.extend)
    used = budget.used("first")
    now[0] = datetime(2026, 11, 21, tzinfo=UTC)
    three = drafting(second, budget=budget).draft(Task(TEXTS[:4], "en-GB", "ro", 60), kept.extend)

    assert one.troubles == ("first: the daily budget of characters is used up; 4 texts left",)
    assert two.troubles[0].startswith("first: the daily budget of characters is used up; ")
    assert used == sum(len(text) for call in first.calls for text in call.texts) <= 250
    assert three.drafted == {"first": 4}


def test_a_budget_of_nothing_sends_nothing(engine: Database) -> None:
    silent = ScriptedEngine()

    report = drafting(silent, budget=Budget(engine, 0, lambda: DAY)).draft(
        Task(TEXTS, "en-GB", "es", 60), lambda drafts: None
    )

    assert silent.calls == []
    assert report.left == tuple(TEXTS)
