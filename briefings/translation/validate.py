"""Validation: what an engine returned is a translation of this text, or there is a plain reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from briefings.translation.checks import check_segment
from briefings.translation.engines import Capabilities
from briefings.translation.findings import Finding
from briefings.translation.language import has_wrong_script, other_language
from briefings.translation.protect import PlaceholderError, Protected, restore

Check = Callable[[str, str, str, str], list[Finding]]
"""Compares source and target in a locale and a source locale: `check_segment`, or it with a glossary bound."""

STRICT_FOR_ENGINES = frozenset(
    {"meaning.negation", "text.length", "text.repeated", "text.language", "text.script", "text.untranslated"}
)
"""Checks that only warn a person, who knows what they did: an engine's text does not pass with such a finding."""

_PAGE = re.compile(
    r"<!doctype|<(?:html|head|body|title|div|span|script|p|br|b|i|h\d)\b[^>]*>|&(?:amp|nbsp|lt|gt|quot|apos|#39);", re.I
)


@dataclass(frozen=True)
class Wrong:
    """Why a text was refused. `values_garbled`: it may pass with times, dates and figures protected too."""

    reason: str
    values_garbled: bool = False
    other_language: bool = False
    """Not in the locale's language or script."""


def validated(
    source: str,
    protected: Protected,
    returned: str,
    locale: str,
    source_locale: str,
    capabilities: Capabilities,
    check: Check = check_segment,
) -> str | Wrong:
    """Return the translation with everything put back, or what is wrong with it."""
    if not returned.strip():
        return Wrong("came back empty")
    if set(_PAGE.findall(returned.casefold())) - set(_PAGE.findall(protected.text.casefold())):
        return Wrong("came back with HTML in it")
    try:
        target = restore(protected, returned)
    except PlaceholderError as error:
        return Wrong(str(error))
    if protected.has_words and _same(returned, protected.text) and _is_sentence(protected.text):
        return Wrong("came back untranslated")
    if capabilities.writes_its_language:
        said = without_placeholders(returned)
        if has_wrong_script(said, locale, without_placeholders(protected.text)):
            return Wrong("came back in the wrong script", other_language=True)
        other = other_language(said, locale)
        if other:
            return Wrong(f"came back in the wrong language ({other})", other_language=True)
    strict = STRICT_FOR_ENGINES if capabilities.writes_its_language else frozenset()
    return _first_finding(check(source, target, locale, source_locale), strict) or target


def _first_finding(findings: Sequence[Finding], strict: Collection[str]) -> Wrong | None:
    for finding in findings:
        if finding.blocks or finding.check in strict:
            return Wrong(finding.message, finding.check in _VALUES)
    return None


_VALUES = frozenset({"facts.time", "facts.date", "facts.weekday", "facts.number", "facts.month", "facts.code"})


def without_placeholders(text: str) -> str:
    """Return the words of a text that an engine was shown, or gave."""
    return re.sub(r"[{｛]\s*\d+\s*[}｝]", " ", text)


def _same(returned: str, sent: str) -> bool:
    return returned.casefold().split() == sent.casefold().split()


def _is_sentence(text: str) -> bool:
    """Say whether a text has a word that is no name: one without a capital."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"\{\d+\}", " ", text))
    return any(word.islower() and len(word) > 2 for word in words)
