"""A command, run as a process of its own and measured: seconds, CPU, and the most memory it had at once (Linux)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
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
    """Run a command to its end. `watch` is called many times a second meanwhile.

    The peak is VmHWM of /proc, read while the process lives, for the maximum that wait4(2) tells also counts what
    this process had when it forked. Raises RuntimeError, with the last that it said, if it fails.
    """
    with tempfile.TemporaryFile("w+") as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        status, peak = Path(f"/proc/{process.pid}/status"), 0
        try:
            while True:
                pid, code, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if found := _HIGH_WATER.search(status.read_text()):
                    peak = max(peak, int(found[1]) * 1024)
                watch()
                time.sleep(SAMPLE_S)
        except BaseException:
            process.send_signal(signal.SIGKILL)
            process.wait()
            raise
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(code)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command[:4])} ended with {process.returncode}: {said.read()[-2000:]}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, peak)
