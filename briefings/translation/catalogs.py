"""Gettext catalogs, read with Babel: the interface (`messages`), the briefings' text (`content`) and `urgent`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from briefings.model.errors import InvalidInput, Problem
from briefings.model.language import catalog_name

REVIEW_HEADER = "X-Review-Status"
"""Catalog header: `unreviewed` until a native speaker has read the catalog, then `reviewed`."""


@dataclass(frozen=True)
class Messages:
    """One catalog of one locale. `singular` and `plural` map source text to translations."""

    locale: str
    path: str = ""
    singular: Mapping[str, str] = field(default_factory=dict)
    plural: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    fuzzy: frozenset[str] = frozenset()
    reviewed: bool = False
    catalog: Catalog | None = None

    def __bool__(self) -> bool:
        return bool(self.singular or self.plural)

    def plural_of(self, singular: str, number: int) -> str | None:
        """Return the form for a number by the catalog's own plural rule, None where there is none."""
        forms = self.plural.get(singular)
        if not forms or self.catalog is None:
            return None
        index = _plural_index(self.catalog, number)
        return forms[index] if index < len(forms) and forms[index] else None


def _plural_index(catalog: Catalog, number: int) -> int:
    from gettext import c2py  # the parser the standard library itself uses for a catalog's plural rule

    return int(c2py(catalog.plural_expr)(number))


def read_catalog(path: Path, locale: str) -> Messages:
    """Read a PO file. A file that does not exist is an empty catalog.

    Raises InvalidInput naming file and line for a file that is not a PO catalog.
    """
    if not path.is_file():
        return Messages(locale)
    try:
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=catalog_name(locale), abort_invalid=True)
    except PoFileError as error:
        raise InvalidInput(unreadable(path, error)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            Problem(str(path), 0, f"not UTF-8 text: save the catalog as UTF-8 ({error.reason})")
        ) from error
    singular: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    lines: dict[str, int] = {}
    fuzzy: set[str] = set()
    for message in catalog:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[0]
        lines[source] = message.lineno or 0
        if message.fuzzy:
            fuzzy.add(source)
        if isinstance(message.string, str):
            if message.string:
                singular[source] = message.string
        elif message.string and any(message.string):
            plural[source] = tuple(message.string)
    headers = {name.lower(): value for name, value in catalog.mime_headers}
    reviewed = headers.get(REVIEW_HEADER.lower(), "") == "reviewed"
    return Messages(locale, str(path), singular, plural, lines, frozenset(fuzzy), reviewed, catalog)


def unreadable(path: Path, error: PoFileError) -> Problem:
    """Return what is wrong with a file that is no PO catalog. Babel counts its lines from 0."""
    return Problem(str(path), error.lineno + 1, f"not a PO catalog: cannot read {error.line.strip()[:60]!r}")


class Catalogs:
    """The catalogs of an installation: its own first, then those that ship with the product."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._cache: dict[tuple[str, str], tuple[Messages, ...]] = {}

    def layers(self, domain: str, locale: str) -> tuple[Messages, ...]:
        """Return the non-empty catalogs of a domain (`messages`, `content` or `urgent`), nearest first."""
        key = (domain, locale)
        if key not in self._cache:
            files = (f / catalog_name(locale) / "LC_MESSAGES" / f"{domain}.po" for f in self._folders)
            self._cache[key] = tuple(m for m in (read_catalog(file, locale) for file in files) if m)
        return self._cache[key]
