"""The shipped catalogs, corrupted by a machine: facts block, lost negations and swapped texts are flagged."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from briefings.translation.catalogs import read_catalog
from briefings.translation.checks import CHECKS, Severity, check_edition, check_segment
from briefings.translation.glossary import read_glossary
from tests.translation import mutations

LOCALES = ("ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
FOLDER = Path(__file__).parents[2] / "locales"
SEED = 20261120
MOST = 50
"""Corruptions of one class in one locale, chosen by chance from all."""


def catalog(locale: str, domain: str) -> dict[str, str]:
    return dict(read_catalog(FOLDER / locale.replace("-", "_") / "LC_MESSAGES" / f"{domain}.po", locale).singular)


@pytest.fixture(scope="module")
def texts() -> dict[str, dict[str, str]]:
    """Source -> translation, by locale, the interface's and the briefings'."""
    return {locale: catalog(locale, "messages") | catalog(locale, "content") for locale in LOCALES}


def report(caught: Counter[str], made: Counter[str]) -> str:
    return ", ".join(f"{name} {caught[name]}/{made[name]}" for name in sorted(made))


def test_every_corruption_of_a_fact_a_placeholder_or_a_link_blocks(texts: dict[str, dict[str, str]]) -> None:
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    passed = []

    for kind, mutate in mutations.FACTS.items():
        for locale in LOCALES:
            chance = random.Random(f"{SEED} {kind} {locale}")
            pairs = texts[locale].items()
            bad = [(s, text) for s, t in pairs for text in mutate(chance, s, t, locale) if text not in (t, s)]
            for source, text in chance.sample(bad, min(MOST, len(bad))):
                made[kind] += 1
                if any(found.blocks for found in check_segment(source, text, locale)):
                    caught[kind] += 1
                else:
                    passed.append(f"{kind} {locale}: {source} -> {text}")

    print(f"facts blocked: {report(caught, made)}")
    assert passed == [], report(caught, made)
    assert made.total() >= 500
    assert min(made[kind] for kind in mutations.FACTS) >= 50


def test_nine_of_ten_lost_negations_are_flagged(texts: dict[str, dict[str, str]]) -> None:
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()

    for locale in LOCALES:
        chance = random.Random(f"{SEED} negation {locale}")
        for source, target in texts[locale].items():
            for text in mutations.negation(chance, source, target, locale):
                made[locale] += 1
                caught[locale] += any(f.check == "meaning.negation" for f in check_segment(source, text, locale))

    print(f"negations flagged: {report(caught, made)}")
    assert made.total() >= 300
    assert caught.total() >= 0.9 * made.total(), report(caught, made)
    assert all(caught[locale] >= 0.85 * made[locale] for locale in LOCALES), report(caught, made)


def swapped(chance: random.Random, texts: dict[str, str]) -> tuple[dict[str, tuple[str, str]], tuple[str, str]]:
    """Return twelve texts in reading order of which two, up to three apart, have each other's translation."""
    own = [(source, target) for source, target in texts.items() if source.split() != target.split()]
    start = chance.randrange(len(own) - 12)
    pairs = {str(place): pair for place, pair in enumerate(own[start : start + 12])}
    first = chance.randrange(9)
    one, other = str(first), str(first + chance.randint(1, 3))
    pairs[one], pairs[other] = (pairs[one][0], pairs[other][1]), (pairs[other][0], pairs[one][1])
    return pairs, (one, other)


def test_nine_of_ten_swapped_texts_are_caught(texts: dict[str, dict[str, str]]) -> None:
    made: Counter[str] = Counter()
    with_memory: Counter[str] = Counter()
    without: Counter[str] = Counter()

    for locale in LOCALES:
        chance = random.Random(f"{SEED} swapped {locale}")
        for _ in range(25):
            pairs, keys = swapped(chance, catalog(locale, "content"))
            blocked = any(found.blocks for key in keys for found in check_segment(*pairs[key], locale))
            known = check_edition(pairs, locale, known=texts[locale])
            first_time = check_edition(pairs, locale)
            made[locale] += 1
            with_memory[locale] += blocked or any(f.blocks for key in keys for f in known.get(key, []))
            without[locale] += blocked or any(key in first_time for key in keys)

    print(f"swapped, blocked: {report(with_memory, made)}")
    print(f"swapped, flagged without a memory: {report(without, made)}")
    assert with_memory.total() >= 0.9 * made.total(), report(with_memory, made)
    assert without.total() >= 0.8 * made.total(), report(without, made)


def test_the_clean_catalogs_are_hardly_ever_blocked_and_seldom_warned(texts: dict[str, dict[str, str]]) -> None:
    severities = {check.id: check.severity for check in CHECKS}
    blocked: Counter[str] = Counter()
    warned: Counter[tuple[str, str]] = Counter()

    for locale in LOCALES:
        glossary = read_glossary(FOLDER / locale.replace("-", "_") / "glossary.csv", locale)
        for source, target in texts[locale].items():
            findings = check_segment(source, target, locale, glossary=glossary, thorough=True)
            assert all(f.severity is Severity.WARNS or severities[f.check] is Severity.BLOCKS for f in findings)
            blocked[locale] += any(found.blocks for found in findings)
            warned.update({(found.check, locale) for found in findings if not found.blocks})
        for findings in check_edition(
            {s: (s, t) for s, t in texts[locale].items()}, locale, known=texts[locale]
        ).values():
            warned.update((found.check, locale) for found in findings)

    count = {locale: len(texts[locale]) for locale in LOCALES}
    print(f"clean texts: {sum(count.values())}, blocked: {dict(blocked)}, warned: {dict(warned)}")
    assert blocked.total() <= 0.02 * sum(count.values()), blocked
    assert all(number <= 0.03 * count[locale] for (_, locale), number in warned.items()), warned
