"""Site maps (sitemaps.org, protocol 0.9): every public page with its other languages, in parts where there are many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from lxml import etree

from briefings.rendering.site import Site

IN_ONE_PART = 10_000
"""Addresses in one document. 50,000 are allowed, and 50 MB: with eleven languages named by each the second is less."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class PublicPage:
    """A page in its languages, as (locale, address); `default` is for whom none fits, `changed` where that is known."""

    addresses: tuple[tuple[str, str], ...]
    default: str
    changed: datetime | None = None


@dataclass(frozen=True)
class PublicEdition:
    """A published briefing: where it belongs, when it changed, and the locales it can be had in."""

    briefing: str
    region: str
    updated_at: datetime
    locales: tuple[str, ...]


def public_pages(editions: Sequence[PublicEdition], about: Iterable[str], site: Site) -> Iterator[PublicPage]:
    """Yield all pages that anybody may find: home, regions, wards, `about` pages, and published briefings."""
    places = site.places
    source = places.borough.source_locale
    changed: dict[str, datetime] = {}
    for edition in editions:
        for place in ("", edition.region):
            changed[place] = max(edition.updated_at, changed.get(place, edition.updated_at))

    def page(
        address: Callable[[str], str], locales: Sequence[str], at: datetime | None = None, default: str = ""
    ) -> PublicPage:
        return PublicPage(tuple((tag, address(tag)) for tag in locales), default or address(source), at)

    yield page(site.home_url, places.locales, changed.get(""), site.absolute("/"))
    for name in about:
        yield page(partial(site.about_url, name), places.locales)
    for region in places.regions.values():
        yield page(partial(site.region_url, region.id), region.locales, changed.get(region.id))
        for ward in region.wards:
            yield page(partial(site.ward_url, ward), region.locales, changed.get(region.id))
    for edition in editions:
        yield page(partial(site.page_url, edition.briefing), edition.locales, edition.updated_at)


def render_sitemap(pages: Iterable[PublicPage], site: Site, part: int = 0, room: int = IN_ONE_PART) -> bytes | None:
    """Render part 1, 2... of the site map, or without a part the whole; its index, where that is too much for one.

    None for a part that is not there.
    """
    listed = [(page, tag, address) for page in pages for tag, address in page.addresses]
    parts = [listed[start : start + room] for start in range(0, len(listed), room)] or [[]]
    if part:
        return _urls(parts[part - 1]) if len(parts) > 1 and 0 < part <= len(parts) else None
    if len(parts) == 1:
        return _urls(parts[0])
    root = etree.Element(f"{{{_SITEMAP}}}sitemapindex", nsmap={None: _SITEMAP})
    for number in range(1, len(parts) + 1):
        one = etree.SubElement(root, f"{{{_SITEMAP}}}sitemap")
        etree.SubElement(one, f"{{{_SITEMAP}}}loc").text = site.absolute(f"/sitemap-{number}.xml")
    return _bytes(root)


def _urls(listed: Iterable[tuple[PublicPage, str, str]]) -> bytes:
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "xhtml": _XHTML})
    for page, _, address in listed:
        url = etree.SubElement(root, f"{{{_SITEMAP}}}url")
        etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = address
        if page.changed is not None:
            moment = page.changed.astimezone(UTC).isoformat(timespec="seconds")
            etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = moment
        for tag, href in (*page.addresses, ("x-default", page.default)):
            etree.SubElement(url, f"{{{_XHTML}}}link", rel="alternate", hreflang=tag, href=href)
    return _bytes(root)


def _bytes(root: etree._Element) -> bytes:
    rendered: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return rendered
