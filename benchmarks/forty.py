"""The briefing that the benchmarks of sending send: the shipped North one, cut and filled up to 40 KB of mail."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from benchmarks.borough import NORTH
from benchmarks.building import builder
from benchmarks.shipped import CATALOGS, TEMPLATES
from briefings.content.loader import load_content
from briefings.rendering.email import EmailRendering, render_email
from briefings.rendering.interface import Interface
from briefings.rendering.site import Site
from briefings.settings import CHECKOUT
from briefings.translation.editions import build_edition
from briefings.translation.resources import LanguageResources

PAYLOAD = 40_960
"""Octets of one message, headers included. smtp-source is given the same number for its body."""

SENTENCE = "Officers will come back to this street and tell you what they found."
PROBE = 20
"""So many sentences are added to find out what one of them costs."""


def write_root(root: Path) -> EmailRendering:
    """Write a content folder whose North briefing makes a mail of 40 KB; return that mail, in the source locale.

    Mail, pages and feeds only: posts are not what is measured.
    """
    shutil.copytree(CHECKOUT / "content", root / "content")
    (root / "content" / "channels.yaml").write_text("channels: [email, page, atom, rss, json]\n")
    path = root / "content" / "briefings" / f"{NORTH}.md"
    front, _, body = path.read_text().partition("\n---\n")
    for key in ("easy_read", "images"):
        front = re.sub(rf"(?m)^{key}:\n(?:[ -].*(?:\n|$))+", "", front)
    first = "## " + body.split("## ")[1]
    start = front.rstrip("\n") + "\n---\n" + first

    def mail(sentences: int) -> EmailRendering:
        path.write_text(start + f"{SENTENCE} " * sentences + "\n")
        return _rendered(root)

    bare, probed = octets(mail(0)), octets(mail(PROBE))
    return mail(-((bare - PAYLOAD) * PROBE // (probed - bare)))


def octets(mail: EmailRendering) -> int:
    """Return the size of one recipient's message, as it is built for sending."""
    return len(builder(mail)(1))


def _rendered(root: Path) -> EmailRendering:
    content = load_content(root)
    borough = content.places.borough
    site = Site(
        content.places,
        "https://briefings.example",
        lambda locale: Interface(locale, CATALOGS, borough.zone, borough.source_locale),
    )
    resources = LanguageResources(borough.source_locale, CATALOGS)
    edition, _ = build_edition(content.briefings[NORTH], borough.source_locale, resources)
    return render_email(edition, site, TEMPLATES)
