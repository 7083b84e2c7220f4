"""Translations that stand at the wrong text: swapped, shifted by a row, pasted twice. Seen only over many texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from briefings.model.language import cldr
from briefings.translation.checks.negation import count_negations
from briefings.translation.checks.wording import ending_mark, usual_ratio
from briefings.translation.facts import ascii_digits, read_exact
from briefings.translation.findings import Finding, Severity

_SAME = 75
"""Sources this alike (rapidfuzz ratio, in any order of words) may have the same translation: "do not need to" and
"do not have to"."""
_RELATED = 60
"""Sources this alike, with the same facts and as many negations, may have it too: a person decides."""
_NEAR = 3
"""How many texts away a swapped translation is looked for where no memory knows it."""
_MARGIN = 1.2
_SHORT = 3
"""Texts of so few words are often translated alike ("cars", "vehicles")."""
_NAME = re.compile(r"(?<![\w.])[A-Z][A-Za-z]{2,}")
_FIGURES = re.compile(r"\d+")


def check_edition(
    pairs: Mapping[str, tuple[str, str]],
    locale: str,
    source_locale: str = "en-GB",
    *,
    known: Mapping[str, str] | None = None,
) -> dict[str, list[Finding]]:
    """Return what is wrong with the order of an edition's translations, by key.

    `pairs` are key -> (source, translation), in reading order; `known` are translations already held, source ->
    translation, from the catalogs or the memory. The same translation of two sources that are nearly the same is fine.
    """
    done = {key: pair for key, pair in pairs.items() if pair[1].strip() and pair[0].split() != pair[1].split()}
    found: dict[str, list[Finding]] = {}
    owners = _by_target((known or {}).items())
    here = _by_target(done.values())
    shifted = _shifted(done, locale, source_locale)
    for key, (source, target) in done.items():
        finding = _from_memory(source, target, owners, known or {}, source_locale)
        finding = finding or _from_twins(source, target, here)
        if finding is None and key in shifted and (known or {}).get(source) != target:
            finding = _finding(Severity.WARNS, shifted[key], "fits")
        if finding is not None:
            found[key] = [finding]
    return found


def _finding(severity: Severity, other: str, how: str) -> Finding:
    shown = other if len(other) <= 60 else other[:59] + "…"
    message = f"this text {how} “{shown}”: check that the rows did not move, and translate this one"
    return Finding("text.swapped", severity, shown, message)


def _by_target(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the sources of each translation, spaces and case aside."""
    owners: dict[str, list[str]] = {}
    for source, target in pairs:
        owners.setdefault(_plain(target), []).append(source)
    return owners


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def alike(one: str, other: str) -> bool:
    """Say whether two sources are so nearly the same, order of words aside, that they may share a translation."""
    # Not the ratio of the sets of words: it calls "stay away from the fire" and "stay away from the river" the same.
    ordered = fuzz.ratio(_plain(one), _plain(other), score_cutoff=_SAME)
    return ordered > 0 or fuzz.token_sort_ratio(one, other, processor=default_process, score_cutoff=_SAME) > 0


def _related(one: str, other: str, locale: str) -> bool:
    """Say whether two sources state the same facts, deny as often and share most words."""
    return (
        fuzz.token_sort_ratio(default_process(one), default_process(other)) >= _RELATED
        and read_exact(one).facts == read_exact(other).facts
        and Counter(_FIGURES.findall(ascii_digits(one))) == Counter(_FIGURES.findall(ascii_digits(other)))
        and count_negations(one, locale) == count_negations(other, locale)
    )


def _from_memory(
    source: str, target: str, owners: Mapping[str, list[str]], known: Mapping[str, str], source_locale: str
) -> Finding | None:
    """Blocks where this text has another translation already, or is long enough that two sources cannot share one."""
    sources = owners.get(_plain(target), [])
    if not sources or any(other == source or alike(source, other) for other in sources):
        return None
    sure = source in known or len(source.split()) > _SHORT
    sure = sure and not any(_related(source, other, source_locale) for other in sources)
    return _finding(Severity.BLOCKS if sure else Severity.WARNS, sources[0], "is known as the translation of")


