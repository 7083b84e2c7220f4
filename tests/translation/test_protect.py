"""Protection: no fact is visible to an engine, and everything comes back where it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.content.loader import load_content
from briefings.settings import CHECKOUT
from briefings.translation.facts import Kind, read_exact
from briefings.translation.localised import localised_values
from briefings.translation.protect import PlaceholderError, protect, restore
from briefings.translation.segments import source_texts

FACTS = (
    "0800 555 111", "999", "101", "18001 101", "+44 20 7946 0018", "E17 4JF", "A104", "https://example.org/a_b?c=*d*",
    "www.example.com", "walthamforest.gov.uk/report", "team@example.gov.uk", "{name}", "{0}", "{1}", "%(count)s", "{٣}",
)  # fmt: skip
MARKS = (
    "**{}**", "*{}*", "_{}_", "`{}`", "[{}](https://example.org/x)", "[{}](/a (b) \"c\")", "<https://example.org/{}>",
    "**[{}](mailto:a@example.org)**", "\\*{}", "{{ 0 }} {}", "｛0｝{}", "&amp; {}", "({}).", "“{}”", "{}:",
)  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(FACTS),
    st.sampled_from(["call", "Highams Park", "on", "Чадър", "مدد", "மாலை", "a", "The council's", "end."]),
    st.builds(lambda mark, fact: mark.format(fact), st.sampled_from(MARKS), st.sampled_from((*FACTS, "words"))),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=8).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_an_engine_returns_as_it_was_is_the_source(text: str) -> None:
    protected = protect(text, names=["Highams Park"])

    assert restore(protected, protected.text) == text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_comes_back(text: str) -> None:
    protected = protect(text)

    assert restore(protected, protected.text) == text


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_no_fact_and_no_name_is_visible_to_an_engine(text: str) -> None:
    shown = protect(text, names=["Highams Park"]).text

    assert {kind for kind, _ in read_exact(shown).facts} <= {Kind.PLACEHOLDER}
    assert shown.count("{") == len(protect(text, names=["Highams Park"]).kept)
    assert "Highams" not in shown
    assert not set("*[]`") & set(shown)


def test_words_inside_markup_stay_visible() -> None:
    text = "**In an emergency:** call 999, or see the [Crimestoppers website](https://crimestoppers-uk.org)."

    protected = protect(text)

    assert protected.text == "{0}In an emergency:{1} call {2}, or see the {3}Crimestoppers website{4}."
    assert [one.text for one in protected.kept] == ["**", "**", "999", "[", "](https://crimestoppers-uk.org)"]


def test_spaces_that_an_engine_adds_do_not_break_markup() -> None:
    protected = protect("**Call 101** now. See [our page](https://example.org).")

    restored = restore(protected, "{0} Llame al {1} {2} ya. Vea { 3 } nuestra página {4}.")

    assert restored == "**Llame al 101** ya. Vea [nuestra página](https://example.org)."


@pytest.mark.parametrize("returned", ["Sună la {۰}.", "Sună la { 0 }.", "Sună la ｛0｝.", "Sună la {०}."])
def test_an_altered_but_certain_placeholder_is_understood(returned: str) -> None:
    protected = protect("Call 999.")

    assert restore(protected, returned) == "Sună la 999."


@pytest.mark.parametrize(
    ("returned", "named"),
    [
        ("Llame.", "“999” was lost"),
        ("Llame al {0} o {0}.", "“999” came back more than once"),
        ("Llame al {0} o {1}.", "altered"),
        ("Llame al {0}}.", "altered"),
        ("Llame al (0).", "“999” was lost"),
        ("Llame al {0 {0}.", "altered"),
    ],
)
def test_a_placeholder_that_is_not_as_it_was_is_an_error(returned: str, named: str) -> None:
    protected = protect("Call 999.")

    with pytest.raises(PlaceholderError, match=named):
        restore(protected, returned)


@pytest.mark.parametrize("returned", ["{1}lea{0} esto", "{0}{1} lea esto", "{0}**lea**{1} esto"])
def test_markup_that_no_longer_encloses_its_words_is_an_error(returned: str) -> None:
    protected = protect("[read](https://example.org) this")

    with pytest.raises(PlaceholderError):
        restore(protected, returned)


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("on Tuesday 17 November", "es", ["martes 17 de noviembre"]),
        ("between 6pm and 11pm", "es", ["18:00", "23:00"]),
        ("from 4 to 7.30pm", "ro", ["16:00", "19:30"]),
        ("until 31 January 2027", "pt-PT", ["31 de janeiro de 2027"]),
        ("November 17, 2026", "pl", ["17 listopada 2026"]),
        ("in May 2027, on Friday evenings", "it", ["maggio 2027", "venerdì"]),
        ("1,250 reports and 14 cars", "es", ["1.250", "14"]),
        ("12,500 reports", "ro", ["12.500"]),
        ("call 101 or 0800 555 111 about the A104", "es", []),
        ("you may come at 18:30", "bg", ["18:30"]),
        ("on 31 June", "es", ["31"]),
    ],
)
def test_values_are_written_as_the_language_does(text: str, locale: str, expected: list[str]) -> None:
    values = localised_values(text, "en-GB", locale)

    assert [value.shown for value in values] == expected


@pytest.mark.parametrize("locale", ["ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta"])
def test_localised_values_pass_the_fact_checks_in_every_locale(locale: str) -> None:
    from briefings.translation.checks import check_segment

    texts = [text for briefing in load_content(CHECKOUT).briefings.values() for text in source_texts(briefing).values()]

    blocked = []
    for text in texts:
        protected = protect(text, values=localised_values(text, "en-GB", locale))
        target = restore(protected, protected.text)
        blocked += [
            finding
            for finding in check_segment(text, target, locale)
            if finding.blocks and finding.check.startswith("facts.")
        ]

    assert blocked == []
