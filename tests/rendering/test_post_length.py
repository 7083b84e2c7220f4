"""X's counting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.rendering.post import fits, weighted_length
from briefings.sandbox import x_text


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("This is a test.", 15),
        ("Test https://test.com test https://test.com test.com test", 86),
        ("HTTPS://EXAMPLE.ORG/A?b=c#d", 23),
        ("safety.council.gov.uk/a/very/long/path/to/a/page", 23),
        ("(see https://example.org/page).", 30),
        ("write to first.last@council.gov.uk", 34),
        ("a full stop.Then no space", 25),
        ("e\u0301", 1),
        ("தமிழ்", 5),
        ("ਪੰਜਾਬੀ", 6),
        ("اردو", 4),
        ("漢字", 4),
        ("–‘quoted’ “text”", 16),
        ("…", 2),
        ("H🐱☺", 5),
        ("👩‍👧‍👦", 2),
        ("👍🏽🇬🇧1️⃣🏴󠁧󠁢󠁷󠁬󠁳󠁿", 8),
        ("© ©️", 4),
    ],
)
def test_a_text_weighs_what_x_says(text: str, weight: int) -> None:
    assert weighted_length(text) == weight


def test_a_text_fits_up_to_the_limit_and_not_beyond() -> None:
    link = "https://example.org/a/long/address/of/a/page"

    assert fits("a" * 256 + " " + link)
    assert not fits("a" * 257 + " " + link)
    assert not fits("a" * 257 + link)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters=".:/\u200d\u20e3\u20e0"), max_size=300))
def test_two_readings_of_the_rule_agree_on_texts_without_links(text: str) -> None:
    assert weighted_length(text) == x_text.weighted_length(text)
