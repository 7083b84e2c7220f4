"""Names of places that stay as they are in every language."""

from __future__ import annotations

from briefings.content.fields import Report
from briefings.content.places import load_places
from briefings.settings import CHECKOUT


def test_names_and_ward_names_of_several_words_are_never_translated_and_single_words_only_where_named() -> None:
    report = Report("places.yaml")

    places = load_places(CHECKOUT / "content" / "places.yaml", report)

    assert places is not None
    assert report.problems == []
    names = places.never_translated
    assert {"Hoe Street", "Hatch Lane & Highams Park North", "Leyton"} <= set(names)
    assert not {"Forest", "Valley", "Markhouse"} & set(names)
