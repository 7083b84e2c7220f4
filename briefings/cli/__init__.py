"""The command line: `briefings COMMAND`. Clear one-line errors on stderr; exit 0 done, 1 refused, 2 wrong usage."""

from briefings.cli import (  # they register their commands on `main`
    check,
    commands,
    control,
    dkim,
    messages,
    people,
    postcodes,
    review,
    translations,
)
from briefings.cli.base import main

__all__ = ["check", "commands", "control", "dkim", "main", "messages", "people", "postcodes", "review", "translations"]
