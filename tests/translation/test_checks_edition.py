"""Translations at the wrong text: swapped, shifted by a row, pasted twice."""

from __future__ import annotations

from briefings.translation.checks import Severity, check_edition

PAIRS = {
    "a": ("Lock your doors at night.", "Încuiați ușile noaptea."),
    "b": ("Keep your phone in your bag.", "Țineți telefonul în geantă."),
    "c": ("Do not open the door to strangers.", "Nu deschideți ușa străinilor."),
    "d": ("Officers walked along Hoe Street.", "Polițiștii au patrulat pe Hoe Street."),
    "e": ("What did you see?", "Ce ați văzut?"),
    "f": ("cars", "mașini"),
    "g": ("vehicles", "vehicule"),
}
KNOWN = dict(PAIRS.values())


def with_targets(**targets: str) -> dict[str, tuple[str, str]]:
    return {key: (source, targets.get(key, target)) for key, (source, target) in PAIRS.items()}


def test_an_edition_in_order_passes() -> None:
    assert check_edition(PAIRS, "ro") == {}
    assert check_edition(PAIRS, "ro", known=KNOWN) == {}


def test_translations_that_changed_places_block_where_the_memory_knows_them() -> None:
    swapped = with_targets(a=PAIRS["b"][1], b=PAIRS["a"][1])

    findings = check_edition(swapped, "ro", known=KNOWN)

    assert set(findings) == {"a", "b"}
    assert [(found.check, found.severity) for found in findings["a"]] == [("text.swapped", Severity.BLOCKS)]
    assert "Keep your phone in your bag." in findings["a"][0].message


def test_one_translation_for_two_texts_warns() -> None:
    twice = with_targets(b=PAIRS["a"][1])

    findings = check_edition(twice, "ro")

    assert set(findings) == {"a", "b"}
    assert {found.severity for each in findings.values() for found in each} == {Severity.WARNS}


def test_sources_that_are_nearly_the_same_may_share_a_translation() -> None:
    pairs = {
        "a": ("You do not have to give your name.", "Nu trebuie să vă spuneți numele."),
        "b": ("You do not need to give your name.", "Nu trebuie să vă spuneți numele."),
    }

    assert check_edition(pairs, "ro") == {}
    assert check_edition(pairs, "ro", known={"You don't have to give your name.": pairs["a"][1]}) == {}


def test_a_short_text_that_another_one_shares_with_the_memory_only_warns() -> None:
    findings = check_edition({"f": ("cars", "vehicule")}, "ro", known={"vehicles": "vehicule"})

    assert [found.severity for found in findings["f"]] == [Severity.WARNS]


def test_rows_that_moved_are_seen_without_a_memory_by_names_and_marks() -> None:
    moved = with_targets(d=PAIRS["e"][1], e=PAIRS["d"][1])

    findings = check_edition(moved, "ro")

    assert set(findings) == {"d", "e"}
    assert "What did you see?" in findings["d"][0].message


def test_names_and_empty_texts_are_left_alone() -> None:
    pairs = {"a": ("Crimestoppers", "Crimestoppers"), "b": ("British Transport Police", " "), "c": ("Done", " ")}

    assert check_edition(pairs, "ur", known={"Crimestoppers UK": "Crimestoppers"}) == {}


def test_a_text_that_stands_twice_with_two_translations_is_compared_without_harm() -> None:
    pairs = {"a": (PAIRS["a"][0], PAIRS["a"][1]), "b": (PAIRS["a"][0], "Noaptea, încuiați ușile.")}

    assert check_edition(pairs, "ro") == {}
    assert check_edition(pairs, "ro", known=KNOWN) == {}


def test_the_same_words_in_another_order_may_share_a_translation() -> None:
    target = "Dacă nu este o urgență, sunați la 101."
    source = "If it is not an emergency, call 101."

    assert check_edition({"a": (source, target)}, "ro", known={"Call 101 if it is not an emergency.": target}) == {}


def test_related_texts_with_the_same_facts_never_block_and_with_others_do() -> None:
    target = "Dacă nu este o urgență, sunați la 101."
    source = "When there is no emergency, please call the police on 101."

    same = check_edition({"a": (source, target)}, "ro", known={"If it is not an emergency, call 101.": target})
    other = check_edition({"a": (source, target)}, "ro", known={"If it is an emergency, call 999.": target})

    assert [found.severity for found in same.get("a", [])] in ([], [Severity.WARNS])
    assert [found.severity for found in other["a"]] == [Severity.BLOCKS]
