"""Machine drafts: engines in order, each guarded; what passes is kept batch by batch, what fails is never stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from briefings.translation.breaker import Breaker, Budget
from briefings.translation.drafts import Draft, Keep, Report, Task
from briefings.translation.engines import Engine
from briefings.translation.turn import ATTEMPTS, Means, Turn

__all__ = ["ATTEMPTS", "Budget", "Draft", "Drafting", "Keep", "Report", "Task"]


class Drafting:
    """The engines of one run, with what is known about each. Used by one thread; one for all locales of a run.

    `clock` counts seconds and never goes back; `sleep` waits on the same clock; `random` spreads the retries.
    """

    def __init__(
        self,
        engines: Sequence[Engine],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Random,
        budget: Budget | None = None,
    ) -> None:
        self._engines = engines
        self._means = Means(clock, sleep, random, budget)
        self._answers: dict[tuple[str, str], dict[str, str]] = {}
        """By source locale and locale, what was shown to engines in this run and what they made of it."""
        self._breakers = {engine.name: Breaker(ATTEMPTS) for engine in engines}

    def draft(self, task: Task, keep: Keep) -> Report:
        """Draft what can be drafted; `keep` gets each batch as soon as it has passed, so a crash loses none of it."""
        deadline = self._means.clock() + task.seconds
        left = [text for text in dict.fromkeys(task.texts) if text.strip()]
        drafted: Counter[str] = Counter()
        troubles: list[str] = []
        answers = self._answers.setdefault((task.source_locale, task.locale), {})
        able = self.able(task.source_locale, task.locale, task.engines)
        if left and self._engines and not able:
            names = ", ".join(engine.name for engine in self._engines)
            troubles.append(f"no engine translates {task.source_locale} to {task.locale} (asked: {names})")
        for engine in able:
            if not left:
                break
            turn = Turn(engine, self._breakers[engine.name], self._means, task, keep, deadline, answers)
            made = turn.run(left)
            left = [text for text in left if text not in made]
            if made:
                drafted[engine.name] += len(made)
            troubles += turn.troubles(len(left))
            if self._means.clock() >= deadline:
                break  # said once, not by every engine that is left
        return Report(dict(drafted), tuple(troubles), tuple(left))

    def able(self, source_locale: str, locale: str, names: Sequence[str] = ()) -> list[Engine]:
        """Return the engines that know a pair of languages, in order: of these names, or of all."""
        asked = [e for name in names for e in self._engines if e.name == name] if names else self._engines
        return [engine for engine in asked if engine.can_translate(source_locale, locale)]
