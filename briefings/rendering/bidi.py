"""Numbers and addresses inside text: in right-to-left text kept in the order in which they are dialled or typed.

In Urdu or Arabic text the groups of `0800 555 111` would be shown as `111 555 0800` (Unicode Standard
Annex 9: numbers parted by spaces are placed one by one, from right to left). In HTML such a number also
stays on one line, in every language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from markupsafe import Markup, escape

from briefings.translation.facts import SHORT_NUMBERS

_NUMBERS = r"""
    (?P<phone>(?<![\w&\#:.,/=-])(?:\+\d+|0\d+|\d{5,})(?:[ \u00a0-]\d+)+(?!\w))  # phone numbers in groups
  | (?<![\w&\#:.,/=-])(?:[+\u2212-]|[#*]+)\d+(?:[.,:]\d+)*[#*]*(?!\w)           # signed numbers, keys of a phone
  | [£€$]\d+(?:[.,]\d+)*(?!\w)                                                 # money, its sign in front
"""
_ADDRESSES = r"""
    (?:https?://|www\.)[^\s<>"']*[\w/]
  | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
"""
_IN_TEXT = re.compile(_NUMBERS, re.VERBOSE)
"""Not the addresses: mail programs would take the isolate for a part of the link."""
_SHORT = rf"(?<![\w&\#:.,/=+-])(?:{'|'.join(sorted(SHORT_NUMBERS, key=len, reverse=True))})(?![\w.,:-]*\d)"
_IN_HTML = re.compile(rf"(?P<tag><[^>]*>) | {_ADDRESSES} | {_NUMBERS} | {_SHORT}", re.VERBOSE)
_BREAK = re.compile(r"(?<=@)|(?<![:/])(?=/)")

LRI, RLI, PDI = "\u2066", "\u2067", "\u2069"
NO_BREAK_SPACE = "\u00a0"


def isolated_text(text: str, direction: str) -> str:
    """Put isolates around the numbers of a plain text that runs right to left."""
    return _IN_TEXT.sub(lambda run: f"{LRI}{run[0]}{PDI}", text) if direction == "rtl" else text


def isolated_html(html: str, direction: str, names: Collection[str] = ()) -> Markup:
    """Put `<bdi dir="ltr">` around left-to-right runs in the text (not the tags) of escaped right-to-left HTML.

    `names` stand in the source language: what is in them (a comma, a bracket, a figure) stays in its place.
    Whatever the direction, phone numbers are kept on one line.
    """
    is_rtl = direction == "rtl"
    pattern = _IN_HTML
    if is_rtl and names:
        known = "|".join(re.escape(str(escape(name))) for name in sorted(names, key=len, reverse=True))
        pattern = re.compile(rf"(?P<tag><[^>]*>)|(?<!\w)(?:{known})(?!\w)|(?x:{_ADDRESSES} | {_NUMBERS} | {_SHORT})")

    def kept(run: re.Match[str]) -> str:
        if run["tag"]:
            return run[0]
        text = run[0].replace(" ", NO_BREAK_SPACE) if run["phone"] else run[0]
        return f'<bdi dir="ltr">{text}</bdi>' if is_rtl else text

    if is_rtl:
        html = html.replace("<code>", '<code dir="ltr">')
    return Markup(pattern.sub(kept, html))  # noqa: S704  # escaped by whoever made it


def runs_right_to_left(text: str) -> bool:
    """Say whether a text has a letter of a script that runs from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def right_to_left_lines(text: str) -> str:
    """Put an isolate around every line of a plain text that has a right-to-left letter."""
    lines = text.split("\n")
    return "\n".join(f"{RLI}{line}{PDI}" if runs_right_to_left(line) else line for line in lines)


def address_html(address: str) -> Markup:
    """Return an e-mail or web address as HTML that always runs left to right and breaks where people would."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(Markup(_BREAK.sub("<wbr />", str(escape(address)))))  # noqa: S704
