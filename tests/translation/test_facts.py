"""What is read out of a text: exact facts, times, dates and figures."""

from __future__ import annotations

from collections import Counter

from briefings.translation.clock import read_source_times, read_target_times
from briefings.translation.dates import read_dates
from briefings.translation.facts import Kind, fold, read_exact
from briefings.translation.figures import read_figures, unmatched


def facts(text: str, kind: Kind) -> list[str]:
    return sorted(found for of, found in read_exact(text).facts.elements() if of is kind)


def test_an_address_keeps_its_digits_and_loses_the_punctuation_around_it() -> None:
    text = "See https://example.org/2026/11, www.example.com or **https://example.org/a-b**."

    found = facts(text, Kind.URL)

    assert found == ["https://example.org/2026/11", "https://example.org/a-b", "www.example.com"]
    assert not any(character.isdigit() for character in read_exact(text).rest)


def test_case_endings_are_no_part_of_an_address() -> None:
    texts = ["https://example.org'a bakın", "на https://example.org-а", "example.gov.uk-இல்", "сайта example.gov.uk."]

    found = [facts(text, Kind.URL) for text in texts]

    assert found == [["https://example.org"], ["https://example.org"], ["example.gov.uk"], ["example.gov.uk"]]


def test_phone_numbers_are_found_in_any_form_and_script() -> None:
    text = "0800 555 111, +44 20 7946 0018, 020 7946 0018 24 hours, 18001 101, 999, 101'i, ۹۹۹"

    found = facts(text, Kind.PHONE)

    assert found == sorted(["0800 555 111", "+44 20 7946 0018", "020 7946 0018", "18001 101", "999", "101", "۹۹۹"])


def test_a_number_that_the_source_says_to_text_is_a_phone_number() -> None:
    source = read_exact("Text 70300 for help.")

    target = read_exact("Scrieți la 70300.", source.short)

    assert source.facts == target.facts == Counter({(Kind.PHONE, "70300"): 1})


def test_postcodes_and_road_names_are_not_numbers() -> None:
    text = "E17 4JF on the A104"

    exact = read_exact(text)

    assert exact.facts == Counter({(Kind.POSTCODE, "E17 4JF"): 1, (Kind.CODE, "A104"): 1})
    assert read_figures(exact.rest, "en-GB") == []


def test_a_numeric_date_is_not_a_phone_number() -> None:
    text = "05-11-2026"

    exact = read_exact(text)

    assert not exact.facts
    assert read_dates(exact.rest, "en-GB").days == {(5, 11)}


def test_spans_of_time_share_am_and_pm() -> None:
    texts = ["from 4 to 7pm", "4-7pm", "between 4pm and 7pm", "11 to 1pm", "6:30 to 8pm", "10am to noon", "16:00"]

    read = [sorted(read_source_times(text).certain) for text in texts]

    assert read == [[960, 1140], [960, 1140], [960, 1140], [660, 780], [1110, 1200], [600], [960]]


def test_a_time_is_read_however_the_language_writes_it() -> None:
    texts = [
        ("pl", "18.30"),
        ("pt-PT", "18h30"),
        ("ur", "شام 6:30 بجے"),
        ("es", "6:30 de la tarde"),
        ("ta", "மாலை 6:30 மணி"),
    ]

    read = [read_target_times(fold(text), locale, Counter([1110])).found for locale, text in texts]

    assert read == [Counter([1110])] * len(texts)


def test_days_and_months_are_read_in_every_case_form() -> None:
    texts = [
        ("pl", "w środę 26 listopada"),
        ("bg", "в срядата, 26 ноември"),
        ("tr", "26 Kasım Çarşamba'dan"),
        ("ro", "miercurea, 26 NOIEMBRIE"),
        ("ta", "நவம்பர் 26, புதன்கிழமை"),
        ("pa", "ਬੁੱਧਵਾਰ 26 ਨਵੰਬਰ"),
        ("ur", "بدھ ۲۶ نومبر"),
        ("pt-PT", "quarta-feira, 26 de novembro"),
    ]
    day = frozenset({(26, 11)})

    read = [read_dates(fold(text), locale, day) for locale, text in texts]

    assert [(dates.days, list(dates.weekdays)) for dates in read] == [(day, [2])] * len(texts)


def test_a_month_shared_by_several_days_belongs_to_each() -> None:
    source = read_dates(fold("26, 27 and 28 November"), "en-GB")

    target = read_dates(fold("w piątek 26, sobotę 27 i niedzielę 28 listopada"), "pl", source.days)

    assert source.days == target.days == {(26, 11), (27, 11), (28, 11)}


def test_weekday_names_do_not_depend_on_the_locale_read_before() -> None:
    read_dates("پیر", "ur")

    dates = read_dates("poniedzialek", "pl", frozenset())

    assert dates.weekdays == Counter({0: 1})


def test_figures_follow_the_marks_of_the_locale() -> None:
    texts = [
        ("en-GB", "1,250.5"),
        ("ro", "1.250,5"),
        ("pl", "1 250,5"),
        ("bg", "1250,5"),
        ("ur", "1,250.5"),
        ("ta", "1250.5"),
    ]

    values = [[str(figure.value) for figure in read_figures(text, locale)] for locale, text in texts]

    assert values == [["1250.5"]] * len(texts)


def test_a_thousand_in_another_locale_is_a_decimal_here() -> None:
    source, target = read_figures("1,250", "en-GB"), read_figures("1.250", "en-GB")

    missing, extra = unmatched(source, target)

    assert [figure.text for figure in missing + extra] == ["1,250", "1.250"]


def test_welsh_months_are_read_with_their_first_letter_changed() -> None:
    texts = [
        "3 o Fawrth",
        "Nos Fawrth 3 Mawrth",
        "ddydd Mawrth 3 o Fawrth",
        "2 Fehefin",
        "5 o Orffennaf",
        "4 o Dachwedd",
    ]

    days = [set(read_dates(fold(text), "cy", frozenset()).days) for text in texts]

    assert days == [{(3, 3)}, {(3, 3)}, {(3, 3)}, {(2, 6)}, {(5, 7)}, {(4, 11)}]


def test_arabic_months_are_read_in_the_names_of_the_levant_too() -> None:
    texts = ["26 تشرين الثاني 2026", "26 نوفمبر 2026", "3 شباط", "3 آذار"]

    days = [set(read_dates(fold(text), "ar", frozenset()).days) for text in texts]

    assert days == [{(26, 11)}, {(26, 11)}, {(3, 2)}, {(3, 3)}]
