"""How X reads a post's text: its weighted length, and the links that it replaces by t.co addresses.

Written from X's published rules, apart from our renderer on purpose: two readings of one rule
find each other's mistakes. https://docs.x.com/fundamentals/counting-characters
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

LIMIT = 280
LINK_LENGTH = 23

_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that count one; every other counts two (twitter-text configuration v3)."""

_PATH = r"A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%À-ɏЀ-ӿ"
_ZONES = (
    "com org net info edu gov mil int biz name app dev io co uk eu london scot wales cymru police online site community"
)
_BARE = rf"(?<![\w@.$#/\-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ZONES.replace(' ', '|')}|[a-z]{{2}})(?![\w@-])"
_LINK = re.compile(rf"https?://[{_PATH}]+|{_BARE}(?:/[{_PATH}]*)?", re.IGNORECASE)
"""With a scheme any host counts: on a developer's machine links go to 127.0.0.1, where a borough's real
domain will stand. X itself would not see a link there, and the text would be longer than it will be."""

_EMOJI = r"[\U0001F000-\U0001FAFF☀-➿⌀-⏿⬀-⯿〰〽㊗㊙]"
_EMOJI_SEQUENCE = re.compile(
    rf"[\U0001F1E6-\U0001F1FF]{{2}}|[0-9#*]\uFE0F?\u20E3"
    rf"|{_EMOJI}[\uFE0F\U0001F3FB-\U0001F3FF]*[\U000E0020-\U000E007F]*"
    rf"(?:\u200D{_EMOJI}[\uFE0F\U0001F3FB-\U0001F3FF]*)*"
)
_NAME = re.compile(r"((?<!\w)@[A-Za-z0-9_]{1,15}\b)")


@dataclass(frozen=True)
class Link:
    """A link in a text: from `start` to before `end`, in code points."""

    start: int
    end: int
    address: str

    @property
    def short(self) -> str:
        """The t.co address that stands for it; the same link always gets the same one."""
        return "https://t.co/" + hashlib.sha256(self.address.encode()).hexdigest()[:10]

    @property
    def expanded(self) -> str:
        return self.address if "://" in self.address else f"http://{self.address}"


def links(text: str) -> tuple[Link, ...]:
    """Return the links X would see, in order. A sentence's closing mark is not part of a link."""
    found = []
    for match in _LINK.finditer(text):
        address = match[0].rstrip(".,;:!?'\"")
        if address.endswith(")") and "(" not in address:
            address = address.rstrip(").")
        found.append(Link(match.start(), match.start() + len(address), address))
    return tuple(found)


def pieces(text: str) -> tuple[tuple[str, str], ...]:
    """Return a text as (kind, piece) in order; kinds are `link`, `name` (an @name) and `text`.

    >>> pieces("@ana see https://example.org/.")
    (('name', '@ana'), ('text', ' see '), ('link', 'https://example.org/'), ('text', '.'))
    """
    found: list[tuple[str, str]] = []
    position = 0
    for link in (*links(text), Link(len(text), len(text), "")):
        for piece in _NAME.split(text[position : link.start]):
            found.append(("name" if _NAME.fullmatch(piece) else "text", piece))
        found.append(("link", link.address))
        position = link.end
    return tuple((kind, piece) for kind, piece in found if piece)


def weighted_length(text: str) -> int:
    """Return the length X counts: links 23, an emoji 2, most scripts 1 a code point, CJK 2.

    >>> weighted_length("see https://example.org/a/very/long/address?indeed=yes"), weighted_length("👩‍👧‍👦")
    (27, 2)
    """
    text = unicodedata.normalize("NFC", text)
    length, rest, position = 0, [], 0
    for link in links(text):
        rest.append(text[position : link.start])
        length += LINK_LENGTH
        position = link.end
    rest.append(text[position:])
    for piece in rest:
        plain, emoji = _EMOJI_SEQUENCE.subn("", piece)
        length += 2 * emoji
        length += sum(1 if any(low <= ord(c) <= high for low, high in _LIGHT) else 2 for c in plain)
    return length
