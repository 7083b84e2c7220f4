"""Numbers and addresses inside right-to-left text: kept in the order in which they are dialled or typed.

In Urdu or Arabic text the groups of `0800 555 111` would be shown as `111 555 0800` (Unicode Standard
Annex 9: numbers parted by spaces are placed one by one, from right to left).
"""

from __future__ import annotations

import re

from markupsafe import Markup

_NUMBERS = r"""
    (?<![\w&\#:.,/=-])(?:\+\d+|0\d+|\d{5,})(?:[ \u00a0-]\d+)+(?!\w)     # phone numbers in groups
  | (?<![\w&\#:.,/=-])(?:[+\u2212-]|[#*]+)\d+(?:[.,:]\d+)*[#*]*(?!\w)    # numbers with a sign, keys of a phone
  | [£€$]\d+(?:[.,]\d+)*(?!\w)                                          # money, its sign in front
"""
_ADDRESSES = r"""
    (?:https?://|www\.)[^\s<>"']*[\w/]
  | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
"""
_IN_TEXT = re.compile(_NUMBERS, re.VERBOSE)
"""Not the addresses: mail programs would take the isolate for a part of the link."""
_IN_HTML = re.compile(rf"(?P<tag><[^>]*>) | {_ADDRESSES} | {_NUMBERS}", re.VERBOSE)

LRI, PDI = "\u2066", "\u2069"


def isolated_text(text: str, direction: str) -> str:
    """Put isolates around the numbers of a plain text that runs right to left."""
    return _IN_TEXT.sub(lambda run: f"{LRI}{run[0]}{PDI}", text) if direction == "rtl" else text


def isolated_html(html: str, direction: str) -> Markup:
    """Put `<bdi dir="ltr">` around left-to-right runs in the text (not the tags) of escaped HTML."""
    if direction != "rtl":
        return Markup(html)  # noqa: S704  # escaped by whoever made it
    html = html.replace("<code>", '<code dir="ltr">')
    return Markup(_IN_HTML.sub(lambda run: run[0] if run["tag"] else f'<bdi dir="ltr">{run[0]}</bdi>', html))  # noqa: S704
