"""Cut a text where a reader would: after a sentence, else between words, and never inside a
link, a number, a phone number or a letter with its marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from briefings.rendering.bidi import LRI, PDI
from briefings.rendering.post_length import links

Fits = Callable[[str], bool]

ELLIPSIS = "…"
_BORDER = re.compile(f"(?:{LRI}[^{PDI}]*{PDI}|[^ \\n])+(?P<space>[ \\n]+)")
_SENTENCE_END = re.compile("[.!?…؟۔।॥][\"'”’»)\\]]*$")
_POSTCODE = re.compile(r"(?:^|\W)[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)")
_WHOLE = re.compile(f"{LRI}[^{PDI}]*{PDI}|\\d+(?:[.,:/-]\\d+)*")
_WHOLE_LIMIT = 60
_SENTENCE_SHARE = 0.3
"""A cut after a sentence is taken if it keeps this share of what a cut between words would."""


def cut(text: str, fits: Fits, force: bool = False) -> tuple[str, str]:
    """Return the longest good beginning of a text that fits, and the rest.

    What ends inside a sentence ends with an ellipsis. The beginning is empty where not even a word
    fits; with `force` it never is: then a word is cut between letters.
    """
    between_words = after_sentence = (0, 0)
    for start, end in _borders(text):
        if not fits(text[:start]):
            break
        if _ends_sentence(text, start, end):
            after_sentence = between_words = (start, end)
        elif fits(text[:start] + ELLIPSIS):
            between_words = (start, end)
    if after_sentence[0] and after_sentence[0] >= _SENTENCE_SHARE * between_words[0]:
        return text[: after_sentence[0]], text[after_sentence[1] :]
    if between_words[0]:
        return text[: between_words[0]] + ELLIPSIS, text[between_words[1] :]
    return _cut_word(text, fits) if force else ("", text)


def shortened(text: str, fits: Fits) -> str:
    """Return a text that fits: whole, or its beginning with an ellipsis."""
    if fits(text):
        return text
    head, _ = cut(text, lambda part: fits(part.removesuffix(ELLIPSIS) + ELLIPSIS), force=True)
    return head.removesuffix(ELLIPSIS) + ELLIPSIS


def graphemes(text: str) -> Iterator[str]:
    """Give a text's letters, each with its marks (after Unicode Standard Annex 29, on the safe side)."""
    cluster = ""
    for character in text:
        if cluster and not _belongs(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _borders(text: str) -> Iterator[tuple[int, int]]:
    """Give start and end of every space at which a text may be cut."""
    postcodes = [match.end() - 4 for match in _POSTCODE.finditer(text)]
    for match in _BORDER.finditer(text):
        start, end = match.span("space")
        in_number = text[start - 1].isdigit() and text[end : end + 1].isdigit()
        if end < len(text) and not in_number and start not in postcodes:
            yield start, end


def _ends_sentence(text: str, start: int, end: int) -> bool:
    if "\n" in text[start:end]:
        return True
    return bool(_SENTENCE_END.search(text[:start])) and not text[end].islower()


def _cut_word(text: str, fits: Fits) -> tuple[str, str]:
    """Cut between the parts of something that has no space to cut at; at worst between code points."""
    for parts in (_parts(text), iter(text)):
        head = ""
        for part in parts:
            if not fits(head + part + ELLIPSIS):
                break
            head += part
        if head:
            return head.rstrip() + ELLIPSIS, text[len(head) :].lstrip()
    return text[:1], text[1:]


def _parts(text: str) -> Iterator[str]:
    position = 0
    for start, end in _whole(text):
        if start >= position:
            yield from graphemes(text[position:start])
            yield text[start:end]
            position = end
    yield from graphemes(text[position:])


def _whole(text: str) -> list[tuple[int, int]]:
    found = [(start, end) for start, end, _ in links(text)]
    found += [match.span() for match in _WHOLE.finditer(text) if len(match[0]) <= _WHOLE_LIMIT]
    return sorted(found, key=lambda span: (span[0], -span[1]))


def _belongs(cluster: str, character: str) -> bool:
    code, last = ord(character), cluster[-1]
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or code in (0x200C, 0x200D):
        return True
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F or 0x1160 <= code <= 0x11FF:
        return True  # skin tones, flags of parts of countries, vowels and finals of Korean
    if last == "\u200d" or unicodedata.combining(last) == 9:  # a virama joins the next consonant
        return True
    flags = len(cluster) == 1 and 0x1F1E6 <= ord(last) <= 0x1F1FF
    return flags and 0x1F1E6 <= code <= 0x1F1FF
