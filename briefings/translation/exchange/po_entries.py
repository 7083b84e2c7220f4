"""The rows of a PO file, one by one, so that a row that cannot be read does not take the others along.

Babel and polib stop at the first fault, and merge entries that stand twice. Grammar: GNU gettext manual,
"The Format of PO Files".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from briefings.model.errors import InvalidInput, Problem

_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"[ \t]*')
_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)(\[\d+\])?[ \t]*(?=\")")
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_NAMED = {value: rf"\{name}" for name, value in _PLAIN.items()}
_TO_ESCAPE = re.compile(r'[\x00-\x1f\x7f"\\]')
_CHARSET = re.compile(rb"charset=([A-Za-z0-9._-]+)")
_KNOWN = re.compile(r"utf-?8|(?:us-)?ascii|iso-?8859-\d\d?|(?:windows-|cp)125\d|koi8-[ru]|utf-16")


@dataclass
class Entry:
    """One row: its strings by keyword, its comments by kind (`.` `:` `,` `|` and a space), and its line."""

    line: int = 0
    strings: dict[str, str] = field(default_factory=dict)
    previous: dict[str, str] = field(default_factory=dict)
    comments: dict[str, list[str]] = field(default_factory=dict)
    obsolete: bool = False
    fault: str = ""
    current: tuple[dict[str, str], str] | None = None

    @property
    def complete(self) -> bool:
        return any(name.startswith("msgstr") for name in self.strings)


def decoded(data: bytes, path: str) -> str:
    """Return the text of a PO file in the encoding that its mark or header names, UTF-8 otherwise.

    Raises InvalidInput naming the line that is not text in that encoding.
    """
    named = _CHARSET.search(data[:8192])
    name = named[1].decode("ascii").lower() if named and named[1] != b"CHARSET" else "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif data.startswith(codecs.BOM_UTF8):
        name = "utf-8"
    if not _KNOWN.fullmatch(name):
        raise InvalidInput(Problem(path, 0, f"its header names the charset {name}: save it as UTF-8"))
    try:
        return data.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(Problem(path, line, f"not {name.upper()} text: save the catalog as UTF-8")) from error


def entries(text: str) -> Iterator[Entry]:
    """Yield the rows of a PO file in their order, header included; a row with `fault` could not be read."""
    entry = Entry()
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        line = raw.strip(" \t\ufeff")
        if not line:
            if entry.strings or entry.fault:
                yield entry
                entry = Entry()
            continue
        if _begins_another(entry, line):
            yield entry
            entry = Entry()
        _add(entry, line, number)
    if entry.strings or entry.fault:
        yield entry


def escaped(text: str) -> str:
    """Return a text as the inside of a PO string."""
    return _TO_ESCAPE.sub(lambda match: _NAMED.get(match[0]) or f"\\{ord(match[0]):03o}", text)


def _begins_another(entry: Entry, line: str) -> bool:
    if not entry.complete:
        return False
    if line.startswith("#"):
        return not line.startswith("#~") or not entry.obsolete or _is_first(line[2:])
    return _is_first(line) or entry.obsolete


def _is_first(line: str) -> bool:
    return bool(re.match(r'[ \t]*(?:msgctxt[ \t]*"|msgid[ \t]*"|\|)', line))


def _add(entry: Entry, line: str, number: int) -> None:
    if entry.fault:  # the rest of the row goes with it, up to its end
        if line.startswith(("msgstr", "#~ msgstr")):
            entry.strings.setdefault("msgstr", "")
        return
    if line.startswith("#~"):
        entry.obsolete = True
        line = line[2:].strip()
        if line.startswith("|"):
            _string(entry, entry.previous, line[1:].strip(), number)
        elif line:
            _string(entry, entry.strings, line, number)
    elif line.startswith("#|"):
        _string(entry, entry.previous, line[2:].strip(), number)
    elif line.startswith("#"):
        kind, rest = (line[1], line[2:]) if line[1:2] in (".", ":", ",") else (" ", line[1:])
        entry.comments.setdefault(kind, []).append(rest.removeprefix(" "))
    else:
        _string(entry, entry.strings, line, number)


def _string(entry: Entry, strings: dict[str, str], line: str, number: int) -> None:
    keyword = _KEYWORD.match(line)
    if keyword:
        name = keyword[1] + (keyword[2] or "")
        if name in strings:
            entry.fault = f"has {name} twice"
        if strings is entry.strings and (not entry.line or name == "msgid"):
            entry.line = number
        entry.current = (strings, name)
        strings[name] = ""
        line = line[keyword.end() :]
    quoted = _STRING.fullmatch(line)
    if quoted is None or entry.current is None or entry.current[0] is not strings:
        entry.fault = f"cannot read {line[:60]!r}"
        entry.line = number
        return
    strings[entry.current[1]] += _ESCAPE.sub(_unescaped, quoted[1])


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        return chr(int(code, 8) & 0xFF)
    return _PLAIN.get(code, match[0])
