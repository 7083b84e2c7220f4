"""Translation engines: one module each, all behind one Protocol. They never import each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Engine(Protocol):
    """Translates texts. What it returns is `machine` text until a person says otherwise."""

    name: str
    sends_text_to_third_party: bool

    def can_translate(self, source_locale: str, locale: str) -> bool:
        """Say whether this engine knows the pair at all."""

    def translate(self, texts: Sequence[str], source_locale: str, locale: str) -> list[str]:
        """Return one translation for each text, in order. Raises only the errors of model.errors."""
