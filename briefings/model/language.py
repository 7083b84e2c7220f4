"""Locale tags: how a language is named in URLs, catalogs and to its own readers (BCP 47, CLDR)."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=512)
def cldr(tag: str) -> Locale:
    """Return Babel's locale for a tag such as `pt-PT`.

    Raises ValueError for a tag that CLDR does not know.
    """
    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise ValueError(f"unknown locale {tag!r}: use a BCP 47 tag such as en-GB, ro or pt-PT") from error


def canonical(tag: str) -> str:
    """Return the tag as we write it everywhere: `pt_pt` becomes `pt-PT`. Raises ValueError."""
    return str(cldr(tag.strip())).replace("_", "-")


def catalog_name(tag: str) -> str:
    """Return the gettext folder name of a tag: `pt-PT` becomes `pt_PT`."""
    return tag.replace("-", "_")


def direction(tag: str) -> str:
    """Return `rtl` or `ltr`: how the language's script runs."""
    return "rtl" if cldr(tag).text_direction == "rtl" else "ltr"


def autonym(tag: str) -> str:
    """Return the language's own name for itself, capitalised as in a list: `română` -> `Română`."""
    locale = cldr(tag)
    name = locale.languages.get(locale.language) or locale.language
    if tag.startswith("en-"):
        name = "English"
    return name[:1].upper() + name[1:]


def name_in(tag: str, reader: str) -> str:
    """Return the language's name as a reader of another language calls it."""
    return cldr(tag).get_language_name(cldr(reader)) or autonym(tag)
