"""Editions: for each locale, what may go out and what falls back, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from briefings.model.briefing import Briefing
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.model.errors import OutsideError, Problem
from briefings.translation.catalogs import Catalogs, Messages
from briefings.translation.checks import Severity as CheckSeverity
from briefings.translation.checks import check_segment
from briefings.translation.engines import Engine, Request
from briefings.translation.segments import source_texts


@dataclass(frozen=True)
class Blocked:
    """A translation that may not go out. `problem` says where it stands and which token differs."""

    briefing: str
    locale: str
    key: str
    problem: Problem


def build_edition(
    briefing: Briefing,
    locale: str,
    source_locale: str,
    catalogs: Catalogs,
    engines: Sequence[Engine] = (),
) -> tuple[Edition, list[Blocked]]:
    """Return the edition of a briefing in one locale, and the translations that were blocked.

    Text comes from the content catalogs, the installation's own first. What they lack is offered
    to the engines in order; what no one can translate stays initial and falls back.
    """
    texts = source_texts(briefing)
    if locale == source_locale:
        same = {key: Segment(key, text, text, SegmentState.FINAL, "source") for key, text in texts.items()}
        return Edition(briefing, locale, source_locale, same, reviewed=True), []
    layers = catalogs.layers("content", locale)
    segments: dict[str, Segment] = {}
    blocked: list[Blocked] = []
    for key, text in texts.items():
        segment, layer = _from_catalogs(key, text, layers)
        if segment.state is not SegmentState.INITIAL and layer is not None:
            segment, faults = _checked(segment, locale, source_locale)
            where = layer.path, layer.lines.get(text, 0)
            blocked += [Blocked(briefing.id, locale, key, Problem(*where, f"{locale}: {fault}")) for fault in faults]
        segments[key] = segment
    segments |= _from_engines(segments, locale, source_locale, engines)
    used = {s.origin for s in segments.values() if s.state is not SegmentState.INITIAL}
    reviewed = all(layer.reviewed for layer in layers if layer.path in used)
    segments = {
        key: replace(s, origin="catalog" if s.origin.endswith(".po") else s.origin) for key, s in segments.items()
    }
    return Edition(briefing, locale, source_locale, segments, reviewed), blocked


def _from_catalogs(key: str, text: str, layers: Sequence[Messages]) -> tuple[Segment, Messages | None]:
    for layer in layers:
        target = layer.singular.get(text)
        if target and text not in layer.fuzzy:
            state = SegmentState.REVIEWED if layer.reviewed else SegmentState.TRANSLATED
            return Segment(key, text, target, state, layer.path), layer
    return Segment(key, text), None


def _checked(segment: Segment, locale: str, source_locale: str) -> tuple[Segment, list[str]]:
    """Return the segment, blocked where a check says so, and what the blocking checks said."""
    findings = check_segment(segment.source, segment.target, locale, source_locale)
    faults = [finding.message for finding in findings if finding.severity is CheckSeverity.BLOCKS]
    if not faults:
        return segment, []
    return replace(segment, state=SegmentState.INITIAL, problems=tuple(faults)), faults


def _from_engines(
    segments: dict[str, Segment], locale: str, source_locale: str, engines: Sequence[Engine]
) -> dict[str, Segment]:
    """Fill what no person has translated, with the first engine whose text passes the checks.

    A blocked translation is a person's to mend: no engine writes over it.
    """
    filled: dict[str, Segment] = {}
    for engine in engines:
        missing = [s for s in segments.values() if not s.target and not s.problems and s.key not in filled]
        if not missing or not engine.can_translate(source_locale, locale):
            continue
        try:
            targets = engine.translate(Request([s.source for s in missing], source_locale, locale, timeout=60.0))
        except OutsideError:
            continue
        if len(targets) != len(missing):
            continue
        for segment, target in zip(missing, targets, strict=True):
            made, faults = _checked(
                replace(segment, target=target, state=SegmentState.MACHINE, origin=engine.name), locale, source_locale
            )
            if target and not faults:
                filled[segment.key] = made
    return filled
