"""PO (GNU gettext): as translators' editors such as Poedit read and write it.

A text that is not finished (a machine draft, the memory's suggestion) is marked fuzzy; a suggestion
names its own source in `#|`. What PO has no field for stands in one extracted comment, `#. briefings: {...}`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from babel.messages.catalog import Catalog

from briefings.model.edition import SegmentState
from briefings.model.errors import Problem
from briefings.model.language import catalog_name, cldr
from briefings.translation.catalogs import REVIEW_HEADER
from briefings.translation.exchange.po_entries import Entry, decoded, entries, escaped
from briefings.translation.exchange.units import (
    DIGEST,
    Unit,
    digest,
    provenance,
    refuse_languages,
    refuse_size,
    with_provenance,
)

OURS = "briefings: "
MATCH = "match"
NOTE = "note"


def write(units: Iterable[Unit], locale: str, source_locale: str) -> bytes:
    """Return the units as a PO file in UTF-8, without wrapped lines.

    A text that stands twice with two translations (a memory can hold both) gets a context, which
    PO asks for; readers of ours ignore it.
    """
    seen: Counter[str] = Counter()
    parts = [_header(locale, source_locale)]
    for unit in units:
        seen[unit.source] += 1
        parts.append("\n".join(_lines(unit, seen[unit.source])) + "\n")
    return "\n".join(parts).encode()


def read(data: bytes, path: str, locale: str, source_locale: str) -> tuple[list[Unit], list[Problem]]:
    """Return the units of a PO file, and the rows that cannot be read.

    Raises InvalidInput for what is no PO file, or is one of another language.
    """
    refuse_size(data, path)
    units: list[Unit] = []
    problems: list[Problem] = []
    reviewed = False
    for entry in entries(decoded(data, path)):
        if entry.obsolete:
            continue
        if entry.fault:
            problems.append(Problem(path, entry.line, f"not a PO entry: {entry.fault}"))
        elif entry.strings.get("msgid") == "" and "msgctxt" not in entry.strings:
            headers = _headers(entry)
            languages = headers.get("x-source-language", ""), headers.get("language", "")
            refuse_languages(path, entry.line, languages, locale, source_locale)
            reviewed = headers.get(REVIEW_HEADER.lower()) == "reviewed"
        elif "msgid" not in entry.strings or not entry.complete:
            problems.append(Problem(path, entry.line, "not a PO entry: it has no msgid or no msgstr"))
        elif "msgid_plural" in entry.strings or "msgstr" not in entry.strings:
            problems.append(Problem(path, entry.line, "has plural forms, and no text of a briefing has them"))
        else:
            units.append(_unit(entry, reviewed=reviewed))
    return units, problems


def obsolete(data: bytes, path: str) -> int:
    """Return how many rows of a PO file are marked obsolete (`#~`)."""
    return sum(entry.obsolete for entry in entries(decoded(data, path)))


def _header(locale: str, source_locale: str) -> str:
    plural_forms = Catalog(locale=catalog_name(locale)).plural_forms
    fields = (
        "Project-Id-Version: briefings",
        f"Language: {catalog_name(locale)}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {plural_forms}",
        f"X-Source-Language: {catalog_name(source_locale)}",
    )
    lines = "".join(f'"{escaped(field)}\\n"\n' for field in fields)
    return f'# {cldr(locale).english_name}\nmsgid ""\nmsgstr ""\n{lines}'


def _lines(unit: Unit, occurrence: int) -> Iterator[str]:
    known = provenance(unit)
    shown = unit.target
    fuzzy = bool(unit.target) and unit.state in (SegmentState.INITIAL, SegmentState.MACHINE)
    previous = ""
    if unit.suggestion and not unit.target:
        previous, shown, score = unit.suggestion
        fuzzy = True
        known = {MATCH: str(score), DIGEST: digest(shown)}
    if unit.note and _is_plain(unit.note):
        yield from (f"#. {line}" for line in unit.note.split("\n"))
    elif unit.note:
        known[NOTE] = unit.note
    if known:
        yield f"#. {OURS}{json.dumps(known, ensure_ascii=True)}"
    yield from (f"#: {place}" for place in unit.places)
    if fuzzy:
        yield "#, fuzzy"
    if previous:
        yield from (f"#| {line}" for line in _string("msgid", previous))
    if occurrence > 1:
        yield f'msgctxt "{occurrence}"'
    yield from _string("msgid", unit.source)
    yield from _string("msgstr", shown)


def _is_plain(note: str) -> bool:
    return all(line == line.strip() and line.isprintable() and not line.startswith(OURS) for line in note.split("\n"))


def _string(keyword: str, text: str) -> Iterator[str]:
    parts = re.findall(r"[^\n]*\n|[^\n]+", text)
    if len(parts) < 2:
        yield f'{keyword} "{escaped(text)}"'
        return
    yield f'{keyword} ""'
    yield from (f'"{escaped(part)}"' for part in parts)


def _headers(entry: Entry) -> dict[str, str]:
    lines = (line.partition(":") for line in entry.strings.get("msgstr", "").split("\n"))
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _unit(entry: Entry, *, reviewed: bool) -> Unit:
    source, target = entry.strings["msgid"], entry.strings["msgstr"]
    fuzzy = any("fuzzy" in re.split(r"[,\s]+", flags) for flags in entry.comments.get(",", ()))
    known: dict[str, str] = {}
    notes: list[str] = []
    for line in entry.comments.get(".", ()):
        ours = _ours(line)
        known |= ours
        if not ours:
            notes.append(line)
    places = tuple(place for line in entry.comments.get(":", ()) for place in line.split())
    note = known.get(NOTE) or "\n".join(notes)
    state = SegmentState.INITIAL
    if target and not fuzzy:
        state = SegmentState.REVIEWED if reviewed else SegmentState.TRANSLATED
    unit = Unit(source, target, state, places=places, note=note, line=entry.line)
    previous = entry.previous.get("msgid", "")
    if fuzzy and previous and known.get(MATCH, "").isdigit() and known.get(DIGEST) == digest(target):
        return Unit(source, places=places, note=note, suggestion=(previous, target, int(known[MATCH])), line=entry.line)
    return with_provenance(unit, known, finished=not fuzzy)


def _ours(line: str) -> dict[str, str]:
    if not line.startswith(OURS):
        return {}
    try:
        read = json.loads(line.removeprefix(OURS))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}
