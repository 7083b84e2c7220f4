"""Reading text files that may be anything: too large, not UTF-8, empty."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from briefings.content.fields import Report

MAX_BYTES = 1024 * 1024
MAX_IMAGE_BYTES = 4 * 1024 * 1024

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""What no feed may hold (XML 1.0, section 2.2), and what no keyboard writes."""

_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_SUFFIXES = {"image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}


def shown(path: Path, root: Path) -> str:
    """Return a path as the person who runs the check would type it."""
    for base in (Path.cwd(), root.resolve()):
        try:
            return str(path.resolve().relative_to(base))
        except ValueError:
            continue
    return str(path)


def read_text(path: Path, report: Report) -> str | None:
    """Return a file's text with line ends as `\\n`, or report why not and return None."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            report.add(1, f"is {size / 1024 / 1024:.1f} MiB: a content file may have 1 MiB at most; split it")
            return None
        data = path.read_bytes()
    except OSError as error:
        report.add(1, f"cannot be read: {error.strerror}")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.add(data.count(b"\n", 0, error.start) + 1, "is not UTF-8 text: save the file as UTF-8")
        return None
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        report.add(line, f"holds the control character U+{ord(control[0]):04X}: is this a text file?")
        return None
    if not text.strip():
        report.add(1, "is empty: write the briefing or remove the file")
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class MediaFile:
    """An image beside a briefing. `digest` is the SHA-256 of its bytes, hexadecimal."""

    path: Path
    digest: str
    media_type: str

    def read(self) -> bytes:
        return self.path.read_bytes()


def read_image(folder: Path, src: str) -> MediaFile | str:
    """Return the image `src` beside a briefing, or what is wrong with it and how to put it right."""
    if "://" in src:
        return "is on another site: save the image beside the briefing and give its file name"
    path = folder / src
    if not path.resolve().is_relative_to(folder.resolve()):
        return "lies outside the briefing's folder: put the image beside the briefing"
    if not path.is_file():
        return f"{src!r} is not there: put the image beside the briefing"
    if path.stat().st_size > MAX_IMAGE_BYTES:
        return f"{src!r} is over 4 MiB: save it smaller"
    data = path.read_bytes()
    media_type = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if media_type is None or path.suffix.lower() not in _SUFFIXES[media_type]:
        return f"{src!r} is not a PNG or JPEG image with the right ending"
    return MediaFile(path, hashlib.sha256(data).hexdigest(), media_type)
