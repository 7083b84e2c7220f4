"""Prepare: translate and check a briefing in every locale of its region, and say what is ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.model.briefing import Briefing
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.model.errors import InvalidInput, Problem
from briefings.store.engine import reading, writing
from briefings.translation.catalogs import Catalogs
from briefings.translation.checks import check_segment
from briefings.translation.editions import Blocked, build_edition, untranslated, with_stale
from briefings.translation.memory import Entry, Origin
from briefings.translation.resources import LanguageResources, MessageSegments

if TYPE_CHECKING:
    from briefings.translation.machine import Draft, Drafting


@dataclass(frozen=True)
class Prepared:
    """One prepared briefing: its editions in all locales, source first."""

    briefing: str
    revision: str
    editions: tuple[Edition, ...]


@dataclass
class PrepareReport:
    """What was prepared, what was blocked, and which content files could not be read."""

    prepared: list[Prepared] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    drafted: Counter[str] = field(default_factory=Counter)
    """By engine, how many texts it drafted just now."""
    troubles: list[str] = field(default_factory=list)
    """What engines could not do, one line each: those texts are left, and tried again by the next run."""

    @property
    def is_clean(self) -> bool:
        return not self.blocked and not self.problems and not self.troubles

    @property
    def lines(self) -> list[str]:
        """Return everything that a person should read, one line each."""
        found = (*self.problems, *(blocked.problem for blocked in self.blocked), *self.troubles)
        return [str(line) for line in found]


def prepare(
    desk: Desk, briefing_ids: Sequence[str], now: datetime, progress: Callable[[str, str], None] = lambda b, loc: None
) -> PrepareReport:
    """Prepare these briefings, or all of them. A blocked text never stops the other locales.

    `progress` is called with briefing and locale before each edition. Raises Refused for a
    briefing that is not there.
    """
    report = PrepareReport()
    chosen = [desk.briefing(name) for name in briefing_ids] or list(desk.content.briefings.values())
    if not briefing_ids:
        report.problems += desk.content.problems
    machine = _Machine(desk, report, now)
    for briefing in chosen:
        with reading(desk.engine) as connection:
            earlier = records.earlier_segments(connection, briefing)
        editions: list[Edition] = []
        for locale in desk.site.locales_of(briefing):
            progress(briefing.id, locale)
            edition, blocked, unreadable = _edition(desk, briefing, locale)
            if not unreadable and machine.drafts(briefing, edition):
                edition, blocked, unreadable = _edition(desk, briefing, locale)
            report.blocked += blocked
            report.problems += [problem for problem in unreadable if problem not in report.problems]
            editions.append(with_stale(edition, earlier.get(locale, [])))
        with writing(desk.engine) as connection:
            if not desk.is_sandbox:
                records.forget_demonstration(connection, briefing.id, briefing.revision)
            records.save_prepared(connection, briefing, editions, now)
        report.prepared.append(Prepared(briefing.id, briefing.revision, tuple(editions)))
    return report


def _edition(desk: Desk, briefing: Briefing, locale: str) -> tuple[Edition, list[Blocked], tuple[Problem, ...]]:
    """Return an edition, what is blocked in it, and what cannot be read of its language: that locale's trouble only."""
    try:
        desk.resources.glossaries.of(locale)  # it may be needed only later, by an engine
        return *build_edition(briefing, locale, desk.resources), ()
    except InvalidInput as error:
        messages = _if_readable(desk.resources.messages)
        bare = LanguageResources(desk.source_locale, Catalogs([]), messages=messages)
        return *build_edition(briefing, locale, bare), error.problems


class _Machine:
    """Drafts what nobody has translated, where a borough has engines. What is drafted is kept at once."""

    def __init__(self, desk: Desk, report: PrepareReport, now: datetime) -> None:
        self._desk = desk
        self._report = report
        self._now = now

    @cached_property
    def _drafting(self) -> Drafting:
        desk = self._desk
        named = [*desk.engine_names, *(n for names in desk.content.channels.engines.values() for n in names)]
        return desk.open_drafting(list(dict.fromkeys(named)))

    def drafts(self, briefing: Briefing, edition: Edition) -> bool:
        """Draft the open texts of an edition; return whether there is something new."""
        from briefings.translation.machine import Task

        desk, source, locale = self._desk, edition.source_locale, edition.locale
        names = desk.engines_of(locale)
        if locale == source or not names:
            return False
        texts = untranslated(edition, desk.resources.messages(briefing, locale))
        if not texts or not self._drafting.able(source, locale, names):
            return False
        glossary = desk.resources.glossaries.of(locale)
        task = Task(
            texts, source, locale, desk.engine_seconds, glossary.names, glossary.preferred_in,
            check=partial(check_segment, glossary=glossary), engines=names,
            rejected=desk.memory.rejected(locale, texts),
        )  # fmt: skip
        done = self._drafting.draft(task, lambda drafts: self._keep(locale, drafts))
        self._report.drafted.update(done.drafted)
        self._report.troubles += [f"{briefing.id} {locale}: {line}" for line in done.troubles]
        return bool(done.drafted)

    def _keep(self, locale: str, drafts: Sequence[Draft]) -> None:
        self._desk.memory.put(
            locale,
            [
                Entry(d.source, d.target, SegmentState.MACHINE, Origin.ENGINE, d.engine, self._now, d.version)
                for d in drafts
            ],
        )


def _if_readable(messages: MessageSegments) -> MessageSegments:
    def segments(briefing: Briefing, locale: str) -> Mapping[str, Segment]:
        try:
            return messages(briefing, locale)
        except InvalidInput:
            return {}

    return segments


def as_it_stands(desk: Desk, briefing_id: str, locales: Sequence[str] = ()) -> tuple[list[Edition], list[Problem]]:
    """Return the editions of a briefing as memory and catalogs have them now, and what of these cannot be read.

    Nothing is drafted or kept.
    """
    briefing = desk.briefing(briefing_id)
    with reading(desk.engine) as connection:
        earlier = records.earlier_segments(connection, briefing)
    editions: list[Edition] = []
    problems: list[Problem] = []
    for locale in desk.site.locales_of(briefing):
        if not locales or locale in locales:
            edition, _, unreadable = _edition(desk, briefing, locale)
            editions.append(with_stale(edition, earlier.get(locale, [])))
            problems += [problem for problem in unreadable if problem not in problems]
    return editions, problems
