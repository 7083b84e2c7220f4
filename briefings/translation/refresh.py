"""`python -m briefings.translation.refresh`: bring the shipped catalogs up to code, templates and briefings.

With `--check` nothing is written: it names every catalog that is not fresh, not complete, or whose
plural forms or facts are wrong, and exits 1.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from briefings.content.loader import load_content
from briefings.model.language import catalog_name
from briefings.translation.catalog_files import content_template, merged, rendered, review_status, write_catalog
from briefings.translation.catalogs import read_catalog
from briefings.translation.checks import check_plural_forms, check_segment
from briefings.translation.message_texts import DOMAIN as URGENT
from briefings.translation.message_texts import urgent_template

CHECKOUT = Path(__file__).resolve().parent.parent.parent
KEYWORDS: dict[str, tuple[int, ...] | None] = {"t": None, "nt": (1, 2), "N_": None}


def interface_template(root: Path) -> Catalog:
    """Return a template with every interface string in code and templates, and which files use it."""
    with (root / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    template = Catalog(charset="utf-8", fuzzy=False)
    found = []
    for folder in ("briefings", "templates"):
        for name, _line, message, _comments, _context in extract_from_dir(
            root / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            {pattern.removeprefix(f"{folder}/"): chosen for pattern, chosen in options.items()},
            keywords=KEYWORDS,
        ):
            found.append((f"{folder}/{Path(name).as_posix()}", message))
    for name, message in sorted(found, key=lambda item: (item[0], str(item[1]))):
        template.add(message, locations=[(name, 0)])
    return template


def faults(path: Path, locale: str, fresh: str) -> Iterator[str]:
    """Yield what is wrong with one shipped catalog."""
    if not path.is_file():
        yield f"{path}: is missing: run 'make catalogs' and fill it in"
        return
    if path.read_text(encoding="utf-8") != fresh:
        yield f"{path}: not up to date: run 'make catalogs'"
        return
    messages = read_catalog(path, locale)
    if messages.catalog is None:
        yield f"{path}: is empty"
        return
    for finding in check_plural_forms(messages.catalog, locale):
        if finding.blocks:
            yield f"{path}: {finding.message}"
    for message in messages.catalog:
        if message.id and not (message.string if isinstance(message.string, str) else all(message.string or ())):
            yield f"{path}:{message.lineno}: has no translation"
    for source, target in messages.singular.items():
        for finding in check_segment(source, target, locale):
            if finding.blocks:
                yield f"{path}:{messages.lines[source]}: {finding.message}"


def main(arguments: list[str]) -> int:
    """Refresh or check the shipped catalogs; return the exit code."""
    content = load_content(CHECKOUT)
    source = content.places.borough.source_locale
    templates = {
        "messages": interface_template(CHECKOUT),
        "content": content_template(content.briefings.values()),
        URGENT: urgent_template(content.messages),
    }
    wrong = 0
    for locale in content.places.locales:
        if locale == source:
            continue
        for domain, template in templates.items():
            path = CHECKOUT / "locales" / catalog_name(locale) / "LC_MESSAGES" / f"{domain}.po"
            catalog = merged(path, template, locale, drop_obsolete="--drop-obsolete" in arguments)
            if "--check" in arguments:
                for fault in faults(path, locale, rendered(catalog, review_status(path))):
                    wrong += 1
                    sys.stderr.write(f"{fault}\n")
            else:
                write_catalog(path, catalog, review_status(path))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
