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

SAMPLE_S, WAITING_S = 0.05, 0.005
"""How often a process is looked at, and how often until it begins to work."""

_HIGH_WATER = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True)
class Measured:
    """`seconds` by the wall clock, from when it began to work until it ended (0: it never began).

    `cpu` in seconds, user and system, of all threads, from its start on; `peak` in octets.
    """

    seconds: float
    cpu: float
    peak: int


def measure(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    begun: Callable[[], bool] = lambda: True,
    watch: Callable[[], None] = lambda: None,
) -> Measured:
    """Run a command to its end. It works from when `begun` is true; from then on `watch` is called now and then.

    Both are called many times a second, from another thread.

    Raises RuntimeError, with the last that the command said, if it fails.
    """
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        look = _Look(process.pid, begun, watch)
        look.start()
        try:
            _, code, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            ended = time.perf_counter()
            look.over.set()
        process.returncode = os.waitstatus_to_exitcode(code)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command[:4])} ended with {process.returncode}: {said.read()[-2000:]}")
    look.join()
    seconds = ended - look.began if look.began else 0.0
    return Measured(seconds, usage.ru_utime + usage.ru_stime, look.peak)


class _Look(threading.Thread):
    """Looks at a process while it lives: when it begins to work, and VmHWM, its high-water mark, in /proc.

    The maximum that wait4(2) tells is no good: it also counts what we had when the process was forked from us.
    """

    def __init__(self, pid: int, begun: Callable[[], bool], watch: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.peak, self.over = 0, threading.Event()
        self._status, self._begun, self._watch = Path(f"/proc/{pid}/status"), begun, watch
        self.began = time.perf_counter() if begun() else 0.0

    def run(self) -> None:
        while not self.over.wait(SAMPLE_S if self.began else WAITING_S):
            if not self.began and self._begun():
                self.began = time.perf_counter()
            with suppress(OSError):  # it has just ended
                if found := _HIGH_WATER.search(self._status.read_text()):
                    self.peak = max(self.peak, int(found[1]) * 1024)
            if self.began:
                self._watch()
