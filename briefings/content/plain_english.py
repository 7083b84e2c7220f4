"""Advice on plain English for what a comms team writes: what to say more simply, and how hard a text is to read.

Targets are those of plain-English guides for the public sector: sentences of 15 to 20 words, never above 25, and a
reading age of 9 to 12. Advice is no fault: a briefing may go out as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from briefings.content.passages import Kind, Passage, passages
from briefings.content.plainer_words import PLAINER, harder_words
from briefings.content.readability import Measures, measure, sentences, words

LONG_SENTENCE, TOO_LONG_SENTENCE = 20, 25
OLDEST_READER = 12
LONGEST_HEADING = 65
LONGEST_ALT = 150
PASSIVE_SHARE = 0.25
"""Of all sentences: some passive voice is natural where nobody knows who did it."""

_KNOWN_SHORT_FORMS = frozenset({"UK", "EU", "USA", "NHS", "GP", "MP", "BBC", "CCTV", "TV", "ID", "PDF", "QR", "SMS"})
_SHORT_FORM = re.compile(r"(?<![\w-])[A-Z]{2,6}(?![\w-])")
_BE = r"(?:is|are|was|were|be|been|being)"
_PARTICIPLE = (
    r"\w{2,}ed|taken|seen|stolen|given|known|told|made|found|sent|held|kept|caught|put|shown|left|broken|hidden"
)
_PASSIVE = re.compile(rf"\b{_BE}\s+(?:not\s+|\w+ly\s+)?(?:{_PARTICIPLE})\b", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)\S+[\w/]")
_EMPTY_LINK = re.compile(
    r"(?:please )?(?:click|tap)?\s*(?:on )?"
    r"(?:here|this|(?:this )?(?:link|page)?|(?:read|find out)? ?more(?: information)?)\W*",
    re.IGNORECASE,
)
_ALT_OF = re.compile(r"(?:an? )?(?:image|picture|photo|photograph|graphic|icon)\b(?: of\b|:)", re.IGNORECASE)
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|webp|svg)|(?:IMG|DSC|DSCF)[_-]?\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Advice:
    """What could be better, where, and how. `id` names the kind, such as `sentence.long`."""

    path: str
    line: int
    message: str
    id: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


def review(path: str, text: str) -> tuple[list[Advice], Measures]:
    """Return advice on a briefing file, in the order of its lines, and how hard it is to read.

    `path` is how the advice names the file. Never raises: a file that is no briefing has no texts.
    """
    found = passages(text)
    measures = measure(passage.text for passage in found if passage.kind is Kind.TEXT)
    advice = [Advice(path, *said) for passage in found for said in _passage(passage)]
    advice += [Advice(path, *said) for said in (*_short_forms(found), *_links(found), *_passive(found))]
    if measures.reading_age > OLDEST_READER:
        said = (
            f"the reading age is {measures.reading_age}: aim at 9 to {OLDEST_READER}, with shorter words and sentences"
        )
        advice.append(Advice(path, 1, said, "reading.age"))
    return sorted(advice, key=lambda item: item.line), measures


Said = tuple[int, str, str]
"""Line, message and id of an advice."""


def _passage(passage: Passage) -> Iterator[Said]:
    text = passage.text
    if passage.kind is Kind.TEXT:
        for start, sentence in sentences(text):
            count = len(words(sentence))
            if count > TOO_LONG_SENTENCE:
                yield (
                    passage.line_at(start),
                    f"a sentence of {count} words: make two or three of it",
                    "sentence.too-long",
                )
            elif count > LONG_SENTENCE:
                yield (
                    passage.line_at(start),
                    f"a sentence of {count} words is long: 15 to 20 read well",
                    "sentence.long",
                )
    if passage.kind is Kind.HEADING and len(text) > LONGEST_HEADING:
        yield passage.line, f"a heading of {len(text)} letters: {LONGEST_HEADING} are enough", "heading.long"
    if passage.kind is Kind.ALT:
        yield from _alt(passage)
    for start, word, plainer in harder_words(text):
        yield passage.line_at(start), f"{word!r}: write {plainer!r}", "word.hard"
    links = " ".join(link.text for link in passage.links)
    for match in _URL.finditer(text):
        if match[0] not in links:
            said = f"a bare address ({match[0]}): make a link of words that say what is there"
            yield passage.line_at(match.start()), said, "link.bare"


def _alt(passage: Passage) -> Iterator[Said]:
    text = passage.text
    if _ALT_OF.match(text):
        yield passage.line, "the alt text says that it is an image: say only what is to be seen", "alt.image-of"
    if _FILE_NAME.fullmatch(text):
        yield passage.line, f"the alt text is a file name ({text}): say what is to be seen", "alt.file-name"
    if len(text) > LONGEST_ALT:
        yield (
            passage.line,
            f"an alt text of {len(text)} letters: {LONGEST_ALT} are the most that is read well",
            "alt.long",
        )


def _short_forms(found: Iterable[Passage]) -> Iterator[Said]:
    """Name each short form at its first use, unless the text says somewhere what it is."""
    found = list(found)
    whole = " ".join(passage.text for passage in found)
    seen: set[str] = set()
    for passage in found:
        for match in _SHORT_FORM.finditer(passage.text):
            word = match[0]
            if word in seen or word in _KNOWN_SHORT_FORMS or word in PLAINER:
                continue
            seen.add(word)
            if not re.search(rf"\({word}\)|\b{word} \(|\b{word}\.? (?:This is|is an?|means|stands for)\b", whole):
                said = f"{word} is not explained: write it out the first time, with {word} in brackets behind it"
                yield passage.line_at(match.start()), said, "word.short-form"


def _links(found: Iterable[Passage]) -> Iterator[Said]:
    targets: dict[str, str] = {}
    for passage in found:
        for link in passage.links:
            text = " ".join(link.text.split())
            if _EMPTY_LINK.fullmatch(text):
                yield passage.line, f"the link text {text!r} does not say where it leads: name the page", "link.text"
            elif _URL.fullmatch(text) or text == link.target:
                yield passage.line, f"the link text is an address ({text}): name the page", "link.bare"
            elif targets.setdefault(text.lower(), link.target) != link.target:
                yield (
                    passage.line,
                    f"the link text {text!r} leads to two pages: name each its own way",
                    "link.same-text",
                )


def _passive(found: Iterable[Passage]) -> Iterator[Said]:
    """Give one advice for a whole text that is written in the passive voice: a sentence here and there is well."""
    total = 0
    passive: Counter[str] = Counter()
    first = 0
    for passage in found:
        if passage.kind is not Kind.TEXT:
            continue
        for start, sentence in sentences(passage.text):
            total += 1
            if match := _PASSIVE.search(sentence):
                passive[" ".join(match[0].split())] += 1
                first = first or passage.line_at(start)
    count = passive.total()
    if count > max(PASSIVE_SHARE * total, 2):
        shown = ", ".join(repr(words) for words, _n in passive.most_common(3))
        yield first, f"{count} of {total} sentences do not say who does it ({shown}): name who", "voice.passive"
