"""The newsroom, for what the command line shows of it."""

from tests.editorial.conftest import newsroom

__all__ = ["newsroom"]
