"""Clearing: an address out of files that may name it, such as refused rows of imports, and no other one with it."""

from __future__ import annotations

import csv
import io
import os
import quopri
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import idna


def clear_files(folders: Iterable[Path], address: str) -> int:
    """Take an address (its normal form) out of folders; return how many files had it.

    Lists of refused rows (`.csv`) lose its rows, and go where none is left; returned mail (`.eml`) goes whole. Not
    looked into: the parts of a mail that are encoded in base64.
    """
    return sum(_clear(path, address) for folder in folders for path in (*folder.glob("*.csv"), *folder.glob("*.eml")))


def names(text: str, address: str) -> bool:
    """Say whether a text names an address, in whatever case and with either form of its domain (RFC 5891)."""
    folded = _folded(text)
    return any(_stands_in(folded, _folded(form)) for form in _forms(address))


def _clear(path: Path, address: str) -> bool:
    try:
        content = path.read_bytes()
    except FileNotFoundError:  # a person has just deleted it
        return False
    text = content.decode("utf-8", "surrogateescape")
    if path.suffix == ".eml":
        decoded = quopri.decodestring(content).decode("utf-8", "surrogateescape")
        is_named = names(text, address) or names(decoded, address)
        left: list[str] = []
    else:
        records = list(_records(text))
        left = [record for record in records if not names(record, address)]
        is_named = len(left) < len(records)
    if not is_named:
        return False
    if len(left) > 1:  # more than the line with the names of columns
        _rewrite(path, "".join(left).encode("utf-8", "surrogateescape"))
    else:
        path.unlink(missing_ok=True)
    return True


def _forms(address: str) -> Iterator[str]:
    """Yield an address as it is kept, and as people write it where its domain has letters beyond ASCII."""
    yield address
    local, _, domain = address.rpartition("@")
    if "xn--" in domain:
        try:
            yield f"{local}@{idna.decode(domain)}"
        except (idna.IDNAError, UnicodeError):
            return


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _stands_in(text: str, form: str) -> bool:
    """Say whether an address stands in a text, and not as a part of a longer one. Takes time in proportion to both."""
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        before, after = text[max(start - 1, 0) : start], text[end : end + 2]
        goes_on = _is_of_address(after[:1]) or (after[:1] == "." and _is_of_address(after[1:]))
        if not goes_on and not _is_of_address(before) and before not in (".", "+"):
            return True
        start = text.find(form, start + 1)
    return False


def _is_of_address(character: str) -> bool:
    return character.isalnum() or character in ("-", "_")


def _records(text: str) -> Iterator[str]:
    """Yield the records of CSV as they stand, with their line ends: a quoted cell may have several lines."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(iter(lines))
    begun = 0
    while begun < len(lines):
        with suppress(StopIteration, csv.Error):  # a cell that is too long: what was read of it is one record
            next(reader)
        end = max(reader.line_num, begun + 1)
        yield "".join(lines[begun:end])
        begun = end


def _rewrite(path: Path, content: bytes) -> None:
    """Replace a private file, whole or not at all."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    made.replace(path)
