"""Make corrupted translations: one change each that alters what a reader would do, from a seeded chance."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from briefings.model.language import cldr

URL = re.compile(r"https?://[^\s)]+[a-z0-9/]|[\w.]+@[\w.]+[a-z]")
PHONE = re.compile(r"(?<!\d)(?:0800 555 111|18001 101|18000|61016|999|101)(?!\d)")
TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
NATIVE = {"ur": "۰۱۲۳۴۵۶۷۸۹", "pa": "੦੧੨੩੪੫੬੭੮੯", "ta": "௦௧௨௩௪௫௬௭௮௯"}

# How a person or an engine loses a negation. Written from the texts, not from the lists of the check.
LETTER = r"[\w\u0900-\u0dff]"
LOST: dict[str, list[tuple[str, str]]] = {
    "ro": [(r"\bnu\b ?", ""), (r"\bfără să\b", "ca să")],
    "bg": [(r"\bняма\b", "има"), (r"\bнямаме\b", "имаме"), (r"\bбез да\b", "като"), (r"\bне\b ?", "")],
    "pl": [(r"(?<!po )\bnie\b ?", ""), (r"\bbez\b", "z"), (r"\bniemoż", "moż")],
    "es": [(r"\bno\b ?", ""), (r"\bsin\b", "con"), (r"\bnunca\b", "siempre"), (r"\bnadie\b", "alguien"),
           (r"\bninguna persona\b", "una persona")],
    "pt-PT": [(r"\bnão\b ?", ""), (r"\bsem\b", "com"), (r"\bnunca\b", "sempre"), (r"\bninguém\b", "alguém"),
              (r"\bnenhuma pessoa\b", "uma pessoa")],
    "it": [(r"\bnon\b ?", ""), (r"\bsenza\b", "con"), (r"\bnessuno\b", "qualcuno"),
           (r"\bnessuna persona\b", "una persona")],
    "tr": [(r"(?<=\w)m[ae]y[ıi]n\b", "ın"), (r" değil\w*", ""), (r"\byok\b", "var"), (r"(?<=\w)m[ae](?=d[ıi])", ""),
           (r"(?<=\w)m[iıuü](?=yor)", ""), (r"(?<=\w)[ae]m[ae]y[ıi]z\b", "abiliriz"), (r"(?<=\w)m[ae]d[ae]n\b", "erek"),
           (r"(?<=\w)m[ae]z\b", "ir"), (r"(?<=\w)m[ae]y[ae]n\b", "an")],
    "ur": [(r"(?<!\w)نہیں(?!\w) ?", ""), (r"(?<!\w)نہ(?!\w) ?", ""), (" بغیر", " کر")],
    "pa": [("ਨਹੀਂ ?", ""), (rf"(?<!{LETTER})ਨਾ(?!{LETTER}) ?", ""), ("ਬਿਨਾਂ", "ਕੇ")],
    "ta": [(" வேண்டாம்", "லாம்"), ("வில்லை", ""), (" அல்ல(?!து)", " தான்"), (" இல்லை", " உண்டு"), ("(?<!ப)ாது", "ும்"),
           ("ாமல்", "ி"), ("ாத(?= )", "ும்"), ("ியதில்லை", "ும்"), ("ாவிட்டால்", "ிந்தால்")],
}  # fmt: skip
NEGATIVE = re.compile(r"(?i)\b(?:not|never|no|cannot|without|nobody)\b")


def _replaced(text: str, span: tuple[int, int], instead: str) -> str:
    return text[: span[0]] + instead + text[span[1] :]


def _other_digit(chance: random.Random, digit: str) -> str:
    return str((int(digit) + chance.randint(1, 9)) % 10)


def digit(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Change one digit, wherever it stands."""
    for match in re.finditer(r"\d", target):
        yield _replaced(target, match.span(), _other_digit(chance, match[0]))


