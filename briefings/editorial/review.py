"""Review: a named person takes over, reviews, locks or rejects translations; who may move what is decided here.

machine -> translated    anybody who has read it against the source, and takes it over as their own
machine, translated -> reviewed    anybody; in an urgent briefing not the translator
reviewed -> final    anybody but the translator; from then on nothing but a final text replaces it
any -> initial    a rejection: the text is not used any more, wherever it stands
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from briefings.editorial.desk import Desk
from briefings.model.briefing import Severity
from briefings.model.edition import Segment, SegmentState
from briefings.model.errors import Refused
from briefings.model.person import DEMO_REVIEWER, letters, same_person
from briefings.translation.editions import build_edition
from briefings.translation.memory import Entry, Origin

_FROM = {
    SegmentState.INITIAL: tuple(SegmentState),
    SegmentState.TRANSLATED: (SegmentState.MACHINE,),
    SegmentState.REVIEWED: (SegmentState.MACHINE, SegmentState.TRANSLATED),
    SegmentState.FINAL: (SegmentState.REVIEWED,),
}


@dataclass
class ReviewReport:
    """How many segments were moved, and by key why others were not."""

    moved: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def review(
    desk: Desk, briefing_id: str, locale: str, by: str, to: SegmentState, now: datetime, sections: Collection[str] = ()
) -> ReviewReport:
    """Move the translated segments of a briefing (or of these sections) to a state, in the name of a person.

    The texts are moved in the memory: whatever briefing uses them has them in that state. Segments
    without a translation, and those that are there already, are left alone. Raises Refused.
    """
    name = _named(by)
    briefing = desk.briefing(briefing_id)
    edition, _ = build_edition(briefing, locale, desk.resources)
    known = {segment.section for segment in edition.segments.values()}
    if missing := [section for section in sections if section not in known]:
        raise Refused(f"{briefing_id} has no section {missing[0]!r}; there are: {', '.join(sorted(known))}")
    report = ReviewReport()
    entries: dict[str, Entry] = {}
    templated = desk.resources.messages(briefing, locale)
    chosen = [s for s in edition.segments.values() if s.target and (not sections or s.section in sections)]
    for segment, entry in _entries(desk, locale, [s for s in chosen if s.key not in templated], now):
        if why := _refusal(segment, entry, name, to, briefing.severity):
            report.refused[segment.key] = why
        elif entry.state is not to or (entry.is_self_reviewed and not entry.is_by(name)):
            entries[segment.source] = _moved(entry, name, to, now)
            report.moved.append(segment.key)
    desk.memory.put(locale, list(entries.values()))
    return report


def restore(desk: Desk, briefing_id: str, locale: str, by: str, now: datetime, sections: Collection[str] = ()) -> int:
    """Take rejections back: the newest rejected translation of each text that has none is used again.

    A machine's text is a machine's again, a person's is translated. Return how many. Raises Refused.
    """
    _named(by)
    edition, _ = build_edition(desk.briefing(briefing_id), locale, desk.resources)
    open_ = {s.source for s in edition.segments.values() if not s.target and (not sections or s.section in sections)}
    entries: list[Entry] = []
    for known in desk.memory.known(locale, open_).values():
        rejected = [entry for entry in known if entry.state is SegmentState.INITIAL]
        if rejected:
            newest = max(rejected, key=lambda entry: entry.reviewed_at or entry.made_at)
            state = SegmentState.MACHINE if newest.origin is Origin.ENGINE else SegmentState.TRANSLATED
            entries.append(replace(newest, state=state, reviewer="", reviewed_at=None, made_at=now))
    desk.memory.put(locale, entries, restore=True)
    return len(entries)


def _named(by: str) -> str:
    name = " ".join(by.split())
    if not letters(name):
        raise Refused("a review needs the name of the person: --by NAME")
    if same_person(name, DEMO_REVIEWER):
        raise Refused(f"{DEMO_REVIEWER!r} is the demonstration's name: give your own")
    return name


def _entries(desk: Desk, locale: str, segments: list[Segment], now: datetime) -> Iterator[tuple[Segment, Entry]]:
    """Yield each segment with the memory's entry for its translation, or a new one for a catalog's."""
    known = desk.memory.known(locale, {segment.source for segment in segments})
    for segment in segments:
        same = [entry for entry in known.get(segment.source, []) if entry.target == segment.target]
        state = segment.state if segment.state is not SegmentState.INITIAL else SegmentState.TRANSLATED
        unknown = Entry(segment.source, segment.target, state, Origin.IMPORT, segment.origin, now)
        yield segment, same[0] if same else unknown


def _refusal(segment: Segment, entry: Entry, name: str, to: SegmentState, severity: Severity) -> str:
    """Return why a person may not move a text, or an empty text."""
    if to is SegmentState.REVIEWED and severity is Severity.URGENT and entry.is_by(name):
        return f"was translated by {entry.author}: in an urgent briefing somebody else must review it"
    if entry.state is to:
        return ""
    if segment.problems and to is not SegmentState.INITIAL:
        return f"is blocked: {segment.problems[0]}"
    if entry.state not in _FROM[to]:
        if to is SegmentState.FINAL:
            return f"is {entry.state}: it has to be reviewed before it can be final"
        return f"is {entry.state} already, which is more than {to}; reject it if it is wrong"
    if to is SegmentState.FINAL and entry.is_by(name):
        return f"was translated by {entry.author}: somebody else must make it final"
    return ""


def _moved(entry: Entry, name: str, to: SegmentState, now: datetime) -> Entry:
    if to is SegmentState.TRANSLATED:
        return replace(entry, state=to, origin=Origin.PERSON, author=name, version="", made_at=now)
    return replace(entry, state=to, reviewer=name, reviewed_at=now)
