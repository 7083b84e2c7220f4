"""The shipped catalogs as files: templates from the briefings, merged with what is already translated."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from briefings.model.briefing import Briefing
from briefings.model.errors import InvalidInput, Problem
from briefings.model.language import catalog_name, cldr
from briefings.translation.catalogs import REVIEW_HEADER, unreadable
from briefings.translation.segments import own_texts

UNREVIEWED = "unreviewed"


def content_template(briefings: Iterable[Briefing]) -> Catalog:
    """Return a template with every text of these briefings once, and where each stands.

    What comes from the templates of urgent messages is translated there, and not among them.
    """
    template = Catalog(charset="utf-8", fuzzy=False)
    for briefing in briefings:
        for key, text in own_texts(briefing).items():
            template.add(text, locations=[(f"{briefing.id}#{key}", 0)])
    return template


def merged(path: Path, template: Catalog, locale: str, *, drop_obsolete: bool = False) -> Catalog:
    """Return the catalog at `path` (or a new one) brought up to the template.

    What the template no longer has is kept as obsolete, so that no translation is lost.
    """
    existing = _read(path, locale) if path.is_file() else Catalog(charset="utf-8", fuzzy=False)
    catalog = Catalog(locale=catalog_name(locale), charset="utf-8", fuzzy=False)
    for message in existing:
        if message.id:
            catalog[message.id] = message
    catalog.obsolete.update(existing.obsolete)
    catalog.update(template, no_fuzzy_matching=True)
    if drop_obsolete:
        catalog.obsolete.clear()
    headers = {name.lower(): value for name, value in existing.mime_headers}
    status = headers.get(REVIEW_HEADER.lower(), UNREVIEWED)
    catalog.header_comment = f"# {cldr(locale).english_name}: {status} by a native speaker.\n"
    return catalog


def rendered(catalog: Catalog, status: str = UNREVIEWED) -> str:
    """Return a catalog as PO text: one spelling, no dates and no line numbers, so that diffs show only text."""
    stream = io.BytesIO()
    write_po(
        stream, catalog, width=0, omit_header=True, sort_output=False, include_previous=False, include_lineno=False
    )
    return (
        f"{catalog.header_comment.strip()}\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalog.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n'
        f'"{REVIEW_HEADER}: {status}\\n"\n\n'
    ) + stream.getvalue().decode("utf-8").lstrip("\n")


def write_catalog(path: Path, catalog: Catalog, status: str = UNREVIEWED) -> None:
    """Write a catalog as a PO file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(rendered(catalog, status), encoding="utf-8")


def review_status(path: Path) -> str:
    """Return the review status in a catalog's header; `unreviewed` where there is none."""
    if not path.is_file():
        return UNREVIEWED
    with path.open("rb") as stream:
        headers = {name.lower(): value for name, value in read_po(stream).mime_headers}
    return str(headers.get(REVIEW_HEADER.lower(), UNREVIEWED))


def _read(path: Path, locale: str) -> Catalog:
    try:
        data = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").encode()
        return read_po(io.BytesIO(data), locale=catalog_name(locale), abort_invalid=True)
    except PoFileError as error:
        raise InvalidInput(unreadable(path, error)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            Problem(str(path), 0, f"not UTF-8 text: save the catalog as UTF-8 ({error.reason})")
        ) from error
