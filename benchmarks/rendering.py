"""Rendering: an edition for every channel in one locale, and three regions in eleven locales."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.shipped import TEMPLATES, shipped
from briefings.editorial.render import render_all
from briefings.model.channel import Channel
from briefings.model.delivery import Purpose

ONE_LIMIT_MS, ALL_LIMIT_S = 50.0, 2.0


def run() -> Iterator[tuple[str, ...]]:
    content, site, editions = shipped()
    channels = content.channels.enabled or tuple(Channel)
    list(render_all(editions[0], site, TEMPLATES, channels, Purpose.BRIEFING))
    times = []
    for edition in editions:
        start = time.perf_counter()
        list(render_all(edition, site, TEMPLATES, channels, Purpose.BRIEFING))
        times.append(time.perf_counter() - start)
    slowest, total = max(times) * 1000, sum(times)
    yield (
        "render one edition, all channels (slowest)", f"{slowest:.1f} ms", f"{ONE_LIMIT_MS:.0f} ms",
        f"{slowest / ONE_LIMIT_MS:.2f}", "<= 1",
    )  # fmt: skip
    yield (
        f"render {len(editions)} editions",
        f"{total:.2f} s", f"{ALL_LIMIT_S:.0f} s", f"{total / ALL_LIMIT_S:.2f}", "<= 1"
    )  # fmt: skip
