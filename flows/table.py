"""Tables that runs leave behind: what is ready, and what went out. Plain rows; no Prefect in here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from briefings.delivery.standing import counts
from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import PrepareReport
from briefings.model.channel import Channel
from briefings.store.engine import reading

Cells = dict[str, str]


def of_prepared(report: PrepareReport) -> list[Cells]:
    """Return one row for each locale of each prepared briefing."""
    return [
        {
            "briefing": item.briefing,
            "locale": edition.locale,
            "ready": "yes" if edition.ready else f"{len(edition.unready_sections)} sections in the source language",
        }
        for item in report.prepared
        for edition in item.editions
    ] or [{"briefing": "none"}]


def of_published(desk: Desk, briefings: Sequence[str]) -> list[Cells]:
    """Return one row for each region and locale: how the deliveries on each channel stand."""
    totals: dict[tuple[str, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    channels: set[str] = set()
    with reading(desk.engine) as connection:
        for briefing in briefings:
            published = records.publication(connection, briefing)
            if published is None:
                continue
            for row in counts(connection, briefing, published.revision):
                states = totals[published.region, row.locale][row.channel]
                states[row.state] = states.get(row.state, 0) + row.n
                channels.add(row.channel)
    order = [*desk.content.places.locales]
    rows = sorted(totals, key=lambda key: (key[0], order.index(key[1]) if key[1] in order else len(order)))
    return [
        {"region": region, "locale": locale}
        | {channel: _cell(totals[region, locale].get(channel, {})) for channel in sorted(channels)}
        | {"pages at": desk.site.region_url(region, locale)}
        | {"feed at": desk.site.feed_url(region, locale, Channel.ATOM)}
        for region, locale in rows
    ] or [{"region": "none"}]


def links(desk: Desk, briefings: Sequence[str]) -> str:
    """Return Markdown that leads to the page of every edition."""
    lines = []
    for briefing in briefings:
        region = desk.content.places.regions.get(briefing.partition("/")[0])
        locales = region.locales if region else desk.content.places.locales
        pages = ", ".join(f"[{locale}]({desk.site.page_url(briefing, locale)})" for locale in locales)
        lines.append(f"**{briefing}**: {pages}")
    return "\n\n".join(lines)


def _cell(states: Mapping[str, int]) -> str:
    if set(states) <= {"sent"}:
        return str(states.get("sent", "-"))
    return ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
