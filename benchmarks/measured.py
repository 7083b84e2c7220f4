"""A command, run as a process of its own and measured: seconds, CPU, and the most memory it had at once (Linux)."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.05
_HIGH_WATER = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Measured:
    """`seconds` by the wall clock; `cpu` in seconds, user and system, of all threads; `peak` in octets."""

    seconds: float
    cpu: float
    peak: int


def measure(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    watch: Callable[[], None] = lambda: None,
) -> Measured:
    """Run a command to its end. `watch` is called many times a second meanwhile, from another thread.

    Raises RuntimeError, with the last that the command said, if it fails.
    """
    with tempfile.TemporaryFile("w+") as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        high_water = _HighWater(process.pid, watch)
        high_water.start()
        try:
            _, code, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            high_water.over.set()
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(code)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command[:4])} ended with {process.returncode}: {said.read()[-2000:]}")
    high_water.join()
    return Measured(seconds, usage.ru_utime + usage.ru_stime, high_water.peak)


class _HighWater(threading.Thread):
    """Reads VmHWM of /proc while a process lives.

    The maximum that wait4(2) tells is no good: it also counts what we had when the process was forked from us.
    """

    def __init__(self, pid: int, watch: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.peak, self.over = 0, threading.Event()
        self._status, self._watch = Path(f"/proc/{pid}/status"), watch

    def run(self) -> None:
        while not self.over.wait(SAMPLE_S):
            with suppress(OSError):  # it has just ended
                if found := _HIGH_WATER.search(self._status.read_text()):
                    self.peak = max(self.peak, int(found[1]) * 1024)
            self._watch()
