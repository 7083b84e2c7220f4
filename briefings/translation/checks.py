"""The checks that every translated text must pass: safety facts survive, markup and placeholders stay whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from briefings.model.language import cldr
from briefings.translation.clock import bare_hours, read_source_times, read_target_times
from briefings.translation.clock import shown as shown_time
from briefings.translation.dates import Dates, month_name, read_dates, weekday_name
from briefings.translation.facts import Kind
from briefings.translation.figures import Figure, read_figures, unmatched, words_for_figures
from briefings.translation.findings import Finding, Pair, Severity, differences, left_over
from briefings.translation.plurals import check_plural_forms

__all__ = ["CHECKS", "Finding", "Severity", "check_plural_forms", "check_segment"]

_ADVICE = {
    Kind.LINK: ("link address", "keep the address in the brackets exactly"),
    Kind.URL: ("web address", "write exactly the same address"),
    Kind.EMAIL: ("email address", "write exactly the same address"),
    Kind.PLACEHOLDER: ("placeholder", "keep it exactly, braces included"),
    Kind.POSTCODE: ("postcode", "write exactly the same postcode"),
    Kind.PHONE: ("phone number", "write exactly the same figures, 0 to 9, and the same spaces"),
    Kind.CODE: ("name", "write exactly the same letters and figures"),
}


def check_segment(source: str, target: str, locale: str, source_locale: str = "en-GB") -> list[Finding]:
    """Compare a translation with its source. An empty translation is not checked: it is not there yet."""
    if not target.strip():
        return []
    pair = Pair(source, target, locale, source_locale)
    return [finding for check in CHECKS for finding in check(pair)]


def exact_facts(pair: Pair) -> Iterator[Finding]:
    """Addresses, phone numbers, postcodes, placeholders and names such as A104: the same, character by character."""
    for kind, (what, advice) in _ADVICE.items():
        source, target = (
            Counter({text: count for (of, text), count in exact.facts.items() if of is kind})
            for exact in (pair.source_exact, pair.target_exact)
        )
        missing, extra = left_over(source, target)
        yield from differences(f"facts.{kind}", what, missing, extra, advice, pair.source_language)


def values(pair: Pair) -> Iterator[Finding]:
    """Times, dates, weekdays and figures: the same in value, however the language writes them."""
    times = read_source_times(pair.source_exact.rest)
    source_dates = read_dates(times.rest, pair.source_locale)
    found, rest = read_target_times(pair.target_exact.rest, pair.locale, times.certain + times.words)
    dates = read_dates(rest, pair.locale, source_dates.days)
    missing, extra = unmatched(
        _figures(source_dates, pair.source_locale, spaced=cldr(pair.source_locale).language != "en"),
        _figures(dates, pair.locale),
    )
    missing_times, extra_times = times.certain - found, found - times.certain - times.words
    words = words_for_figures(times.rest, pair.source_locale)
    unclaimed: list[Figure] = []
    for figure in extra:
        whole = int(figure.text) if figure.text.isdigit() and len(figure.text) < 6 else -1
        open_times = missing_times + (times.words - found)
        hour = next((time for time in bare_hours(rest, pair.locale, whole) if open_times[time] > 0), None)
        if hour is not None:
            missing_times[hour] -= 1
            times.words[hour] -= 1
        elif whole in words:
            words.remove(whole)
        elif whole == 24 and re.search(r"(?<!\d)24(?!\d)", times.rest):
            continue  # "24 hours a day" is "24 ore su 24" in Italian, and alike elsewhere
        else:
            unclaimed.append(figure)
    language = pair.source_language
    yield from differences(
        "facts.time",
        "time",
        [shown_time(time) for time in (+missing_times).elements()],
        [shown_time(time) for time in extra_times.elements()],
        "write the same time as HH:MM, 24 hours",
        language,
    )
    yield from _dates(pair, source_dates, dates, {int(figure.value) for figure in missing})
    yield from differences(
        "facts.number",
        "number",
        [figure.text for figure in missing],
        [figure.text for figure in unclaimed],
        "write the same figure",
        language,
    )


def _figures(dates: Dates, locale: str, *, spaced: bool = True) -> list[Figure]:
    """Return the figures of a text whose times are gone: those in dates too."""
    figures = read_figures(dates.rest, locale, spaced=spaced)
    return figures + read_figures(" ; ".join(map(str, dates.figures)), locale)


def _dates(pair: Pair, source: Dates, target: Dates, missing_figures: set[int]) -> Iterator[Finding]:
    language = pair.source_language
    paired = {month for _, month in target.days}
    gone = [
        (day, month)
        for day, month in sorted(source.days - target.days)
        # a month that stands alone in the translation may belong to a day elsewhere in the sentence
        if month not in target.months - paired or day in missing_figures
    ]
    others = sorted(target.days - source.days)
    yield from differences(
        "facts.date",
        "date",
        [f"{day} {month_name(month, pair.source_locale)}" for day, month in gone],
        [f"{day} {month_name(month, pair.locale)}" for day, month in others][: len(gone)],
        "write the same day and month",
        language,
    )
    for month in sorted(source.months - target.months - {month for _, month in gone}):
        name = month_name(month, pair.source_locale)
        message = f"month {name} was not found: check that this text names the same month"
        yield Finding("facts.month", Severity.WARNS, name, message)
    yield from _weekdays(pair, source.weekdays, target.weekdays)


def _weekdays(pair: Pair, source: Counter[int], target: Counter[int]) -> Iterator[Finding]:
    """A weekday that is replaced blocks. A word more proves nothing: Urdu "week" is also "Saturday"."""
    missing = [weekday_name(day, pair.source_locale) for day in (source - target).elements()]
    others = [weekday_name(day, pair.locale) for day in (target - source).elements()]
    replaced = missing[: len(others)]
    advice = "name the same day of the week"
    yield from differences("facts.weekday", "day", replaced, others[: len(replaced)], advice, pair.source_language)
    for name in missing[len(others) :]:
        message = f"day {name} was not found: check that this text names the same day of the week"
        yield Finding("facts.weekday", Severity.WARNS, name, message)


def money_and_percent(pair: Pair) -> Iterator[Finding]:
    """Currency signs stay; a percent sign may become a word, which is worth a look."""
    missing, extra = left_over(*(Counter(re.findall(r"[£€$¥₹]", text)) for text in (pair.source, pair.target)))
    advice = "keep the sign with its figure"
    yield from differences("facts.money", "currency sign", missing, extra, advice, pair.source_language)
    source, target = (text.count("%") for text in (pair.source_exact.rest, pair.target_exact.rest))
    if source > target:
        message = "the % sign is missing: keep it, or check that a word for per cent is there"
        yield Finding("facts.percent", Severity.WARNS, "%", message)


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


# Overrides and isolates turn what a reader sees; the others hide inside words and numbers (Unicode UTR 36).
_HIDDEN = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\u180e\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\U000e0000-\U000e007f]"
)


def hidden_characters(pair: Pair) -> Iterator[Finding]:
    """No control, direction-changing or invisible characters. Joiners and direction marks are part of writing."""
    for character in sorted(set(_HIDDEN.findall(pair.target))):
        token = f"U+{ord(character):04X}"
        message = f"the invisible character {token} is in this text: delete it and type the words around it again"
        yield Finding("text.hidden", Severity.BLOCKS, token, message)


# Small words inside names of places and bodies ("Friends of the Park"): they do not make a name a sentence.
_IN_NAMES = frozenset({"of", "the", "and", "on", "in", "at", "by", "to", "for", "upon", "under", "le", "la", "de"})
# A word that is not part of an address.
_WORD = re.compile(r"(?<![\w./@:-])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w/@]|:/|\.\w)")


def untranslated(pair: Pair) -> Iterator[Finding]:
    """A text that equals its source was not translated, unless it holds only names and figures."""
    if pair.source.split() != pair.target.split() or cldr(pair.locale).language == cldr(pair.source_locale).language:
        return
    words = _WORD.findall(pair.source)
    if any(word.islower() and len(word) > 1 and word not in _IN_NAMES for word in words):
        severity = Severity.BLOCKS if len(words) > 3 else Severity.WARNS
        token = pair.source if len(pair.source) <= 40 else pair.source[:39] + "…"
        message = f"“{token}” is still in {pair.source_language.removeprefix('the ')}: translate it"
        yield Finding("text.untranslated", severity, token, message)


CHECKS: tuple[Callable[[Pair], Iterator[Finding]], ...] = (
    exact_facts,
    values,
    money_and_percent,
    markup,
    hidden_characters,
    untranslated,
)
"""Every check that a text goes through. A new check is a function here."""
