"""Words for the parts of a day beside an hour: "6 in the evening", akşam 6, 6 вечерта; and for noon and midnight."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from briefings.model.language import cldr
from briefings.translation.facts import GONE, fold


class Part(StrEnum):
    """Which half of the day an hour of 1 to 12 lies in."""

    AM = "am"
    PM = "pm"
    MIDDAY = "midday"
    NIGHT = "night"


# Words that people write and CLDR's day periods lack, or whose hours CLDR does not tell apart; in the order of `Part`.
_WORDS: dict[str, tuple[str, str, str, str]] = {
    "ro": ("dimineața,dimineții", "seara,serii,după-amiaza,după amiaza,după-amiezii", "amiaza,amiezii,prânz",
           "noaptea,nopții"),
    "ur": ("صبح,سویرے,قبل دوپہر,علی الصبح", "شام,سہ پہر,بعد دوپہر", "دوپہر", "رات"),
    "bg": ("сутринта,сутрин,преди обед,преди обяд", "следобед,вечерта,вечер,привечер,след обяд",
           "на обяд,обяд,обед,пладне", "през нощта,нощта,нощем"),
    "pl": ("rano,nad ranem,z rana,przed południem", "po południu,popołudniu,wieczorem,wieczór,wieczora",
           "w południe", "w nocy,nocą,nocy"),
    "tr": ("sabah,sabahı,sabahın,sabahları,sabahleyin,öğleden önce", "akşam,akşamı,akşamın,akşamları,akşamleyin,"
           "akşamüstü,öğleden sonra,ikindi", "öğle,öğlen,öğleyin", "gece,gecesi,geceleri,geceleyin"),
    # not "mañana" and "tarde" alone, which are "tomorrow" and "late" as well
    "es": ("de la mañana,por la mañana,esta mañana,de la madrugada,madrugada", "de la tarde,por la tarde,esta tarde",
           "del mediodía,mediodía", "de la noche,por la noche,esta noche,noche"),
    "pt": ("da manhã,de manhã,manhã,da madrugada,madrugada", "da tarde,à tarde,de tarde,esta tarde",
           "meio-dia", "da noite,à noite,de noite,noite"),
    "pa": ("ਸਵੇਰ,ਸਵੇਰੇ,ਤੜਕੇ", "ਸ਼ਾਮ,ਸ਼ਾਮ ਦੇ,ਸ਼ਾਮੀਂ,ਬਾਅਦ ਦੁਪਹਿਰ,ਦੁਪਹਿਰ ਬਾਅਦ,ਦੁਪਹਿਰ ਤੋਂ ਬਾਅਦ", "ਦੁਪਹਿਰ,ਦੁਪਹਿਰੇ",
           "ਰਾਤ,ਰਾਤੀਂ"),
    "it": ("di mattina,del mattino,mattina,mattino,stamattina,mattinata", "del pomeriggio,pomeriggio,di sera,sera,"
           "stasera,serata", "mezzogiorno", "di notte,notte,stanotte"),
    "ta": ("காலை,காலையில்,அதிகாலை,அதிகாலையில்,முற்பகல்", "மாலை,மாலையில்,பிற்பகல்,பிற்பகலில்", "மதியம்,நண்பகல்,மதியத்தில்",
           "இரவு,இரவில்"),
    "ar": ("صباحا,الصباح,فجرا", "مساء,المساء,بعد الظهر,عصرا", "ظهرا,الظهر", "ليلا,الليل"),
    "lt": ("ryto,rytą,ryte", "vakaro,vakarą,vakare,po pietų,popiet", "vidurdienį,vidurdienio", "nakties,naktį"),
}  # fmt: skip
_OF_CLDR = {"morning": Part.AM, "afternoon": Part.PM, "evening": Part.PM, "noon": Part.MIDDAY, "midnight": Part.NIGHT}
_OF_CLDR |= {part.value: part for part in (Part.AM, Part.PM, Part.NIGHT)}

# Noon and midnight as patterns for folded text. Some are also words for an afternoon, which are left out.
_NOON_MIDNIGHT: dict[str, tuple[str, str]] = {
    "ro": (r"(?<!dupa-)(?<!dupa )amiaz\w*|pranz\w*|miezul zilei", r"miez\w* (?:de )?nop\w+|miez\w* de noapte"),
    "ur": ("دوپہر|نصف النہار", "آدھی رات|نصف شب|نصف رات|رات بارہ"),
    "bg": (r"обяд|обед|пладне", r"полунощ\w*"),
    "pl": (r"(?<!po )poludni\w*", r"polnoc\w*"),
    "es": ("mediodia", "medianoche"),
    "pt": ("meio-dia|meio dia", "meia-noite|meia noite"),
    "it": ("mezzogiorno|mezzodi", "mezzanotte"),
    "tr": (r"ogle(?!den (?:sonra|once))\w*", r"gece ?yari\w*"),
    "pa": ("ਦੁਪਹਿਰ", "ਅੱਧੀ ਰਾਤ|ਰਾਤ (?:ਦੇ )?ਬਾਰਾਂ"),
    "ta": ("நண்பகல|மதிய|உச்சிவேளை", "நள்ளிரவ"),
    "ar": (r"(?<!بعد )(?:ال)?ظهر\w*", "منتصف الليل"),
    "lt": (r"vidurdien\w*", r"vidurnak\w*"),
}
_NEAR = 30
"""Characters on each side of an hour in which a word for a part of the day is looked for."""
_APART = re.compile(rf"[\d,;:.()!?\n–—{GONE}-]")
"""What stands between an hour and a word that is not about it."""


def hours_in(part: Part, hour: int) -> tuple[int, ...]:
    """Return the hours (0 to 23) that an hour of 1 to 12 means in a part of the day."""
    if part is Part.AM:
        return (0, 12) if hour == 12 else (hour,)
    if part is Part.PM:
        return (hour % 12 + 12,)
    if part is Part.MIDDAY:
        return (hour if hour >= 10 else hour + 12,)
    return (hour % 12 if hour == 12 or hour <= 5 else hour + 12,)


def parts_beside(text: str, start: int, end: int, locale: str) -> set[Part]:
    """Return the parts of the day that the words next to an hour (a span of a folded text) name; usually one."""
    pattern, names = part_pattern(locale), _parts(locale)
    found: list[tuple[int, Part]] = []
    for word in pattern.finditer(text, end, min(len(text), end + _NEAR)):
        gap, beyond = text[end : word.start()], text[word.end() : word.end() + 2]
        if not _APART.search(gap) and not (gap.split() and beyond.strip()[:1].isdigit()):
            found.append((len(gap.split()), names[_plain(word[0])]))
        break
    for word in pattern.finditer(text, max(0, start - _NEAR), start):
        gap, beyond = text[word.end() : start], text[max(0, word.start() - 2) : word.start()]
        if not _APART.search(gap) and not (gap.split() and beyond.strip()[-1:].isdigit()):
            found.append((len(gap.split()), names[_plain(word[0])]))
    nearest = min((words for words, _ in found), default=3)
    return {part for words, part in found if words == nearest <= 2}


def part_shared(text: str, start: int, end: int, locale: str) -> Part | None:
    """Return the part of the day that an hour of a span shares: `شام 4 سے 7 بجے`, `entre las 4 y las 7 de la tarde`."""
    pattern, names = part_pattern(locale), _parts(locale)
    before = [match[0] for match in pattern.finditer(text, max(0, start - _NEAR), start)]
    after = pattern.search(text, end, min(len(text), end + _NEAR))
    beside = after is not None and len(text[end : after.start()].split()) <= 1
    if after is not None and (beside or not before):
        return names[_plain(after[0])]
    return names[_plain(before[-1])] if before else None


def parts_named(text: str, locale: str) -> set[Part]:
    """Return every part of the day that a folded text names."""
    return {_parts(locale)[_plain(match[0])] for match in part_pattern(locale).finditer(text)}


def noon_and_midnight(locale: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """Return what finds noon and midnight in a folded text, or nothing where their words are not known."""
    return _noon_and_midnight(cldr(locale).language)


@lru_cache(maxsize=64)
def _noon_and_midnight(language: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    if language not in _NOON_MIDNIGHT:
        return None
    noon, midnight = (re.compile(rf"(?<![^\W\d_])(?:{fold(words)})") for words in _NOON_MIDNIGHT[language])
    return noon, midnight


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words)


@lru_cache(maxsize=64)
def _parts(locale: str) -> dict[str, Part]:
    """Return the locale's words for parts of the day, folded, with the part they mean."""
    found = {form: Part(form[0] + "m") for half in "ap" for form in (f"{half}m", f"{half}.m.", f"{half}. m.")}
    for width in ("wide", "abbreviated"):
        for key, name in cldr(locale).day_periods["format"].get(width, {}).items():
            found[fold(name)] = _OF_CLDR[key.rstrip("0123456789")]
    for part, words in zip(Part, _WORDS.get(cldr(locale).language, ()), strict=False):
        found |= {fold(word): part for word in words.split(",")}
    return found


@lru_cache(maxsize=64)
def part_pattern(locale: str) -> re.Pattern[str]:
    """Return what finds the words for parts of the day in a folded text."""
    names = sorted(_parts(locale), key=len, reverse=True)
    return re.compile(r"(?<![^\W\d_])(?:" + "|".join(re.escape(name) for name in names) + r")(?![^\W\d_])")
