"""Quarantine: mail that came back and that nobody could read, kept whole for a person to look at."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from briefings.model.errors import Refused

RETURNED_FOLDER = "returned"
"""Its name in the data folder."""
FOLDER_LIMIT, FILES_LIMIT = 256 * 1024 * 1024, 10_000
"""Bytes and files: whoever can write to us must not be able to fill the disk."""


class Quarantine:
    """A folder of `<digest>.eml`, readable by nobody but us."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, digest: str, raw: bytes) -> None:
        """Keep one mail, on the disk before this returns. Raises Refused where the folder is full or not writable."""
        path = self.folder / f"{digest}.eml"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                self._check_room(len(raw))
                _write(path, raw)
        except OSError as error:
            raise Refused(f"{self.folder} cannot take returned mail: {error.strerror}") from error

    def _check_room(self, size: int) -> None:
        sizes = list(self._sizes())
        if sum(sizes) + size > FOLDER_LIMIT or len(sizes) >= FILES_LIMIT:
            raise Refused(
                f"{self.folder} holds {len(sizes)} returned mails that nobody could read, {sum(sizes) >> 20} MiB: "
                "look through them and delete what is done with"
            )

    def __len__(self) -> int:
        return sum(1 for _ in self._sizes())

    def _sizes(self) -> Iterator[int]:
        for path in self.folder.glob("*.eml"):
            with suppress(FileNotFoundError):  # a person has just deleted it
                yield path.stat().st_size


def _write(path: Path, raw: bytes) -> None:
    """Write a file for us alone, whole or not at all."""
    made = path.with_name(f"{path.stem}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)  # a full disk must not be filled with halves
        raise
