"""Every address of a site that lists something: where an embargoed or a foreign word could show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

KINDS = ("atom", "rss", "json")


def addresses(regions: Mapping[str, tuple[Sequence[str], str]]) -> Iterator[str]:
    """Yield home, region and feed addresses, the site map and more; `regions` maps id to (locales, a ward)."""
    everywhere = dict.fromkeys(locale for locales, _ in regions.values() for locale in locales)
    yield from ("/", "/sitemap.xml", "/robots.txt", "/healthz", "/sandbox/")
    for locale in everywhere:
        yield f"/{locale}/"
        yield from (f"/feeds/borough/{locale}.{kind}" for kind in KINDS)
    for region, (locales, ward) in regions.items():
        yield from (f"/{locale}/{region}/" for locale in locales)
        for locale, kind in product(locales, KINDS):
            yield f"/feeds/{region}/{locale}.{kind}"
            yield f"/feeds/ward/{ward}/{locale}.{kind}"
