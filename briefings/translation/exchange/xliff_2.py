"""One row of XLIFF 2.0 or 2.1: a `<unit>`, whose segments are joined to the one text they were cut from."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from briefings.model.edition import SegmentState
from briefings.translation.exchange.inline import Unreadable, flatten
from briefings.translation.exchange.units import Unit, rank, refuse_languages, with_provenance
from briefings.translation.exchange.xml_files import local

ROW = "unit"
CORE = "urn:oasis:names:tc:xliff:document:2.0"
MATCHES = "urn:oasis:names:tc:xliff:matches:2.0"
METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"
PROVENANCE = "briefings:provenance"
NOTE, PLACE = "note", "place"
MACHINE = "briefings:machine"

STATES = {
    # section 4.3.1.30: the four states of a segment, and what it is without the attribute
    "initial": SegmentState.INITIAL,
    "translated": SegmentState.TRANSLATED,
    "reviewed": SegmentState.REVIEWED,
    "final": SegmentState.FINAL,
}


def refuse_wrong_pair(root: etree._Element, path: str, locale: str, source_locale: str) -> None:
    """Raise InvalidInput for a file of another language pair."""
    found = root.get("srcLang") or "", root.get("trgLang") or ""
    refuse_languages(path, root.sourceline or 0, found, locale, source_locale)


def unit_of(element: etree._Element) -> Unit:
    """Return what a `<unit>` says. Raises Unreadable."""
    data = {
        each.get("id") or "": flatten(each)
        for holder in element.iterchildren("{*}originalData")
        for each in holder.iterchildren("{*}data")
    }
    pieces = list(element.iterchildren("{*}segment", "{*}ignorable"))
    sources, targets, states = [], [], []
    for position, piece in enumerate(pieces, 1):
        source = _child(piece, "source")
        if source is None:
            raise Unreadable("a segment without <source>")
        text = flatten(source, data)
        sources.append(text)
        target = _child(piece, "target")
        translated = None if target is None else flatten(target, data)
        if local(piece) == "segment" and text.strip():
            states.append((_state(piece), bool(translated)))
        order = "" if target is None else target.get("order") or ""
        targets.append((int(order) if order.isdigit() else position, translated))
    unit = Unit("".join(sources), line=element.sourceline or 0)
    unit = replace(unit, note=_notes(element, places=False), places=tuple(_places(element)), suggestion=_match(element))
    if not any(done for _, done in states):
        return unit
    if not all(done for _, done in states):
        raise Unreadable("only some of its segments have a translation: translate the others")
    # What is between segments and has no target of its own is the same in both (section 4.2.2.6).
    joined = "".join(
        source if text is None else text
        for (_, text), source in zip(sorted(targets, key=lambda each: each[0]), sources, strict=True)
    )
    state = min((state for state, _ in states), key=rank)
    unit = replace(unit, target=joined, state=state)
    finished = rank(state) >= rank(SegmentState.TRANSLATED)
    known = _metadata(element)
    if finished and known.get("state") not in (
        None,
        "initial",
        "machine",
    ):  # the standard's own attribute is what an editor keeps up to date
        known["state"] = state.value
    return with_provenance(unit, known, finished=finished)


def _state(segment: etree._Element) -> SegmentState:
    state = segment.get("state") or "initial"
    if state not in STATES:
        raise Unreadable(f"its state {state!r} is none of {', '.join(STATES)}")
    if state == "initial" and segment.get("subState") == MACHINE:
        return SegmentState.MACHINE
    return STATES[state]


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(element.iterchildren(f"{{*}}{name}"), None)


def _all_notes(element: etree._Element) -> list[etree._Element]:
    return [note for notes in element.iterchildren("{*}notes") for note in notes]


def _notes(element: etree._Element, *, places: bool) -> str:
    notes = (note for note in _all_notes(element) if (note.get("category") == PLACE) is places)
    return "\n".join(note.text or "" for note in notes)


def _places(element: etree._Element) -> list[str]:
    return [note.text or "" for note in _all_notes(element) if note.get("category") == PLACE]


def _metadata(element: etree._Element) -> dict[str, str]:
    """Return our provenance, given as metadata (section 5.4)."""
    groups = element.iterfind(f"{{{METADATA}}}metadata/{{{METADATA}}}metaGroup[@category='{PROVENANCE}']")
    return {meta.get("type") or "": meta.text or "" for group in groups for meta in group}


def _match(element: etree._Element) -> tuple[str, str, int] | None:
    """Return the first translation candidate (section 5.1), if it is whole."""
    found = element.find(f"{{{MATCHES}}}matches/{{{MATCHES}}}match")
    if found is None:
        return None
    source, target = _child(found, "source"), _child(found, "target")
    try:
        score = round(float(found.get("similarity") or found.get("matchQuality") or "nan"))
    except ValueError:
        return None
    if source is None or target is None:
        return None
    return flatten(source), flatten(target), score
