"""A sample mail, and what its readers see of it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib

from briefings.rendering.bidi import LRI, PDI
from briefings.rendering.email import EmailRendering, render_email
from tests.rendering.editions import (
    SOURCE,
    TEMPLATES,
    sample_edition,
    sample_site,
)

SITE = sample_site()


def rendered(locale: str = SOURCE, unready: tuple[str, ...] = (), **options: object) -> EmailRendering:
    return render_email(sample_edition(locale, unready), SITE, TEMPLATES, **options)  # type: ignore[arg-type]


def parsed(html: str) -> Element:
    document = html5lib.parse(html, namespaceHTMLElements=False)
    assert isinstance(document, Element)
    return document


def words(html: str) -> str:
    """Return the text that a reader of the HTML sees, on one line."""
    body = parsed(html.replace("</p>", "</p> ")).find("body")
    assert body is not None
    return " ".join("".join(body.itertext()).split())


def plain_words(text: str) -> str:
    return " ".join(text.replace(LRI, "").replace(PDI, "").split())
