"""Text that says the same thing twice: a word doubled, words repeated, a sentence pasted two times."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from briefings.model.language import cldr
from briefings.translation.findings import Finding, Pair, Severity

# Languages that double a word on purpose: "yavaş yavaş", "ਵੱਖ ਵੱਖ", "الگ الگ". There only three in a row are odd.
_DOUBLING = frozenset(["tr", "ur", "pa", "ta", "hi", "bn", "gu", "mr", "ne", "si", "te", "kn", "ml", "id", "ms", "so"])
_DOUBLING |= {"az", "fa", "tl", "vi", "zh", "ja", "th"}
# Words that may meet themselves in a good sentence.
_MEETING = {
    "en": {"that", "had"},
    "pt": {"se"},
    "es": {"si", "que"},
    "fr": {"nous", "vous"},
    "it": {"piano", "via", "man", "poco", "quasi"},
    "de": {"die", "der", "das", "sie"},
    "nl": {"die", "dat"},
}
_PUNCTUATION = ".,;:!?…۔؟।،؛\"'»”’)*_"
_SENTENCE = re.compile(r"[.!?…۔؟।\n]+(?:\s|$)")
_LONGEST = 6


def repeated(pair: Pair) -> Iterator[Finding]:
    """Nothing is said twice in a row that the source says once."""
    phrase = _repeated_phrase(pair.target, cldr(pair.locale).language)
    if phrase and _repeated_phrase(pair.source, cldr(pair.source_locale).language) is None:
        message = f"“{phrase}” stands twice in a row: delete one of them"
        yield Finding("text.repeated", Severity.WARNS, phrase, message)
        return
    sentence = _repeated_sentence(pair.target)
    if sentence and _repeated_sentence(pair.source) is None:
        shown = sentence if len(sentence) <= 40 else sentence[:39] + "…"
        message = f"the sentence “{shown}” stands in this text twice: delete one of them"
        yield Finding("text.repeated", Severity.WARNS, shown, message)


def _repeated_phrase(text: str, language: str) -> str | None:
    """Return the first words that follow themselves, with nothing but spaces between."""
    words = text.casefold().split()
    bare = [word.rstrip(_PUNCTUATION) for word in words]
    if len(set(bare)) == len(bare):
        return None
    for size in range(1, _LONGEST + 1):
        for start in range(len(words) - 2 * size + 1):
            first, second = words[start : start + size], bare[start + size : start + 2 * size]
            # the first stands without a mark after it, and the inner words of both are the same
            if first[-1] != second[-1] or first[:-1] != words[start + size : start + 2 * size - 1]:
                continue
            if size > 1 or _odd(first[0], bare[start + 2 : start + 3], language):
                return " ".join(first)
    return None


def _odd(word: str, following: list[str], language: str) -> bool:
    if len(word) < 2 or not any(letter.isalpha() for letter in word) or any(letter.isdigit() for letter in word):
        return False
    if language in _DOUBLING:
        return following == [word]
    return word not in _MEETING.get(language, ())


def _repeated_sentence(text: str) -> str | None:
    sentences = Counter(" ".join(part.split()) for part in _SENTENCE.split(text))
    return next((text for text, count in sentences.items() if count > 1 and len(text) >= 15), None)
