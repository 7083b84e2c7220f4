"""Units of figures that CLDR knows: formatted in the reader's language with the right plural, never translated."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from briefings.model.language import cldr

_UNITS = (
    "concentr-percent",
    *(f"duration-{name}" for name in ("second", "minute", "hour", "day", "night", "week", "month", "year")),
    *(f"length-{name}" for name in ("kilometer", "meter", "centimeter", "millimeter", "mile", "yard", "foot", "inch")),
    *(f"area-{name}" for name in ("square-kilometer", "square-meter", "square-mile", "hectare", "acre")),
    *(f"speed-{name}" for name in ("kilometer-per-hour", "mile-per-hour")),
    *(f"temperature-{name}" for name in ("celsius", "fahrenheit")),
    *(f"mass-{name}" for name in ("kilogram", "gram", "tonne")),
    *(f"volume-{name}" for name in ("liter", "milliliter")),
)
"""Not all of CLDR's: "pounds" may be money, "points" and "items" anything. Those stay text for a translator."""

_LENGTHS = ("long", "short")
"""A unit written out is shown written out, one written short (`km`, `%`) short."""


@cache
def _english() -> dict[str, tuple[str, str]]:
    """Return how English writes the units, singular and plural -> CLDR id and length; no single letters (m, t)."""
    words: dict[str, tuple[str, str]] = {}
    for length in _LENGTHS:
        for locale in ("en_GB", "en"):
            for unit in _UNITS:
                for form, pattern in _patterns(locale, unit, length).items():
                    word = pattern.replace("{0}", "").strip()
                    if form != "per" and (len(word) > 1 or not word.isalpha()) and word != "in":
                        words.setdefault(word, (unit, length))
    return words


def _patterns(locale: str, unit: str, length: str) -> dict[str, str]:
    # Babel's format_unit does not follow CLDR's rule that what has no long form takes the short one
    # (LDML, part 6, "Unit Elements"): in Italian it says "3 duration-day". So its data is read here.
    found = cldr(locale)._data["unit_patterns"].get(unit, {}).get(length, {})
    return {form: str(pattern) for form, pattern in found.items()}


def _known(text: str) -> tuple[str, str] | None:
    return _english().get(text) or (_english().get(text.lower()) if len(text) > 3 else None)


def own_unit(text: str) -> str:
    """Return a unit as written where it is for a translator, empty where CLDR knows it.

    >>> own_unit("reports"), own_unit("minutes")
    ('reports', '')
    """
    return "" if _known(text) else text


def unit_pattern(text: str, value: Decimal, locale: str) -> str:
    """Return how a locale writes a number with a unit, `{0}` for the number; empty where it cannot be known.

    >>> unit_pattern("minutes", Decimal(1), "pl"), unit_pattern("minutes", Decimal(3), "pl")
    ('{0} minuta', '{0} minuty')
    """
    known = _known(text)
    if known is None:
        return ""
    unit, length = known
    form = cldr(locale).plural_form(value)
    for choice in dict.fromkeys((length, *_LENGTHS)):
        patterns = _patterns(locale, unit, choice)
        for pattern in (patterns.get(form, ""), patterns.get("other", "")):
            if "{0}" in pattern:  # a dual, as in Arabic, may do without the number; a figure may not
                return pattern
    return ""
