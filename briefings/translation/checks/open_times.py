"""Which times of a source text a translation has not stated yet, while its figures are gone through."""

from __future__ import annotations

import re
from collections import Counter

from briefings.model.language import cldr
from briefings.translation.clock import TargetTimes, Times, bare_hours, shown
from briefings.translation.figures import Figure
from briefings.translation.spoken_hours import SpokenHour, names_part_of_day

# Languages in which half past six is "half seven".
_HALF_TO = frozenset(
    [
        "pl",
        "de",
        "nl",
        "hu",
        "cs",
        "sk",
        "sl",
        "hr",
        "sr",
        "ru",
        "uk",
        "da",
        "sv",
        "no",
        "nb",
        "nn",
        "et",
        "fi",
        "ca",
        "lt",
        "lv",
    ]
)
_BEFORE_HOUR = r"\b(?:at|by|from|until|till|before|after|between|since|around|about|and|to)\s+"


class OpenTimes:
    """The times still open between a source and its translation. Figures claim them one by one."""

    def __init__(self, times: Times, target: TargetTimes, locale: str) -> None:
        self._times, self._target, self._locale = times, target, locale
        self._missing = times.certain - target.found
        self.words = times.words - target.found
        """Noons and midnights for which no figure was found."""
        surplus = target.found - times.certain - times.words
        self._spoken: list[SpokenHour] = []
        for hour in times.spoken:
            same = next((time for time in sorted(hour.times) if surplus[time] > 0), None)
            if same is None:
                self._spoken.append(hour)
            else:
                surplus[same] -= 1
        self._extra = +surplus
        self._silent = not names_part_of_day(times.rest) and len({time // 720 for time in times.expected}) == 1
        self._read: dict[tuple[int, bool], list[int]] = {}

    def claim(self, figure: int) -> bool:
        """Let a lone figure of the translation (0 to 24) stand for an open time; say whether it does."""
        if self._missing or self.words:
            for time in self._hours(figure, spoken=False):
                for counts in (self._missing, self.words):
                    if counts[time] > 0:
                        counts[time] -= 1
                        self._missing, self.words = +self._missing, +self.words
                        return True
        for hour in self._spoken:
            if hour.times.intersection(self._spoken_times(figure, hour)):
                self._spoken.remove(hour)
                return True
        return False

    def _hours(self, figure: int, *, spoken: bool) -> list[int]:
        """Return what a figure can mean, read once."""
        key = figure, spoken
        if key not in self._read:
            text = self._target.rest
            silent = self._silent and not spoken
            times = bare_hours(text, self._locale, figure, silent=silent, spoken=spoken)
            self._read[key] = list(dict.fromkeys(times))
        return self._read[key]

    def _spoken_times(self, figure: int, hour: SpokenHour) -> set[int]:
        steps = {hour.minute}
        if hour.minute > 30 or (hour.minute == 30 and cldr(self._locale).language in _HALF_TO):
            steps.add(hour.minute - 60)  # a quarter to seven
        return {(time + step) % 1440 for time in self._hours(figure, spoken=True) for step in steps}

    def pair(self, missing: list[Figure]) -> None:
        """Let a time that is too many stand for a figure that the source has after "at" or "until", and take it out."""
        for time in sorted(self._extra.elements()):
            for figure in missing:
                fits = figure.text.isdigit() and time % 60 == 0 and int(figure.text) in (time // 60, time // 60 - 12)
                if fits and re.search(rf"{_BEFORE_HOUR}{figure.text}\b", self._times.rest):
                    missing.remove(figure)
                    self._extra -= Counter({time: 1})
                    break

    def missing(self) -> list[str]:
        """Return the times that the translation lacks; one that the source has in words may be in words here, too."""
        spoken = [" or ".join(map(shown, sorted(hour.times))) for hour in self._spoken if hour.figures]
        return [shown(time) for time in self._missing.elements()] + spoken

    def extra(self) -> list[str]:
        """Return the times that the translation has besides."""
        return [shown(time) for time in self._extra.elements()]
