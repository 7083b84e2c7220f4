"""What comes in: each row is checked, and everything good goes into the memory in one transaction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from briefings.model.edition import SegmentState
from briefings.model.errors import Problem
from briefings.model.person import same_person
from briefings.translation.exchange.units import ImportReport, Unit, rank
from briefings.translation.findings import Finding
from briefings.translation.memory import Entry, Memory, Origin

_NO_TEXT = "holds the character 0, which no database takes for text: take it out"
_REVIEWED = rank(SegmentState.REVIEWED)


@dataclass(frozen=True)
class Import:
    """One file that is to be taken, and on whose word.

    `by` names who translated it or, where `state` is REVIEWED, who vouches for the rows that say they were
    reviewed: then the author is whom the file names, or the file itself. Without that no row is more than TRANSLATED.
    `known_sources` are the texts that briefings have; None, or `as_memory`, takes any text. `as_memory`
    keeps the provenance that the file gives, and any number of translations of a text.
    """

    path: str
    locale: str
    now: datetime
    by: str = ""
    state: SegmentState = SegmentState.TRANSLATED
    known_sources: Collection[str] | None = None
    standing: Mapping[str, Unit] = field(default_factory=dict)
    """What goes out today where that is not in the memory: the catalogs' translations."""
    as_memory: bool = False


class _Refusal(Exception):
    pass


def take(
    units: Sequence[Unit],
    problems: Iterable[Problem],
    memory: Memory,
    terms: Import,
    check: Callable[[str, str], Sequence[Finding]],
) -> ImportReport:
    """Take the good rows, all in one transaction; return what became of each row.

    `problems` are the rows that could not be read. `check` gets source and translation; a finding that
    blocks refuses the row, any other is a doubt about a row that is taken.
    """
    report = ImportReport(refused=list(problems))
    rows = _matched([unit for unit in units if unit.target], terms)
    report.untranslated = len(units) - len(rows)
    report.refused += [Problem(terms.path, unit.line, _NO_TEXT) for unit in rows if "\0" in unit.source + unit.target]
    rows = [unit for unit in rows if "\0" not in unit.source + unit.target]
    others = _other_rows(rows)
    known = memory.known(terms.locale, {unit.source for unit in rows})
    good: dict[tuple[str, str], Entry] = {}
    for unit in rows:
        try:
            if not terms.as_memory and unit in others:
                raise _Refusal(f"this text has another translation in row {others[unit]}: keep one of them")
            entry = _with_author(_entry(unit, terms), known.get(unit.source, ()), terms)
            twin = good.get((entry.source, entry.target))
            if twin is not None and rank(entry.state) <= rank(twin.state):
                report.unchanged += 1  # the same row twice counts once
                continue
            if _is_there(entry, known.get(unit.source, ()), terms):
                report.unchanged += 1
                continue
            if entry.state is not SegmentState.INITIAL:
                findings = check(unit.source, unit.target)
                if faults := [found.message for found in findings if found.blocks]:
                    raise _Refusal("; ".join(faults))
                report.doubts += [Problem(terms.path, unit.line, found.message) for found in findings]
        except _Refusal as refusal:
            report.refused.append(Problem(terms.path, unit.line, str(refusal)))
            report.quarantined.append(replace(unit, note=f"refused: {refusal}"))
            continue
        good[entry.source, entry.target] = entry
    memory.put(terms.locale, list(good.values()))
    report.taken = len(good)
    report.refused.sort(key=lambda problem: problem.line)
    return report


def _matched(rows: Sequence[Unit], terms: Import) -> list[Unit]:
    """Return the rows with the sources as briefings have them: editors fold spaces and compose accents."""
    if terms.known_sources is None or terms.as_memory:
        return list(rows)
    by_shape = {_shape(source): source for source in terms.known_sources}
    known = set(terms.known_sources)
    matched = []
    for unit in rows:
        same = by_shape.get(_shape(unit.source))
        if unit.source not in known and same is not None:
            unit = replace(unit, source=same, target=_shape(unit.target))
        matched.append(unit)
    return matched


