"""MJML into the HTML of a mail, and the guards that the converter lacks."""

from __future__ import annotations

import re

from briefings.model.errors import BriefingsError

_HEAD = ("mjml", "mj-head", "mj-title", "mj-preview", "mj-attributes", "mj-all", "mj-class", "mj-style", "mj-raw")
_BODY = ("mj-body", "mj-section", "mj-column", "mj-text", "mj-image")
KNOWN_TAGS = frozenset((*_HEAD, *_BODY))
"""The MJML our templates use. The converter drops a tag it does not know with all its content, silently."""

LINE_OCTETS = 900
"""Lines are folded well below the 998 octets of RFC 5322 section 2.1.1: a slot may still grow."""

LONG_WORD = 100
"""A word of so many characters may be broken anywhere."""

_TAG = re.compile(r"</?(mj[\w-]*)")
_CELL = re.compile(r"<(table|td)(?![^>]*\sdir=)\b")
_SAID = re.compile(r'(?<= )(?:aria-label|alt|title)="[^"]*"')
_MARK = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(\\))")
_STYLE = re.compile(r'style="[^"]*"')
_KEPT_SPACE = "\x00"
_LONG_WORD = re.compile(rf"(?:&[#\w]+;|[^\s<>&]){{{LONG_WORD},}}(?![^<>]*>)")
_PIECE = re.compile(r"(?:&[#\w]+;|[^&]){60}(?!$)")


class MjmlError(BriefingsError):
    """A template made MJML that cannot be converted: a fault of the template, not of the content."""


def to_html(source: str, direction: str) -> str:
    """Convert MJML to HTML for a reader of `ltr` or `rtl` text; no line is longer than LINE_OCTETS.

    Everything in `source` must be escaped: a raw `>` after non-ASCII text makes the converter panic.
    Raises MjmlError for tags outside KNOWN_TAGS and for anything the converter refuses.
    """
    unknown = {tag for tag in _TAG.findall(source) if tag not in KNOWN_TAGS}
    if unknown:
        raise MjmlError(f"the e-mail template uses {', '.join(sorted(unknown))}: use a tag of KNOWN_TAGS in mjml.py")
    from mjml import mjml2html  # who only sends what is rendered has no use for the converter

    try:
        # `fonts={}`: else Google Fonts are linked.
        html = mjml2html(source, fonts={})
    except Exception as error:
        raise MjmlError(f"the e-mail template is not MJML: {error}") from error
    except BaseException as error:
        # The converter's Rust panics are no Exceptions, and their class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise MjmlError(f"the e-mail template has something unescaped in it: {error}") from error
    html = _SAID.sub(lambda attribute: _MARK.sub(_as_it_is, attribute[0]), html)
    if direction == "rtl":
        # Outlook for Windows follows `dir` on tables and cells, not the style or what they inherit.
        html = _CELL.sub(r'<\1 dir="rtl"', html)
    return folded(html)


def _as_it_is(mark: re.Match[str]) -> str:
    r"""Undo what the converter does to attributes: a vowel sign becomes `\u{bcd}`, and a screen reader reads that."""
    return chr(int(mark[1], 16)) if mark[1] else mark[2]


def folded(html: str) -> str:
    """Break lines that are too long at white space, in text or in tags: HTML reads both alike.

    Not inside `style`: a line break in a CSS string, such as a font's name, makes its rule void.
    """
    return "\n".join(_folded_line(line) if len(line) * 4 > LINE_OCTETS else line for line in html.split("\n"))


def _folded_line(line: str) -> str:
    words = _STYLE.sub(lambda style: style[0].replace(" ", _KEPT_SPACE), line).split(" ")
    lines: list[str] = []
    start, length = 0, 0
    for position, word in enumerate(words):
        size = len(word.encode()) + 1
        if length + size > LINE_OCTETS and position > start:
            lines.append(" ".join(words[start:position]))
            start, length = position, 0
        length += size
    lines.append(" ".join(words[start:]))
    return "\n".join(lines).replace(_KEPT_SPACE, " ")


def breakable(html: str) -> str:
    """Let very long words of escaped text break: `<wbr />` shows nothing, and a line can be folded in it."""
    if len(html) < LONG_WORD:
        return html
    return _LONG_WORD.sub(lambda word: _PIECE.sub(r"\g<0><wbr />", word[0]), html)
