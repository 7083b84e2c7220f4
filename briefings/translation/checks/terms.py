"""The glossary is kept: preferred terms in any case form, forbidden words absent, names letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from briefings.model.language import cldr
from briefings.translation.facts import GONE, fold
from briefings.translation.findings import Finding, Pair, Severity
from briefings.translation.glossary import NO_GLOSSARY, Glossary, Term, TermKind

# Languages whose words keep their form, but for a plural; elsewhere the end of a word may differ.
_INVARIABLE = frozenset({"en", "zh", "ja", "ko", "th", "vi", "id"})
# Languages that put ending after ending on a word.
_GLUING = frozenset({"tr", "ta", "fi", "hu", "az", "kk", "te", "kn", "ml"})
_BETWEEN = 2
"""How many other words may stand between two words of a term."""

_TOKEN = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u0dff])+")
_PIECE = re.compile(_TOKEN.pattern + r"\*?")
_SPACE = re.compile(r"\s+")


def glossary_terms(pair: Pair, glossary: Glossary) -> Iterator[Finding]:
    """Compare a translation with the terms of its source."""
    if glossary is NO_GLOSSARY or not glossary.terms:
        return
    found = glossary.found_in(pair.source)
    if not found and not glossary.forbidden_everywhere:
        return
    language = cldr(pair.locale).language
    words = _words(pair.target_exact.rest)
    for term in found:
        if term.kind is TermKind.PREFERRED:
            if not any(_has(words, _stems(target, language)) for target in term.targets):
                wanted = " or ".join(f"“{target.replace('*', '')}”" for target in term.targets)
                message = f"for “{term.source}” the glossary says {wanted}: use it, in the form that the sentence needs"
                yield Finding("glossary.preferred", Severity.WARNS, term.source, message)
        elif term.kind is TermKind.NEVER_TRANSLATE:
            if _plain(term.source) not in _plain(pair.target):
                message = f"the name “{term.source}” is missing: keep it in the same letters, do not translate it"
                yield Finding("glossary.never-translate", Severity.BLOCKS, term.source, message)
        else:
            yield from _forbidden(term, words, language)
    for term in glossary.forbidden_everywhere:
        yield from _forbidden(term, words, language)


def _forbidden(term: Term, words: tuple[str, ...], language: str) -> Iterator[Finding]:
    for target in term.targets:
        if _has(words, _exact(target, language), between=0):
            shown = target.replace("*", "")
            why = f" ({term.note})" if term.note else ""
            message = f"the glossary forbids “{shown}” here{why}: use another word"
            yield Finding("glossary.forbidden", Severity.BLOCKS, shown, message)


def _plain(text: str) -> str:
    """Return text with plain spaces and apostrophes, for looking up a name."""
    return _SPACE.sub(" ", text.replace("’", "'"))


@lru_cache(maxsize=256)
def _words(folded: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(folded.replace(GONE, " ")))


@lru_cache(maxsize=4096)
def _stems(target: str, language: str) -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each word of a term that counts, in any case form.

    Small words ("de", "کی") change with the sentence and do not count beside a longer one.
    """
    words = _pieces(target)
    counted = [word for word in words if len(word.rstrip("*")) > (3 if word.isascii() or _alphabetic(word) else 2)]
    return tuple(re.compile(_stem(word, language)) for word in counted or words)


def _stem(word: str, language: str) -> str:
    if word.endswith("*"):
        return re.escape(word[:-1])
    if language in _INVARIABLE:
        return re.escape(word) + r"(?:s|es)?\Z"
    size = len(word)
    if size <= 3:
        return re.escape(word) + ("" if language in _GLUING else r"\Z")
    return re.escape(word[: max(3, size - 2 if size <= 7 else -(-2 * size // 3))])


@lru_cache(maxsize=4096)
def _exact(target: str, language: str) -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each word of a forbidden term: the word, with the short endings of the language."""
    most = 0 if language in _INVARIABLE else 6 if language in _GLUING else 2
    patterns = []
    for word in _pieces(target):
        vowel = word[-1] in "aeiouаеиояуюыіہےی" and len(word) > 4 and most > 0
        stem = word[:-1] if word.endswith("*") or vowel else word
        rest = "" if word.endswith("*") else rf".{{0,{most if len(word) > 3 else 0}}}\Z"
        patterns.append(re.compile(re.escape(stem) + rest))
    return tuple(patterns)


def _pieces(target: str) -> list[str]:
    """Return the words of a term, folded, each with its wildcard."""
    return [match[0] for match in _PIECE.finditer(fold(target))]


def _alphabetic(word: str) -> bool:
    """Say whether a word is of a script that writes its vowels as letters (Latin, Greek, Cyrillic)."""
    return word[0] < "\u0530"


def _has(words: tuple[str, ...], patterns: tuple[re.Pattern[str], ...], between: int = _BETWEEN) -> bool:
    """Say whether words that fit the patterns stand in order, close to each other."""
    first, *others = patterns
    for start, word in enumerate(words):
        if not first.match(word):
            continue
        place = start
        for pattern in others:
            near = range(place + 1, min(place + 2 + between, len(words)))
            following = next((index for index in near if pattern.match(words[index])), None)
            if following is None:
                break
            place = following
        else:
            return True
    return False
