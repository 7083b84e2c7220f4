"""The errors of this library: what an outside call can give, and our own refusals."""

from __future__ import annotations

from dataclasses import dataclass


class BriefingsError(Exception):
    """Base of every error that is ours; its text is written for the person who reads it."""


class OutsideError(BriefingsError):
    """An outside call did not succeed. Adapters raise only its three kinds, `from` the original."""


class Transient(OutsideError):
    """Not now: the same call may succeed later. `retry_after` is in seconds, if the peer said."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(OutsideError):
    """Never: the same call will not succeed, whoever repeats it."""


class Uncertain(OutsideError):
    """Cannot know: the call may or may not have taken effect."""


class NotReady(BriefingsError):
    """Something that must come first is missing (approval, translation, publish time)."""


class Refused(BriefingsError):
    """What was asked is against a rule; the text names the rule and the way out."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in an input, and where. `line` counts from 1; 0 when a line means nothing."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


class InvalidInput(BriefingsError):
    """An input was refused; `problems` lists every reason, each with its place."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
