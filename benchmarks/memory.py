"""Translating from memory: a briefing of 60 texts in ten locales out of 10,000 entries, checked and kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.borough import NORTH, NOW
from briefings.editorial.prepare import prepare
from briefings.model.edition import SegmentState
from briefings.services import Services
from briefings.settings import Settings
from briefings.translation.catalogs import Catalogs
from briefings.translation.memory import Entry, Origin
from briefings.translation.segments import source_texts

ENTRIES, LIMIT_S = 10_000, 1.0


def run() -> Iterator[tuple[str, ...]]:
    with TemporaryDirectory() as folder:
        services = Services(Settings(data_dir=Path(folder)))
        desk = services.desk
        shipped, desk.catalogs = desk.catalogs, Catalogs([])
        briefing = desk.briefing(NORTH)
        locales = desk.site.locales_of(briefing)[1:]
        texts = set(source_texts(briefing).values())
        for locale in locales:
            known = shipped.layers("content", locale)[0].singular
            entries = [_entry(source, known[source]) for source in texts]
            fill = (f"An earlier text, number {n}, about the same street." for n in range(ENTRIES // len(locales)))
            desk.memory.put(locale, entries + [_entry(text, f"⟦{text}⟧") for text in fill][len(entries) :])
        prepare(desk, [NORTH], NOW)  # reads what every process reads once
        start = time.perf_counter()
        report = prepare(desk, [NORTH], NOW)
        took = time.perf_counter() - start
        services.engine.dispose()
    if not all(edition.ready for edition in report.prepared[0].editions):
        raise RuntimeError("the benchmark's briefing is not ready: it has not measured what it says")
    yield (
        f"prepare {len(texts)} texts x {len(locales)} locales from a memory of {ENTRIES:,}",
        f"{took:.2f} s", f"{LIMIT_S:.0f} s", f"{took / LIMIT_S:.2f}", "<= 1",
    )  # fmt: skip


def _entry(source: str, target: str) -> Entry:
    return Entry(source, target, SegmentState.TRANSLATED, Origin.PERSON, "the benchmark", NOW)
