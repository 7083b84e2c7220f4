"""The heading of a section, which may end in the audiences that the section is for."""

from __future__ import annotations

import re

from briefings.content.entries import unknown_audience
from briefings.content.fields import Report
from briefings.model.audience import Audiences

_NAMES = re.compile(r"(?P<heading>.*?)\s*\{\s*audience:\s*(?P<names>[\w-]+(?:\s*,\s*[\w-]+)*)\s*\}")
_MEANT = re.compile(r"\{[^{}]*audience|audience[^{}]*\}|\}$", re.IGNORECASE)


def split_heading(text: str, line: int, report: Report, audiences: Audiences) -> tuple[str, tuple[str, ...]]:
    """Return a heading without `{audience: young-people, businesses}` at its end, and these names.

    Unknown names and what only looks like this are reported with `line`.
    """
    match = _NAMES.fullmatch(text)
    if match and not _MEANT.search(match["heading"]):
        names = tuple(dict.fromkeys(re.split(r"\s*,\s*", match["names"])))
        for name in names:
            if name not in audiences.names:
                report.add(line, f"{{audience}} {unknown_audience(name, audiences)}")
        return match["heading"], names
    if _MEANT.search(text):
        report.add(line, "braces in a heading: end it with the audiences, as in '## Meet us {audience: young-people}'")
    return text, ()


def without_audiences(text: str) -> str:
    """Return a heading without the audiences at its end, whether these are known or not."""
    match = _NAMES.fullmatch(text)
    return match["heading"] if match else text
