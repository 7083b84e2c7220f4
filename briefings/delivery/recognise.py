"""Recognise a post of ours on X's timeline, where its text comes back changed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import unquote

from briefings.rendering.post_length import links


def is_this_post(one: Mapping[str, Any], text: str, parent: str) -> bool:
    """Say whether a post of the timeline is this text in reply to `parent`.

    X escapes the text for HTML, puts t.co addresses for links and adds one for each image, so the
    words are compared without links, and then the addresses that X says its own stand for.
    """
    replied = [str(ref.get("id")) for ref in one.get("referenced_tweets") or [] if ref.get("type") == "replied_to"]
    if replied != ([parent] if parent else []):
        return False
    shown, addresses = _apart(unescape(one["text"]))
    words, ours = _apart(text)
    if shown != words:
        return False
    entities = (one.get("entities") or {}).get("urls") or []
    named = {_address(str(url.get("expanded_url", ""))) for url in entities if "media_key" not in url}
    if not named:
        named = {address for address in addresses if not address.startswith("t.co/")}
    return {address for address in named if "/photo/" not in address} <= ours


def _apart(text: str) -> tuple[str, set[str]]:
    """Return a text's words without its links, and its links."""
    text = unicodedata.normalize("NFC", text)
    words, found, position = "", set(), 0
    for start, end, _ in links(text):
        words += text[position:start]
        found.add(_address(text[start:end]))
        position = end
    return " ".join((words + text[position:]).split()), found


def _address(url: str) -> str:
    """Return an address in the form in which two that mean the same are equal."""
    return unquote(url).rpartition("://")[2].rstrip("/").casefold()
