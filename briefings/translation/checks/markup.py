"""Markdown survives translation: links stay links, bold and list items stay, no HTML comes in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from briefings.translation.findings import Finding, Pair, Severity


def markup(pair: Pair) -> Iterator[Finding]:
    """Links stay links; bold and list items should stay; no HTML comes in."""
    for html in (_tags(pair.target) - _tags(pair.source)).elements():
        yield Finding(
            "markup.html", Severity.BLOCKS, html, f"{html} looks like HTML: take it out, only Markdown is used"
        )
    lost = len(_LINK.findall(pair.source)) - len(_LINK.findall(pair.target))
    if lost:
        message = "a link is missing or one too many: keep each [words](address) as it is, translating only the words"
        yield Finding("markup.link", Severity.BLOCKS, "[words](address)", message)
    for check, token, pattern in _SHAPES:
        if len(pattern.findall(pair.source)) != len(pattern.findall(pair.target)):
            message = f"the text has not the same number of {token} as {pair.source_language}"
            yield Finding(check, Severity.WARNS, token, message)


_LINK = re.compile(r"\[[^\]]+\]\(\s*[^()\s]+[^()]*\)")
_TAG = re.compile(r"<(?!https?://|mailto:|[^\s<>]+@)[/!?]?[A-Za-z][^<>\s]*>?|<!--")
_SHAPES = (
    ("markup.bold", "**bold**", re.compile(r"\*\*(?=\S)[^*]+(?<=\S)\*\*")),
    ("markup.list", "list items", re.compile(r"^\s*(?:[-*+]|\d+[.)])\s", re.MULTILINE)),
)


def _tags(text: str) -> Counter[str]:
    return Counter(_TAG.findall(text))