def _from_twins(source: str, target: str, here: Mapping[str, list[str]]) -> Finding | None:
    """Warns where two texts of this edition have the same translation. Headings ("You said") may share one."""
    others = (other for other in here[_plain(target)] if other != source and not alike(source, other))
    twin = next((other for other in others if min(len(source.split()), len(other.split())) > _SHORT), None)
    return _finding(Severity.WARNS, twin, "also stands as the translation of") if twin else None


@dataclass(frozen=True)
class _Shape:
    """What can be compared between two texts without knowing their languages."""

    size: float
    end: str
    names: frozenset[str]
    figures: frozenset[tuple[str, int]]
    marks: tuple[int, int]
    text: str


def _shape(text: str, ratio: float) -> _Shape:
    names = frozenset(word for word in _NAME.findall(text[1:]))  # the first word has a capital anyway
    figures = frozenset(Counter(_FIGURES.findall(ascii_digits(text))).items())
    marks = text.count("]("), text.count("**")
    return _Shape(log(max(len(text), 1) / ratio), ending_mark(text), names, figures, marks, text)


def _distance(source: _Shape, target: _Shape) -> float:
    """Return how badly a translation fits a source: 0 fits well, 2 and more does not."""
    distance = 1.5 * abs(source.size - target.size)
    if source.names:
        distance += 2 * sum(1 for name in source.names if name not in target.text) / len(source.names)
    distance += 2 * len(target.names - source.names) / max(len(target.names), 1) if source.size > 0 else 0
    if source.figures != target.figures:
        shared = len(source.figures & target.figures) / max(len(source.figures), len(target.figures))
        distance += 1.5 * (1 - shared)
    return distance + (source.end != target.end) + 2 * (source.marks != target.marks)


def _shifted(pairs: Mapping[str, tuple[str, str]], locale: str, source_locale: str) -> dict[str, str]:
    """Return, by key, the neighbouring source that a translation fits far better than its own."""
    keys = list(pairs)
    sources, targets = _shapes(list(pairs.values()), locale, source_locale)
    straight = [_distance(source, target) for source, target in zip(sources, targets, strict=True)]
    found: dict[str, str] = {}
    for place, key in enumerate(keys):
        if straight[place] < _MARGIN:
            continue
        for other in range(max(0, place - _NEAR), min(len(keys), place + _NEAR + 1)):
            moved = _distance(sources[other], targets[place])
            if other != place and moved + _MARGIN < min(straight[place], straight[other]):
                found[key] = pairs[keys[other]][0]
    return found


def _shapes(pairs: Sequence[tuple[str, str]], locale: str, source_locale: str) -> tuple[list[_Shape], list[_Shape]]:
    ratio = usual_ratio(cldr(locale).language) / usual_ratio(cldr(source_locale).language)
    return [_shape(source, 1.0) for source, _ in pairs], [_shape(target, ratio) for _, target in pairs]


def is_out_of_order(pairs: Sequence[tuple[str, str]], locale: str, source_locale: str = "en-GB") -> bool:
    """Say whether all translations together fit backwards, or moved along by any number of rows, far better.

    `pairs` are (source, translation). What one text cannot show, many do: over the briefings that ship, in ten
    languages, five texts in a row always fit best as they are, and backwards never do.
    """
    sources, targets = _shapes(pairs, locale, source_locale)
    rows = range(len(pairs))
    distances = [[_distance(source, target) for target in targets] for source in sources]
    orders = [[(row + by) % len(pairs) for row in rows] for by in rows]
    straight, *others = (sum(distances[row][order[row]] for row in rows) for order in [*orders, [*rows][::-1]])
    return any(other + _MARGIN < straight for other in others)
