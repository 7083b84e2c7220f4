"""The archive: what is published is found by its words, in every script, and nothing else ever is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from briefings.editorial.amend import correct, withdraw
from briefings.editorial.approve import approve
from briefings.editorial.archive import Archive, bring_up_to_date
from briefings.editorial.prepare import prepare
from briefings.editorial.publish import begin, publish_due
from briefings.editorial.search_words import joined_numbers, word_form, words_in
from briefings.editorial.snippets import snippet
from briefings.services import Services
from briefings.settings import Settings
from briefings.store.engine import reading, writing
from briefings.store.tables import public_changes, searchable
from tests.editorial.conftest import EAST, WEST, Newsroom

NORTH = "north/2026-11-20-car-crime-and-park-safety"
FRIDAY = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)


def published(newsroom: Newsroom) -> Archive:
    newsroom.ready(EAST)
    newsroom.ready(WEST)
    begin(newsroom.desk, EAST, newsroom.now)
    newsroom.later(1)
    begin(newsroom.desk, WEST, newsroom.now)
    return Archive(newsroom.desk.engine)


def titles(archive: Archive, query: str, locale: str = "en-GB", region: str | None = None) -> list[str]:
    return [found.briefing for found in archive.find(query, locale, region=region)[1]]


def changes(newsroom: Newsroom) -> int:
    with reading(newsroom.desk.engine) as connection:
        return connection.execute(public_changes.select()).one().number


@pytest.mark.parametrize("query", ["bicycles", "BICYC", "quarry near", "101", "marking hall", "7946", "  bicycles  "])
def test_a_published_briefing_is_found_by_any_of_its_words(newsroom: Newsroom, query: str) -> None:
    archive = published(newsroom)

    total, found = archive.find(query, "en-GB", region="east")

    assert total == 1
    assert [one.briefing for one in found] == [EAST]


def test_all_words_must_be_there_and_the_newest_comes_first(newsroom: Newsroom) -> None:
    archive = published(newsroom)

    assert titles(archive, "bicycles zebra") == []
    assert titles(archive, "") == [WEST, EAST]
    assert titles(archive, "", region="east") == [EAST]
    assert titles(archive, "", locale="xx") == []


def test_what_is_not_public_is_never_found(newsroom: Newsroom) -> None:
    newsroom.ready(EAST)
    archive = Archive(newsroom.desk.engine)

    before = titles(archive, "bicycles")
    begin(newsroom.desk, EAST, newsroom.now)
    while_public = titles(archive, "bicycles")
    withdraw(newsroom.desk, EAST, "wrong", newsroom.clock)

    assert (before, while_public, titles(archive, "bicycles")) == ([], [EAST], [])


def test_a_correction_is_found_by_its_new_words_and_not_by_the_old_ones(newsroom: Newsroom) -> None:
    archive = published(newsroom)
    number = changes(newsroom)

    newsroom.ready(EAST, title="Scooter thefts near Quarry Lane")
    correct(newsroom.desk, EAST, newsroom.clock)

    assert titles(archive, "scooter") == [EAST]
    assert archive.find("scooter", "en-GB")[1][0].title == "Scooter thefts near Quarry Lane"
    assert changes(newsroom) > number


@pytest.fixture
def shipped(tmp_path: Path, database_url: str) -> Iterator[Archive]:
    """The first borough's archive with one briefing published, in all its languages."""
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=database_url)  # type: ignore[call-arg]
    services = Services(settings)
    prepare(services.desk, [NORTH], FRIDAY)
    approve(services.desk, NORTH, "A second person", FRIDAY)
    begin(services.desk, NORTH, FRIDAY)
    yield Archive(services.engine)
    services.engine.dispose()


def test_words_of_every_language_are_found_as_people_type_them(shipped: Archive) -> None:
    typed = {
        "en-GB": ["CARS", "highams park", "even"],
        "ro": ["infractiuni masini", "INTUNECATA", "înmatriculare"],
        "ur": ["چوري", "گاڑیوں", "راستے", "اندھ", "۳۱"],
        "bg": ["ПРЕСТЪПЛЕНИЯ", "кражби", "тъмн"],
        "pl": ["przestepstwa", "ciemną alejkę"],
        "tr": ["HIRSIZLIKLARI", "hirsizliklari", "güvenli akşam", "guvenli aksam"],
        "es": ["mas seguras", "coches"],
        "pt-PT": ["matriculas", "estacionados"],
        "pa": ["ਚੋਰੀ", "ਹਨੇਰੇ ਰਸਤੇ", "ਸੁਰੱ"],
        "it": ["piu sicure", "vialetto"],
        "ta": ["பூங்காவில்", "இருண்ட பாதை", "திருடப்"],
    }

    found = {(locale, query): shipped.find(query, locale) for locale, queries in typed.items() for query in queries}

    assert [key for key, (total, _) in found.items() if total != 1] == []
    assert {items[0].text_locale for _, items in found.values()} == set(typed)
    assert shipped.find("ਚੋਰੀ", "ur")[0] == 0
    assert "<mark>چوری</mark>" in found["ur", "چوري"][1][0].snippet