def _shape(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def _other_rows(rows: Sequence[Unit]) -> dict[Unit, int]:
    """Return for each finished row the line of one that has another translation of the same text."""
    lines: dict[str, dict[str, int]] = {}
    for unit in rows:
        if unit.state is not SegmentState.INITIAL:
            lines.setdefault(unit.source, {}).setdefault(unit.target, unit.line)
    others: dict[Unit, int] = {}
    for unit in rows:
        first, *more = lines.get(unit.source, {unit.target: unit.line}).items()
        if more and unit.state is not SegmentState.INITIAL:
            others[unit] = first[1] if first[0] != unit.target else more[0][1]
    return others


def _entry(unit: Unit, terms: Import) -> Entry:
    """Return the row as the memory would keep it. Raises _Refusal for a row that may not be kept at all."""
    if not terms.as_memory and terms.known_sources is not None and unit.source not in terms.known_sources:
        raise _Refusal("no briefing has this text: was it changed since the export?")
    rejected = unit.state is SegmentState.INITIAL
    if rejected and not (terms.as_memory and unit.origin):
        raise _Refusal("is not marked translated (it is fuzzy, or 'initial'): finish it, and mark it so")
    state = unit.state
    vouched = bool(terms.by) and rank(terms.state) >= _REVIEWED
    if rank(state) >= _REVIEWED and not vouched:
        state = SegmentState.TRANSLATED
    is_reviewed = rank(state) >= _REVIEWED
    file = re.split(r"[/\\]", terms.path)[-1]
    if not terms.as_memory:
        author = (unit.author if vouched else terms.by) or file
        if state is SegmentState.FINAL and same_person(author, terms.by):
            state = SegmentState.REVIEWED  # nobody has the last word on his own text
        return Entry(
            unit.source, unit.target, state, Origin.IMPORT, author, terms.now,
            reviewer=terms.by if is_reviewed else "", reviewed_at=terms.now if is_reviewed else None,
        )  # fmt: skip
    return Entry(
        unit.source,
        unit.target,
        state,
        Origin(unit.origin) if unit.origin in list(Origin) else Origin.IMPORT,
        unit.author or terms.by or file,
        unit.made_at or terms.now,
        unit.version,
        (unit.reviewer or terms.by) if is_reviewed else "",
        (unit.reviewed_at or terms.now) if is_reviewed else None,
    )


def _with_author(entry: Entry, known: Sequence[Entry], terms: Import) -> Entry:
    """Return a translator's row with the author the memory knows for this very translation: a review changes none."""
    same = next(
        (each for each in known if each.target == entry.target and each.state is not SegmentState.INITIAL), None
    )
    if terms.as_memory or same is None or rank(entry.state) < _REVIEWED:
        return entry
    entry = replace(entry, origin=same.origin, author=same.author, version=same.version, made_at=same.made_at)
    is_own = entry.state is SegmentState.FINAL and entry.is_by(terms.by)
    return replace(entry, state=SegmentState.REVIEWED) if is_own else entry


def _is_there(entry: Entry, known: Sequence[Entry], terms: Import) -> bool:
    """Say whether a row brings nothing new. Raises _Refusal where it would take trust away."""
    same = next((each for each in known if each.target == entry.target), None)
    if terms.as_memory:
        if entry.state is SegmentState.INITIAL and same and same.state is not SegmentState.INITIAL:
            raise _Refusal(f"was rejected where it comes from, and is {same.state} here: look at it here")
        return same is not None and rank(same.state) >= rank(entry.state)
    if same and same.state is SegmentState.INITIAL:
        raise _Refusal("somebody rejected this very translation: translate the text anew")
    trusted = max(known, key=lambda each: (rank(each.state), each.made_at), default=None)
    catalog = terms.standing.get(entry.source)
    there: Entry | Unit | None = trusted
    if catalog is not None and (trusted is None or rank(catalog.state) > rank(trusted.state)):
        there = catalog
    if there and there.target == entry.target and rank(entry.state) <= rank(there.state):
        is_second_pair_of_eyes = same is not None and same.is_self_reviewed and not same.is_by(entry.reviewer)
        return not (is_second_pair_of_eyes and entry.reviewer and same and rank(entry.state) == rank(same.state))
    if entry.state is SegmentState.MACHINE:
        raise _Refusal("is still a machine's text: correct it, or mark it translated once a person has read it")
    if there and rank(entry.state) < rank(there.state):
        raise _Refusal(f"a {there.state} text stands already: import it as reviewed, or have it reviewed")
    return False
