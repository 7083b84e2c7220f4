"""The glossary of a locale: terms to prefer, words to forbid, names to leave as they are. A CSV that a person edits."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path

from briefings.model.errors import InvalidInput, Problem
from briefings.model.language import catalog_name

HEADER = ("kind", "source", "target", "note")
EVERYWHERE = "*"
"""The source of a term that is forbidden whatever the source text says."""


class TermKind(StrEnum):
    PREFERRED = "preferred"
    FORBIDDEN = "forbidden"
    NEVER_TRANSLATE = "never-translate"


@dataclass(frozen=True)
class Term:
    """A term of the source language. `targets` are alternatives, best first; of a forbidden one what must not stand."""

    kind: TermKind
    source: str
    targets: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Glossary:
    locale: str
    terms: tuple[Term, ...] = ()

    def with_names(self, names: Iterable[str]) -> Glossary:
        """Return the glossary with more names that are never translated."""
        known = {term.source for term in self.terms}
        terms = (Term(TermKind.NEVER_TRANSLATE, name) for name in dict.fromkeys(names) if name not in known)
        return replace(self, terms=(*self.terms, *terms))

    def found_in(self, source: str) -> list[Term]:
        """Return the terms that a source text has: whole words, the longest that fits, in the order of the text.

        A term of the text is found in upper and lower case and in the plural; a name only as it is written.
        """
        words = source_words(source)
        found: list[Term] = []
        place = 0
        while place < len(words):
            size, terms = self._longest(words, place)
            found += (term for term in terms if term not in found)
            place += max(size, 1)
        return found

    def preferred_in(self, source: str) -> dict[str, str]:
        """Return the preferred terms of a source text with the best translation of each: for engines and prompts."""
        terms = (term for term in self.found_in(source) if term.kind is TermKind.PREFERRED)
        return {term.source: term.targets[0].replace("*", "") for term in terms}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What is never translated."""
        return tuple(term.source for term in self.terms if term.kind is TermKind.NEVER_TRANSLATE)

    @cached_property
    def forbidden_everywhere(self) -> tuple[Term, ...]:
        """Terms that are forbidden whatever the source says."""
        return tuple(term for term in self.terms if term.source == EVERYWHERE)

    @cached_property
    def _by_first_word(self) -> Mapping[str, tuple[tuple[tuple[str, ...], Term], ...]]:
        """Terms by the first word of their source, those of most words first."""
        index: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
        for term in self.terms:
            words = source_words(term.source)
            for first in _plurals(words[0].casefold()) if len(words) == 1 else words[:1]:
                index.setdefault(first.casefold(), []).append((words, term))
        return {first: tuple(sorted(terms, key=lambda pair: -len(pair[0]))) for first, terms in index.items()}

    def _longest(self, words: tuple[str, ...], place: int) -> tuple[int, list[Term]]:
        size, found = 0, []
        for wanted, term in self._by_first_word.get(words[place].casefold(), ()):
            if len(wanted) < size:
                break
            if _same(wanted, words[place : place + len(wanted)], exact=term.kind is TermKind.NEVER_TRANSLATE):
                size = len(wanted)
                found.append(term)
        return size, found


NO_GLOSSARY = Glossary("")

# Words that are not part of an address, a placeholder or a file name.
_WORD = re.compile(r"(?<![\w./@:{-])[^\W_]+(?:['’.-][^\W_]+)*(?![\w/@}]|:/)")


@lru_cache(maxsize=2048)
def source_words(text: str) -> tuple[str, ...]:
    """Return the words of a source text, without the English possessive."""
    return tuple(re.sub(r"['’]s$", "", word) for word in _WORD.findall(text))


def _plurals(word: str) -> tuple[str, ...]:
    forms = (word, word + "s", word + "es")
    return (*forms, word[:-1] + "ies") if word.endswith("y") else forms


def _same(wanted: tuple[str, ...], words: tuple[str, ...], *, exact: bool) -> bool:
    if exact or len(wanted) != len(words):
        return wanted == words
    low = [word.casefold() for word in wanted], [word.casefold() for word in words]
    return low[0][:-1] == low[1][:-1] and low[1][-1] in _plurals(low[0][-1])


def read_glossary(path: Path, locale: str) -> Glossary:
    """Read `locales/<locale>/glossary.csv`: UTF-8, columns kind, source, target, note. No file is an empty glossary.

    Raises InvalidInput naming file and line of everything that is wrong in it.
    """
    if not path.is_file():
        return Glossary(locale)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(Problem(str(path), 0, f"not UTF-8 text: save it as CSV UTF-8 ({error.reason})")) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    terms: dict[tuple[TermKind, str], Term] = {}
    problems: list[Problem] = []
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if line == 1:
                if tuple(cells) != HEADER:
                    problems.append(Problem(str(path), 1, f"the first line must be “{','.join(HEADER)}”"))
                    break
            elif any(cells):
                term = _term(cells)
                if isinstance(term, str):
                    problems.append(Problem(str(path), line, term))
                elif (term.kind, term.source.casefold()) in terms and term.source != EVERYWHERE:
                    problems.append(Problem(str(path), line, f"“{term.source}” is here twice: put all on one line"))
                else:
                    terms[term.kind, term.source.casefold() if term.source != EVERYWHERE else f"*{line}"] = term
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(str(path), line, f"not a CSV line ({error}): check the quotation marks"))
    if not text.strip():
        problems.append(Problem(str(path), 1, f"the first line must be “{','.join(HEADER)}”"))
    if problems:
        raise InvalidInput(*problems)
    return Glossary(locale, tuple(terms.values()))


def _term(cells: list[str]) -> Term | str:
    """Return the term of a row, or what is wrong with it."""
    if len(cells) > len(HEADER):
        return f"has {len(cells)} columns, not {len(HEADER)}: put text with commas in quotation marks"
    kind, source, target, note = cells + [""] * (len(HEADER) - len(cells))
    if kind not in set(TermKind):
        return f"the kind “{kind}” is unknown: use {', '.join(TermKind)}"
    targets = tuple(dict.fromkeys(part.strip() for part in target.split("|") if part.strip()))
    if not source or (source != EVERYWHERE and not source_words(source)):
        return "has no source term"
    if source == EVERYWHERE and kind != TermKind.FORBIDDEN:
        return "only a forbidden term may have the source “*”"
    if kind == TermKind.NEVER_TRANSLATE and targets and targets != (source,):
        return "a name that is never translated has no target: leave that column empty"
    if kind != TermKind.NEVER_TRANSLATE and not targets:
        return f"“{source}” has no target"
    if any(not any(letter.isalnum() for letter in target) for target in targets):
        return f"“{target}” has no words"
    return Term(TermKind(kind), source, () if kind == TermKind.NEVER_TRANSLATE else targets, note)


class Glossaries:
    """The glossaries of an installation. One of its own stands in place of the one that ships."""

    def __init__(self, folders: Sequence[Path], names: Collection[str] = ()) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._names = names
        self._cache: dict[str, Glossary] = {}

    def of(self, locale: str) -> Glossary:
        """Return the glossary of a locale, with the names that no locale translates. Raises InvalidInput."""
        if locale not in self._cache:
            files = (folder / catalog_name(locale) / "glossary.csv" for folder in self._folders)
            path = next((file for file in files if file.is_file()), Path())
            self._cache[locale] = read_glossary(path, locale).with_names(self._names)
        return self._cache[locale]
