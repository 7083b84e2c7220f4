"""XML from anywhere, read safely: no entities, no DTD, no network, and a size that was looked at first."""

from __future__ import annotations

import codecs
import re
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from briefings.model.errors import InvalidInput, Problem
from briefings.translation.exchange.units import refuse_size

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,400}\?>")
_NAMED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_KNOWN = re.compile(r"utf-?8|(?:us-)?ascii|iso-?8859-\d\d?|windows-125\d|utf-?16")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""

CHUNK = 1 << 16


def parse(data: bytes, path: str) -> etree._Element:
    """Return the root of an XML file; lines are counted as an editor does.

    Raises InvalidInput for a file that is too large, declares entities, or is not well-formed.
    """
    refuse_size(data, path)
    text = re.sub(r"\r\n|\r", "\n", _decoded(data, path))
    declaration = _DECLARATION.match(text)
    if declaration:  # it speaks of the encoding that the bytes had; its lines still count
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    clean = text.encode("utf-8", "surrogatepass")
    _refuse_declarations(clean, path)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(clean, parser)
    except etree.XMLSyntaxError as error:
        raise _not_xml(path, error.lineno or 0, error.msg or "") from error


def text_of(value: str) -> str:
    """Return a text as XML character data; what XML cannot hold becomes U+FFFD."""
    return escape(NOT_XML.sub("\ufffd", value), {"\r": "&#13;"})


def attribute(value: str) -> str:
    """Return a text as a quoted XML attribute value; what XML cannot hold becomes U+FFFD."""
    return quoteattr(NOT_XML.sub("\ufffd", value), {"\r": "&#13;"})


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def _decoded(data: bytes, path: str) -> str:
    named = _NAMED.match(data.lstrip()[:200])
    name = named[1].decode("ascii").lower() if named else "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif data.startswith(codecs.BOM_UTF8):
        name = "utf-8"
    elif data.startswith((b"<\0", b"\0<")):
        name = "utf-16-le" if data.startswith(b"<\0") else "utf-16-be"
    elif not _KNOWN.fullmatch(name):
        raise InvalidInput(Problem(path, 1, f"is encoded in {name}: save it as UTF-8"))
    try:
        text: str = data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(Problem(path, line, f"not {name.upper()} text: save the file as UTF-8")) from error
    return text.removeprefix("\ufeff")


class _RootReached(Exception):
    pass


def _refuse_declarations(data: bytes, path: str) -> None:
    """Refuse a document type that declares anything itself: entities are how XML reads files and fills memory.

    A mere reference to a DTD, as TMX files have it, is let pass and never fetched.
    """

    def doctype(name: str, system: str | None, public: str | None, has_internal_subset: bool) -> None:
        if has_internal_subset:
            message = "declares entities or a document type of its own, which is not allowed: take the DOCTYPE out"
            raise InvalidInput(Problem(path, parser.CurrentLineNumber, message))

    def root(name: str, attributes: dict[str, str]) -> None:
        raise _RootReached

    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        for start in range(0, len(data), CHUNK):
            parser.Parse(data[start : start + CHUNK], False)
        parser.Parse(b"", True)
    except _RootReached:
        return
    except expat.ExpatError as error:
        raise _not_xml(path, error.lineno, expat.errors.messages[error.code]) from error
    raise _not_xml(path, 1, "there is no element in it")


def _not_xml(path: str, line: int, reason: str) -> InvalidInput:
    reason = re.sub(r", line \d+, column \d+.*", "", reason)
    return InvalidInput(Problem(path, line, f"not whole, well-formed XML ({reason}): nothing of it was taken"))
