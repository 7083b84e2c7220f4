"""Jinja2 environments: everything is escaped, and a missing value is an error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(folders: Sequence[Path]) -> Environment:
    """Return an environment that looks in these template folders, in order.

    `autoescape=True` and not `select_autoescape()`, which skips `.mjml` and `.j2`.
    """
    return Environment(
        loader=FileSystemLoader([str(folder) for folder in dict.fromkeys(folders)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
