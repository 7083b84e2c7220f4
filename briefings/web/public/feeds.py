"""Site map and robots file: what is published, for search engines."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from briefings.rendering.site import Site
from briefings.web.public.source import PublishedItem

SITEMAP_BRIEFINGS = 500
"""Newest briefings in the site map: with ten languages and more, well below its limit of 50 MB and 50,000."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def sitemap(items: Sequence[PublishedItem], site: Site) -> bytes:
    """Return a site map in which each edition names all its languages."""
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP, "xhtml": _XHTML})
    for item in items:
        for locale in item.locales:
            url = etree.SubElement(root, f"{{{_SITEMAP}}}url")
            etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = site.page_url(item.briefing, locale)
            etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = item.updated_at.isoformat()
            for other in item.locales:
                href = site.page_url(item.briefing, other)
                etree.SubElement(url, f"{{{_XHTML}}}link", rel="alternate", hreflang=other, href=href)
    rendered: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return rendered


def robots(site: Site) -> bytes:
    """Let everything be found but personal pages and those of the team."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/u/", "/console/", "/sandbox/"))
    return f"User-agent: *\n{closed}Sitemap: {site.absolute('/sitemap.xml')}\n".encode()
