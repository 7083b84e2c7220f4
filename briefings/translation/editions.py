"""Editions: for each locale, what may go out and what falls back, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from briefings.model.briefing import Briefing, Severity
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.model.errors import Problem
from briefings.model.person import same_person
from briefings.translation.catalogs import Messages
from briefings.translation.memory import Entry, Origin
from briefings.translation.resources import LanguageResources
from briefings.translation.segments import source_texts

CATALOG, MEMORY = "catalog", "memory"
"""Origins of a segment's text. A machine's has the engine's name for its origin."""

STALE_FROM = 50
"""The least similarity (0 to 100) at which a text counts as a changed form of one that is gone."""


@dataclass(frozen=True)
class Blocked:
    """A translation that may not go out. `problem` says where it stands and which token differs."""

    briefing: str
    locale: str
    key: str
    problem: Problem


@dataclass(frozen=True)
class _Found:
    """A translation and where it stands."""

    target: str
    state: SegmentState
    origin: str
    path: str
    line: int = 0
    reviewed: bool = False
    alone: bool = False
    """Reviewed by nobody but its translator."""


def build_edition(briefing: Briefing, locale: str, resources: LanguageResources) -> tuple[Edition, list[Blocked]]:
    """Return the edition of a briefing in one locale, and the translations that were blocked.

    Of memory and catalogs (the installation's own first) the more trusted text counts, of equally trusted
    ones the memory's. What nobody has translated stays initial and falls back.
    """
    texts = source_texts(briefing, locale)
    source_locale = resources.source_locale
    if locale == source_locale:
        same = {key: Segment(key, text, text, SegmentState.FINAL, "source") for key, text in texts.items()}
        return Edition(briefing, locale, source_locale, same, reviewed=True), []
    segments: dict[str, Segment] = dict(resources.messages(briefing, locale))
    found = _translations(resources, locale, {text for key, text in texts.items() if key not in segments})
    blocked = [
        Blocked(briefing.id, locale, key, Problem(f"message template, {locale}", 0, problem))
        for key, segment in segments.items()
        for problem in segment.problems
    ]
    reviewed = all(segment.is_reviewed or not segment.target for segment in segments.values())
    for key, text in texts.items():
        if key in segments:
            continue
        one = found.get(text)
        if one is None:
            segments[key] = Segment(key, text)
            continue
        faults = [finding.message for finding in resources.check(text, one.target, locale) if finding.blocks]
        state = SegmentState.INITIAL if faults else _held_back(one, briefing.severity)
        segments[key] = Segment(key, text, one.target, state, one.origin, tuple(faults))
        reviewed = reviewed and (one.reviewed or bool(faults))
        place = one.path, one.line
        blocked += [Blocked(briefing.id, locale, key, Problem(*place, f"{locale}: {fault}")) for fault in faults]
    return Edition(briefing, locale, source_locale, {key: segments[key] for key in texts}, reviewed), blocked


def _translations(resources: LanguageResources, locale: str, texts: Collection[str]) -> dict[str, _Found]:
    """Return the translation that counts for each text that has one."""
    layers = resources.catalogs.layers("content", locale)
    known = resources.memory.known(locale, texts) if resources.memory is not None else {}
    found: dict[str, _Found] = {}
    for text in texts:
        entries = known.get(text, [])
        rejected = {entry.target for entry in entries if entry.state is SegmentState.INITIAL}
        candidates = [_of_memory(entry, locale) for entry in _newest_first(entries) if entry.target not in rejected]
        candidates += _of_catalogs(text, layers, rejected)
        if candidates:
            found[text] = max(candidates, key=lambda one: list(SegmentState).index(one.state))
    return found


def _newest_first(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.made_at, reverse=True)


def _of_memory(entry: Entry, locale: str) -> _Found:
    reviewed = entry.state in (SegmentState.REVIEWED, SegmentState.FINAL)
    return _Found(
        entry.target,
        entry.state,
        entry.author if entry.origin is Origin.ENGINE and not reviewed else MEMORY,
        f"translation memory, {locale}, by {entry.author or 'nobody named'}",
        reviewed=reviewed,
        alone=reviewed and same_person(entry.author, entry.reviewer),
    )


def _of_catalogs(text: str, layers: Sequence[Messages], rejected: Collection[str]) -> Iterable[_Found]:
    for layer in layers:
        target = layer.singular.get(text)
        if target and text not in layer.fuzzy and target not in rejected:
            state = SegmentState.REVIEWED if layer.reviewed else SegmentState.TRANSLATED
            yield _Found(target, state, CATALOG, layer.path, layer.lines.get(text, 0), layer.reviewed)


def _held_back(found: _Found, severity: Severity) -> SegmentState:
    """Return a text's state in a briefing of this severity: in an urgent one nobody is his own reviewer."""
    return SegmentState.TRANSLATED if found.alone and severity is Severity.URGENT else found.state


def with_stale(edition: Edition, earlier: Sequence[Segment]) -> Edition:
    """Mark the segments whose source text has changed since `earlier` was translated, and offer what they were.

    A new text is a changed one if it resembles a text that is not there any more.
    """
    now = {segment.source for segment in edition.segments.values()}
    gone = {s.source: s.target or s.earlier for s in earlier if s.source not in now and (s.target or s.earlier)}
    stale: dict[str, Segment] = {}
    for key, segment in edition.segments.items():
        if segment.target or segment.problems or not gone:
            continue
        near = process.extractOne(segment.source, list(gone), scorer=fuzz.ratio, score_cutoff=STALE_FROM)
        if near is not None:
            stale[key] = replace(segment, earlier=gone[near[0]])
    return replace(edition, segments={**edition.segments, **stale}) if stale else edition


def untranslated(edition: Edition, but: Mapping[str, Segment]) -> list[str]:
    """Return the texts that a machine may draft: nobody has translated them, and no person has to mend them."""
    return [s.source for s in edition.segments.values() if not s.target and not s.problems and s.key not in but]