def phone(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Change, drop, double or turn digits of a number to call, or write them in the language's own digits."""
    for match in PHONE.finditer(target):
        number = match[0]
        place = chance.choice([index for index, sign in enumerate(number) if sign.isdigit()])
        forms = {
            number[:place] + _other_digit(chance, number[place]) + number[place + 1 :],
            number[:place] + number[place + 1 :],
            number[:place] + number[place] + number[place:],
            number[::-1],
            number.replace(" ", "-"),
        }
        if locale in NATIVE:
            forms.add("".join(NATIVE[locale][int(sign)] if sign.isdigit() else sign for sign in number))
        yield from (_replaced(target, match.span(), form) for form in sorted(forms - {number}))


def date(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Name another month or day of the week, or move the day of the month."""
    months, days = (list(names["format"]["wide"].values()) for names in (cldr(locale).months, cldr(locale).days))
    for names, beside in ((months, r"(?:(?<=\d )|(?<=\d de ))"), (days, "")):
        for place, name in enumerate(names):
            if names is days and list(cldr("en").days["format"]["wide"].values())[place] not in source:
                continue  # Turkish "pazar" is Sunday and market
            pattern = rf"{beside}(?<!\w){name}(?!\w)" + ("" if names is days else f"|(?<!\\w){name}(?= \\d)")
            for match in re.finditer(pattern, target, re.IGNORECASE):
                yield _replaced(target, match.span(), names[(place + chance.randint(1, len(names) - 1)) % len(names)])
    for name in months:
        for match in re.finditer(rf"(?<!\d)\d{{1,2}}(?= (?:de )?{name})|(?<={name} )\d{{1,2}}(?!\d)", target):
            moved = int(match[0]) % 28 + 1
            yield _replaced(target, match.span(), str(moved if moved != int(match[0]) else moved + 1))


def time(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Move a time of day by hours or minutes, or by half a day."""
    for match in TIME.finditer(target):
        minutes = int(match[1]) * 60 + int(match[2])
        for step in (60 * chance.randint(1, 11), 720, 5 * chance.randint(1, 11)):
            moved = (minutes + step) % 1440
            yield _replaced(target, match.span(), f"{moved // 60:02}:{moved % 60:02}")


def url(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Change, drop or double one character of an address, or lose the address."""
    for match in URL.finditer(target):
        place = chance.randrange(match.start(), match.end())
        letter = "x" if target[place] != "x" else "y"
        yield target[:place] + letter + target[place + 1 :]
        yield target[:place] + target[place + 1 :]
        yield _replaced(target, match.span(), "")


def placeholder(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Rename, translate, lose or unbrace a placeholder."""
    for match in PLACEHOLDER.finditer(target):
        for instead in ("{" + match[1] + "s}", match[1], "", "{ " + match[1] + " }", "{" + match[1].upper() + "}"):
            yield _replaced(target, match.span(), instead)


def markup(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Break a link, or bring HTML in."""
    for match in LINK.finditer(target):
        words, address = match[1], match[2]
        for broken in (f"[{words}] ({address})", f"{words} ({address})", f"[{words}]{address}", f"({words})[{address}]",
                       f"[{words}]({address}", words):  # fmt: skip
            yield _replaced(target, match.span(), broken)
    if chance.random() < 0.05:
        yield target + chance.choice(["<br>", "<script>", "<b>", "<img src=x>"])


def negation(chance: random.Random, source: str, target: str, locale: str) -> Iterator[str]:
    """Lose a negation."""
    if NEGATIVE.search(source):
        for pattern, instead in LOST[locale]:
            for match in re.finditer(pattern, target, re.IGNORECASE):
                yield _replaced(target, match.span(), instead)


FACTS: dict[str, Callable[[random.Random, str, str, str], Iterator[str]]] = {
    "digit": digit,
    "phone": phone,
    "date": date,
    "time": time,
    "url": url,
    "placeholder": placeholder,
    "markup": markup,
}
