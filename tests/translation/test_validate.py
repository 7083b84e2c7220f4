"""What an engine returns is a translation of this text, or it is refused with a plain reason."""

from __future__ import annotations

import re

import pytest

from briefings.translation.findings import Finding, Severity
from briefings.translation.machine import Draft, Task
from tests.translation.scripted_engine import Answer, ScriptedEngine, drafting, right, run, says


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (lambda request: list(request.texts), "came back untranslated"),
        (lambda request: [text.upper() for text in request.texts], "came back untranslated"),
        (says(""), "came back empty"),
        (says(" \n"), "came back empty"),
        (says("<!DOCTYPE html><html><body>Busy</body></html>"), "HTML"),
        (lambda request: [f"<p>{text}</p>" for text in right(request)], "HTML"),
        (lambda request: [text + " &amp; more" for text in right(request)], "HTML"),
        (lambda request: [text.replace("{0}", "") for text in right(request)], "was lost"),
        (lambda request: [text.replace("{0}", "{0} {0}") for text in right(request)], "more than once"),
        (lambda request: [text.replace("{0}", "{1}") for text in right(request)], "lost"),
        (lambda request: [text + " 112" for text in right(request)], "112"),
        (lambda request: [text + "\u202e" for text in right(request)], "U\\+202E"),
    ],
)  # fmt: skip
def test_what_is_no_translation_is_refused_and_done_by_the_next(script: Answer, reason: str) -> None:
    texts = [f"Call 101 about the {thing} in the park." for thing in ("dogs", "cars", "lamps")]
    kept, report = run(ScriptedEngine("first", script), ScriptedEngine("second"), texts=texts)

    assert [draft.engine for draft in kept] == ["second"] * 3
    assert len(report.troubles) == 1
    assert re.search(reason, report.troubles[0])
    assert report.troubles[0].startswith("first: 3 texts refused: ")


@pytest.mark.parametrize(
    ("locale", "answer", "reason"),
    [
        ("bg", "Обадете се на {0} за кучетата в парка днес.", ""),
        ("bg", "Llame al {0} por los perros del parque.", "wrong script"),
        ("ur", "پارک میں کتوں کے بارے میں {0} پر کال کریں۔", ""),
        ("ur", "Call {0} please, about dogs in parks.", "wrong script"),
        ("pa", "ਪਾਰਕ ਵਿੱਚ ਕੁੱਤਿਆਂ ਬਾਰੇ {0} ਤੇ ਕਾਲ ਕਰੋ।", ""),
        ("pa", "पार्क में कुत्तों के बारे में {0} पर कॉल करें।", "wrong script"),
        ("ta", "பூங்காவில் உள்ள நாய்கள் பற்றி {0} ஐ அழைக்கவும்.", ""),
        ("es", "Llame al {0} por los perros que están en el parque.", ""),
        ("es", "Appelez le {0} au sujet des chiens qui sont dans le parc, s'il vous plaît.", "wrong language"),
        ("es", "Please phone {0} if you have seen any dogs in the park today.", "wrong language"),
        ("ro", "Sunați la {0} în legătură cu câinii din parc.", ""),
        ("pl", "Zadzwoń pod numer {0} w sprawie psów w parku.", ""),
        ("tr", "Parktaki köpekler hakkında {0} numarasını arayın.", ""),
        ("pt-PT", "Ligue para o {0} por causa dos cães no parque.", ""),
        ("it", "Chiama il {0} per i cani nel parco.", ""),
    ],
)
def test_the_wrong_script_or_language_is_no_translation(locale: str, answer: str, reason: str) -> None:
    engine = ScriptedEngine("first", says(answer), writes_its_language=True)

    kept, report = run(engine, texts=["Call 101 about the dogs in the park."], locale=locale)

    if reason:
        assert kept == []
        assert reason in report.troubles[0]
    else:
        assert report.troubles == ()
        assert kept[0].target == answer.replace("{0}", "101")


@pytest.mark.parametrize("check", ["meaning.negation", "text.length", "text.repeated", "text.language"])
def test_a_warning_that_a_person_may_overrule_stops_an_engine(check: str) -> None:
    def finds(source: str, target: str, locale: str, source_locale: str) -> list[Finding]:
        return [Finding(check, Severity.WARNS, "not", "the word not is lost")]

    engine = ScriptedEngine("first", says("Llame al {0} por los perros del parque."), writes_its_language=True)
    kept: list[Draft] = []
    task = Task(["Call 101 about the dogs in the park."], "en-GB", "es", 60, check=finds)
    report = drafting(engine).draft(task, kept.extend)

    assert kept == []
    assert report.troubles == ("first: 1 text refused: the word not is lost",)
