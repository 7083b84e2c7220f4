"""The interface in one language: translated strings, and dates, times, numbers and lists by Babel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date as Date
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from briefings.model.language import autonym, cldr, direction
from briefings.translation.catalogs import Catalogs, Messages


class Interface:
    """Strings and formats for readers of one locale.

    `locale` is what the reader asked for; `shell` the locale the strings are truly in: the source
    locale where no interface catalog exists, so that `lang` and `dir` never lie.
    """

    def __init__(self, locale: str, catalogs: Catalogs, zone: ZoneInfo, source_locale: str = "en-GB") -> None:
        self.locale = locale
        self.source_locale = source_locale
        self.zone = zone
        self._layers: Sequence[Messages] = catalogs.layers("messages", locale)
        self.shell = locale if self._layers or cldr(locale).language == cldr(source_locale).language else source_locale

    @property
    def lang(self) -> str:
        return self.shell

    @property
    def dir(self) -> str:
        return direction(self.shell)

    @cached_property
    def reviewed(self) -> bool:
        """True where the strings are the source's own or a native speaker has reviewed them."""
        return all(layer.reviewed for layer in self._layers)

    def t(self, source: str, /, **values: object) -> str:
        """Translate an interface string; `{name}` in it stands for a value.

        Where a value is Markup the result is Markup: that value stays as it is, all else is escaped.
        """
        for layer in self._layers:
            if source in layer.singular and source not in layer.fuzzy:
                return _filled(layer.singular[source], values)
        return _filled(source, values)

    def nt(self, singular: str, plural: str, number: int, /, **values: object) -> str:
        """Translate a string that depends on a number; `{n}` stands for the number, formatted."""
        values = {"n": self.number(number), **values}
        for layer in self._layers:
            form = layer.plural_of(singular, number)
            if form is not None:
                return _filled(form, values)
        return _filled(singular if number == 1 else plural, values)

    def date(self, day: Date, pattern: str = "full") -> str:
        """Format a date; an aware datetime is shown in the borough's zone."""
        if isinstance(day, datetime):
            day = day.astimezone(self.zone).date()
        return format_date(day, pattern, locale=cldr(self.shell))

    def time(self, moment: datetime) -> str:
        """Format the wall time in the borough's zone: 24 hours everywhere, so that no text says another time."""
        return format_time(moment, "HH:mm", tzinfo=self.zone, locale=cldr(self.shell))

    def moment(self, moment: datetime, pattern: str = "medium") -> str:
        return format_datetime(moment, pattern, tzinfo=self.zone, locale=cldr(self.shell))

    def span(self, start: datetime, end: datetime) -> str:
        """Format when something takes place: one day with two times, or two days."""
        start, end = start.astimezone(self.zone), end.astimezone(self.zone)
        if start.date() == end.date():
            return f"{self.date(start)} · {self.time(start)}–{self.time(end)}"
        return f"{self.date(start)} · {self.time(start)} – {self.date(end)} · {self.time(end)}"

    def period(self, start: Date, end: Date) -> str:
        """Format a period of days; `end` is the last day in it."""
        if end - start < timedelta(days=1):
            return self.date(start, "long")
        return f"{self.date(start, 'long')} – {self.date(end, 'long')}"

    def number(self, value: int | Decimal) -> str:
        return format_decimal(value, locale=cldr(self.shell))

    def list(self, items: Iterable[str]) -> str:
        return format_list(list(items), locale=cldr(self.shell))

    @staticmethod
    def autonym(locale: str) -> str:
        return autonym(locale)

    @staticmethod
    def direction(locale: str) -> str:
        return direction(locale)


def _filled(text: str, values: dict[str, object]) -> str:
    if not values:
        return text
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(escape(text)).format(**values)  # noqa: S704  # the text is escaped, values by format
    return text.format_map(values)
