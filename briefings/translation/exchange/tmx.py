"""TMX 1.4b (LISA OSCAR, 26 April 2005): a memory, or a briefing's texts, for any other translation memory.

State and provenance are `<prop>` elements of the translation's `<tuv>`; who and when stand in the standard's own
attributes too, to the second, for tools that know those only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from lxml import etree

from briefings.model.edition import SegmentState
from briefings.model.errors import InvalidInput, Problem
from briefings.translation.exchange.inline import CONTROL, Unreadable, flatten
from briefings.translation.exchange.units import (
    DIGEST,
    Unit,
    digest,
    moment,
    provenance,
    same_language,
    with_provenance,
)
from briefings.translation.exchange.xml_files import NOT_XML, attribute, local, parse, text_of

PROPERTY = "x-briefings-"
PLACE = f"{PROPERTY}place"
SUGGESTION = f"{PROPERTY}suggestion-"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def write(units: Iterable[Unit], locale: str, source_locale: str) -> bytes:
    """Return the units as a TMX file in UTF-8. A text without a translation is a `<tu>` with one language."""
    source = attribute(source_locale)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<tmx version="1.4">',
        '<header creationtool="briefings" creationtoolversion="1" segtype="block" o-tmf="briefings"'
        f' adminlang="en" srclang={source} datatype="plaintext"/>',
        "<body>",
    ]
    for unit in units:
        lines.append("<tu>")
        lines += _about(unit)
        lines.append(f"<tuv xml:lang={source}><seg>{_text(unit.source)}</seg></tuv>")
        if unit.target:
            lines.append(f"<tuv xml:lang={attribute(locale)}{_who(unit)}>")
            known = provenance(unit).items()
            lines += (f'<prop type="{PROPERTY}{name}">{text_of(value)}</prop>' for name, value in known)
            lines.append(f"<seg>{_text(unit.target)}</seg></tuv>")
        lines.append("</tu>")
    return "\n".join([*lines, "</body>", "</tmx>", ""]).encode()


def read(data: bytes, path: str, locale: str, source_locale: str) -> tuple[list[Unit], list[Problem]]:
    """Return the units of a TMX file, and the rows that cannot be read. Other languages in it are passed over.

    Raises InvalidInput for what is no TMX file, or has nothing in this language pair.
    """
    root = parse(data, path)
    if local(root) != "tmx":
        raise InvalidInput(Problem(path, root.sourceline or 0, f"not TMX: it is <{local(root)}>"))
    units: list[Unit] = []
    problems: list[Problem] = []
    languages: set[str] = set()
    rows = paired = 0
    for row in root.iter("{*}tu"):
        rows += 1
        variants = [(_language(each), each) for each in row.iterchildren("{*}tuv")]
        languages |= {tag for tag, _ in variants}
        sources = _of(variants, source_locale, any_region=True)
        targets = _of(variants, locale)
        if not sources:
            continue
        paired += bool(targets)
        try:
            if len({_segment(target) for target in targets}) > 1:
                raise Unreadable(f"has two translations into {locale}: keep one")
            unit = _unit(row, sources[0], targets[0] if targets else None)
        except Unreadable as error:
            problems.append(Problem(path, row.sourceline or 0, str(error)))
        else:
            units += [unit] if unit.source.strip() else []
    if rows and not paired and (not units or any(not same_language(tag, source_locale) for tag in languages)):
        shown = ", ".join(sorted(languages)) or "none"
        message = f"has no translation from {source_locale} into {locale}: its languages are {shown}"
        raise InvalidInput(Problem(path, root.sourceline or 0, message))
    return units, problems


def _about(unit: Unit) -> Iterator[str]:
    if unit.note:
        yield f"<note>{text_of(unit.note)}</note>"
    yield from (f'<prop type="{PLACE}">{text_of(place)}</prop>' for place in unit.places)
    if unit.suggestion:
        for name, value in zip(("source", "target", "score"), unit.suggestion, strict=True):
            yield f'<prop type="{SUGGESTION}{name}">{text_of(str(value))}</prop>'


def _who(unit: Unit) -> str:
    values = {
        "creationdate": _date(unit.made_at),
        "creationid": unit.author,
        "changedate": _date(unit.reviewed_at),
        "changeid": unit.reviewer,
    }
    return "".join(f" {name}={attribute(value)}" for name, value in values.items() if value)


def _date(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" if moment else ""


def _text(text: str) -> str:
    parts = re.split(f"({NOT_XML.pattern})", text)
    return "".join(
        f'<ph type="{CONTROL}">{ord(part):04X}</ph>' if i % 2 else text_of(part) for i, part in enumerate(parts)
    )


def _language(variant: etree._Element) -> str:
    return variant.get(_LANGUAGE) or variant.get("lang") or ""


def _of(variants: list[tuple[str, etree._Element]], locale: str, *, any_region: bool = False) -> list[etree._Element]:
    """Return the variants of a locale: those of exactly this tag, else those that can mean it."""
    exact = [variant for tag, variant in variants if tag.casefold() == locale.casefold()]
    return exact or [v for tag, v in variants if same_language(tag, locale, any_region=any_region)]


def _unit(row: etree._Element, source: etree._Element, target: etree._Element | None) -> Unit:
    about = _properties(row)
    unit = Unit(
        _segment(source),
        places=tuple(prop.text or "" for prop in row.iterchildren("{*}prop") if prop.get("type") == PLACE),
        note="\n".join(note.text or "" for note in row.iterchildren("{*}note")),
        suggestion=_suggestion(about),
        line=row.sourceline or 0,
    )
    if target is None or not _segment(target):
        return unit
    known = {name.removeprefix(PROPERTY): value for name, value in _properties(target).items()}
    text = _segment(target)
    # TMX has no states. Only our own word, about this very text, can say that it is not finished.
    unfinished = known.get(DIGEST) == digest(text) and known.get("state") in ("initial", "machine")
    unit = replace(
        unit,
        target=text,
        state=SegmentState.INITIAL if unfinished else SegmentState.TRANSLATED,
        author=target.get("creationid") or row.get("creationid") or "",
        made_at=moment(target.get("creationdate") or row.get("creationdate") or ""),
    )
    return with_provenance(unit, known, finished=not unfinished)


def _segment(variant: etree._Element) -> str:
    segment = next(variant.iterchildren("{*}seg"), None)
    if segment is None:
        raise Unreadable("a <tuv> without <seg>")
    return flatten(segment)


def _properties(element: etree._Element) -> dict[str, str]:
    return {prop.get("type") or "": prop.text or "" for prop in element.iterchildren("{*}prop")}


def _suggestion(about: dict[str, str]) -> tuple[str, str, int] | None:
    source, target, score = (about.get(f"{SUGGESTION}{name}", "") for name in ("source", "target", "score"))
    return (source, target, int(score)) if source and target and score.isdigit() else None
