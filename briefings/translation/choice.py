"""The choice: of all that memory and catalogs have for a text, the one translation that counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from briefings.model.edition import SegmentState
from briefings.translation.catalogs import Messages
from briefings.translation.memory import SIMILAR_FROM, Entry
from briefings.translation.resources import LanguageResources

_STATES = list(SegmentState)


@dataclass(frozen=True)
class Choice:
    """A translation, and where it stands: `entry` in the memory, or `path` and `line` in a catalog."""

    target: str
    state: SegmentState
    entry: Entry | None = None
    path: str = ""
    line: int = 0

    @property
    def is_reviewed(self) -> bool:
        return self.state in (SegmentState.REVIEWED, SegmentState.FINAL)


def choices(resources: LanguageResources, locale: str, texts: Collection[str]) -> dict[str, Choice]:
    """Return the translation that counts for each of these texts that has one.

    The more trusted counts, of equally trusted ones the memory's, of the memory's the newest. What somebody
    rejected does not stand, not in a catalog either. What a catalog marks fuzzy is in state INITIAL.
    """
    layers = resources.catalogs.layers("content", locale)
    known = resources.memory.known(locale, texts) if resources.memory is not None else {}
    found: dict[str, Choice] = {}
    for text in texts:
        entries = sorted(known.get(text, ()), key=lambda entry: entry.made_at, reverse=True)
        rejected = {entry.target for entry in entries if entry.state is SegmentState.INITIAL}
        candidates = [Choice(e.target, e.state, e) for e in entries if e.target not in rejected]
        candidates += _of_catalogs(text, layers, rejected)
        if candidates:
            found[text] = max(candidates, key=lambda choice: _STATES.index(choice.state))
    return found


def _of_catalogs(text: str, layers: Sequence[Messages], rejected: Collection[str]) -> Iterator[Choice]:
    for layer in layers:
        target = layer.singular.get(text)
        if target and target not in rejected:
            whole = SegmentState.REVIEWED if layer.reviewed else SegmentState.TRANSLATED
            state = SegmentState.INITIAL if text in layer.fuzzy else whole
            yield Choice(target, state, None, layer.path, layer.lines.get(text, 0))


def similar(resources: LanguageResources, locale: str, text: str) -> tuple[str, str, int] | None:
    """Return the most similar text that memory or catalogs know, its translation, and a score of 0 to 100."""
    found: list[tuple[str, str, int]] = []
    for match in resources.memory.similar(locale, text, 1) if resources.memory is not None else ():
        found.append((match.entry.source, match.entry.target, match.score))
    for layer in resources.catalogs.layers("content", locale):
        others = [source for source in layer.singular if source != text and source not in layer.fuzzy]
        near = process.extractOne(text, others, scorer=fuzz.ratio, score_cutoff=SIMILAR_FROM)
        if near is not None:
            found.append((near[0], layer.singular[near[0]], round(near[1])))
    return max(found, key=lambda one: one[2], default=None)
