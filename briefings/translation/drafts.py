"""What is asked of translation engines, and what they made of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from briefings.translation.checks import check_segment
from briefings.translation.validate import Check


@dataclass(frozen=True)
class Draft:
    """One machine translation that passed every check."""

    source: str
    target: str
    engine: str
    version: str


@dataclass(frozen=True)
class Report:
    """What became of the texts. `troubles` are lines for a person; `left` are the texts nobody translated."""

    drafted: Mapping[str, int]
    troubles: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """Texts to draft in one locale. `seconds` of wall clock are all there is: what comes later is thrown away.

    `glossary` gives the terms of a text (source -> target) to engines that take them; `names` are never
    translated. `engines` names the engines to ask, in order; none: all of them. `rejected` maps a text to what a
    person threw out for it, each with the engine that made it, or an empty name: that is not drafted again.
    """

    texts: Sequence[str]
    source_locale: str
    locale: str
    seconds: float
    names: Collection[str] = ()
    glossary: Callable[[str], Mapping[str, str]] = field(default=lambda text: {})
    check: Check = check_segment
    engines: Sequence[str] = ()
    rejected: Mapping[str, Collection[tuple[str, str]]] = field(default_factory=dict)


Keep = Callable[[Sequence[Draft]], None]
"""Is handed drafts as soon as they have passed: stores them, so that a crash loses none."""
