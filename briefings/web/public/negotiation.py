"""Which language to answer in where the address does not say: by Accept-Language (RFC 9110, 12.5.4)."""

from __future__ import annotations

from collections.abc import Sequence

MAX_RANGES = 30


def best_locale(header: str, locales: Sequence[str]) -> str:
    """Return the locale a reader prefers; the first one where none fits. Never raises.

    >>> best_locale("ro-MD, pt;q=0.8, *;q=0.1", ["en-GB", "pt-PT", "ro"])
    'ro'
    """
    for wanted in _by_preference(header):
        exact = [locale for locale in locales if locale.lower() == wanted]
        alike = [locale for locale in locales if _language(locale) == _language(wanted)]
        if exact or alike:
            return (exact or alike)[0]
    return locales[0]


def _language(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _by_preference(header: str) -> list[str]:
    ranges: list[tuple[float, str]] = []
    for part in header.split(",")[:MAX_RANGES]:
        tag, _, parameters = part.partition(";")
        quality = _quality(parameters)
        if tag.strip() and tag.strip() != "*" and quality > 0:
            ranges.append((quality, tag.strip().lower()))
    return [tag for _, tag in sorted(ranges, key=lambda r: -r[0])]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
