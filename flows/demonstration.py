"""Demonstration: what `briefings up` shows in the sandbox, from nothing to a table. No Prefect in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from briefings.delivery.standing import counts
from briefings.editorial.approve import approve
from briefings.editorial.desk import Desk
from briefings.editorial.prepare import prepare
from briefings.editorial.status import status
from briefings.model.briefing import Briefing, Severity
from briefings.model.delivery import UNSETTLED
from briefings.model.edition import EditionState
from briefings.model.errors import BriefingsError, InvalidInput
from briefings.model.person import DEMO_REVIEWER, same_person
from briefings.residents.postcode_file import import_postcodes
from briefings.residents.postcodes import Postcodes
from briefings.services import REFUSED_FOLDER
from briefings.settings import CHECKOUT
from briefings.store.engine import reading
from briefings.subscribers.demo import demo_subscribers
from briefings.translation.message_texts import kind_texts
from briefings.translation.sign_offs import faults, sign, signed
from flows import table

DEMO_TEAM = "demo team"
SAMPLE_POSTCODES = "postcodes.sample.csv"
CURRENT = timedelta(days=7)
"""A region's briefings that are at most this much older than its newest are shown."""


def current(desk: Desk, real: datetime) -> tuple[list[Briefing], datetime]:
    """Return what is shown, urgent ones last, and the moment at which the demonstration's clock stands.

    That is the newest publish time that has come, so that an urgent briefing of that day has not
    expired. What is still to come stays embargoed; only where all of the shipped samples are (on a
    machine whose clock is behind) does the demonstration run ahead.
    """
    known = list(desk.content.briefings.values())
    come = [briefing for briefing in known if briefing.publish_at <= real]
    if not come and desk.root.resolve() == CHECKOUT:
        come = known
    now = max((briefing.publish_at for briefing in come), default=real)
    newest = {b.region: max(other.publish_at for other in come if other.region == b.region) for b in come}
    shown = [b for b in come if newest[b.region] - b.publish_at <= CURRENT and (b.expires is None or now < b.expires)]
    return sorted(shown, key=lambda b: (b.severity is Severity.URGENT, b.publish_at, b.region)), now


def make_ready(desk: Desk, demo: int, show: Console) -> tuple[list[Briefing], datetime]:
    """Bring subscribers, editions and approvals about; return what can be published, and the clock."""
    shown, now = current(desk, datetime.now(UTC))
    local = now.astimezone(desk.content.places.borough.zone)
    show.print(f"the clock of the demonstration stands at {local:%A %d %B %Y, %H:%M}")
    people = desk.register.count()
    if demo and not (people.active or people.pending or people.ended):
        speakers = desk.content.audiences.speakers
        desk.register.add_all(demo_subscribers(desk.content.places, speakers, demo, seed=1, confirmed_at=now), now)
        show.print(f"{demo} invented subscribers at example.org")
    else:
        show.print(f"{people.active} subscribers")
    _import_postcodes(desk, show)
    _sign_messages(desk, now, show)
    with show.status("preparing") as line:
        report = prepare(desk, [], now, lambda briefing, locale: line.update(f"preparing {briefing} in {locale}"))
    show.print(f"{len(report.prepared)} briefings prepared in {len(desk.content.places.locales)} languages")
    for line_of_report in report.lines:
        show.print(f"  {line_of_report}", style="red", markup=False)
    return [briefing for briefing in shown if _is_cleared(desk, briefing, now, show)], now


def _import_postcodes(desk: Desk, show: Console) -> None:
    """Take the invented postcodes that come with the content, where there are some and none are known yet."""
    sample = desk.root / "content" / SAMPLE_POSTCODES
    if sample.exists() and not Postcodes(desk.engine, desk.content.places).has_postcodes():
        report = import_postcodes(
            desk.engine, desk.content.places, sample, desk.data_dir / REFUSED_FOLDER / sample.name
        )
        show.print(f"{report.kept} invented postcodes: try one of {sample}", markup=False)


def _sign_messages(desk: Desk, now: datetime, show: Console) -> None:
    """Sign off the urgent messages that nobody has, as the demo reviewer, and say so."""
    locales = [locale for locale in desk.content.places.locales if locale != desk.source_locale]
    n = sum(_sign_in(desk, locale, now, show) for locale in locales)
    if n:
        show.print(
            f"urgent message templates signed off as the {DEMO_REVIEWER} in {n} language{'' if n == 1 else 's'} "
            "(a demonstration: in real use a named native speaker does this)"
        )


