"""Golden files: what was rendered once and looked at, to be rendered alike from then on."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "golden"
WRITE = "BRIEFINGS_GOLDEN"


def assert_golden(path: Path | str, text: str) -> None:
    """Compare a text with a file under tests/golden; with BRIEFINGS_GOLDEN=write make it the file.

    Fails with a unified diff, or where the file is missing.
    """
    file = FOLDER / path
    if os.environ.get(WRITE) == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return
    assert file.is_file(), f"{file} is missing: look at what is rendered, then run with {WRITE}=write"
    golden = file.read_bytes().decode()
    if text != golden:
        rows = difflib.unified_diff(golden.split("\n"), text.split("\n"), str(path), "rendered", lineterm="", n=1)
        raise AssertionError(f"differs from its golden file; if that is right, {WRITE}=write\n" + "\n".join(rows))
