"""Formats by name and by a file's ending, and files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from briefings.model.errors import InvalidInput, Problem
from briefings.translation.exchange import po, tmx, xliff
from briefings.translation.exchange.units import MAX_BYTES, Unit


@dataclass(frozen=True)
class Format:
    """`write(units, locale, source_locale)`; `read(data, path, locale, source_locale)`, which raises InvalidInput."""

    name: str
    endings: tuple[str, ...]
    write: Callable[[Iterable[Unit], str, str], bytes]
    read: Callable[[bytes, str, str, str], tuple[list[Unit], list[Problem]]]


FORMATS = {
    each.name: each
    for each in (
        Format("po", (".po", ".pot"), po.write, po.read),
        Format("xliff", (".xliff", ".xlf", ".sdlxliff", ".mqxliff", ".mxliff"), xliff.write, xliff.read),
        Format("tmx", (".tmx",), tmx.write, tmx.read),
    )
}


def format_of(path: Path) -> Format:
    """Return the format that a file's ending stands for; PO for any other."""
    ending = path.suffix.lower()
    return next((each for each in FORMATS.values() if ending in each.endings), FORMATS["po"])


def read_bytes(path: Path) -> bytes:
    """Return what is in a file, one byte more at most than any reader takes. Raises InvalidInput."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput(Problem(str(path), 0, f"cannot be read: {error.strerror}")) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that takes its name once it is whole; an older one stays until then. Raises InvalidInput."""
    growing = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        growing.write_bytes(data)
        growing.replace(path)
    except OSError as error:
        raise InvalidInput(Problem(str(path), 0, f"cannot be written: {error.strerror}")) from error
    finally:
        with suppress(OSError):
            growing.unlink(missing_ok=True)