def _sign_in(desk: Desk, locale: str, now: datetime, show: Console) -> bool:
    """Sign in one locale what is whole, right and unsigned; say whether the demo reviewer answers for any of it."""
    try:
        kinds = kind_texts(desk.content.messages, locale, desk.catalogs)
    except InvalidInput as error:
        show.print(f"  {error}", style="red", markup=False)
        return False
    wrong = {kind: found for kind, texts in kinds.items() if (found := faults(texts, desk.resources.check))}
    for found in wrong.values():
        show.print(f"  not signed off: {found[0]}", style="red", markup=False)
    good = [texts for kind, texts in kinds.items() if kind not in wrong]
    holding = signed(desk.engine, locale)
    open_ = [texts for texts in good if not texts.signed_by(holding)]
    sign(desk.engine, open_, locale, DEMO_REVIEWER, now, desk.resources.check)
    holding = signed(desk.engine, locale)
    return any(same_person(by.reviewer, DEMO_REVIEWER) for texts in good if (by := texts.signed_by(holding)))


def _is_cleared(desk: Desk, briefing: Briefing, now: datetime, show: Console) -> bool:
    """Approve a briefing that nobody has; say why one cannot be published."""
    found = status(desk, briefing.id)
    if found["state"] == EditionState.WITHDRAWN:
        show.print(f"{briefing.id} was withdrawn, and stays so")
        return False
    if found["state"] == EditionState.PUBLISHED:
        if found["revision"] != briefing.revision:
            show.print(f"{briefing.id} has changed since it was published: approve it, then run 'briefings correct'")
        return bool(found["revision"] == briefing.revision)
    if found["state"] == EditionState.APPROVED:
        return True
    try:
        approve(desk, briefing.id, DEMO_TEAM, now)
    except BriefingsError as error:
        show.print(str(error), style="red", markup=False)
        return False
    show.print(f"approved as the {DEMO_TEAM} (a demonstration: in real use a person does this): {briefing.id}")
    return True


def runs(briefings: Sequence[Briefing]) -> list[list[str]]:
    """Return which briefings go out together: those of a region in one run, each urgent one in its own."""
    together: dict[str, list[str]] = {}
    for briefing in briefings:
        key = briefing.id if briefing.severity is Severity.URGENT else briefing.region
        together.setdefault(key, []).append(briefing.id)
    return list(together.values())


def sent(desk: Desk, briefings: Sequence[Briefing]) -> int:
    """Count all deliveries of these briefings that were ever made."""
    return sum(row.n for briefing in briefings for row in _rows(desk, briefing) if row.state == "sent")


def _rows(desk: Desk, briefing: Briefing) -> list[Any]:
    with reading(desk.engine) as connection:
        return list(counts(connection, briefing.id, briefing.revision))


@contextmanager
def bars(desk: Desk, briefings: Sequence[Briefing], show: Console) -> Iterator[None]:
    """Show how far each briefing is, read from the ledger, while something else delivers."""
    if not show.is_terminal:
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=show, transient=True) as progress:
        tasks = {briefing: progress.add_task(briefing.id, total=None) for briefing in briefings}
        is_over = Event()

        def look() -> None:
            while not is_over.wait(0.5):
                for briefing, task in tasks.items():
                    rows = _rows(desk, briefing)
                    settled = sum(row.n for row in rows if row.state not in UNSETTLED)
                    progress.update(task, completed=settled, total=sum(row.n for row in rows) or None)

        looking = Thread(target=look, daemon=True)
        looking.start()
        try:
            yield
        finally:
            is_over.set()
            looking.join()


def counted(desk: Desk, briefings: Sequence[Briefing]) -> Table:
    """Return the table of what went out: regions and locales down, channels across."""
    rows = table.of_published(desk, [briefing.id for briefing in briefings])
    columns = [name for name in rows[0] if not name.endswith(" at")]
    shown = Table(*columns, title="What went out")
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        is_last = following is None or following["region"] != row["region"]
        shown.add_row(*(row[name] for name in columns), end_section=is_last)
    return shown
