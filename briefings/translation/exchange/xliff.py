"""XLIFF 2.1 (OASIS Standard, 13 February 2018) out; XLIFF 2.0, 2.1 and 1.2 in.

Placeholders and addresses are `<ph>` codes, which editors lock, with their characters in `originalData`; other
markup stays as it is. Provenance stands in the metadata module, the memory's suggestion in the translation
candidates module, and our one state that XLIFF lacks in `subState`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from lxml import etree

from briefings.model.edition import SegmentState
from briefings.model.errors import InvalidInput, Problem
from briefings.translation.exchange import xliff_1, xliff_2
from briefings.translation.exchange.inline import Unreadable
from briefings.translation.exchange.units import Unit, provenance
from briefings.translation.exchange.xliff_2 import CORE, MACHINE, MATCHES, METADATA, NOTE, PLACE, PROVENANCE
from briefings.translation.exchange.xml_files import NOT_XML, attribute, local, parse, text_of

_END = r"\s\x00-\x20\ufffe\uffff()<>\"'\[\]{}"
_LOCKED = re.compile(rf"\{{[A-Za-z0-9_.:!]*\}}|%\([A-Za-z_]\w*\)[a-z]|https?://[^{_END}]*[^{_END}.,;:!?*_]")
_SPLIT = re.compile(f"({_LOCKED.pattern})")

STATES = {
    SegmentState.INITIAL: 'state="initial"',
    # A machine's draft is not `translated`: a person has still to say that it is.
    SegmentState.MACHINE: f'state="initial" subState="{MACHINE}"',
    SegmentState.TRANSLATED: 'state="translated"',
    SegmentState.REVIEWED: 'state="reviewed"',
    SegmentState.FINAL: 'state="final"',
}


def write(units: Iterable[Unit], locale: str, source_locale: str) -> bytes:
    """Return the units as one XLIFF 2.1 file in UTF-8."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xliff xmlns="{CORE}" xmlns:mtc="{MATCHES}" xmlns:mda="{METADATA}"'
        f' version="2.1" srcLang={attribute(source_locale)} trgLang={attribute(locale)}>',
        '<file id="briefings" xml:space="preserve">',
    ]
    count = 0
    for count, unit in enumerate(units, 1):
        lines += _unit(unit, count)
    if not count:  # a file must hold something (section 4.2.2.2)
        lines += _unit(Unit(""), 1)
    return "\n".join([*lines, "</file>", "</xliff>", ""]).encode()


def read(data: bytes, path: str, locale: str, source_locale: str) -> tuple[list[Unit], list[Problem]]:
    """Return the units of an XLIFF file of any version, and the rows that cannot be read.

    Raises InvalidInput for what is no XLIFF file, or is one of another language pair.
    """
    root = parse(data, path)
    version = root.get("version") or ""
    if local(root) != "xliff" or not version.startswith(("1.", "2.")):
        raise InvalidInput(Problem(path, root.sourceline or 0, f"not XLIFF 1.2 or 2.x: it is <{local(root)}>"))
    module = xliff_1 if version.startswith("1.") else xliff_2
    module.refuse_wrong_pair(root, path, locale, source_locale)
    units: list[Unit] = []
    problems: list[Problem] = []
    for element in root.iter(f"{{*}}{module.ROW}"):
        if _is_kept_as_it_is(element):
            continue
        try:
            unit = module.unit_of(element)
        except Unreadable as error:
            problems.append(Problem(path, element.sourceline or 0, str(error)))
        else:
            units += [unit] if unit.source.strip() else []
    return units, problems


def _is_kept_as_it_is(element: etree._Element) -> bool:
    """Say whether a row is not for translation; the nearest element that says so decides."""
    for each in (element, *element.iterancestors()):
        if each.get("translate") in ("yes", "no"):
            return bool(each.get("translate") == "no")
    return False


def _unit(unit: Unit, number: int) -> Iterator[str]:
    yield f'<unit id="u{number}">'
    if unit.suggestion:
        source, target, score = unit.suggestion
        yield f'<mtc:matches><mtc:match ref="#s{number}" similarity="{score}">'
        yield f"<source>{_text(source)}</source><target>{_text(target)}</target></mtc:match></mtc:matches>"
    known = provenance(unit)
    if known:
        yield f'<mda:metadata><mda:metaGroup category="{PROVENANCE}">'
        yield from (f'<mda:meta type="{name}">{text_of(value)}</mda:meta>' for name, value in known.items())
        yield "</mda:metaGroup></mda:metadata>"
    notes = [(NOTE, unit.note)] if unit.note else []
    notes += [(PLACE, place) for place in unit.places]
    if notes:
        yield "<notes>"
        yield from (f'<note category="{category}">{text_of(text)}</note>' for category, text in notes)
        yield "</notes>"
    codes = list(dict.fromkeys(_LOCKED.findall(unit.source) + _LOCKED.findall(unit.target)))
    if codes:
        yield "<originalData>"
        yield from (f'<data id="d{number}">{text_of(code)}</data>' for number, code in enumerate(codes, 1))
        yield "</originalData>"
    ids: dict[tuple[str, int], int] = {}
    yield f'<segment id="s{number}" {STATES[unit.state]}>'
    yield f"<source>{_coded(unit.source, codes, ids)}</source>"
    if unit.target:
        yield f"<target>{_coded(unit.target, codes, ids)}</target>"
    yield "</segment>"
    yield "</unit>"


def _coded(text: str, codes: list[str], ids: dict[tuple[str, int], int]) -> str:
    """Return a text with its codes. A code of the target has the id of its like in the source (section 4.3.1.14)."""
    seen: Counter[str] = Counter()
    parts = []
    for index, part in enumerate(_SPLIT.split(text)):
        if index % 2 == 0:
            parts.append(_text(part))
            continue
        seen[part] += 1
        number = ids.setdefault((part, seen[part]), len(ids) + 1)
        parts.append(f'<ph id="p{number}" dataRef="d{codes.index(part) + 1}" equiv={attribute(part)}/>')
    return "".join(parts)


def _text(text: str) -> str:
    parts = re.split(f"({NOT_XML.pattern})", text)
    return "".join(f'<cp hex="{ord(part):04X}"/>' if i % 2 else text_of(part) for i, part in enumerate(parts))
