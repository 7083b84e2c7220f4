"""Inline codes of XLIFF 1.2, XLIFF 2.x and TMX, back to the characters that they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from briefings.translation.exchange.xml_files import local

CONTROL = "x-control"
"""TMX has no element for characters that XML cannot hold: ours is `<ph type="x-control">0001</ph>`."""

_NO_DATA: Mapping[str, str] = {}


class Unreadable(Exception):
    """A row that cannot be read; the text says why."""


def flatten(element: etree._Element, data: Mapping[str, str] = _NO_DATA) -> str:
    """Return the text of a source, target or seg element.

    `data` is the `originalData` of an XLIFF 2 unit. Annotations (`mrk`, `hi`) and codes whose text is kept
    elsewhere (`g`) give their content. Raises Unreadable.
    """
    parts = [element.text or ""]
    for child in element:
        if not isinstance(child.tag, str):
            raise Unreadable(f"has an entity reference, {child.text!r}: write the character itself")
        parts += (_code(child, data), child.tail or "")
    return "".join(parts)


def _code(code: etree._Element, data: Mapping[str, str]) -> str:
    name = local(code)
    if name == "cp" or (name == "ph" and code.get("type") == CONTROL):
        return _character(code.get("hex") or code.text or "")
    if name == "pc":
        start = _original(code, data, "dataRefStart", "equivStart")
        return start + flatten(code, data) + _original(code, data, "dataRefEnd", "equivEnd")
    if name in ("sm", "em"):
        return ""
    if name in ("ph", "sc", "ec", "x", "bx", "ex"):
        inside = flatten(code, data)
        return inside or _original(code, data, "dataRef", "equiv") or code.get("equiv-text") or ""
    return flatten(code, data)


def _original(code: etree._Element, data: Mapping[str, str], reference: str, equivalent: str) -> str:
    known = data.get(code.get(reference) or "")
    return known if known is not None else code.get(equivalent) or ""


def _character(digits: str) -> str:
    code = int(digits, 16) if re.fullmatch("[0-9A-Fa-f]{1,8}", digits) else -1
    if not 0 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF:  # halves of UTF-16 pairs are none either
        raise Unreadable(f"{digits[:20]!r} is no character in hexadecimal digits")
    return chr(code)
