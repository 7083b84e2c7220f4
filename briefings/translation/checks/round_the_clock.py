"""Idioms for "all day, every day": the figures of "24 hours a day" and "7 days a week" may become words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.model.language import cldr
from briefings.translation.facts import fold
from briefings.translation.figures import Figure
from briefings.translation.findings import Finding, Severity

_IDIOMS = {
    7: re.compile(r"\b(?:7|seven) days a week\b|\b24/7\b"),
    24: re.compile(r"\b24[ -]hours?\b|\b24/7\b"),
}
_WHOLE = re.compile(r"(?<![\d/])(?:24/7|7/24)(?![\d/])")
# What the languages say instead, for folded text: (every day of the week, day and night).
_WORDS: dict[str, tuple[str, str]] = {
    "ro": (r"(?:in )?fiecare zi|zilnic|toate zilele|sapte zile",
           r"non[- ]?stop|permanent\w*|zi si noapte|in orice moment"),
    "ur": ("ساتوں دن|سات دن|ہر روز|روزانہ|پورا ہفتہ|پورے ہفتے", "چوبیس گھنٹے|چوبیسوں گھنٹے|دن رات|دن اور رات|ہر وقت"),
    "bg": (r"всеки ден|ежедневно|седем дни|без почивен ден", r"денонощн\w*|по всяко време|ден и нощ"),
    "pl": (r"codziennie|kazdego dnia|siedem dni|przez caly tydzien",
           r"calodobow\w*|cala dobe|dzien i noc|o kazdej porze"),
    "tr": (r"her gun\w*|haftanin yedi gunu|yedi gun", r"gece gunduz|yirmi dort saat|gunun her saati\w*|kesintisiz"),
    "es": (r"todos los dias|cada dia|siete dias|a diario", r"dia y noche|las veinticuatro horas|a cualquier hora"),
    "pt": (r"todos os dias|sete dias|diariamente", r"dia e noite|vinte e quatro horas|a qualquer hora|permanente\w*"),
    "pa": ("ਹਰ ਰੋਜ਼|ਸੱਤੇ ਦਿਨ|ਸੱਤ ਦਿਨ|ਰੋਜ਼ਾਨਾ|ਹਰ ਦਿਨ", "ਚੌਵੀ ਘੰਟੇ|ਚੌਵੀਂ ਘੰਟੇ|ਦਿਨ ਰਾਤ|ਦਿਨ-ਰਾਤ|ਹਰ ਵੇਲੇ|ਹਰ ਸਮੇਂ"),
    "it": (r"tutti i giorni|ogni giorno|sette giorni|tutta la settimana",
           r"giorno e notte|ventiquattro ore|a ogni ora|a qualsiasi ora"),
    "ta": ("தினமும்|ஒவ்வொரு நாளும்|எல்லா நாட்களும்|ஏழு நாட்களும்|நாள்தோறும்",
           "இரவு பகல்|இரவும் பகலும்|எந்நேரமும்|எப்போதும்|நாள் முழுவதும்"),
}  # fmt: skip


def repeats(figure: int, source: str, target: str = "") -> bool:
    """Say whether a translation may have a figure once more than the source: "24 ore su 24", "7 zile din 7", "7/24"."""
    if figure == 7 and _WHOLE.search(target):
        figure = 24
    return figure in _IDIOMS and _IDIOMS[figure].search(source) is not None


def excused(missing: list[Figure], source: str, target: str, locale: str) -> tuple[list[Figure], Iterator[Finding]]:
    """Return the missing figures that no idiom of the folded source excuses, and what is worth a look."""
    idioms = [figure for figure in missing if figure.text in ("7", "24") and repeats(int(figure.text), source)]
    words = _WORDS.get(cldr(locale).language, ("", ""))
    said = {place: bool(form) and re.search(fold(form), target) for place, form in zip((7, 24), words, strict=True)}
    left = list(missing)
    for figure in idioms:
        left.remove(figure)
    loose = (
        Finding(
            "facts.number",
            Severity.WARNS,
            figure.text,
            f"number {figure.text} was not found: check that this text says "
            + ("every day of the week" if figure.text == "7" else "day and night"),
        )
        for figure in idioms
        if not said[int(figure.text)]
    )
    return left, loose
