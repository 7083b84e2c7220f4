"""Exchange: a translator's file is taken into the memory; what is refused is named, and kept aside in its format."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from briefings.editorial.desk import Desk
from briefings.model.edition import SegmentState
from briefings.model.errors import Refused
from briefings.model.person import DEMO_REVIEWER, same_person
from briefings.translation.checks import check_edition
from briefings.translation.exchange.export import standing
from briefings.translation.exchange.files import format_of, read_bytes, write_bytes
from briefings.translation.exchange.po import obsolete
from briefings.translation.exchange.take import Import, take
from briefings.translation.exchange.units import ImportReport
from briefings.translation.findings import Finding
from briefings.translation.segments import own_texts


def import_translations(
    desk: Desk, path: Path, locale: str, now: datetime, *, by: str = "", is_reviewed: bool = False,
    as_memory: bool = False,
) -> tuple[ImportReport, Path | None]:  # fmt: skip
    """Take the rows of a PO, XLIFF or TMX file that pass every check, all at once.

    Return what became of each row, and the file in which refused rows are kept. With `is_reviewed` rows that say
    they were reviewed are believed, on the word of `by`; with `as_memory` texts that no briefing has are
    taken too. Raises InvalidInput for a file that cannot be read at all, Refused.
    """
    if same_person(by, DEMO_REVIEWER):
        raise Refused(f"{DEMO_REVIEWER!r} is the demonstration's name: give your own")
    chosen, data = format_of(path), read_bytes(path)
    units, problems = chosen.read(data, str(path), locale, desk.source_locale)
    known = {text for briefing in desk.content.briefings.values() for text in own_texts(briefing).values()}
    state = SegmentState.REVIEWED if is_reviewed else SegmentState.TRANSLATED
    there = standing(known, locale, desk.resources)
    terms = Import(str(path), locale, now, by.strip(), state, known, there, as_memory)
    moved = check_edition(
        {str(n): (unit.source, unit.target) for n, unit in enumerate(units)}, locale, desk.source_locale,
        known={text: unit.target for text, unit in there.items()},
    )  # fmt: skip
    at_wrong_text = {(units[int(n)].source, units[int(n)].target): findings for n, findings in moved.items()}

    def check(source: str, target: str) -> list[Finding]:
        own = desk.resources.check(source, target, locale, thorough=True)
        return [*own, *at_wrong_text.get((source, target), ())]

    report = take(units, problems, desk.memory, terms, check)
    report.obsolete = obsolete(data, str(path)) if chosen.name == "po" else 0
    if not report.quarantined:
        return report, None
    aside = desk.data_dir / "quarantine" / f"{now:%Y%m%dT%H%M%S}-{path.stem}{chosen.endings[0]}"
    write_bytes(aside, chosen.write(report.quarantined, locale, desk.source_locale))
    return report, aside
