"""A batch of answers as a whole: one sentence for every text, the wrong order, another language.

Each answer may pass by itself and still stand at the wrong text: only beside the others is that seen.
Answers are compared as engines give them, with placeholders, so that a fact put back hides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from briefings.translation.checks import Severity, check_edition
from briefings.translation.checks.edition import alike, is_out_of_order
from briefings.translation.language import is_long_enough, reads_as
from briefings.translation.validate import Wrong, without_placeholders

_FEWEST = 3
"""A batch of so few texts at least is refused as a whole where most of its answers are one and the same."""
_SHORT = 3
"""Two texts of so few words may be translated alike ("cars", "vehicles")."""
_SEVERAL = 2


@dataclass(frozen=True)
class Answered:
    """What an engine was shown for a source, what it returned, and what became of that by itself."""

    source: str
    sent: str
    returned: str
    result: str | Wrong

    @property
    def may_pass(self) -> bool:
        return isinstance(self.result, str) or self.result.values_garbled


def out_of_place(batch: Sequence[Answered], locale: str, source_locale: str) -> str:
    """Return why nothing of a batch can be believed; empty where the answers are each at their text."""
    if not any(one.may_pass for one in batch):
        return ""  # refused one by one, with better reasons
    most = max(map(len, _shared(batch)), default=0)
    if len(batch) >= _FEWEST and most * 2 > len(batch):
        return f"gave the same answer to {most} of {len(batch)} texts"
    pairs = _pairs(batch)
    moved = check_edition(pairs, locale, source_locale).keys() - _in_shared(batch)
    if len(moved) >= _SEVERAL or is_out_of_order(list(pairs.values()), locale, source_locale):
        return "answered in the wrong order"
    return ""


def language_doubt(batch: Sequence[Answered], earlier: str) -> str:
    """Return how half or more of the texts that are long enough came back in another language; else empty.

    A batch without a long text leaves it at what was said of the `earlier` ones.
    """
    told = [one.result for one in batch if is_long_enough(without_placeholders(one.returned))]
    wrong = [result.reason for result in told if isinstance(result, Wrong) and result.other_language]
    right = [result for result in told if isinstance(result, str)]
    if not wrong and not right:
        return earlier
    return max(wrong, key=wrong.count) if len(wrong) >= len(right) else ""


def refusals(
    batch: Sequence[Answered], locale: str, source_locale: str, known: Mapping[str, str], doubt: str
) -> dict[str, Wrong]:
    """Return, by source, what passes by itself and not beside the others.

    `known` are earlier answers of the run, text shown -> answer. `doubt` is how most texts came back in another
    language: then a text passes only where it is long enough to tell that it did not.
    """
    pairs, shared = _pairs(batch), _in_shared(batch)
    found = check_edition(pairs, locale, source_locale, known=known)
    refused: dict[str, Wrong] = {}
    for key, one in zip(pairs, batch, strict=True):
        if not one.may_pass:
            continue
        said = without_placeholders(one.returned)
        warned = [finding for finding in found.get(key, ()) if finding.severity is Severity.WARNS]
        if key in shared:
            refused[one.source] = Wrong("the same answer came back for different texts")
        elif found.get(key) and not (warned and _is_short(one) and one.returned in known.values()):
            refused[one.source] = Wrong("came back with what belongs to another text")
        elif doubt and any(map(str.isalpha, said)) and not reads_as(said, locale):
            refused[one.source] = Wrong(doubt, other_language=True)
    return refused


def _pairs(batch: Sequence[Answered]) -> dict[str, tuple[str, str]]:
    return {str(place): (one.sent, one.returned) for place, one in enumerate(batch)}


def _in_shared(batch: Sequence[Answered]) -> set[str]:
    places = {id(one): str(place) for place, one in enumerate(batch)}
    return {places[id(one)] for group in _shared(batch) for one in group}


def _shared(batch: Sequence[Answered]) -> list[list[Answered]]:
    """Return the groups of texts that are not nearly the same and yet got one answer."""
    groups: dict[str, list[Answered]] = {}
    for one in batch:
        if any(map(str.isalpha, without_placeholders(one.returned))):
            groups.setdefault(" ".join(one.returned.casefold().split()), []).append(one)
    return [group for group in groups.values() if _differ(group)]


def _differ(group: Sequence[Answered]) -> bool:
    if len(group) == 2 and all(map(_is_short, group)):
        return False
    return any(not alike(one.sent, other.sent) for one, other in combinations(group, 2))


def _is_short(one: Answered) -> bool:
    return len(one.sent.split()) <= _SHORT