def test_part_of_a_word_that_does_not_begin_it_is_not_found(shipped: Archive) -> None:
    assert shipped.find("ருண்ட", "ta")[0] == 0
    assert shipped.find("ஂ", "ta")[0] == 0
    assert shipped.find("arime", "en-GB")[0] == 0


def test_telephone_numbers_are_found_with_and_without_their_spaces(newsroom: Newsroom) -> None:
    archive = published(newsroom)

    assert titles(archive, "020 7946 0111", region="east") == [EAST]
    assert titles(archive, "02079460111", region="east") == [EAST]
    assert titles(archive, "0207946", region="east") == [EAST]
    assert titles(archive, "02079460112", region="east") == []


def test_what_is_missing_is_made_good_with_what_is_due(newsroom: Newsroom) -> None:
    archive = published(newsroom)
    with writing(newsroom.desk.engine) as connection:
        connection.execute(delete(searchable).where(searchable.c.briefing == EAST))
    number = changes(newsroom)

    report = publish_due(newsroom.desk, newsroom.clock)

    assert (report.trouble, titles(archive, "bicycles", region="east")) == ({}, [EAST])
    assert changes(newsroom) > number


def test_what_is_missing_is_made_good(newsroom: Newsroom) -> None:
    archive = published(newsroom)
    with writing(newsroom.desk.engine) as connection:
        connection.execute(delete(searchable))
        connection.execute(text("DELETE FROM search_words"))
    lost = titles(archive, "bicycles")

    mended = bring_up_to_date(newsroom.desk, newsroom.now)

    assert (lost, mended) == ([], 2)
    assert titles(archive, "bicycles", region="east") == [EAST]
    assert bring_up_to_date(newsroom.desk, newsroom.now) == 0


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "bicycles AND OR NOT NEAR(",
        "a" * 10_000,
        "* ^ : -",
        "\x00\u0301\u0bbe",
        "bicycles\x00",
        "' & | ! <->",
        "%_\\",
        "\ufdfa",
        "\u037a \ufe70",
    ],
)
def test_no_query_is_an_error_and_nothing_in_it_is_an_operator(newsroom: Newsroom, query: str) -> None:
    archive = published(newsroom)

    total, found = archive.find(query, "en-GB")

    assert total == len(found)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Închisoare", "inchisoare"), ("ŞIŞLİ", "sisli"), ("Şişli", "SISLI"), ("Łódź", "lodz"), ("Straße", "strasse"),
        ("پولیس", "پوليس"), ("مُحلّہ", "محلہ"), ("Сигурност", "СИГУРНОСТ"), ("E17", "e17"),
        ("۹۹۹", "999"), ("௧௦௧", "101"), ("ਸ਼ਹਿਰ", "ਸ਼ਹਿਰ"), ("\ufdfa", "صلىاللهعليهوسلم"),
    ],
)  # fmt: skip
def test_a_word_is_the_same_however_it_is_typed(written: str, typed: str) -> None:
    assert word_form(written) == word_form(typed)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("பாதுகாப்புச் செய்தி மடல்", 3),
        ("ਸੁਰੱਖਿਆ ਬਾਰੇ ਜਾਣਕਾਰੀ", 3),
        ("عوامی تحفظ کے خبرنامے", 4),
        ("Call 0800 555 111, e-mail a@b.example", 9),
    ],
)
def test_words_of_every_script_stay_whole(said: str, words: int) -> None:
    assert len(list(words_in(said))) == words


def test_no_letter_of_unicode_becomes_more_than_one_word_or_none() -> None:
    forms = {chr(code): word_form(chr(code)) for code in range(0x110000) if chr(code).isalnum()}

    assert [letter for letter, form in forms.items() if any(part.isspace() or part in "'\"\\" for part in form)] == []
    assert len({form for form in forms.values() if form}) > 100_000


@pytest.mark.parametrize(
    ("said", "joined"),
    [
        ("Call 0800 555 111 today", ["0800555111"]),
        ("Come to E17 4PP.", ["e174pp"]),
        ("18001-101, 999", ["18001101"]),
        ("14 bicycles, 6pm", []),
        ("", []),
    ],
)
def test_numbers_in_groups_are_words_of_their_own_too(said: str, joined: list[str]) -> None:
    assert list(joined_numbers(said)) == joined


def test_a_snippet_shows_what_was_found_and_runs_nothing() -> None:
    said = "Before it. " * 20 + "The <script>lamp</script> at Mill Lane is out. " + "After it. " * 20

    shown = snippet(said, ["lamp", "mi"])

    assert "&lt;script&gt;<mark>lamp</mark>&lt;/script&gt; at <mark>Mill</mark> Lane" in shown
    assert shown.startswith("… ")
    assert len(shown) < 400
