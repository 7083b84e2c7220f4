"""The archive: what is published is found by its words, in every script, and nothing else ever is."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text

from briefings.editorial.amend import correct, withdraw
from briefings.editorial.archive import Archive, bring_up_to_date, snippet
from briefings.editorial.publish import begin
from briefings.editorial.search_words import word_form, words_in
from briefings.store.engine import reading, writing
from briefings.store.tables import public_changes, searchable
from tests.editorial.conftest import EAST, WEST, Newsroom


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


def test_a_snippet_shows_what_was_found_and_runs_nothing() -> None:
    said = "Before it. " * 20 + "The <script>lamp</script> at Mill Lane is out. " + "After it. " * 20

    shown = snippet(said, ["lamp", "mi"])

    assert "&lt;script&gt;<mark>lamp</mark>&lt;/script&gt; at <mark>Mill</mark> Lane" in shown
    assert shown.startswith("… ")
    assert len(shown) < 400
