"""Plural forms of a catalog: the number and the rule that its language has, every form there, placeholders kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from gettext import c2py

from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.plural import to_gettext

from briefings.model.language import cldr
from briefings.translation.facts import Kind, read_exact
from briefings.translation.findings import Finding, Severity

_SAMPLE = (*range(201), 1000, 1001, 1002, 1005, 1012, 1021, 10_000, 100_000, 1_000_000)
_HEADER = re.compile(r"nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*([^;]+)")


def check_plural_forms(catalog: Catalog, locale: str) -> list[Finding]:
    """Check the plural rule of a catalog against gettext's and CLDR's for the locale, and all its plural texts."""
    return [*_rule(catalog, locale), *_forms(catalog)]


def _rule(catalog: Catalog, locale: str) -> Iterator[Finding]:
    table = get_plural(str(cldr(locale)))
    rules = [(table.num_plurals, table.plural_expr)]
    if match := _HEADER.match(to_gettext(cldr(locale).plural_form)):
        rules.append((int(match[1]), match[2]))
    advice = f"write “Plural-Forms: nplurals={table.num_plurals}; plural={table.plural_expr};” in the header"
    count = catalog.num_plurals
    if count not in {number for number, _ in rules}:
        message = f"the catalog says nplurals={count}, which {locale} has not: {advice}"
        yield Finding("plurals.count", Severity.BLOCKS, f"nplurals={count}", message)
        return
    token = f"plural={catalog.plural_expr}"
    chosen = _choices(catalog.plural_expr)
    if chosen is None or all(chosen != _choices(rule) for number, rule in rules if number == count):
        message = f"the catalog's rule {token} is not that of {locale}: {advice}"
        yield Finding("plurals.rule", Severity.BLOCKS, token, message)


def _choices(rule: str) -> tuple[int, ...] | None:
    """Return the form that a rule gives each sample number, None for a rule that cannot be read."""
    try:
        form: Callable[[int], int] = c2py(rule)
        return tuple(form(number) for number in _SAMPLE)
    except (ValueError, ZeroDivisionError):
        return None


def _forms(catalog: Catalog) -> Iterator[Finding]:
    for message in catalog:
        if not message.id or isinstance(message.id, str):
            continue
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if not any(forms):
            continue
        name = message.id[0]
        if len(forms) != catalog.num_plurals or not all(forms):
            text = f"“{name}” has {sum(map(bool, forms))} of {catalog.num_plurals} plural forms: write all of them"
            yield Finding("plurals.missing", Severity.BLOCKS, name, text)
        allowed = [_placeholders(text) for text in message.id]
        for index, form in enumerate(forms):
            if form and _placeholders(form) not in allowed:
                token = ", ".join(sorted(allowed[-1])) or ", ".join(sorted(_placeholders(form)))
                text = f"form {index} of “{name}” has not the placeholders {token}: keep them exactly, braces included"
                yield Finding("plurals.placeholder", Severity.BLOCKS, token, text)


def _placeholders(text: str) -> Counter[str]:
    facts = read_exact(text).facts
    return Counter({found: count for (kind, found), count in facts.items() if kind is Kind.PLACEHOLDER})
