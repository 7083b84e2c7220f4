"""Units: texts and translations on their way in or out, whatever the format of the file.

Provenance travels with a digest of the translation it is about. A tool that changes the translation
and keeps what it does not understand must not make "reviewed by" speak for a text nobody reviewed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from babel import Locale
from babel.core import get_global

from briefings.model.edition import SegmentState
from briefings.model.errors import InvalidInput, Problem
from briefings.model.language import cldr

MAX_BYTES = 20 * 1024 * 1024
"""A file that is larger is refused before it is parsed: ten locales of a year's briefings are under 2 MiB."""

DIGEST = "digest"


@dataclass(frozen=True)
class Unit:
    """One text and its translation.

    `places` are addresses such as `north/2026-11-20-x#section/2/1`; `note` is for the translator.
    `suggestion` is the nearest text of the memory, its translation, and how alike they are (0..100).
    `line` is the row of the file it was read from; 0 when made by us. A `target` in state INITIAL is
    text that nobody has said is finished.
    """

    source: str
    target: str = ""
    state: SegmentState = SegmentState.INITIAL
    places: tuple[str, ...] = ()
    note: str = ""
    origin: str = ""
    author: str = ""
    version: str = ""
    made_at: datetime | None = None
    reviewer: str = ""
    reviewed_at: datetime | None = None
    suggestion: tuple[str, str, int] | None = None
    line: int = 0


@dataclass
class ImportReport:
    """What an import did with each row.

    `untranslated` rows had no translation, `obsolete` ones are PO's `#~`. `quarantined` are the
    refused rows, those that could not be read excepted, each with its reason as the note.
    """

    taken: int = 0
    unchanged: int = 0
    untranslated: int = 0
    obsolete: int = 0
    refused: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)
    """What a person should look at again in the rows that were taken."""
    quarantined: list[Unit] = field(default_factory=list)


def rank(state: SegmentState) -> int:
    """Return how much a state is trusted, from 0."""
    return tuple(SegmentState).index(state)


def provenance(unit: Unit) -> dict[str, str]:
    """Return what is known about where a translation comes from, as text.

    Empty where nothing is known but that it is translated, which every format says itself.
    """
    if not unit.target:
        return {}
    values = {
        "state": unit.state.value,
        "origin": unit.origin,
        "author": unit.author,
        "version": unit.version,
        "made-at": unit.made_at.isoformat() if unit.made_at else "",
        "reviewer": unit.reviewer,
        "reviewed-at": unit.reviewed_at.isoformat() if unit.reviewed_at else "",
        DIGEST: digest(unit.target),
    }
    known = {name: value for name, value in values.items() if value}
    return known if len(known) > 2 or unit.state is not SegmentState.TRANSLATED else {}


def with_provenance(unit: Unit, values: Mapping[str, str], *, finished: bool) -> Unit:
    """Return the unit with the provenance that the file gives it, if it is about this very translation.

    `finished` is what the file's own mark says (not fuzzy, not `initial`). Where it contradicts our
    word the mark wins: somebody has looked at the row since.
    """
    if values.get(DIGEST) != digest(unit.target):
        return unit
    try:
        state = SegmentState(values.get("state", ""))
    except ValueError:
        return unit
    if finished and state in (SegmentState.INITIAL, SegmentState.MACHINE):
        return unit
    if not finished and state is not SegmentState.MACHINE:
        state = unit.state
    return replace(
        unit,
        state=state,
        origin=values.get("origin", ""),
        author=values.get("author", ""),
        version=values.get("version", ""),
        made_at=moment(values.get("made-at", "")),
        reviewer=values.get("reviewer", ""),
        reviewed_at=moment(values.get("reviewed-at", "")),
    )


def digest(text: str) -> str:
    """Return 12 hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def moment(text: str) -> datetime | None:
    """Return an ISO 8601 moment with its zone, also as TMX writes it (`20261120T090000Z`); None for anything else."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo else None


def same_language(one: str, other: str, *, any_region: bool = False) -> bool:
    """Say whether two tags can mean the same language: `es` and `es-ES` do, `pt-PT` and `pt-BR` do not.

    The script must be the same, that of a tag without one being the language's most likely (CLDR, likely
    subtags): `pa` is no `pa-Arab`. With `any_region` the country does not matter.
    """
    try:
        first, second = cldr(one.strip()), cldr(other.strip())
    except ValueError:
        return False
    if first.language != second.language or _script(first) != _script(second):
        return False
    return any_region or not first.territory or not second.territory or first.territory == second.territory


def _script(locale: Locale) -> str:
    likely = get_global("likely_subtags").get(locale.language, "")
    return str(locale.script or next((part for part in likely.split("_") if len(part) == 4), ""))


def refuse_size(data: bytes, path: str) -> None:
    """Raise InvalidInput for a file that is empty or too large to be worth parsing."""
    if len(data) > MAX_BYTES:
        raise InvalidInput(Problem(path, 0, f"is larger than {MAX_BYTES // 1024**2} MiB: split it into several files"))
    if not data.strip():
        raise InvalidInput(Problem(path, 0, "is empty"))


def refuse_languages(path: str, line: int, found: tuple[str, str], locale: str, source_locale: str) -> None:
    """Raise InvalidInput for a file of another language pair. `found` is (source, target); empty says nothing."""
    source, target = found
    if source and not same_language(source, source_locale, any_region=True):
        raise InvalidInput(
            Problem(path, line, f"is a translation from {source}, and briefings are written in {source_locale}")
        )
    if target and not same_language(target, locale):
        raise InvalidInput(
            Problem(path, line, f"is a translation into {target}, not {locale}: give the locale that it is in")
        )
