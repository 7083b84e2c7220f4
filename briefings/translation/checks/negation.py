"""Negation that got lost: "do not follow" that became "follow". Markers per language, counted in both texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from briefings.model.language import cldr
from briefings.translation.facts import read_exact
from briefings.translation.findings import Finding, Pair, Severity

# A letter or vowel sign of any script: Python's \w leaves out the vowel signs of Indic scripts.
_LETTER = r"(?:[^\W\d_]|[\u0900-\u0963\u0966-\u0dff])"


@dataclass(frozen=True)
class Markers:
    """How a language says no. All patterns are for folded text (`facts.fold`): lower case, no accents.

    `words` and `endings` (of words, after a stem) each count as one negation. `alone` are words such as "nobody" that
    count only in a clause that has none of these: Spanish "nadie los ve", but "no los ve nadie"; `leading` the same, if
    they come early in the clause or after a conjunction ("ningún agente vino"). Languages that say
    "nobody not sees" everywhere have `fragments` in place of them, which count only in a text of a few words.
    `soft` are words that can stand for a negation of the other language ("impossible" for "not possible").
    """

    words: str
    endings: str = ""
    alone: str = ""
    leading: str = ""
    fragments: str = ""
    soft: str = ""


MARKERS = {
    "en": Markers(
        r"(?<!or )not(?! (?:only|until|hesitate)\b)|never|cannot|without|nobody|no[ -]one|nothing|neither|none|nowhere"
        r"|no(?![.-]|\s?\d| (?:later|more|fewer|less|longer|sooner|earlier) than\b| (?:doubt|matter|idea)\b)",
        soft=r"avoid\w*|forbid\w*|prohibit\w*|ban(?:ned)?|impossible|unable|unsafe|refus\w*|fail\w*|lack\w*|stop\w*",
    ),
    "ro": Markers(
        r"nu|n(?=-a)|fara",
        fragments=r"nimeni|nimic|niciodata|niciun\w*|nicio",
        soft=r"imposibil\w*|interzis\w*|evitati|evita|nesigur\w*|neurgent\w*|ne(?:verificat|tradus|permis|reusit)\w*|lips\w+",
    ),
    "pl": Markers(
        r"(?<!\bpo )(?<!\bna )(?<!\bw )(?<!\bprzez )nie|bez|nigdy(?= wiecej)",
        fragments=r"nikt|nikogo|nikomu|nic|niczego|nigdy|zaden|zadn\w+|nigdzie",
        soft=r"nie(?!dziel|ktor|miec|baw|ruchom|mal)\w{4,}|brak\w*|zakaz\w*|zabrania\w*|unika\w*",
    ),
    "bg": Markers(
        r"не|няма\w*|нямат|без|недеи\w*",
        fragments=r"никои|никого|никога|нищо|никак\w*|никъде",
        soft=r"не(?!дел|обход|говор|реде|как)[а-я]{4,}|забран\w*|избягва\w*|лип[сc]\w*|отказ\w*",
    ),
    "es": Markers(
        r"no|sin|tampoco",
        alone=r"nadie|nada|nunca|jamas",
        leading=r"ningun\w*|ni",
        soft=r"imposible|prohib\w*|evite\w*|evitar|insegur\w*|carece\w*|falta de|deje de",
    ),
    "pt": Markers(
        r"nao|sem|tampouco",
        alone=r"ninguem|nada|nunca|jamais",
        leading=r"nenhum\w*|nem",
        soft=r"impossive\w*|proib\w*|evite\w*|evitar|insegur\w*|falta de|deixe de",
    ),
    "it": Markers(
        r"non|no|senza|neanche|nemmeno|neppure",
        leading=r"nessun\w*|niente|nulla|mai",
        soft=r"impossibil\w*|vietat\w*|proibit\w*|evit\w*|insicur\w*|manca\w*|smetta di",
    ),
    "tr": Markers(
        r"degil\w*|yok|yok(?:tu|sa|ken|mus)\w*|hayir|olmaksizin",
        # verbs: -me + imperative, aorist, present, past, future, participle, without, infinitive, wish, ability
        endings=r"m[ae]yin(?:iz)?|m[ae]z(?:s\w*|l[ae]r\w*|dan|ken|di\w*|lik\w*)?|m[iu]yor\w*|m[ae]d[iu]\w*"
        r"|m[ae]y[ae]c[ae][gk]\w*|m[ae]mis\w*|m[ae]y[ae]n\w*|m[ae]d[ae]n|m[ae]yip|m[ae]m[ae](?:k|l|s|n|z)\w*"
        r"|m[ae]sin(?:l[ae]r)?|m[ae]y[iu]z|m[ae]m|m[ae]yi[nm]ca",
        soft=r"imkansiz\w*|yasak\w*|kacin\w*|(?!hirsiz)[^\W\d_]{3,}s[iu]z(?:ce|dir|lik)?",
    ),
    "ur": Markers(
        r"نہیں|نہ|مت|بغیر|نہی",
        soft=r"ناممکن|ممنوع\w*|ممانعت|پرہیز|گریز|غیر|بنا|بلا|محروم|منع",
    ),
    "pa": Markers(
        r"ਨਹੀਂ|ਨਹੀ|ਨਾ|ਬਿਨਾਂ|ਬਿਨਾ|ਬਗੈਰ|ਨਾਂਹ|ਨਾ ਹੀ",
        soft=r"ਅਸੰਭਵ|ਨਾਮੁਮਕਿਨ|ਮਨਾਹੀ|ਮਨ੍ਹਾ|ਪਰਹੇਜ|ਗੁਰੇਜ|ਅਣ" + _LETTER + "+|ਗੈਰ",
    ),
    "ta": Markers(
        r"அல்ல|இல்லை|வேண்டாம்|இல்லா" + _LETTER + "*|அல்லாத" + _LETTER + "*|மாட்ட" + _LETTER + "+|இன்றி",
        # written as one word with its verb or noun: -வில்லை, -வேண்டாம், -முடியாது, -கூடாது, -ாமல், -ாதீர்கள், -ாத
        endings=r"(?:ில்லை|ல்லையே|வேண்டாம்|ாது|ாதே|ாதீர்" + _LETTER + "*|ாமல்" + _LETTER + "*|ாமலே" + _LETTER + "*"
        r"|ாத|ாதவ" + _LETTER + "*|ாதபோது|ாவிட்டால்|ாவிடில்|ாவிடினும்|ாததால்|ாதது|ாவண்ணம்|ாதவாறு|மாட்ட" + _LETTER + "+|மல்ல|ன்றி)",
        soft="தடை" + _LETTER + "*|தவிர்க்க" + _LETTER + "*",
    ),
}
"""Markers by language. A language that is not here is not checked for negation."""

_TURKISH_STEM = r"(?!tamam\b|namaz)[^\W\d_]{2,}?"
_CONJUNCTIONS = "donde|onde|dove|que|che|si|se|porque|perche|y|e|o|pero|mas|ma"
_WITHOUT = frozenset({"sin", "sem", "senza"})
"""Words that deny no verb: a "nobody" beside them counts."""
_FRAGMENT = 3
"""The most words of a text that needs no verb, and so no verb's negation."""
_CLAUSE = re.compile(r"[.,;:!?()…۔؟।،؛–—\n*]+")


