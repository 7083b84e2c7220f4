"""Numbers and addresses in right-to-left text."""

from __future__ import annotations

import pytest

from briefings.rendering.bidi import LRI, NO_BREAK_SPACE, PDI, address_html, isolated_html, isolated_text


@pytest.mark.parametrize(
    "number", ["0800 555 111", "020 7946 0123", "18001 101", "+44 20 7946 0123", "*#06#", "-18.5", "£340"]
)
def test_a_number_that_would_be_turned_round_is_isolated(number: str) -> None:
    text = f"فون {number} پر"

    html, plain = isolated_html(text, "rtl"), isolated_text(text, "rtl")

    assert html == f'فون <bdi dir="ltr">{number.replace(" ", NO_BREAK_SPACE)}</bdi> پر'
    assert plain == f"فون {LRI}{number}{PDI} پر"


@pytest.mark.parametrize("text", ["17:00 سے 20:00", "16:00-18:00", "2026 18", "1999", "18%"])
def test_what_stands_right_by_itself_is_left_alone(text: str) -> None:
    html = isolated_html(text, "rtl")

    assert html == text


def test_a_number_to_call_is_isolated_in_html_and_stays_as_it_is() -> None:
    html = isolated_html("999 پر یا 101؛ it&#39;s 101 (61016)", "rtl")

    assert html == (
        '<bdi dir="ltr">999</bdi> پر یا <bdi dir="ltr">101</bdi>؛ it&#39;s <bdi dir="ltr">101</bdi> '
        '(<bdi dir="ltr">61016</bdi>)'
    )


def test_a_name_stands_in_right_to_left_text_as_one_run() -> None:
    html = isolated_html(
        "گریز کریں: Hoe Street, by No. 5 (A112 &amp; A104)۔ Hoe", "rtl", ["Hoe Street, by No. 5 (A112 & A104)"]
    )

    assert html == 'گریز کریں: <bdi dir="ltr">Hoe Street, by No. 5 (A112 &amp; A104)</bdi>۔ Hoe'
    assert isolated_html("Hoe Street", "ltr", ["Hoe Street"]) == "Hoe Street"


def test_addresses_are_isolated_in_html_but_not_in_tags() -> None:
    html = '<a href="https://exampleton.example/0800-1-1">https://exampleton.example/0800-1-1</a> a@b.example'

    isolated = isolated_html(html, "rtl")

    assert isolated == (
        '<a href="https://exampleton.example/0800-1-1"><bdi dir="ltr">https://exampleton.example/0800-1-1</bdi></a> '
        '<bdi dir="ltr">a@b.example</bdi>'
    )


def test_in_left_to_right_text_phone_numbers_are_only_kept_on_one_line() -> None:
    text = "Call 0800 555 111 or *#06#, in 2026 12 times."

    html, plain = isolated_html(text, "ltr"), isolated_text(text, "ltr")

    assert html == f"Call 0800{NO_BREAK_SPACE}555{NO_BREAK_SPACE}111 or *#06#, in 2026 12 times."
    assert plain == text


def test_what_stands_in_a_tag_is_never_touched() -> None:
    html = '<img alt="Call 0800 555 111">'

    assert isolated_html(html, "ltr") == isolated_html(html, "rtl") == html


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("a@b.example", "a@<wbr />b.example"),
        ("https://b.example/c/d?e=1&f", "https://b.example<wbr />/c<wbr />/d?e=1&amp;f"),
    ],
)
def test_an_address_runs_left_to_right_and_breaks_between_its_parts(address: str, shown: str) -> None:
    html = address_html(address)

    assert html == f'<bdi dir="ltr">{shown}</bdi>'
