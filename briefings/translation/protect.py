"""Protection: what an engine must not touch leaves the text as `{0}`, `{1}`..., and comes back after it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from briefings.content.markdown import PARSER
from briefings.translation.facts import GONE, ascii_digits, exact_spans
from briefings.translation.localised import Value


class PlaceholderError(ValueError):
    """A translation has not the placeholders it was given; the text says which one and what it stands for."""


@dataclass(frozen=True)
class Kept:
    """What one placeholder stands for. Markup keeps no space that an engine put between it and its word."""

    text: str
    opens: bool = False
    """Markup with its word right after it: `[`, `**`."""
    closes: bool = False
    """Markup with its word right before it: `](address)`, `**`."""


@dataclass(frozen=True)
class Protected:
    """A text that an engine may see: `kept[n]` stands where `text` has `{n}`."""

    text: str
    kept: tuple[Kept, ...]
    shape: frozenset[tuple[str, int]]
    """How often the source has each kind of markup."""

    @property
    def has_words(self) -> bool:
        """Say whether anything is left to translate."""
        return any(character.isalpha() for character in _PLACEHOLDER.sub("", self.text))


# Markdown as our parser reads it (CommonMark without HTML and images), and braces, which are ours alone between
# protect and restore. A lone underscore inside a word is no markup.
_MARKUP = re.compile(
    r"(?P<whole>`+[^`]+`+|<(?:https?://|mailto:)?[^\s<>]*[@:.][^\s<>]*>|\\[^\w\s]|&#?\w+;|[{}｛｝])"
    r"|(?P<opens>!?\[(?=[^\]]*\]\())"
    r"|(?P<closes>\]\((?:[^()]|\([^()]*\))*\))"
    r"|(?P<marks>\*+|`+|~~+|(?<!\w)_+|_+(?!\w))"
)
_PLACEHOLDER = re.compile(r"\{\d+\}")
# Engines write `{ 0 }`, fullwidth braces and digits of the language: unambiguous, as the text had no other braces.
_RETURNED = re.compile(r"[{｛]\s*(\d{1,4})\s*[}｝]")
_BRACE = re.compile(r"[{}｛｝]")


def protect(text: str, names: Collection[str] = (), values: Sequence[Value] = ()) -> Protected:
    """Take out of Markdown inline text what must come back unchanged.

    That is markup, addresses, numbers to call, postcodes, codes, placeholders and `names`. `values` are
    spans of the text (times, dates, figures) that come back as the target language writes them.
    """
    out: list[str] = []
    kept: list[Kept] = []
    at = 0
    for start, end, one in _spans(text, names, values):
        out += [text[at:start], f"{{{len(kept)}}}"]
        kept.append(one)
        at = end
    out.append(text[at:])
    return Protected("".join(out), tuple(kept), _shape(text))


def restore(protected: Protected, translated: str) -> str:
    """Put back what the placeholders stand for.

    Raises PlaceholderError for one that is missing, doubled, altered or was never there, and where the
    markup that comes out is not that of the source.
    """
    numbers = Counter(int(ascii_digits(number)) for number in _RETURNED.findall(translated))
    for number, one in enumerate(protected.kept):
        if numbers[number] != 1:
            how = "was lost" if not numbers[number] else "came back more than once"
            raise PlaceholderError(f"the placeholder for “{one.text}” {how}")
    if len(numbers) != len(protected.kept) or _BRACE.search(_RETURNED.sub("", translated)):
        raise PlaceholderError("a placeholder was altered, or one that was not there came back")
    pieces = _RETURNED.split(translated)
    for index in range(1, len(pieces), 2):
        one = protected.kept[int(ascii_digits(pieces[index]))]
        pieces[index] = one.text
        if one.opens:
            pieces[index + 1] = pieces[index + 1].lstrip()
        if one.closes:
            pieces[index - 1] = pieces[index - 1].rstrip()
    restored = "".join(pieces)
    if _shape(restored) != protected.shape:
        raise PlaceholderError("the marks of a link or of emphasis no longer enclose their words")
    return restored


def _spans(text: str, names: Collection[str], values: Sequence[Value]) -> Iterator[tuple[int, int, Kept]]:
    """Yield what is kept, in order, none overlapping: markup goes before facts, facts before names and values."""
    taken = [False] * len(text)
    found: list[tuple[int, int, Kept]] = []

    def take(start: int, end: int, one: Kept) -> None:
        if start < end and not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            found.append((start, end, one))

    inside = [range(start, end) for start, end in _facts(text)]
    for match in _MARKUP.finditer(text):
        start, end = match.span()
        # `*` or `_` in an address is part of it; an address in a link or in <...> is part of that
        if any(start >= span.start and end <= span.stop for span in inside):
            continue
        before, after = text[start - 1 : start].strip(), text[end : end + 1].strip()
        mark = match["marks"] is not None
        opens = bool(after) and (match["opens"] is not None or (mark and not before.isalnum()))
        closes = bool(before) and (match["closes"] is not None or (mark and not opens))
        take(start, end, Kept(match[0], opens, closes))
    unmarked = "".join(GONE if gone else character for character, gone in zip(text, taken, strict=True))
    for start, end in _facts(unmarked):  # `_101_` is a number to call only without its underscores
        take(start, end, Kept(text[start:end]))
    for name in sorted(filter(None, names), key=lambda name: (-len(name), name)):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
            take(*match.span(), Kept(match[0]))
    for value in values:
        take(value.start, value.end, Kept(value.shown))
    return iter(sorted(found, key=lambda span: span[:2]))


def _facts(text: str) -> list[tuple[int, int]]:
    """Find exact facts until none is left: of two numbers side by side, the first look finds one."""
    found: list[tuple[int, int]] = []
    short: frozenset[str] = frozenset()
    while True:
        seen = text
        spans, text, short = exact_spans(seen, short)
        new = [(start, end) for _, start, end in spans if GONE not in seen[start:end]]  # a link is found again
        if not new:
            return found
        found += new


def _shape(text: str) -> frozenset[tuple[str, int]]:
    kinds: Counter[str] = Counter()
    for inline in PARSER.parseInline(text):
        tokens = inline.children or []
        kinds.update(token.type for token in tokens if token.nesting == 1 or token.type == "code_inline")
        kinds["empty"] += sum(one.nesting == 1 and other.nesting == -1 for one, other in pairwise(tokens))
    return frozenset(kinds.items())
