"""Tables of translations: locale by section with bars, and texts side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from briefings.model.edition import Edition, Segment, SegmentState
from briefings.translation.findings import Finding

WIDTH = 2
"""Characters of a section's bar, and of its name: twenty sections fit a terminal of 80."""

_BLOCKED, _STALE = ("!", "bold red"), ("~", "magenta")
_MARKS = {
    SegmentState.INITIAL: ("·", "red"),
    SegmentState.MACHINE: ("░", "yellow"),
    SegmentState.TRANSLATED: ("▒", "cyan"),
    SegmentState.REVIEWED: ("▓", "green"),
    SegmentState.FINAL: ("█", "bold green"),
}
_ORDER = ("!", "~", *(mark for mark, _ in _MARKS.values()))
"""From what needs a person most to what needs nobody."""


def _mark(segment: Segment) -> tuple[str, str]:
    if segment.problems:
        return _BLOCKED
    if segment.is_stale and segment.state is SegmentState.INITIAL:
        return _STALE
    return _MARKS[segment.state]


def _bar(segments: Sequence[Segment]) -> Text:
    """Return a bar of the segments' marks, the most needy first; one of many never disappears from it."""
    marks = sorted((_mark(segment) for segment in segments), key=lambda mark: _ORDER.index(mark[0]))
    step = max(1.0, len(marks) / WIDTH)
    bar = Text()
    for index in range(min(WIDTH, len(marks))):
        mark, style = marks[int(index * step)]
        bar.append(mark, style)
    return bar


def _sections(edition: Edition) -> dict[str, list[Segment]]:
    found: dict[str, list[Segment]] = {}
    for segment in edition.segments.values():
        kind, _, number = segment.section.partition("/")
        found.setdefault(number if kind == "section" else kind, []).append(segment)
    return {str(int(name) + 1) if name.isdigit() else name: segments for name, segments in found.items()}


def status_table(name: str, editions: Sequence[Edition]) -> None:
    """Print locales down and sections across, each a small bar, and how many texts may go out."""
    columns = list(_sections(editions[0])) if editions else []
    table = Table(title=name, box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("locale", no_wrap=True)
    for column in columns:
        table.add_column(column[:WIDTH], no_wrap=True)
    table.add_column("ready", justify="right", no_wrap=True)
    for edition in editions:
        sections = _sections(edition)
        ready = sum(s.section not in edition.unready_sections for s in edition.segments.values())
        bars = [_bar(sections.get(column, [])) for column in columns]
        table.add_row(edition.locale, *bars, f"{ready}/{len(edition.segments)}")
    console = Console()
    console.print(table)
    kinds = [column for column in columns if not column.isdigit()]
    console.print("  " + ", ".join(f"{kind[:WIDTH]} {kind}" for kind in kinds) + "; numbers: sections")
    legend = Text("  ")
    for mark, style, word in [
        *((mark, style, str(state)) for state, (mark, style) in _MARKS.items()),
        (*_STALE, "stale"),
        (*_BLOCKED, "blocked"),
    ]:
        legend.append(f"{mark} ", style).append(f"{word}  ")
    console.print(legend)


def status_json(editions: Sequence[Edition]) -> dict[str, dict[str, Any]]:
    """Return locale -> how many texts may go out, of how many; states, stale and blocked texts, and sections."""
    return {
        edition.locale: {
            "ready": sum(s.section not in edition.unready_sections for s in edition.segments.values()),
            "of": len(edition.segments),
            "segments": dict(Counter(str(s.state) for s in edition.segments.values())),
            "stale": [s.key for s in edition.segments.values() if s.is_stale],
            "blocked": {s.key: list(s.problems) for s in edition.segments.values() if s.problems},
            "fallback": sorted(edition.unready_sections),
        }
        for edition in editions
    }


def texts_table(title: str, segments: Sequence[Segment], doubts: Mapping[str, Sequence[Finding]]) -> None:
    """Print texts beside their translations, one row each, with what the checks say."""
    table = Table("text", "source", "translation", "state", title=title, box=box.SIMPLE_HEAD, show_lines=True)
    for segment in segments:
        target = Text(segment.target or segment.earlier)
        if segment.is_stale:
            target.append("\n(of the earlier source text)", "magenta")
        for finding in doubts.get(segment.key, ()):
            target.append(f"\n{finding.message}", "bold red" if finding.blocks else "yellow")
        mark, style = _mark(segment)
        origin = f"\n{segment.origin}" if segment.origin else ""
        table.add_row(segment.key, segment.source, target, Text(f"{mark} {segment.state}{origin}", style))
    Console().print(table)


def text_json(segment: Segment, doubts: Sequence[Finding]) -> dict[str, Any]:
    return {
        "key": segment.key,
        "source": segment.source,
        "target": segment.target,
        "state": str(segment.state),
        "origin": segment.origin,
        "earlier": segment.earlier,
        "findings": [{"check": f.check, "severity": str(f.severity), "message": f.message} for f in doubts],
    }
