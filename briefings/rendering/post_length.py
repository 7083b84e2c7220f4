"""How long X thinks a text is: its weighted length, where links and emoji have fixed weights.

Source: X's "Counting characters" page and the configuration v3 of the twitter-text library.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LIMIT = 280
LINK_WEIGHT = 23

_HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""Code points that weigh two; every other weighs one."""

_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_DRESSED = f"{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[#*0-9]\ufe0f?\u20e3"
    "|[\u00a9\u00ae]\ufe0f"
    f"|{_DRESSED}[\U000e0020-\U000e007f]*(?:\u200d{_DRESSED})*"
)
"""One emoji, however many code points it is made of."""

_ZONES = (
    "academy agency ai app art biz blog care center charity church city cloud club co com community consulting "
    "cymru dev digital directory edu education email energy events expert family foundation fund global gov "
    "group health help house info int international irish life link live london ltd media mil mobi museum name "
    "net network news ngo ong online org page police pro property radio report rocks school scot services shop "
    "show site social solutions space sport store support systems team tech tel today tools top tours town "
    "training travel tv video wales website wiki work world xyz zone"
)
_KNOWN = frozenset(_ZONES.split())
"""Zones of more than two letters in which a domain without a scheme is surely seen as a link."""

_IN_PATH = "a-z0-9_\u00c0-\u024f\u0400-\u04ff!*';:=+,.$/%#\\[\\]\\-–~@|&()?"
_TAIL = f"(?::\\d+)?(?:[/?][{_IN_PATH}]*)?"
_LABEL = "[^\\W_](?:[\\w-]*[^\\W_])?"
_ASCII_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_LINK = re.compile(
    f"(?P<scheme>https?://)(?:\\[[0-9a-f:.]+\\]|{_LABEL}(?:\\.{_LABEL})*){_TAIL}"
    f"|(?<![a-z0-9_@#$./-])(?:{_ASCII_LABEL}\\.)+(?P<zone>[a-z]{{2,24}})(?![a-z0-9_@-]){_TAIL}",
    re.IGNORECASE,
)


def links(text: str) -> Iterator[tuple[int, int, int]]:
    """Give start, end and weight of every link X would see, bare domains too.

    A scheme makes a link of any host: on a developer's machine that is where the real domain will stand.
    A word that only looks like a domain (its zone is not known here) weighs what is worse for us.
    """
    if "." not in text and "://" not in text:
        return
    for match in _LINK.finditer(text):
        shown = match[0].rstrip(".,;:!?'*|~@[]–(")
        if shown.endswith(")") and shown.count("(") < shown.count(")"):
            shown = shown.rstrip(").,;:!?'")
        zone = match["zone"] or ""
        before = text[max(match.start() - 1, 0) : match.start()]
        if match["scheme"] and before.isascii() and before.isalnum():
            weight = max(LINK_WEIGHT, _plain_weight(shown))  # "seehttps://...": X sees no link there
        elif match["scheme"] or len(zone) == 2 or zone.lower() in _KNOWN:
            weight = LINK_WEIGHT
        elif zone.islower():
            weight = max(LINK_WEIGHT, _plain_weight(shown))
        else:
            continue  # a full stop without a space after it: "patrol.The"
        yield match.start(), match.start() + len(shown), weight


def weighted_length(text: str) -> int:
    """Return how much of X's limit a text takes.

    >>> weighted_length("See https://example.org/a/very/long/address/indeed"), weighted_length("👩‍👧‍👦")
    (27, 2)
    """
    text = unicodedata.normalize("NFC", text)
    length = position = 0
    for start, end, weight in links(text):
        length += _plain_weight(text[position:start]) + weight
        position = end
    return length + _plain_weight(text[position:])


def fits(text: str, limit: int = LIMIT) -> bool:
    """Say whether X would take this text as one post."""
    return weighted_length(text) <= limit


def _plain_weight(text: str) -> int:
    if text.isascii():
        return len(text)
    text, emoji = _EMOJI.subn("", text)
    return 2 * emoji + len(text) + len(_HEAVY.findall(text))
