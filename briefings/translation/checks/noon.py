"""Noon and midnight of the source: the translation has the same one, as a word or as a figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from briefings.translation.day_parts import noon_and_midnight
from briefings.translation.findings import Finding, Severity


def noon_or_midnight(words: Counter[int], text: str, locale: str) -> Iterator[Finding]:
    """Compare the noons (720) and midnights (0) that no figure of a folded translation stands for with its words."""
    patterns = noon_and_midnight(locale)
    if patterns is None or not words:
        return
    noon, midnight = (bool(pattern.search(text)) for pattern in patterns)
    for time, here, other in ((720, noon, midnight), (0, midnight, noon)):
        if words[time] <= 0 or here:
            continue
        name, wrong, figure = ("noon", "midnight", "12:00") if time else ("midnight", "noon", "00:00")
        if other and not words[720 - time]:
            message = f"time {name} became {wrong}: write {figure}, or the word for {name}"
            yield Finding("facts.time", Severity.BLOCKS, name, message)
        else:
            message = f"time {name} was not found: check that this text says {name}, or write {figure}"
            yield Finding("facts.time", Severity.WARNS, name, message)
