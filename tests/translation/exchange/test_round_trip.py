"""Out and in again without loss: every state, provenance and odd character, in each format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from briefings.translation.exchange.files import FORMATS
from briefings.translation.exchange.units import Unit
from tests.translation.exchange.material import LOCALES, shipped, units

formats = pytest.mark.parametrize("name", FORMATS)


def back(name: str, sent: Sequence[Unit], locale: str) -> list[Unit]:
    """Return what comes back, without the rows of the file."""
    data = FORMATS[name].write(sent, locale, "en-GB")
    read, problems = FORMATS[name].read(data, f"file.{name}", locale, "en-GB")
    assert problems == []
    assert all(unit.line for unit in read)
    return [replace(unit, line=0) for unit in read]


@formats
@given(sent=units)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_goes_out_comes_back_the_same(name: str, sent: list[Unit]) -> None:
    read = back(name, sent, "ur")

    assert read == sent


@formats
@pytest.mark.parametrize("locale", LOCALES)
def test_the_shipped_translations_come_back_the_same(name: str, locale: str) -> None:
    sent = shipped(locale)

    read = back(name, sent, locale)

    assert len(read) >= 100
    assert all(unit.target for unit in read)
    assert read == sent


@formats
def test_two_translations_of_one_text_both_come_back(name: str) -> None:
    sent = [replace(unit, target=f"{unit.target} {n}") for unit in shipped("ta")[:3] for n in (1, 2)]

    read = back(name, sent, "ta")

    assert read == sent


@formats
def test_an_empty_list_is_a_file_too(name: str) -> None:
    assert back(name, [], "ro") == []


@formats
def test_the_same_units_make_the_same_bytes(name: str) -> None:
    sent = shipped("ur")

    assert FORMATS[name].write(sent, "ur", "en-GB") == FORMATS[name].write(list(sent), "ur", "en-GB")
