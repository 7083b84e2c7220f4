"""Where the stand-ins of a data folder are: their files, and their ports while somebody runs them."""

from __future__ import annotations

import fcntl
import json
import socket
import time
from pathlib import Path

HOST = "127.0.0.1"
LOOKING_S = 0.5
"""For as long somebody may hold the file who only looks whether stand-ins run."""


def caught_path(data_dir: Path) -> Path:
    """Return where the mail catcher keeps what it caught."""
    return data_dir / "sandbox" / "caught.db"


def x_path(data_dir: Path) -> Path:
    """Return where the X stand-in keeps its timeline."""
    return data_dir / "sandbox" / "x.db"


def running_ports(data_dir: Path) -> tuple[int, int] | None:
    """Return the ports of the mail catcher and of X that run for this data folder; None where none do.

    Whoever runs them holds a lock on the file that names the ports (flock(2)), for as long as it lives.
    """
    try:
        with ports_path(data_dir).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who look are not taken for one who runs
    except FileNotFoundError:
        return None
    except BlockingIOError:
        deadline = time.monotonic() + LOOKING_S
        while not (told := ports_path(data_dir).read_text()) and time.monotonic() < deadline:
            time.sleep(0.01)  # they have the file, and are about to write
        smtp, x = json.loads(told)
        return int(smtp), int(x)
    return None


def ports_path(data_dir: Path) -> Path:
    return data_dir / "sandbox" / "ports.json"


def listening(port: int, host: str = HOST) -> bool:
    """Say whether something accepts connections on this port, within a second."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except (OSError, OverflowError):
        return False
