"""Editions: for each locale, what may go out and what falls back, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from briefings.model.briefing import Briefing, Severity
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.model.errors import Problem
from briefings.translation.choice import Choice, choices
from briefings.translation.memory import Origin
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
    found = choices(resources, locale, {text for key, text in texts.items() if key not in segments})
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
        if one is None or one.state is SegmentState.INITIAL:
            segments[key] = Segment(key, text)
            continue
        faults = [finding.message for finding in resources.check(text, one.target, locale) if finding.blocks]
        state = SegmentState.INITIAL if faults else _held_back(one, briefing.severity)
        segments[key] = Segment(key, text, one.target, state, _origin(one), tuple(faults))
        reviewed = reviewed and (one.is_reviewed or bool(faults))
        blocked += [Blocked(briefing.id, locale, key, _place(one, locale, fault)) for fault in faults]
    return Edition(briefing, locale, source_locale, {key: segments[key] for key in texts}, reviewed), blocked


def _origin(chosen: Choice) -> str:
    if chosen.entry is None:
        return CATALOG
    is_machines = chosen.entry.origin is Origin.ENGINE and not chosen.is_reviewed
    return chosen.entry.author if is_machines else MEMORY


def _place(chosen: Choice, locale: str, fault: str) -> Problem:
    if chosen.entry is None:
        return Problem(chosen.path, chosen.line, f"{locale}: {fault}")
    by = chosen.entry.author or "nobody named"
    return Problem(f"translation memory, {locale}, by {by}", 0, f"{locale}: {fault}")


def _held_back(chosen: Choice, severity: Severity) -> SegmentState:
    """Return a text's state in a briefing of this severity: in an urgent one nobody is their own reviewer."""
    is_own = chosen.entry is not None and chosen.entry.is_self_reviewed
    return SegmentState.TRANSLATED if is_own and severity is Severity.URGENT else chosen.state


def with_stale(edition: Edition, earlier: Sequence[Segment]) -> Edition:
    """Mark the segments whose source text has changed since `earlier` was translated, and offer what they were.

    A new text is a changed one if it resembles a text that is not there any more; and it stays so, whatever
    else changes, until it is translated.
    """
    kept = {s.source: s.earlier for s in earlier if s.earlier and not s.target}
    now = {segment.source for segment in edition.segments.values()}
    gone = {s.source: s.target or s.earlier for s in earlier if s.source not in now and (s.target or s.earlier)}
    stale: dict[str, Segment] = {}
    for key, segment in edition.segments.items():
        if segment.target or segment.problems:
            continue
        if segment.source in kept:
            stale[key] = replace(segment, earlier=kept[segment.source])
            continue
        if not gone:
            continue
        near = process.extractOne(segment.source, list(gone), scorer=fuzz.ratio, score_cutoff=STALE_FROM)
        if near is not None:
            stale[key] = replace(segment, earlier=gone[near[0]])
    return replace(edition, segments={**edition.segments, **stale}) if stale else edition


def untranslated(edition: Edition, but: Mapping[str, Segment]) -> list[str]:
    """Return the texts that a machine may draft: nobody has translated them, and no person has to mend them."""
    return [s.source for s in edition.segments.values() if not s.target and not s.problems and s.key not in but]
