"""Snippets: what a search shows of a text, with the words that were looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from markupsafe import Markup, escape

from briefings.editorial.search_words import Word, folded, words_in

WORDS = 26
_BEFORE = 120
"""Characters before the first match that are shown at most."""
_PIECE = 300
"""Characters, and the rest of a word, that are looked through at once."""


def snippet(text: str, wanted: Sequence[str]) -> Markup:
    """Return the words of a text around the first that is wanted, as HTML; its beginning where none is.

    `wanted` are words in their one form, of which the last may be the beginning of one.
    """
    begin = _begin(text, wanted) if wanted else 0
    shown = list(islice(_words_from(text, begin), WORDS))
    if not shown:
        return Markup("")
    out, at = [Markup("… ") if begin else Markup("")], shown[0].start
    for word in shown:
        if _is_wanted(word.form, wanted):
            out += [escape(text[at : word.start]), Markup("<mark>{}</mark>").format(text[word.start : word.end])]
            at = word.end
    out.append(escape(text[at : shown[-1].end]))
    return Markup("").join([*out, Markup(" …") if shown[-1].end < len(text.rstrip(" .")) else Markup("")])


def _begin(text: str, wanted: Sequence[str]) -> int:
    """Return a place between words shortly before the first that is wanted; 0 where none is: the title alone has it.

    Looking at every word of a long text takes the longest, so it is looked through piece by piece, and at the words of
    those pieces only in which one can be.
    """
    start = 0
    while start < len(text):
        end = text.find(" ", start + _PIECE)
        piece = text[start:end] if end > 0 else text[start:]
        in_one_form = folded(piece)
        if any(form in in_one_form for form in wanted):
            for word in words_in(piece):
                if _is_wanted(word.form, wanted):
                    first = start + word.start
                    return text.find(" ", first - _BEFORE) + 1 if first > _BEFORE else 0
        start += len(piece) + 1
    return 0


def _words_from(text: str, begin: int) -> Iterator[Word]:
    return (Word(word.form, word.start + begin, word.end + begin) for word in words_in(text[begin:]))


def _is_wanted(form: str, wanted: Sequence[str]) -> bool:
    return form in wanted or (bool(wanted) and form.startswith(wanted[-1]))
