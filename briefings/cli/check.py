"""`briefings check`: faults of the content files, advice on plain English, and links that do not answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from briefings.cli.base import as_json, command, leave, out
from briefings.model.errors import InvalidInput, Problem
from briefings.services import Services
from briefings.translation.catalogs import Catalogs
from briefings.translation.glossary import Glossaries

if TYPE_CHECKING:
    from briefings.content.loader import Content
    from briefings.content.plain_english import Advice
    from briefings.content.readability import Measures


@command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--no-advice", is_flag=True, help="Leave out the advice on plain English.")
@click.option("--links", is_flag=True, help="Also fetch every link, once for each language.")
@as_json
def check(services: Services, paths: tuple[Path, ...], no_advice: bool, links: bool, as_json: bool) -> None:
    """Check the content files, all of them or those in PATHS. One line for every fault; advice is no fault."""
    from briefings.content.loader import load_content

    content = load_content(services.settings.root, paths, services.template_folders)
    problems = list(content.problems)
    if not paths:
        problems += _of_languages(services, content.places.locales)
    advice, plain_english = ([], {}) if no_advice else _reviewed(content, services.settings.root)
    if links:
        unreachable, more = _links(services, content, bool(paths))
        problems += unreachable
        advice = [*advice, *more]
    if as_json:
        out(
            {
                "briefings": sorted(content.briefings),
                "problems": [{"path": p.path, "line": p.line, "message": p.message} for p in problems],
                "advice": [asdict(item) for item in advice],
                "plain_english": {name: _numbers(measures) for name, measures in plain_english.items()},
            }
        )
    else:
        for problem in problems:
            click.echo(str(problem), err=True)
        for item in advice:
            click.echo(f"advice: {item}")
        written = {name: measures for name, measures in plain_english.items() if measures.words}
        if written:  # an urgent message from a template has no text of its own
            _show(written)
        click.echo(f"{len(content.briefings)} briefings can be read, {len(problems)} faults")
    leave(1 if problems else 0)


def _of_languages(services: Services, locales: Sequence[str]) -> list[Problem]:
    """Return what cannot be read of catalogs and glossaries: found now rather than by `prepare`."""
    catalogs, glossaries = Catalogs(services.locale_folders), Glossaries(services.locale_folders)
    problems: list[Problem] = []
    for locale in locales:
        reads: list[Callable[[], object]] = [partial(glossaries.of, locale)]
        reads += [partial(catalogs.layers, domain, locale) for domain in ("messages", "content", "urgent")]
        for read in reads:
            try:
                read()
            except InvalidInput as error:
                problems += error.problems
    return problems


def _reviewed(content: Content, root: Path) -> tuple[list[Advice], dict[str, Measures]]:
    """Return advice and measures for every briefing that can be read; nothing where the source is not English."""
    from briefings.content.files import shown
    from briefings.content.plain_english import review
    from briefings.model.language import cldr

    advice: list[Advice] = []
    measured: dict[str, Measures] = {}
    if cldr(content.places.borough.source_locale).language != "en":
        return advice, measured
    for name, path in content.paths.items():
        found, measured[name] = review(shown(path, root), _text(path))
        advice += found
    return advice, measured


def _links(services: Services, content: Content, only_some: bool) -> tuple[list[Problem], list[Advice]]:
    """Fetch the links of the briefings and services; return those that are gone, and advice on the others."""
    import asyncio

    from briefings.content.files import shown
    from briefings.content.links import in_other_languages, links_of, reach
    from briefings.content.plain_english import Advice
    from briefings.model.errors import Problem

    root = services.settings.root
    places = content.places
    links: dict[str, set[str]] = {}
    stands: dict[str, tuple[str, int]] = {}
    for service in content.audiences.services:
        if service.url.startswith(("https://", "http://")):
            tags = {tag for tag in places.locales if service.is_shown_in(tag)}
            links.setdefault(service.url, set()).update(tags)
            stands[service.url] = _place(root / "content" / "audiences.yaml", service.url, root)
    for name, briefing in content.briefings.items():
        for url, tags in links_of(briefing, places.regions[briefing.region].locales).items():
            links.setdefault(url, set()).update(tags)
            if url not in stands:
                stands[url] = _place(content.paths[name], url, root)
    answers, too_many = asyncio.run(reach(links, may_be_local=services.is_local))
    gone = [Problem(*stands[a.url], f"{a.url} {a.trouble}") for a in answers if a.trouble and a.is_certain]
    advice = [
        Advice(*stands[a.url], f"{a.url} {a.trouble} to a program: open it in a browser", "links.unsure")
        for a in answers
        if a.trouble and not a.is_certain
    ]
    for url, (languages, missed) in in_other_languages(answers).items():
        said = (
            f"{url} answers in {', '.join(languages)} only: say so in the text, or give a page in {', '.join(missed)}"
        )
        advice.append(Advice(*stands[url], said, "links.language"))
    if too_many:
        folder = shown(root / "content", root)
        advice.append(Advice(folder, 0, f"{too_many} requests were left out: check fewer files at once", "links.many"))
    return gone, advice


def _place(path: Path, url: str, root: Path) -> tuple[str, int]:
    from briefings.content.files import shown

    lines = _text(path).split("\n")
    return shown(path, root), next((number for number, line in enumerate(lines, start=1) if url in line), 1)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _numbers(measures: Measures) -> dict[str, Any]:
    return {
        "words": measures.words,
        "sentences": measures.sentences,
        "average_sentence": measures.average_sentence,
        "reading_age": measures.reading_age,
    }


def _show(measured: dict[str, Measures]) -> None:
    """Print a table: how hard each briefing is to read, with a bar that is full at a reading age of 18."""
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(Column("briefing", overflow="fold"), "words", "average sentence", "reading age")
    for name, measures in measured.items():
        filled = max(0, min(6, round((measures.reading_age - 6) / 2)))
        bar = "█" * filled + "░" * (6 - filled)
        table.add_row(name, str(measures.words), f"{measures.average_sentence} words", f"{bar} {measures.reading_age}")
    Console().print(table)
