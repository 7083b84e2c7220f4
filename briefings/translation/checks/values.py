"""Safety facts survive translation: addresses and numbers character by character, times and dates in value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from briefings.model.language import cldr
from briefings.translation.clock import Times, bare_hours, read_source_times, read_target_times
from briefings.translation.clock import shown as shown_time
from briefings.translation.dates import Dates, month_name, read_dates, weekday_name
from briefings.translation.facts import Kind
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
    found, rest = read_target_times(pair.target_exact.rest, pair.locale, times.certain + times.words)
    dates = read_dates(rest, pair.locale, source_dates.days)
    missing, extra = unmatched(source_figures, _figures(dates, pair.locale))
    missing_times, extra_times = times.certain - found, found - times.certain - times.words
    words = words_for_figures(times.rest, pair.source_locale)
    unclaimed: list[Figure] = []
    hours: dict[int, list[int]] = {}  # of each figure that can be an hour, read once
    open_times = +(missing_times + (times.words - found))
    for figure in extra:
        whole = int(figure.text) if figure.text.isdigit() and len(figure.text) < 6 else -1
        if open_times and 0 <= whole <= 24 and whole not in hours:
            hours[whole] = bare_hours(rest, pair.locale, whole)
        hour = next((time for time in hours.get(whole, ()) if open_times[time] > 0), None)
        if hour is not None:
            missing_times[hour] -= 1
            open_times = +(open_times - Counter({hour: 1}))
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
    advice = "keep the sign with its figure"
    yield from differences("facts.money", "currency sign", missing, extra, advice, pair.source_language)
    source, target = (text.count("%") for text in (pair.source_exact.rest, pair.target_exact.rest))
    if source > target:
        message = "the % sign is missing: keep it, or check that a word for per cent is there"
        yield Finding("facts.percent", Severity.WARNS, "%", message)
