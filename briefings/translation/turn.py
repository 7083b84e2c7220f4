"""One engine's turn at the texts of a locale: batches, retries, what is refused and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from briefings.model.errors import OutsideError, Transient
from briefings.translation.batch import Answered, language_doubt, out_of_place, refusals
from briefings.translation.breaker import Breaker, Budget
from briefings.translation.drafts import Draft, Keep, Task
from briefings.translation.engines import Engine, Request, TooManyRequests
from briefings.translation.localised import glossary_values, localised_values
from briefings.translation.protect import Protected, protect
from briefings.translation.validate import Wrong, validated

ATTEMPTS = 3
FIRST_WAIT = 1.0
LONGEST_WAIT = 15.0
"""Seconds. Whoever asks for a longer pause is not waited for."""


class _Stop(Exception):
    """This engine does no more in this task; the text says why."""


@dataclass(frozen=True)
class Means:
    """What a run goes by: a clock in seconds, a sleep on that clock, chance for the retries, and a budget."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Random
    budget: Budget | None = None


class Turn:
    """One engine's turn at one task."""

    def __init__(
        self, engine: Engine, breaker: Breaker, means: Means, task: Task, keep: Keep, deadline: float,
        answers: dict[str, str],
    ) -> None:  # fmt: skip
        self._engine, self._breaker, self._means, self._answers = engine, breaker, means, answers
        self._task, self._keep, self._deadline = task, keep, deadline
        self._refused: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._stopped = ""
        self._made: set[str] = set()
        self._doubt = ""

    def run(self, texts: Sequence[str]) -> set[str]:
        """Translate, and once more with times, dates and figures protected what was garbled. Return what is done."""
        task = self._task
        texts = list(self._not_rejected(texts))
        try:
            if self._engine.capabilities.garbles_values:
                self._pass([(text, self._with_values(text)) for text in texts], last=True)
            else:
                garbled = self._pass([(text, protect(text, task.names)) for text in texts], last=False)
                self._pass([(text, self._with_values(text)) for text in garbled], last=True)
        except _Stop as stop:
            self._stopped = str(stop)
        return self._made

    def _not_rejected(self, texts: Sequence[str]) -> Iterator[str]:
        """Yield the texts that are worth sending: asked again, an engine says what it said."""
        for text in texts:
            if any(engine == self._engine.name for _, engine in self._task.rejected.get(text, ())):
                self._failed["a person rejected its translation"] += 1
            else:
                yield text

    def _with_values(self, text: str) -> Protected:
        task = self._task
        garbles = self._engine.capabilities.garbles_values
        values = localised_values(text, task.source_locale, task.locale, bare=garbles)
        if garbles:
            values = glossary_values(text, task.glossary(text)) + values
        return protect(text, task.names, values)

    def troubles(self, left: int) -> Iterator[str]:
        name = self._engine.name
        if self._refused:
            count = sum(self._refused.values())
            shown = "; ".join(_times(reason, n) for reason, n in self._refused.most_common(3))
            more = "" if len(self._refused) <= 3 else "; and more"
            yield f"{name}: {_texts(count)} refused: {shown}{more}"
        for reason, count in self._failed.items():
            if self._stopped.startswith(reason):
                continue  # said below
            yield f"{name}: {reason}: {_texts(count)} not translated"
        if self._stopped:
            yield f"{name}: {self._stopped}; {_texts(left)} left"

    def _pass(self, texts: Sequence[tuple[str, Protected]], *, last: bool) -> list[str]:
        """Send texts in batches and keep what is right. Return the texts whose values came back garbled."""
        garbled: list[str] = []
        for batch in self._batches(texts):
            returned = self._ask(batch)
            if returned is None:
                continue
            answered = [
                Answered(source, protected.text, answer, self._validated(source, protected, answer))
                for (source, protected), answer in zip(batch, returned, strict=True)
            ]
            if why := out_of_place(answered, self._task.locale, self._task.source_locale):
                self._breaker.failed(why)
                self._lost(why, batch)
                continue
            self._breaker.succeeded()
            garbled += self._sorted_out(answered, last=last)
        return garbled

    def _sorted_out(self, batch: Sequence[Answered], *, last: bool) -> list[str]:
        """Keep what is right, count what is refused, return the texts whose values were garbled."""
        task = self._task
        self._doubt = language_doubt(batch, self._doubt)
        refused = refusals(batch, task.locale, task.source_locale, self._answers, self._doubt)
        drafts, garbled = [], []
        for one in batch:
            result = refused.get(one.source, one.result)
            if isinstance(result, str):
                drafts.append(Draft(one.source, result, self._engine.name, self._engine.version))
                self._answers[one.sent] = one.returned
            elif result.values_garbled and not last:
                garbled.append(one.source)
            else:
                self._refused[result.reason] += 1
        if drafts:
            self._keep(drafts)
            self._made |= {draft.source for draft in drafts}
        return garbled

    def _validated(self, source: str, protected: Protected, answer: str) -> str | Wrong:
        task = self._task
        result = validated(
            source, protected, answer, task.locale, task.source_locale, self._engine.capabilities, task.check
        )
        thrown_out = (target.split() for target, _ in task.rejected.get(source, ()))
        if isinstance(result, str) and result.split() in thrown_out:
            return Wrong("a person rejected this very translation")
        return result

    def _batches(self, texts: Sequence[tuple[str, Protected]]) -> Iterator[list[tuple[str, Protected]]]:
        limits = self._engine.capabilities
        batch: list[tuple[str, Protected]] = []
        size = 0
        for one in texts:
            length = len(one[1].text)
            if length > limits.batch_characters:
                self._failed["too long for one call"] += 1
                continue
            if batch and (len(batch) == limits.batch_size or size + length > limits.batch_characters):
                yield batch
                batch, size = [], 0
            batch.append(one)
            size += length
        if batch:
            yield batch

    def _ask(self, batch: Sequence[tuple[str, Protected]]) -> list[str] | None:
        """Return what the engine makes of a batch; None where it fails for these texts only. Raises _Stop."""
        means = self._means
        for attempt in range(ATTEMPTS):
            self._wait_for_breaker()
            remaining = self._deadline - means.clock()
            if remaining <= 0:
                raise _Stop(self._late())
            if means.budget and not means.budget.take(self._engine.name, sum(len(one.text) for _, one in batch)):
                raise _Stop("the daily budget of characters is used up")
            try:
                returned = self._engine.translate(self._request([one.text for _, one in batch], batch, remaining))
            except TooManyRequests as error:
                wait = error.retry_after
                short = wait is not None and wait <= LONGEST_WAIT and attempt + 1 < ATTEMPTS
                self._breaker.open(str(error), means.clock() + (wait or 0) if short else float("inf"))
                continue
            except Transient as error:
                self._breaker.failed(str(error))
                if (error.retry_after or 0) > LONGEST_WAIT:
                    self._breaker.open(str(error))
                if attempt + 1 == ATTEMPTS or not self._pause(attempt, error.retry_after):
                    self._lost(str(error), batch)
                    return None
                continue
            except OutsideError as error:
                self._breaker.failed(str(error))
                self._lost(str(error), batch)
                return None
            if means.clock() > self._deadline:
                raise _Stop(self._late())
            if len(returned) != len(batch):
                why = f"answered {len(returned)} of {len(batch)} texts"
                self._breaker.failed(why)
                self._lost(why, batch)
                return None
            return returned
        self._wait_for_breaker()
        self._lost(self._breaker.why, batch)
        return None

    def _request(self, texts: list[str], batch: Sequence[tuple[str, Protected]], seconds: float) -> Request:
        task = self._task
        glossary: dict[str, str] = {}
        if self._engine.capabilities.takes_glossary:
            for source, _ in batch:
                glossary |= task.glossary(source)
        return Request(texts, task.source_locale, task.locale, seconds, glossary)

    def _lost(self, why: str, batch: Sequence[tuple[str, Protected]]) -> None:
        """Note that a batch failed. An engine that has failed too often is stopped."""
        if self._breaker.is_open(self._means.clock()):
            raise _Stop(f"{why}: stopped for this run")
        self._failed[why] += len(batch)

    def _wait_for_breaker(self) -> None:
        now = self._means.clock()
        if not self._breaker.is_open(now):
            return
        wait = self._breaker.opens_in(now)
        if wait > LONGEST_WAIT or now + wait >= self._deadline:
            raise _Stop(f"{self._breaker.why}: stopped for this run")
        self._means.sleep(wait)

    def _pause(self, attempt: int, asked: float | None) -> bool:
        """Wait before another attempt, a little at random; False where there is no time for it."""
        wait = min(FIRST_WAIT * 2**attempt, LONGEST_WAIT) * (0.5 + self._means.random.random())
        wait = max(wait, asked or 0.0)
        if wait > LONGEST_WAIT or self._means.clock() + wait >= self._deadline:
            return False
        self._means.sleep(wait)
        return True

    def _late(self) -> str:
        return f"the time is up ({self._task.seconds:g} seconds)"


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"


def _times(reason: str, count: int) -> str:
    return reason if count == 1 else f"{reason} ({count} times)"
