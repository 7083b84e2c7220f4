"""Units: those that CLDR knows are written as each language writes them, with its plural; others are texts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from briefings.model.units import own_unit, unit_pattern


@pytest.mark.parametrize(
    ("unit", "value", "locale", "shown"),
    [
        ("minutes", "1", "pl", "1 minuta"),
        ("minutes", "3", "pl", "3 minuty"),
        ("minutes", "25", "pl", "25 minut"),
        ("hours", "25", "ro", "25 de ore"),
        ("days", "3", "it", "3 giorni"),
        ("days", "3", "tr", "3 gün"),
        ("Days", "3", "pt-PT", "3 dias"),
        ("miles", "2", "ur", "2 میل"),
        ("weeks", "5", "bg", "5 седмици"),
        ("kilometres", "2.5", "ta", "2.5 கிலோமீட்டர்கள்"),
        ("nights", "2", "ar", "2 ليلة"),
        ("km", "2.5", "es", "2.5 km"),
        ("per cent", "18", "tr", "yüzde 18"),
        ("%", "18", "tr", "%18"),
        ("°C", "12", "pa", "12°C"),
        ("minute", "2", "en-GB", "2 minutes"),
    ],
)
def test_a_known_unit_is_written_as_the_language_writes_it(unit: str, value: str, locale: str, shown: str) -> None:
    assert unit_pattern(unit, Decimal(value), locale).format(value) == shown
    assert own_unit(unit) == ""


@pytest.mark.parametrize("unit", ["reports", "pounds", "points", "items", "in", "m", "t", "phones", "people", ""])
def test_any_other_unit_is_a_text(unit: str) -> None:
    assert own_unit(unit) == unit
    assert unit_pattern(unit, Decimal(2), "ro") == ""
