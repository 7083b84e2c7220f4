"""Prefect pull step: a worker runs our flows in the checkout that it is installed from."""

from __future__ import annotations

import os

from briefings.settings import CHECKOUT


def enter() -> dict[str, str]:
    """Change to the checkout and tell Prefect so.

    A process worker starts each run in an empty folder, and a path in prefect.yaml would be one
    machine's: the package knows where it is.
    """
    os.chdir(CHECKOUT)
    return {"directory": str(CHECKOUT)}
