"""A disk that can be filled up: a small file system of its own, or where none can be mounted, a limit on file sizes."""

from __future__ import annotations

import errno
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.faults.trial import Trial, sized

MEGABYTES = sized(24, 200)
CHUNK = 64 * 1024


@dataclass
class SmallDisk:
    """The disk under a data folder. Without a file system of its own, only one process meets its end."""

    folder: Path
    is_mounted: bool

    @property
    def kind(self) -> str:
        return "a file system without a free byte" if self.is_mounted else "no file may grow: nothing can be mounted"

    def fill(self, process: subprocess.Popen[str]) -> None:
        """Leave no room for another byte."""
        if not self.is_mounted:
            # The ledger's log grows with every commit: from now on it cannot (EFBIG instead of ENOSPC).
            log = self.folder / "data" / "briefings.db-wal"
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (log.stat().st_size, resource.RLIM_INFINITY))
            return
        size = CHUNK
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while size:
                try:
                    ballast.write(bytes(size))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size //= 2

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "ballast").unlink(missing_ok=True)


@contextmanager
def small_disk(trial: Trial, folder: Path) -> Iterator[SmallDisk]:
    """Move a trial's data folder onto a disk that can be filled."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    is_mounted = bool(shutil.which("mount")) and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        shutil.copytree(trial.installation.data_dir, folder / "data")
        trial.installation = replace(trial.installation, data_dir=folder / "data")
        yield SmallDisk(folder, is_mounted)
    finally:
        trial.end()
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
