"""What a check says about a translation: where it came from, whether it blocks, and the token it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from briefings.model.language import cldr
from briefings.translation.facts import Exact, read_exact


class Severity(StrEnum):
    BLOCKS = "blocks"
    WARNS = "warns"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a translation. `message` is for the translator and names `token`."""

    check: str
    severity: Severity
    token: str
    message: str

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCKS


@lru_cache(maxsize=1024)
def _read_source(text: str) -> Exact:
    """Read a source text once for all its translations. Nobody may change what comes back."""
    return read_exact(text)


@dataclass(frozen=True)
class Pair:
    """A source text and its translation, each read once for all checks."""

    source: str
    target: str
    locale: str
    source_locale: str

    @cached_property
    def source_exact(self) -> Exact:
        return _read_source(self.source)

    @cached_property
    def target_exact(self) -> Exact:
        return read_exact(self.target, self.source_exact.short)

    @cached_property
    def source_language(self) -> str:
        """The source language as messages call it: `the English`."""
        return f"the {cldr(self.source_locale).get_language_name('en') or 'source'}"


def differences(
    check: str, what: str, missing: Sequence[str], extra: Sequence[str], advice: str, language: str
) -> Iterator[Finding]:
    """Yield a blocking finding for each token that is missing, named with what stands in its place, or is too many."""
    for index, token in enumerate(missing):
        instead = f" ({language} has {token}, this text has {extra[index]})" if index < len(extra) else ""
        yield Finding(check, Severity.BLOCKS, token, f"{what} {token} is missing{instead}: {advice}")
    for token in extra[len(missing) :]:
        yield Finding(check, Severity.BLOCKS, token, f"{what} {token} is not in {language}: take it out or correct it")


def left_over(source: Counter[str], target: Counter[str]) -> tuple[list[str], list[str]]:
    """Return what is missing from the target and what it has besides, in the order of the texts."""
    return list((source - target).elements()), list((target - source).elements())
