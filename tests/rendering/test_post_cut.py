"""Cutting texts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.rendering.bidi import LRI, PDI
from briefings.rendering.post_cut import ELLIPSIS, cut, graphemes, shortened
from briefings.rendering.post_length import fits


def at_most(limit: int):  # type: ignore[no-untyped-def]
    return lambda text: fits(text, limit)


def test_a_text_is_cut_after_a_sentence_where_one_ends() -> None:
    text = "Patrols go on. Call 101 if you see anything that worries you in the park."

    assert cut(text, at_most(40)) == ("Patrols go on.", "Call 101 if you see anything that worries you in the park.")


@pytest.mark.parametrize("end", ["۔", "।", "؟", "…", '."', "!)"])
def test_sentences_of_other_scripts_end_too(end: str) -> None:
    head, rest = cut(f"ਇੱਕ ਦੋ ਤਿੰਨ{end} ਚਾਰ ਪੰਜ ਛੇ ਸੱਤ ਅੱਠ", at_most(24))

    assert (head, rest) == (f"ਇੱਕ ਦੋ ਤਿੰਨ{end}", "ਚਾਰ ਪੰਜ ਛੇ ਸੱਤ ਅੱਠ")


def test_a_cut_inside_a_sentence_shows_an_ellipsis() -> None:
    head, rest = cut("one two three four five", at_most(11))

    assert (head, rest) == ("one two" + ELLIPSIS, "three four five")


@pytest.mark.parametrize(
    "kept",
    [
        "999",
        "0800 555 111",
        "18001\u00a0101",
        "EX4 1PL",
        "18:30–20:00",
        "1,234.50",
        "https://example.org/a/b?c=d",
        f"{LRI}+44 20 7946 0123{PDI}",
    ],
)
def test_no_number_postcode_or_link_is_ever_parted(kept: str) -> None:
    text = f"Please use this one {kept} and no other one at all"

    for limit in range(6, 60):
        head, rest = cut(text, at_most(limit), force=True)

        assert kept in head or kept in rest or limit < 28


def test_a_word_that_is_longer_than_the_limit_is_cut_between_letters() -> None:
    word = "கொ" * 30

    head, rest = cut(word, at_most(21), force=True)

    assert head == "கொ" * 9 + ELLIPSIS
    assert rest == "கொ" * 21


def test_nothing_is_cut_where_not_a_word_fits() -> None:
    assert cut("Walthamstow", at_most(5)) == ("", "Walthamstow")


def test_shortening_leaves_what_fits_and_marks_what_does_not() -> None:
    assert shortened("Two officers", at_most(20)) == "Two officers"
    assert shortened("Two officers. A library.", at_most(20)) == "Two officers." + ELLIPSIS


@pytest.mark.parametrize("one", ["e\u0301", "க்ஷி", "ਪੰ", "👩‍👧‍👦", "👍🏽", "🇬🇧", "각"])
def test_a_letter_with_its_marks_is_one(one: str) -> None:
    assert list(graphemes(one + one)) == [one, one]


@given(st.text(max_size=200), st.integers(30, 280))
def test_what_is_cut_fits_and_loses_nothing(text: str, limit: int) -> None:
    text = unicodedata.normalize("NFC", text)
    parts, rest = [], text

    while rest and not fits(rest, limit):
        head, rest = cut(rest, at_most(limit), force=True)
        parts.append(head)

    assert all(fits(part, limit) for part in parts)
    assert bare("".join([*parts, rest])) == bare(text)


def bare(text: str) -> str:
    return "".join(text.replace(ELLIPSIS, "").split())
