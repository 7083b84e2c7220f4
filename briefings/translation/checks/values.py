"""Safety facts survive translation: addresses and numbers character by character, times and dates in value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from briefings.model.language import cldr
from briefings.translation.checks import noon, order, round_the_clock
from briefings.translation.checks.open_times import OpenTimes
from briefings.translation.clock import Times, read_source_times, read_target_times
from briefings.translation.dates import Dates, month_name, read_dates, weekday_name
from briefings.translation.facts import Kind, fold
from briefings.translation.figures import Figure, read_figures, unmatched, words_for_figures
from briefings.translation.findings import Finding, Pair, Severity, differences, left_over

_ADVICE = {
    Kind.LINK: ("link address", "keep the address in the brackets exactly"),
    Kind.URL: ("web address", "write exactly the same address"),
    Kind.EMAIL: ("email address", "write exactly the same address"),
    Kind.PLACEHOLDER: ("placeholder", "keep it exactly, braces included"),
    Kind.POSTCODE: ("postcode", "write exactly the same postcode"),
    Kind.PHONE: ("phone number", "write exactly the same figures, 0 to 9, and the same spaces"),
    Kind.CODE: ("name", "write exactly the same letters and figures"),
}


def exact_facts(pair: Pair) -> Iterator[Finding]:
    """Addresses, phone numbers, postcodes, placeholders and names such as A104: the same, character by character."""
    if pair.source_exact.facts == pair.target_exact.facts:
        return
    for kind, (what, advice) in _ADVICE.items():
        source, target = (
            Counter({text: count for (of, text), count in exact.facts.items() if of is kind})
            for exact in (pair.source_exact, pair.target_exact)
        )
        missing, extra = left_over(source, target)
        yield from differences(f"facts.{kind}", what, missing, extra, advice, pair.source_language)


def values(pair: Pair) -> Iterator[Finding]:
    """Times, dates, weekdays and figures: the same in value, however the language writes them."""
    times, source_dates, source_figures = _read_source(pair.source_exact.rest, pair.source_locale)
    target = read_target_times(pair.target_exact.rest, pair.locale, times.expected)
    dates = read_dates(target.rest, pair.locale, source_dates.days)
    missing, extra = unmatched(source_figures, _figures(dates, pair.locale))
    clock = OpenTimes(times, target, pair.locale)
    words = words_for_figures(times.rest, pair.source_locale)
    unclaimed: list[Figure] = []
    for figure in extra:
        whole = int(figure.text) if figure.text.isdigit() and len(figure.text) < 6 else -1
        if 0 <= whole <= 24 and clock.claim(whole):
            continue
        if whole in words:
            words.remove(whole)
        elif not round_the_clock.repeats(whole, times.rest, target.rest):
            unclaimed.append(figure)
    clock.pair(missing)
    language = pair.source_language
    advice = "write the same time as HH:MM, 24 hours"
    yield from differences("facts.time", "time", clock.missing(), clock.extra(), advice, language)
    yield from order.spans(times, target, language)
    yield from noon.noon_or_midnight(clock.words, target.rest, pair.locale)
    yield from _dates(pair, source_dates, dates, {int(figure.value) for figure in missing})
    yield from order.weekdays_with_days(pair, times.rest, dates.rest)
    if not unclaimed:
        missing, loose = round_the_clock.excused(missing, times.rest, target.rest, pair.locale)
        yield from loose
    yield from differences(
        "facts.number",
        "number",
        [figure.text for figure in missing],
        [figure.text for figure in unclaimed],
        "write the same figure",
        language,
    )


@lru_cache(maxsize=1024)
def _read_source(rest: str, locale: str) -> tuple[Times, Dates, tuple[Figure, ...]]:
    """Read the values of a source text once for all its translations. Nobody may change what comes back."""
    times = read_source_times(rest)
    dates = read_dates(times.rest, locale)
    return times, dates, tuple(_figures(dates, locale, spaced=cldr(locale).language != "en"))


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
    missing = sorted(source.months - target.months - {month for _, month in gone})
    reported = {month for _, month in others[: len(gone)]}
    instead = [month_name(month, pair.locale) for month in sorted(target.dated - source.months - reported)]
    names = [month_name(month, pair.source_locale) for month in missing]
    replaced = names[: len(instead)]
    yield from differences("facts.month", "month", replaced, instead, "name the same month", language)
    for name in names[len(instead) :]:
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
    if missing and not extra and (word := _currency_word(set(missing), pair.target_exact.rest)):
        message = (
            f"the sign {missing[0]} became the word “{word}”: check that it is the same currency, or keep the sign"
        )
        yield Finding("facts.money", Severity.WARNS, missing[0], message)
        missing = []
    advice = "keep the sign with its figure"
    yield from differences("facts.money", "currency sign", missing, extra, advice, pair.source_language)
    source, target = (text.count("%") for text in (pair.source_exact.rest, pair.target_exact.rest))
    if source > target:
        message = "the % sign is missing: keep it, or check that a word for per cent is there"
        yield Finding("facts.percent", Severity.WARNS, "%", message)


# Currencies as words, folded, in the ten languages: after or before a figure.
_CURRENCIES = {
    "£": r"gbp|libras?(?: esterlinas?)?|lir[aei]\w*|sterlin\w*|funt\w*|лир[аи]\w*|паунд\w*|پاونڈ\w*|پونڈ|ਪੌਂਡ|ਪਾਉਂਡ|ਪਾਊਂਡ"
    r"|பவுண்டு\w*|பவுண்ட்\w*",
    "€": r"eur|euro\w*|евро|یورو|ਯੂਰੋ|யூரோ\w*",
    "$": r"usd|dol[ao]r\w*|dollar\w*|долар\w*|ڈالر|ਡਾਲਰ|டாலர்\w*",
}


def _currency_word(signs: set[str], text: str) -> str | None:
    """Return the word beside a figure that stands for the one currency sign that is missing."""
    words = _CURRENCIES.get(next(iter(signs))) if len(signs) == 1 else None
    match = words and re.search(rf"\d\s(?:de\s)?({fold(words)})|(?<!\w)({fold(words)})\s\d", text)
    return (match[1] or match[2]) if match else None
