"""Translation engines: one module each, all behind one Protocol. They never import each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from briefings.model.errors import Transient


class TooManyRequests(Transient):
    """The vendor asks for a pause (HTTP 429). Calling again at once would make it worse."""


@dataclass(frozen=True)
class Capabilities:
    """What an engine takes and costs. Known before anything is sent.

    `cost_per_character` is in euros for one character of source text, as the vendor's price list has it.
    """

    sends_text_to_third_party: bool
    batch_size: int = 50
    """Texts in one call, at the most."""
    batch_characters: int = 5_000
    """Characters of source text in one call, at the most."""
    takes_glossary: bool = False
    takes_formality: bool = False
    cost_per_character: Decimal = Decimal(0)
    writes_its_language: bool = True
    """False for what only looks like a translation: its language and script are not checked."""
    garbles_values: bool = False
    """True for what makes nonsense of times and dates ("3am" becomes "3soy"): they are filled in by us, as the
    terms of the glossary are."""


@dataclass(frozen=True)
class Request:
    """Texts of one language pair. `{0}`, `{1}`... in a text stand for what must come back as it is.

    `glossary` maps source terms to how they are to be translated; an engine that takes none leaves it
    alone. `timeout` is in seconds of wall clock, for the whole call.
    """

    texts: Sequence[str]
    source_locale: str
    locale: str
    timeout: float
    glossary: Mapping[str, str] = field(default_factory=dict)


class Engine(Protocol):
    """Translates texts. What it returns is `machine` text until a person says otherwise.

    An engine only speaks its vendor's protocol. Protecting facts, checking what comes back, trying
    again, budgets and fallback are done once for all of them, in `translation/machine.py`.
    """

    name: str
    version: str
    """Model or release, as far as it is known: kept with every text it makes."""
    capabilities: Capabilities

    def can_translate(self, source_locale: str, locale: str) -> bool:
        """Say whether this engine knows the pair at all, without asking anybody outside."""

    def translate(self, request: Request) -> list[str]:
        """Return one translation for each text, in order. Raises only Transient or Permanent."""
