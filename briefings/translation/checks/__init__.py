"""The checks that every translated text must pass: facts, markup, wording, meaning and glossary."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from briefings.translation.checks import markup, negation, order, repeated, script, terms, values, wording
from briefings.translation.checks.edition import check_edition
from briefings.translation.checks.registry import CHECKS, Check
from briefings.translation.findings import Finding, Pair, Severity
from briefings.translation.glossary import NO_GLOSSARY, Glossary
from briefings.translation.plurals import check_plural_forms

__all__ = ["CHECKS", "Check", "Finding", "Severity", "check_edition", "check_plural_forms", "check_segment"]

_RUN: tuple[Callable[[Pair], Iterator[Finding]], ...] = (
    values.exact_facts,
    values.values,
    values.money_and_percent,
    order.moved,
    markup.markup,
    wording.invisible_characters,
    wording.untranslated,
    wording.length,
    wording.ending,
    script.script,
    repeated.repeated,
    negation.negation,
)


def check_segment(
    source: str,
    target: str,
    locale: str,
    source_locale: str = "en-GB",
    *,
    glossary: Glossary = NO_GLOSSARY,
    thorough: bool = False,
) -> list[Finding]:
    """Compare a translation with its source. An empty translation is not checked: it is not there yet.

    `thorough` also asks which language the text is in; that takes 130 MB of memory, once.
    """
    if not target.strip():
        return []
    pair = Pair(source, target, locale, source_locale)
    findings = [finding for check in _RUN for finding in check(pair)]
    findings += terms.glossary_terms(pair, glossary)
    if thorough:
        findings += script.language(pair)
    return findings
