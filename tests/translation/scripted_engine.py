"""An engine that does as a test says, a clock that stands still, and a run with them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from briefings.translation.breaker import Budget
from briefings.translation.engines import Capabilities, Request
from briefings.translation.engines.pseudo import PseudoEngine, pseudo
from briefings.translation.machine import Draft, Drafting, Report, Task

TEXTS = [f"Call {number} about the {thing} in the park." for number, thing in enumerate(
    ["dogs", "cars", "lamps", "paths", "bikes", "noise", "fires", "gates"], start=20)]  # fmt: skip

Answer = Callable[[Request], list[str]]


class ScriptedEngine:
    """Answers each call by the next script, the last one for ever. Without one it is the pseudo engine."""

    version = "7"

    def __init__(self, name: str = "first", *scripts: Answer, batch_size: int = 4, **capabilities: bool) -> None:
        self.name = name
        self.scripts = list(scripts)
        self.calls: list[Request] = []
        capabilities = {"writes_its_language": False, **capabilities}
        self.capabilities = Capabilities(False, batch_size=batch_size, **capabilities)

    def can_translate(self, source_locale: str, locale: str) -> bool:
        return locale != "xx"

    def translate(self, request: Request) -> list[str]:
        self.calls.append(request)
        if not self.scripts:
            return right(request)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        return script(request)


def right(request: Request) -> list[str]:
    return [pseudo(text, request.locale) for text in request.texts]


def raises(error: Exception) -> Answer:
    def script(request: Request) -> list[str]:
        raise error

    return script


def says(*words: str) -> Answer:
    return lambda request: [words[n % len(words)] for n in range(len(request.texts))]


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def drafting(
    *engines: ScriptedEngine | PseudoEngine, clock: Clock | None = None, budget: Budget | None = None
) -> Drafting:
    clock = clock or Clock()
    return Drafting(engines, clock=clock, sleep=clock.sleep, random=random.Random(1), budget=budget)


def run(
    *engines: ScriptedEngine | PseudoEngine,
    clock: Clock | None = None,
    texts: Sequence[str] = TEXTS,
    locale: str = "es",
) -> tuple[list[Draft], Report]:
    kept: list[Draft] = []
    report = drafting(*engines, clock=clock).draft(Task(texts, "en-GB", locale, 60), kept.extend)
    return kept, report
