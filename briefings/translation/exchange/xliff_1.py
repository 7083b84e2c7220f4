"""One row of XLIFF 1.2 (OASIS Standard, 1 February 2008): a `<trans-unit>`, also as Trados and memoQ write it."""

from __future__ import annotations

from lxml import etree

from briefings.model.edition import SegmentState
from briefings.translation.exchange.inline import Unreadable, flatten
from briefings.translation.exchange.units import Unit, rank, refuse_languages
from briefings.translation.exchange.xml_files import local

ROW = "trans-unit"

_TODO, _DONE = SegmentState.INITIAL, SegmentState.TRANSLATED
STATES = {
    # attribute `state` of <target>
    "new": _TODO,
    "needs-translation": _TODO,
    "needs-adaptation": _TODO,
    "needs-l10n": _TODO,
    # a translation that is done; what is still to come is the review
    "needs-review-translation": _DONE,
    "needs-review-adaptation": _DONE,
    "needs-review-l10n": _DONE,
    "translated": _DONE,
    "signed-off": SegmentState.REVIEWED,
    "final": SegmentState.FINAL,
}
NOT_BY_A_PERSON = frozenset(["mt-suggestion", "leveraged-mt", "fuzzy-match", "leveraged-inherited", "tm-suggestion"])
"""Values of `state-qualifier`: the text was put in by a tool, and nobody has said that it is right."""

TRADOS = {
    # attribute `conf` of <sdl:seg>, one for each segment of the row
    "Unspecified": _TODO,
    "Draft": _TODO,
    "RejectedTranslation": _TODO,
    "RejectedSignOff": _TODO,
    "Translated": _DONE,
    "ApprovedTranslation": SegmentState.REVIEWED,
    "ApprovedSignOff": SegmentState.FINAL,
}
MEMOQ = {
    # attribute `mq:status` of <trans-unit>
    "NotStarted": _TODO,
    "Pretranslated": _TODO,
    "AssembledFromFragments": _TODO,
    "MachineTranslated": _TODO,
    "Edited": _TODO,
    "PartiallyEdited": _TODO,
    "Rejected": _TODO,
    "ManuallyConfirmed": _DONE,
    "Proofread": SegmentState.REVIEWED,
}


def refuse_wrong_pair(root: etree._Element, path: str, locale: str, source_locale: str) -> None:
    """Raise InvalidInput for a file of another language pair; XLIFF 1.2 names it for each `<file>`."""
    for file in root.iterchildren("{*}file"):
        found = file.get("source-language") or "", file.get("target-language") or ""
        refuse_languages(path, file.sourceline or 0, found, locale, source_locale)


def unit_of(element: etree._Element) -> Unit:
    """Return what a `<trans-unit>` says; offers in `<alt-trans>` are not its translation. Raises Unreadable."""
    children = {local(child): child for child in element.iterchildren("{*}source", "{*}target")}
    if "source" not in children:
        raise Unreadable("a <trans-unit> without <source>")
    source = flatten(children["source"])
    note = "\n".join(note.text or "" for note in element.iterchildren("{*}note"))
    line = element.sourceline or 0
    target = children.get("target")
    text = "" if target is None else flatten(target)
    if target is None or not text.strip():
        return Unit(source, note=note, line=line)
    return Unit(source, text, _state(element, target), note=note, line=line)


def _state(element: etree._Element, target: etree._Element) -> SegmentState:
    """Return the lowest state of the row's segments: the tool's own word first, then the standard's.

    The standard gives `state` no default: a translation without one counts as translated.
    """
    segments = [
        TRADOS.get(seg.get("conf") or "Unspecified", _TODO) for seg in element.iterfind(".//{*}seg-defs/{*}seg")
    ]
    if segments:
        return min(segments, key=rank)
    for name, value in element.attrib.items():
        if etree.QName(name).localname == "status" and value in MEMOQ:
            return MEMOQ[str(value)]
    state = target.get("state") or ""
    if state.startswith("x-") or not state:
        found = _TODO if target.get("state-qualifier") in NOT_BY_A_PERSON else _DONE
    elif state in STATES:
        found = STATES[state]
    else:
        raise Unreadable(f"its state {state!r} is none of XLIFF 1.2")
    if element.get("approved") == "yes" and found is _DONE:
        return SegmentState.REVIEWED
    return found