def negation(pair: Pair) -> Iterator[Finding]:
    """Each negation of the source comes back. Languages say no in many ways, so this warns."""
    ours, theirs = (cldr(locale).language for locale in (pair.source_locale, pair.locale))
    if ours not in MARKERS or theirs not in MARKERS:
        return
    said = list(_negations(pair.source_exact.rest, ours))
    if not said:
        return
    text = pair.target_exact.rest
    count = sum(1 for _ in _negations(text, theirs))
    if count < len(said) and not _soft(ours).search(pair.source_exact.rest):
        count += len(_soft(theirs).findall(_composed(text)))
    if count < len(said):
        token = said[min(count, len(said) - 1)].strip()
        times = f"{pair.source_language} says no {_times(len(said))}, this text {_times(count)}"
        message = f"“{token}” may be lost ({times}): check that the text does not say the opposite"
        yield Finding("meaning.negation", Severity.WARNS, token, message)


def count_negations(text: str, locale: str) -> int:
    """Return how often a text says no; 0 in a language without markers."""
    language = cldr(locale).language
    return sum(1 for _ in _negations(read_exact(text).rest, language)) if language in MARKERS else 0


def _times(count: int) -> str:
    return ("not at all", "once", "twice")[count] if count < 3 else f"{count} times"


def _negations(text: str, language: str) -> Iterator[str]:
    """Yield the negations of a folded text."""
    always, alone, fragments = _patterns(language)
    text = _composed(text)
    if fragments is not None and len(text.split()) <= _FRAGMENT:
        alone = fragments
    if alone is None:
        yield from (match[0] for match in always.finditer(text))
        return
    for clause in _CLAUSE.split(text):
        found = [match[0] for match in always.finditer(clause)]
        yield from found
        if _WITHOUT.issuperset(found) and (match := alone.search(clause)):
            yield match[0].split()[-1]


def _composed(text: str) -> str:
    """Undo the decomposition of folding, which takes Tamil and Bengali vowels apart."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@lru_cache(maxsize=64)
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str] | None, re.Pattern[str] | None]:
    markers = MARKERS[language]
    before, after = r"(?<![^\W\d_])(?<![\u0900-\u0963\u0966-\u0dff])", f"(?!{_LETTER})"
    always = rf"{before}(?:{markers.words}){after}"
    if language == "en":
        always += r"|n['’]t\b"
    if markers.endings:
        stem = _TURKISH_STEM if language == "tr" else rf"{_LETTER}{{2,}}?"
        always += rf"|{before}{stem}(?:{markers.endings}){after}"
    single = [rf"{before}(?:{markers.alone}){after}"] if markers.alone else []
    if markers.leading:
        single.append(rf"(?:\A\W*(?:\w+\W+){{0,2}}|(?<!\w)(?:{_CONJUNCTIONS})\s+)(?:{markers.leading}){after}")
    alone = re.compile("|".join(single)) if single else None
    fragments = re.compile(rf"{before}(?:{markers.fragments}){after}") if markers.fragments else None
    return re.compile(always), alone, fragments


@lru_cache(maxsize=64)
def _soft(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_])(?<![\u0900-\u0963\u0966-\u0dff])(?:{MARKERS[language].soft})(?!{_LETTER})")
