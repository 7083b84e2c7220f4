"""Logging: a constant event name with values as fields. Nothing personal ever goes in."""

from __future__ import annotations

import logging

logger = logging.getLogger("briefings")


def event(name: str, **fields: object) -> None:
    """Log one event. Values are ids, counts and reasons; never an address or a name of a person."""
    logger.info("%s %s", name, " ".join(f"{key}={value!r}" for key, value in fields.items()))


def set_up(verbose: bool = False) -> None:
    """Send our events to standard error; for the processes we start ourselves."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
