"""Prepare: translate and check a briefing in every locale of its region, and say what is ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from briefings.editorial import records
from briefings.editorial.desk import Desk
from briefings.model.briefing import Briefing
from briefings.model.edition import Edition
from briefings.model.errors import InvalidInput, Problem
from briefings.store.engine import reading, writing
from briefings.translation.catalogs import Catalogs
from briefings.translation.editions import Blocked, build_edition, with_stale


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

    @property
    def is_clean(self) -> bool:
        return not self.blocked and not self.problems


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
    for briefing in chosen:
        with reading(desk.engine) as connection:
            earlier = records.earlier_segments(connection, briefing)
        editions: list[Edition] = []
        for locale in desk.site.locales_of(briefing):
            progress(briefing.id, locale)
            edition = _edition(desk, briefing, locale, report)
            editions.append(with_stale(edition, earlier.get(locale, [])))
        with writing(desk.engine) as connection:
            records.save_prepared(connection, briefing, editions, now)
        report.prepared.append(Prepared(briefing.id, briefing.revision, tuple(editions)))
    return report


def _edition(desk: Desk, briefing: Briefing, locale: str, report: PrepareReport) -> Edition:
    try:
        edition, blocked = build_edition(briefing, locale, desk.resources)
    except InvalidInput as error:  # a catalog that cannot be read is this locale's trouble, and no other's
        report.problems += [problem for problem in error.problems if problem not in report.problems]
        edition, blocked = build_edition(briefing, locale, replace(desk.resources, catalogs=Catalogs([])))
    report.blocked += blocked
    return edition


def as_it_stands(desk: Desk, briefing_id: str, locales: Sequence[str] = ()) -> list[Edition]:
    """Return the editions of a briefing as memory and catalogs have them now; nothing is drafted or kept."""
    briefing = desk.briefing(briefing_id)
    with reading(desk.engine) as connection:
        earlier = records.earlier_segments(connection, briefing)
    offered = [locale for locale in desk.site.locales_of(briefing) if not locales or locale in locales]
    return [with_stale(build_edition(briefing, tag, desk.resources)[0], earlier.get(tag, [])) for tag in offered]
